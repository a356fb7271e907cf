"""What changed between two versions of a handbook, said so that an official sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.handbook import Change, diff, load
from tests.handbook.minimal import FILES, changed, write
from tests.handbook.minimal_score import SOURCE

DUTY = "duties/monthly_visit.toml"


def changes(tmp_path: Path, files: dict[str, str | None]) -> list[Change]:
    return diff(load(write(tmp_path / "old")), load(write(tmp_path / "new", files)))


def said(found: list[Change], language: str = "en") -> list[str]:
    return [change.say(language) for change in found]


def test_the_same_rules_do_not_differ(tmp_path: Path) -> None:
    assert changes(tmp_path, {DUTY: FILES[DUTY] + "\n# a remark\n"}) == []


def test_a_change_is_told_from_old_to_new_in_both_languages(tmp_path: Path) -> None:
    found = changes(tmp_path, changed(DUTY, "grace = 5", "grace = 3"))
    assert said(found) == ["Duty monthly_visit: changed: grace (from 2016-01-01): 5 → 3"]
    assert said(found, "zh") == ["应办 monthly_visit: 改动: 宽限天数（2016-01-01 起）：5 → 3"]


def test_fixed_words_are_told_in_words(tmp_path: Path) -> None:
    found = changes(tmp_path, changed(DUTY, 'every = "month"', 'every = "quarter"'))
    assert "每月 → 每季" in said(found, "zh")[0]
    assert "each month → each quarter" in said(found)[0]


def test_a_term_that_ends_and_one_that_begins_are_told_so(tmp_path: Path) -> None:
    ended = FILES[DUTY].replace("start = 2021-01-01\n", "start = 2021-01-01\nend = 2026-01-01\n")
    new = f'\n[[terms]]\nstart = 2026-01-01\nevery = "month"\nat_least = 2\n{SOURCE}'
    found = changes(tmp_path, {DUTY: ended + new})
    assert [change.kind for change in found] == ["term_ended", "term_added"]
    assert "from 2021-01-01, now to 2025-12-31" in said(found)[0]
    assert "at least 2" in said(found)[1]
    assert "至少 2" in said(found, "zh")[1]


def test_a_term_taken_out_is_told_so(tmp_path: Path) -> None:
    first = FILES[DUTY][: FILES[DUTY].rindex("[[terms]]")]
    found = changes(tmp_path, {DUTY: first})
    assert [(change.kind, change.place) for change in found] == [("term_removed", "2021-01-01")]


def test_rules_come_and_go_by_title(tmp_path: Path) -> None:
    files: dict[str, str | None] = {
        "deadlines/first_visit.toml": None,
        "facts/diary.toml": FILES["facts/day_in_village.toml"].replace("day_in_village", "diary"),
    }
    found = changes(tmp_path, files)
    assert {(change.folder, change.rule, change.kind) for change in found} == {
        ("facts", "diary", "added"),
        ("deadlines", "first_visit", "removed"),
    }
    assert "Deadline first_visit: removed: First visit" in said(found)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("county.toml", 'en = "Helper"', 'en = "Contact"', "Role helper: changed: title"),
        ("county.toml", "2017-10-03", "2017-10-04", "Calendar calendar: changed: holidays"),
        ("county.toml", 'zh = "扶贫办"', 'zh = "农办"', "Name body: changed"),
        ("county.toml", 'en = "Lifted"', 'en = "Lifted out"', "Status category: changed"),
        ("facts/visit.toml", "maximum = 600", "maximum = 300", "minutes, maximum: 600 → 300"),
        ("scores/township_work.toml", "weight = 60", "weight = 50", "indicators, visits, weight"),
        ("ladders/steps.toml", "number = 3", "number = 5", "rungs, statement, number"),
        (
            "procedures/alarm_case.toml",
            "{days = 5}",
            "{days = 6}",
            "steps, look, within, number (from 2016-01-01): 5 → 6",
        ),
        (
            "procedures/alarm_case.toml",
            'back_to = "look"',
            'back_to = "rule"',
            "steps, rule, outcomes, again, back to (from 2016-01-01): look → rule",
        ),
        ("figures/visits.toml", "> 60", "> 90", "parts, long"),
        (
            "pairings/helper.toml",
            "per_km = 100",
            "per_km = 50",
            "per km (from 2016-01-01): 100 → 50",
        ),
        ("staffing/secretary.toml", "cap = 1\n", "", "cap (from 2016-01-01): 1 → (none)"),
        (DUTY, "按办法办", "照办", "source, quote (from 2016-01-01): 按办法办 → 照办"),
        (DUTY, "grace = 5", "grace = 0", "grace (from 2016-01-01): 5 → 0"),
    ],
)
def test_every_shape_is_compared(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    found = changes(tmp_path, changed(file, old, new))
    assert len(found) == 1
    assert words in said(found)[0]


def test_back_again_is_the_opposite(tmp_path: Path) -> None:
    old = load(write(tmp_path / "old"))
    new = load(write(tmp_path / "new", changed(DUTY, "grace = 5", "grace = 3")))
    there, back = diff(old, new), diff(new, old)
    assert "5 → 3" in there[0].say("en")
    assert "3 → 5" in back[0].say("en")
