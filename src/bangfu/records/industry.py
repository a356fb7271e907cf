"""Industry and jobs (产业带动) as a reader sees them: by village, and project by project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bangfu.core.industry import BENEFIT, CRAFT, LOAN, MILESTONE, MONEY, POST, PROJECT, WAGE
from bangfu.core.periods import day_number, day_of
from bangfu.engine.tables import NO_FACTS, FactTable, Tables
from bangfu.handbook.number_references import FEWEST
from bangfu.records.access import Policy
from bangfu.records.names import Named, names, places
from bangfu.records.numbers import tables

KINDS = (BENEFIT, LOAN, WAGE, POST, CRAFT)
# What lasts counts while it does: its kind, and the fields of its first and last day.
LASTING = ((POST, "from", "until"), (LOAN, "", "due_on"))
FINISHED, STOPPED, RUNNING = "finished", "stopped", "running"
_FEN = 100
# Facts of a kind, and which of them.
_Some: TypeAlias = tuple[FactTable, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class VillageWork:
    """What a village has of industry and jobs this year, posts and loans as they run: by kind how
    many households or persons, with the facts; `pay` is the middle of its workers' monthly wages in
    yuan, None of too few.
    """

    village: Named | None
    counts: Mapping[str, int]
    facts: Mapping[str, tuple[int, ...]]
    pay: float | None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project with its money in yuan, its last milestone, and how many days it is behind.

    `latest` is the last fact about it.
    """

    project: Named
    category: str
    invested: int
    received: int
    spent: int
    stage: str
    reached: date | None
    planned: date | None
    late: int
    latest: int


def villages(policy: Policy, *, as_of: date, known_at: int | None = None) -> list[VillageWork]:
    """Every village of the reader's that has anything, by name; what lies in none comes last."""
    found = tables(policy, as_of=as_of, known_at=known_at, kinds=set(KINDS))
    first, last = day_number(as_of.replace(month=1, day=1)), day_number(as_of)
    rows = {kind: _counting(found.facts.get(kind, NO_FACTS), first, last) for kind in KINDS}
    for kind, begins, ends in LASTING:
        rows[kind] = _running(found.facts.get(kind, NO_FACTS), last, begins=begins, ends=ends)
    everybody = {number for table, at in rows.values() for number in table.subject[at].tolist()}
    where, _townships = places(policy, everybody)
    known = names(policy, {*where.values()})
    lines = [
        _village(known.get(number), number, rows, where) for number in sorted({*where.values()})
    ]
    return sorted(lines, key=lambda one: (one.village is None, one.village and one.village.name))


def _counting(table: FactTable, first: int, last: int) -> _Some:
    """The facts from one day to another."""
    return table, np.flatnonzero((table.day >= first) & (table.day <= last))


def _running(table: FactTable, day: int, *, begins: str, ends: str) -> _Some:
    """The facts of what lasts on a day, from the day in one field to that in another, if any."""
    runs = table.day <= day
    if begins in table.values:
        runs &= table.missing[begins] | (table.values[begins].astype(np.int64) <= day)
    if ends in table.values:
        runs &= table.missing[ends] | (table.values[ends].astype(np.int64) >= day)
    return table, np.flatnonzero(runs)


def _village(
    village: Named | None,
    number: int,
    rows: Mapping[str, _Some],
    where: Mapping[int, int],
) -> VillageWork:
    counts, facts, pay = {}, {}, None
    for kind, (table, every) in rows.items():
        inside = [where.get(one) == number for one in table.subject[every].tolist()]
        at = every[np.array(inside, dtype=np.bool_)]
        counts[kind] = len(np.unique(table.subject[at]))
        facts[kind] = tuple(np.unique(table.fact[at]).tolist())
        if kind == WAGE and counts[kind] >= FEWEST and "amount" in table.values:
            known = at[~table.missing["amount"][at]]
            if len(np.unique(table.subject[known])) >= FEWEST:
                pay = float(np.median(table.values["amount"][known].astype(np.int64))) / _FEN
    return VillageWork(village, counts, facts, pay)


def projects(policy: Policy, *, as_of: date, known_at: int | None = None) -> list[ProjectLine]:
    """The projects of the reader's villages, those that are behind first."""
    kinds = {PROJECT, MILESTONE, MONEY}
    found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
    day = day_number(as_of)
    numbers = {
        number
        for kind in (PROJECT, MILESTONE, MONEY)
        for number in found.facts.get(kind, NO_FACTS).subject.tolist()
    }
    known = names(policy, numbers)
    lines = [_project(known[number], number, found, day) for number in sorted(numbers & {*known})]
    return sorted(lines, key=lambda one: (-one.late, one.project.place, one.project.name))


def _project(project: Named, number: int, found: Tables, day: int) -> ProjectLine:
    brought, steps, money = (
        _Rows(found.facts.get(kind, NO_FACTS), number, day) for kind in (PROJECT, MILESTONE, MONEY)
    )
    reached = steps.days()
    stages = steps.texts("stage")
    planned = brought.numbers("planned_finish")
    done = next((at for at, one in enumerate(stages) if one in (FINISHED, RUNNING)), None)
    over = bool({FINISHED, RUNNING, STOPPED} & set(stages))
    end = day if done is None else reached[done]
    due = planned[-1] if planned else 0
    flows = list(zip(money.texts("flow"), money.numbers("amount"), strict=True))
    return ProjectLine(
        project=project,
        category=(brought.texts("category") or [""])[-1],
        invested=sum(brought.numbers("investment")) // _FEN,
        received=sum(amount for flow, amount in flows if flow == "received") // _FEN,
        spent=sum(amount for flow, amount in flows if flow == "spent") // _FEN,
        stage=stages[-1] if stages else "",
        reached=day_of(reached[-1]) if reached else None,
        planned=day_of(due) if due else None,
        late=max(end - due, 0) if due and not (over and done is None) else 0,
        latest=max(brought.facts() + steps.facts() + money.facts()),
    )


class _Rows:
    """The facts of one kind about one project up to a day, in the order of their days."""

    def __init__(self, table: FactTable, number: int, day: int) -> None:
        self._table = table
        at = np.flatnonzero((table.subject == number) & (table.day <= day))
        self._at = at[np.lexsort((table.fact[at], table.day[at]))]

    def days(self) -> list[int]:
        return [int(one) for one in self._table.day[self._at]]

    def facts(self) -> list[int]:
        return [int(one) for one in self._table.fact[self._at]]

    def texts(self, name: str) -> list[str]:
        return [str(one or "") for one in self._values(name)]

    def numbers(self, name: str) -> list[int]:
        return [int(str(one)) for one in self._values(name)]

    def _values(self, name: str) -> Iterable[object]:
        values = self._table.values.get(name)
        return [] if values is None else values[self._at].tolist()
