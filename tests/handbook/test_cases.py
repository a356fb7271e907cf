"""The rules of Xiangcheng by example: an official can read and write the files in `cases/`.

A case says what is known (posts, statuses, facts), which day it is, and what each period then
stands at. `docs/handbook/cases.md` tells how to write one. The engine and the readable
specification must both answer as the case says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bangfu.core.periods import Period
from bangfu.core.results import STATE_TITLES, Obligation
from bangfu.core.rules import Handbook
from bangfu.engine.duties import owed
from bangfu.handbook import county_folder, load
from tests import oracle
from tests.world import FOREVER, Done, Held, Stood, Subject, World, tables_of

FOLDER = Path(__file__).parent / "cases"
FIRST_DAY = date(2000, 1, 1)
Case = Mapping[str, Any]


@cache
def xiangcheng() -> Handbook:
    return load(county_folder("xiangcheng"))


def cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        found += [
            pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
            for case in table["case"]
        ]
    return found


class Reading:
    """One case as a world; people and subjects are numbered as they are first named."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.numbers: dict[str, int] = {}
        self.types: dict[str, str] = {}
        self.next_fact = 1000

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def fact(self) -> int:
        self.next_fact += 1
        return self.next_fact

    def world(self, book: Handbook) -> World:
        posts = tuple(self._post(book, *row) for row in self.case.get("posts", ()))
        statuses = tuple(self._status(*row) for row in self.case.get("statuses", ()))
        facts = tuple(self._done(*row) for row in self.case.get("facts", ()))
        subjects = tuple(
            Subject(self.number(name), kind, FIRST_DAY) for name, kind in self.types.items()
        )
        return World(facts, posts, statuses, subjects)

    def _post(
        self, book: Handbook, person: str, role: str, subject: str, start: date, *end: date
    ) -> Held:
        self.types[subject] = book.roles[role].subject
        held, until = self.number(subject), end[0] if end else FOREVER
        return Held(self.fact(), role, self.number(person), held, start, until)

    def _status(self, subject: str, status: str, value: str, start: date, *end: date) -> Stood:
        until = end[0] if end else FOREVER
        return Stood(self.fact(), status, self.number(subject), value, start, until)

    def _done(
        self, kind: str, person: str, about: str | list[str], day: date, *more: Mapping[str, Any]
    ) -> Done:
        """`more`: the values, then who took part, by role."""
        subjects = [about] if isinstance(about, str) else about
        numbers = tuple(self.number(name) for name in subjects)
        values, took_part = (*more, {}, {})[:2]
        present = tuple(
            (role, self.number(who)) for role, people in took_part.items() for who in people
        )
        fact, performer = self.fact(), self.number(person)
        return Done(fact, kind, day, numbers, performer, values, participants=present)

    def row(self, obligation: Obligation) -> list[object]:
        names = {number: name for name, number in self.numbers.items()}
        return [
            obligation.period.start,
            STATE_TITLES[obligation.state].zh,
            names[obligation.person],
            obligation.need,
            obligation.got,
        ]


@pytest.mark.parametrize(("rule", "case"), cases())
def test_a_rule_gives_what_its_case_says(rule: str, case: Case) -> None:
    book, reading = xiangcheng(), Reading(case)
    world = reading.world(book)
    today: date = case["today"]
    within = Period(case.get("from", today.replace(day=1)), today + timedelta(days=1))
    tables = tables_of(world, book, as_of=today)
    by_engine = owed(book, tables, as_of=today, within=within, rules={rule}).rows()
    by_oracle = [o for o in oracle.owed(book, world, as_of=today, within=within) if o.rule == rule]
    for answer in (by_engine, by_oracle):
        rows = [reading.row(obligation) for obligation in answer]
        assert cut(rows, case["expect"]) == case["expect"], rows


def cut(rows: list[list[object]], expected: list[list[object]]) -> list[list[object]]:
    """The rows by their first day, each as long as the case asks."""
    rows = sorted(rows, key=lambda row: (str(row[0]), str(row[1]), str(row[2])))
    lengths = [len(row) for row in expected] + [5] * len(rows)
    return [row[:length] for row, length in zip(rows, lengths, strict=False)]


def test_every_duty_and_deadline_of_the_county_has_its_cases() -> None:
    rules = {*xiangcheng().duties, *xiangcheng().deadlines}
    assert {path.stem for path in FOLDER.glob("*.toml")} == rules
