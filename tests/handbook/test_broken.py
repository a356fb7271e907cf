"""A handbook broken in any one way is refused, with file, place, cause and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bangfu.handbook import HandbookErrors, Problem, load
from tests.handbook.broken import (
    BETWEEN_RULES,
    CONDITIONS,
    GRAMMAR,
    LAW,
    LAW_BY_USE,
    LISTS,
    PAIRS,
    PROCEDURES,
    WHOLE,
    Broken,
    Written,
)
from tests.handbook.minimal import FILES, changed, write

CASES = [*GRAMMAR, *BETWEEN_RULES, *CONDITIONS, *PROCEDURES, *PAIRS, *LISTS, *LAW]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNFILLED = re.compile(r"\{\w*\}|None")


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(HandbookErrors) as caught:
        load(folder)
    return caught.value.problems


def assert_helpful(problem: Problem) -> None:
    """Cause and cure are there in both languages, with every word filled in."""
    for text in (problem.cause, problem.cure):
        assert CHINESE.search(text.zh)
        assert re.search(r"[A-Za-z]{2}", text.en)
        assert not UNFILLED.search(text.zh + text.en)
    for language in ("zh", "en"):
        assert problem.file in problem.say(language)
        assert problem.place in problem.say(language)


def test_the_small_handbook_itself_is_sound(tmp_path: Path) -> None:
    assert load(write(tmp_path)).county == "hexi"


def test_the_table_has_more_than_forty_cases() -> None:
    assert len(CASES) + len(LAW_BY_USE) + len(WHOLE) > 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.file} {case.place}")
def test_a_broken_file_is_refused_where_it_is_broken(case: Broken, tmp_path: Path) -> None:
    found = problems(write(tmp_path, changed(case.file, case.old, case.new)))
    here = [p for p in found if (p.file, p.place, p.code) == (case.file, case.place, case.code)]
    assert here, [problem.say("en") for problem in found]
    for problem in found:
        assert_helpful(problem)
    assert {problem.file for problem in found} == {case.file}, "one mistake, one file to mend"


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.file)
def test_a_file_that_does_not_belong_is_refused(case: Written, tmp_path: Path) -> None:
    found = problems(write(tmp_path, {case.file: case.text}))
    assert [(p.file, p.place, p.code) for p in found] == [(case.file, case.place, case.code)]
    assert_helpful(found[0])


@pytest.mark.parametrize(("kind", "evidence", "file", "place", "code"), LAW_BY_USE)
def test_what_the_law_forbids_to_count_is_refused_in_every_rule_that_counts_it(
    tmp_path: Path, kind: str, evidence: str, file: str, place: str, code: str
) -> None:
    was = "attendance" if "attendance" in FILES[kind] else "work"
    broken = changed(kind, f'evidence = "{was}"', f'evidence = "{evidence}"')
    found = problems(write(tmp_path, broken))
    here = [p for p in found if (p.file, p.place, p.code) == (file, place, code)]
    assert here, [problem.say("en") for problem in found]
    assert all("国办函〔2026〕12号" in p.cause.say(lang) for p in here for lang in ("zh", "en"))
    assert_helpful(here[0])


def test_an_emergency_excepts_all_but_online_scores(tmp_path: Path) -> None:
    text = FILES["facts/visit.toml"].replace('"work"', '"location"\nemergency = true', 1)
    assert load(write(tmp_path, {"facts/visit.toml": text})).kinds["visit"].emergency
    online = text.replace('"location"', '"online"')
    found = problems(write(tmp_path, {"facts/visit.toml": online}))
    assert {(p.file, p.code) for p in found} == {("scores/township_work.toml", "law_online")}


def test_points_on_phones_end_with_the_ban_or_cite_a_document(tmp_path: Path) -> None:
    score = FILES["scores/township_work.toml"].replace(
        'level = "township"', 'level = "township"\nshown_to = "phone"'
    )
    ended = score.replace("start = 2016-01-01", "start = 2016-01-01\nend = 2026-01-25", 1)
    load(write(tmp_path / "ended", {"scores/township_work.toml": ended}))
    day_more = ended.replace("2026-01-25", "2026-01-26")
    found = problems(write(tmp_path / "late", {"scores/township_work.toml": day_more}))
    assert [p.code for p in found] == ["law_phone"]
    switch = '\n[[switches]]\nid = "points_on_phones"\n[switches.source]\n'
    cited = 'title = "上级文件"\nquote = "可以显示"\nstanding = "official"\nnumber = "1号"\n'
    county = FILES["county.toml"] + switch + cited
    load(write(tmp_path / "on", {"county.toml": county, "scores/township_work.toml": score}))


def test_a_name_that_is_both_duty_and_deadline_is_refused(tmp_path: Path) -> None:
    text = FILES["deadlines/first_visit.toml"].replace('"first_visit"', '"monthly_visit"')
    found = problems(write(tmp_path, {"deadlines/monthly_visit.toml": text}))
    assert [(p.file, p.code) for p in found] == [("duties/monthly_visit.toml", "rule_clash")]


def test_the_line_of_a_mistake_is_named(tmp_path: Path) -> None:
    broken = changed("duties/monthly_visit.toml", 'quote = "按办法办"\n', 'qoute = "按办法办"\n')
    write(tmp_path, broken)
    lines = str(broken["duties/monthly_visit.toml"]).splitlines()
    wrong = lines.index('qoute = "按办法办"') + 1
    found = {p.code: p for p in problems(tmp_path)}
    assert found["unknown_key"].line == wrong
    assert found["unknown_key"].where == (
        f"duties/monthly_visit.toml:{wrong} terms[1].source.qoute"
    )
    assert "quote" in found["unknown_key"].cure.en
    assert found["missing"].line == lines.index("[terms.source]") + 1


def test_the_line_is_named_in_the_second_term_and_in_lists(tmp_path: Path) -> None:
    duty = FILES["duties/monthly_visit.toml"].replace('every = "quarter"', 'every = "season"')
    fact = FILES["facts/visit.toml"].replace('scope = "place"', 'scope = "palce"')
    write(tmp_path, {"duties/monthly_visit.toml": duty, "facts/visit.toml": fact})
    lines = {p.file: p.line for p in problems(tmp_path)}
    assert lines["duties/monthly_visit.toml"] == duty.splitlines().index('every = "season"') + 1
    wanted = next(n for n, line in enumerate(fact.splitlines(), 1) if "palce" in line)
    assert lines["facts/visit.toml"] == wanted


def test_the_line_is_named_inside_the_second_of_two_terms(tmp_path: Path) -> None:
    ladder = FILES["ladders/steps.toml"]
    first = ladder.replace("start = 2016-01-01", "start = 2016-01-01\nend = 2017-01-01")
    second = ladder[ladder.index("[[terms]]") :].replace("2016-01-01", "2017-01-01")
    second = second.replace('id = "too_long"', 'id = "too long"')
    write(tmp_path, {"ladders/steps.toml": f"{first}\n{second}"})
    lines = f"{first}\n{second}".splitlines()
    found = problems(tmp_path)
    assert [(p.place, p.line) for p in found] == [
        ("terms[2].rungs[3].id", lines.index('id = "too long"') + 1)
    ]


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    files: dict[str, str | None] = {
        **changed("county.toml", "years = [2017]", "years = [2016]"),
        **changed("facts/visit.toml", "minimum = 1", "minimum = 900"),
        **changed("duties/monthly_visit.toml", "grace = 5", "grace = 60"),
    }
    found = problems(write(tmp_path, files))
    assert {p.file for p in found} == set(files)
    assert len(found) >= 4  # each of the calendar's days is told of too


def test_a_broken_kind_is_not_reported_again_by_every_rule_that_names_it(tmp_path: Path) -> None:
    found = problems(write(tmp_path, changed("facts/visit.toml", "title", "tilte")))
    assert {p.file for p in found} == {"facts/visit.toml"}


def test_a_folder_without_a_county_or_without_anything_is_refused(tmp_path: Path) -> None:
    assert [p.code for p in problems(tmp_path / "nowhere")] == ["folder_missing"]
    assert "county_missing" in [p.code for p in problems(write(tmp_path, {"county.toml": None}))]


def test_bytes_that_are_no_text_and_files_too_big_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "facts/visit.toml").write_bytes(b'id = "visit"\ntitle = "\xff"')
    (tmp_path / "facts/leave.toml").write_bytes(b"#" * 600_000)
    (tmp_path / "duties/days_in_village.toml").write_text("x = " + "[" * 5000, "utf-8")
    found = {p.file: (p.code, p.line) for p in problems(tmp_path)}
    assert found == {
        "facts/visit.toml": ("file_encoding", 2),
        "facts/leave.toml": ("file_big", None),
        "duties/days_in_village.toml": ("toml_syntax", None),
    }
