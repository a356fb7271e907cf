"""The example of the guide's chapter on procedures, walked as the chapter says it is read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bangfu.core.results import Case
from bangfu.core.rules import Handbook
from bangfu.engine.cases import cases
from bangfu.handbook import load
from tests.handbook.guide import examples
from tests.handbook.minimal import FILES, write
from tests.truth import Cell
from tests.world import Done, Held, Subject, World, tables_of

HOUSEHOLD, VILLAGE, TOWN = 11, 31, 41
HELPER, SECRETARY, OFFICER = 1, 2, 3
LEAD = 100
SUBJECTS = (
    Subject(HOUSEHOLD, "household", date(2016, 1, 1), VILLAGE, TOWN),
    Subject(VILLAGE, "village", date(2016, 1, 1), VILLAGE, TOWN),
    Subject(TOWN, "township", date(2016, 1, 1), 0, TOWN),
)
POSTS = (
    Held(51, "helper", HELPER, HOUSEHOLD, date(2016, 1, 1)),
    Held(52, "first_secretary", SECRETARY, VILLAGE, date(2016, 1, 1)),
    Held(53, "township_officer", OFFICER, TOWN, date(2016, 1, 1)),
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    folder: Path = tmp_path_factory.mktemp("hexi")
    return load(write(folder, {**dict.fromkeys(FILES, None), **examples()}))


def july(day: int) -> date:
    return date(2017, 7, 1) + timedelta(days=day - 1)


def lead(source: str = "own") -> Done:
    return Done(LEAD, "risk_lead", july(3), (HOUSEHOLD,), HELPER, {"source": source})


def step(number: int, kind: str, day: int, **values: Cell) -> Done:
    return Done(LEAD + number, kind, july(day), (HOUSEHOLD,), HELPER, {"case": LEAD, **values})


def read(book: Handbook, *facts: Done, on: int) -> Case:
    tables = tables_of(World(facts, POSTS, (), SUBJECTS), book, as_of=july(on))
    [found] = cases(book, tables, as_of=july(on))
    return found


WALKED = (
    step(1, "risk_visit", 5, authorised="7"),
    step(2, "village_review", 6),
    step(3, "notice_posted", 7),
)


def test_who_holds_it_and_until_when(book: Handbook) -> None:
    found = read(book, lead(), on=4)
    assert (found.step, found.holders) == ("visit", (HELPER, SECRETARY))
    assert found.due == july(6), "the day itself is not counted"
    found = read(book, lead(), WALKED[0], on=6)
    assert (found.step, found.due) == ("review", july(33)), "the clock of the whole"


def test_a_step_that_is_not_called_for_is_passed_over(book: Handbook) -> None:
    assert read(book, lead(), WALKED[0], on=6).step == "review"
    assert read(book, lead("letters"), WALKED[0], on=6).step == "check"


def test_a_right_to_be_heard_lapses(book: Handbook) -> None:
    assert read(book, lead(), *WALKED, on=12).step == "word"
    found = read(book, lead(), *WALKED, on=13)
    assert (found.step, found.not_before, found.due) == ("decision", july(12), july(18))


def test_an_objection_stops_the_clock(book: Handbook) -> None:
    stopped = (lead(), *WALKED, step(4, "notice_objection", 8))
    found = read(book, *stopped, on=30)
    assert (found.state, found.step, found.late) == ("paused", "word", False)
    found = read(book, *stopped, step(5, "objection_answered", 12), on=12)
    assert (found.state, found.due) == ("open", july(16)), "four days more"


def test_a_result_closes_it_or_sends_it_back(book: Handbook) -> None:
    decided = {name: step(6, "risk_decision", 13, result=name) for name in ("refused", "unclear")}
    found = read(book, lead(), *WALKED, decided["refused"], on=14)
    assert (found.state, found.outcome, found.closed) == ("closed", "refused", july(13))
    found = read(book, lead(), *WALKED, decided["unclear"], on=14)
    assert (found.step, found.due) == ("visit", july(16)), "all is done anew"


def test_what_follows_a_missing_step_does_not_count(book: Handbook) -> None:
    found = read(book, lead(), *WALKED[1:], on=9)
    assert (found.step, found.stray) == ("visit", (LEAD + 2, LEAD + 3))
    again = step(7, "risk_visit", 6, authorised="8")
    assert read(book, lead(), *WALKED[1:], again, on=9).step == "word"


def test_a_case_keeps_to_the_rule_of_its_first_day(book: Handbook) -> None:
    early = Done(LEAD, "risk_lead", date(2015, 12, 31), (HOUSEHOLD,), HELPER, {"source": "own"})
    tables = tables_of(World((early,), POSTS, (), SUBJECTS), book, as_of=july(1))
    assert cases(book, tables, as_of=july(1)) == []
