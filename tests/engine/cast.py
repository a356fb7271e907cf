"""The suite's invented people as numbers, and sentences about what they did.

Yun Shulan helps the household of Gu Dayou in Stone Bridge village; She Wanli, who helps one in
Reed Pond village, followed her or is an outsider, as the test says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bangfu.core.periods import Period
from bangfu.core.results import Obligation
from bangfu.core.rules import Deadline, DeadlineTerm, Duty, DutyTerm, Handbook
from bangfu.engine.duties import owed
from tests.engine.county import SOURCE, handbook, text
from tests.truth import Cell
from tests.world import FOREVER, Done, Held, Stood, Subject, World, tables_of

YUN, SHE = 1, 2
GU, TIAN = 11, 12  # households, in Stone Bridge and in Reed Pond
STONE_BRIDGE, REED_POND = 31, 32
EAST, WEST = 41, 42
BEGIN = date(2016, 1, 4)
JUNE = Period(date(2017, 6, 1), date(2017, 7, 1))
SUBJECTS = (
    Subject(GU, "household", BEGIN, STONE_BRIDGE, EAST),
    Subject(TIAN, "household", BEGIN, REED_POND, WEST),
    Subject(STONE_BRIDGE, "village", BEGIN, STONE_BRIDGE, EAST),
    Subject(REED_POND, "village", BEGIN, REED_POND, WEST),
    Subject(EAST, "township", BEGIN, 0, EAST),
    Subject(WEST, "township", BEGIN, 0, WEST),
    Subject(YUN, "person", BEGIN, 0, EAST),
    Subject(SHE, "person", BEGIN, 0, WEST),
)


def june(day: int) -> date:
    return date(2017, 6, day)


def helps(
    person: int, household: int, start: date = BEGIN, end: date = FOREVER, *, number: int = 0
) -> Held:
    return Held(number or 1000 + 10 * household + person, "helper", person, household, start, end)


def visits(person: int, *households: int, on: date, number: int, **values: Cell) -> Done:
    return Done(number, "visit", on, households or (GU,), person, values)


def on_leave(person: int, first: date, last: date, *, number: int, known: date = BEGIN) -> Done:
    return Done(number, "leave", known, (person,), person, {"from": first, "to": last})


def is_(subject: int, status: str, value: str, start: date = BEGIN, *, number: int) -> Stood:
    return Stood(number, status, subject, value, start)


def world(*records: Held | Done | Stood) -> World:
    return World(
        facts=tuple(one for one in records if isinstance(one, Done)),
        posts=tuple(one for one in records if isinstance(one, Held)),
        statuses=tuple(one for one in records if isinstance(one, Stood)),
        subjects=SUBJECTS,
    )


def duty(term: DutyTerm, **changes: object) -> Duty:
    """Visit the household you help, as the term says."""
    plain = Duty("visits", text("visits"), "helper", ("visit",), text("times"), (term,))
    return replace(plain, **changes)  # type: ignore[arg-type]


def term(start: date = BEGIN, end: date | None = None, **demands: object) -> DutyTerm:
    """Once a week, unless it says otherwise."""
    plain = DutyTerm(start, end, SOURCE, every="week", at_least=1)
    return replace(plain, **demands)  # type: ignore[arg-type]


def deadline(
    within: int, *, after: str = "alarm", fact: str = "check", **demands: object
) -> Deadline:
    plain = DeadlineTerm(BEGIN, None, SOURCE, within=within)
    only = replace(plain, **demands)  # type: ignore[arg-type]
    return Deadline("deadline", text("deadline"), "helper", after, fact, (only,))


def what_is_owed(
    rule: Duty | Deadline, known: World, *, on: date, within: Period = JUNE
) -> list[Obligation]:
    rules: Handbook = handbook([rule]) if isinstance(rule, Duty) else handbook((), [rule])
    tables = tables_of(known, rules, as_of=on)
    return owed(rules, tables, as_of=on, within=within).rows()
