"""What lint says of handbooks that load: errors for what can never be, warnings for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.handbook import Finding, lint, load
from tests.handbook.minimal import FILES, changed, write

DUTY, DAYS, VISIT = "duties/monthly_visit.toml", "duties/days_in_village.toml", "facts/visit.toml"
CASE = "procedures/alarm_case.toml"

# What one change makes lint say: file, old, new, then level, code, file and place.
CASES = [
    (DAYS, "at_least = 20", "at_least = 29", "error", "never_days", DAYS, "terms[1].at_least"),
    (VISIT, '["helper", "first_secretary"]', '["first_secretary"]',
     "error", "never_performed", DUTY, "fact"),
    (DAYS, 'role = "first_secretary"', 'role = "helper"', "error", "never_about", DAYS, "fact"),
    (VISIT, "start = 2014-01-01", "start = 2014-01-01\nend = 2015-01-01",
     "error", "never_in_force", DUTY, "terms[1]"),
    (VISIT, "start = 2014-01-01", "start = 2014-01-01\nend = 2018-01-01",
     "warning", "kind_shorter", DUTY, "terms[1]"),
    ("facts/day_in_village.toml", 'role = "township_officer", scope = "place"',
     'role = "helper", scope = "subject"', "error", "never_recorded",
     "facts/day_in_village.toml", "recorders"),
    (VISIT, '{role = "township_officer", scope = "place"}',
     '{role = "township_officer", scope = "subject"}', "warning", "recorder_idle", VISIT,
     "recorders[2]"),
    (DUTY, "end = 2021-01-01", "end = 2020-01-01", "warning", "terms_gap", DUTY, "terms[2].start"),
    (DUTY, 'standing = "local"', 'standing = "proposal"', "warning", "source_proposal", DUTY,
     "terms[1].source.standing"),
    (DUTY, 'standing = "local"', 'standing = "official"', "warning", "source_unfound", DUTY,
     "terms[1].source.standing"),
    ("county.toml", "years = [2017]", "years = [2017, 2018]", "warning", "calendar_bare",
     "county.toml", "calendar.years"),
    ("scores/township_work.toml", 'every = "quarter"', 'every = "week"', "warning", "score_short",
     "scores/township_work.toml", "terms[1].indicators[1].duty"),
    ("county.toml", 'office = true', 'office = true\npage = "audit"', "error", "posts_together",
     "county.toml", "roles[4]"),
    ("facts/leave.toml", 'span = ["from", "to"]', 'span = ["from", "to"]\nperformers = '
     '["first_secretary"]', "warning", "excuse_idle", DUTY, "terms[1].excused_by"),
    (CASE, 'outcomes.again = {back_to = "look"}',
     'outcomes.again = {back_to = "look"}\noutcomes.upheld = {closes = true}',
     "error", "step_unreachable", CASE, "terms[1].steps[4]"),
    (CASE, "outcomes.dismissed = {closes = true}",
     'outcomes.dismissed = {back_to = "look"}\noutcomes.upheld = {back_to = "look"}',
     "error", "case_endless", CASE, "terms[1]"),
    (CASE, "within = {days = 5}", "within = {days = 31}", "warning", "clock_long", CASE,
     "terms[1].steps[1].within"),
    (CASE, "within = {days = 30}", "within = {days = 13}", "warning", "clocks_long", CASE,
     "terms[1].within"),
    (CASE, '{days = 3, after = "look"}', '{days = 9, after = "look"}', "error", "clock_never", CASE,
     "terms[1].steps[3].within"),
    (CASE, "within = {days = 30}\n", "", "warning", "step_no_clock", CASE, "terms[1].steps[2]"),
    (CASE, '{days = 3, after = "look"}', '{days = 3, after = "look_again"}',
     "warning", "clock_unsure", CASE, "terms[1].steps[3]"),
    ("facts/ruling.toml", 'evidence = "work"', 'evidence = "work"\nperformers = ["helper"]',
     "error", "step_never_taken", CASE, "terms[1].steps[3].by"),
    (CASE, 'standing = "local"', 'standing = "proposal"', "warning", "source_proposal", CASE,
     "terms[1].source.standing"),
]  # fmt: skip


def findings(folder: Path) -> list[Finding]:
    return lint(load(folder))


def about(found: list[Finding], code: str) -> list[tuple[str, str, str]]:
    return [(one.level, one.file, one.place) for one in found if one.code == code]


def test_the_small_handbook_has_no_errors_and_only_expected_warnings(tmp_path: Path) -> None:
    found = findings(write(tmp_path))
    assert {(one.level, one.code) for one in found} == {("warning", "calendar_gap")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[4]))
def test_a_handbook_that_loads_may_still_be_wrong(
    case: tuple[str, str, str, str, str, str, str], tmp_path: Path
) -> None:
    file, old, new, level, code, where, place = case
    found = findings(write(tmp_path, changed(file, old, new)))
    assert (level, where, place) in about(found, code), [one.say("en") for one in found]
    for one in found:
        assert one.text.zh
        assert "{" not in one.text.zh + one.text.en
        assert one.file in one.say("zh")
        assert one.file in one.say("en")


def test_one_of_several_kinds_that_never_counts_is_a_warning(tmp_path: Path) -> None:
    duty = FILES[DUTY].replace('fact = "visit"', 'any_of = ["visit", "day_in_village"]')
    duty = duty.replace("filters = \"mode = 'door'\"\n", "")
    assert about(findings(write(tmp_path, {DUTY: duty})), "kind_partly") == [
        ("warning", DUTY, "any_of")
    ]


def test_what_nothing_uses_is_named(tmp_path: Path) -> None:
    diary = FILES["facts/day_in_village.toml"].replace("day_in_village", "diary")
    county = FILES["county.toml"] + (
        '\n[[statuses]]\nid = "roof"\ntitle = {zh = "屋顶", en = "Roof"}\nsubject = "household"\n'
        'type = "text"\n\n[[roles]]\nid = "guest"\ntitle = {zh = "来客", en = "Guest"}\n'
        'subject = "village"\nsees = "place"\n'
    )
    found = findings(write(tmp_path, {"facts/diary.toml": diary, "county.toml": county}))
    assert about(found, "kind_unused") == [("warning", "facts/diary.toml", "")]
    assert about(found, "status_unused") == [("warning", "county.toml", "statuses[4]")]
    assert about(found, "role_unused") == [("warning", "county.toml", "roles[5]")]


def test_a_roster_is_kept_for_itself(tmp_path: Path) -> None:
    diary = FILES["facts/day_in_village.toml"].replace("day_in_village", "diary")
    roster = diary.replace('evidence = "attendance"', 'evidence = "attendance"\nlatest = true')
    found = findings(write(tmp_path, {"facts/diary.toml": roster}))
    assert about(found, "kind_unused") == []


def test_without_a_registrar_nobody_keeps_the_registry(tmp_path: Path) -> None:
    text = FILES["county.toml"].replace('"registrar"', '"clerk"')
    klass = FILES["facts/class_session.toml"].replace("registrar", "clerk")
    case = FILES["procedures/alarm_case.toml"].replace("registrar", "clerk")
    files = {
        "county.toml": text, "facts/class_session.toml": klass,
        "procedures/alarm_case.toml": case,
    }  # fmt: skip
    assert about(findings(write(tmp_path, files)), "registry_role") == [
        ("error", "county.toml", "roles")
    ]


def test_a_figure_of_hours_online_is_doubted(tmp_path: Path) -> None:
    fact = FILES["facts/day_in_village.toml"].replace("day_in_village", "online_study")
    fact = fact.replace('evidence = "attendance"', 'evidence = "online"')
    figure = FILES["figures/visits.toml"]
    head = figure[: figure.index("[[terms]]")].replace('id = "visits"', 'id = "online"')
    head = head.replace("facts:visit", "facts:online_study").replace('"sum"', '"count"')
    head = head.replace('field = "minutes"\n', "")
    tail = figure[figure.index("[terms.source]") : figure.index("[[terms.parts]]")]
    text = head + "[[terms]]\nstart = 2014-01-01\n" + tail
    files = {"facts/online_study.toml": fact, "figures/online.toml": text}
    assert about(findings(write(tmp_path, files)), "figure_online") == [
        ("warning", "figures/online.toml", "of")
    ]


def test_a_finding_points_at_its_line(tmp_path: Path) -> None:
    files = changed(DAYS, "at_least = 20", "at_least = 31")
    found = [one for one in findings(write(tmp_path, files)) if one.code == "never_days"]
    assert found[0].line == str(files[DAYS]).splitlines().index("at_least = 31") + 1
    assert f"{DAYS}:{found[0].line}" in found[0].say("zh")
