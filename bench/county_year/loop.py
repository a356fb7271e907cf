"""The indexed loop: the oracle of the tests, and streaks, scores and steps in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from bench.county_year.data import AS_OF, YEAR
from bench.county_year.sql import Answer
from numpy.typing import NDArray
from tests import oracle
from tests.world import FOREVER, Done, Held, World

from bangfu.core.periods import day_of
from bangfu.core.results import Obligation, State
from bangfu.core.rules import Handbook
from bangfu.engine.tables import OPEN, Tables

OTHER = ("class",)  # facts that no rule reads


class Loop:
    """The tables as Python objects; `answer` computes everything anew."""

    def __init__(self, handbook: Handbook, tables: Tables) -> None:
        self.handbook = handbook
        self.world = World(tuple(_done(tables)), tuple(_held(tables)))

    def answer(self) -> None:
        """Obligations with evidence, streaks, scores with ranks, and steps."""
        self.rows = oracle.owed(self.handbook, self.world, as_of=AS_OF, within=YEAR)
        self.streak = _streaks(self.rows)
        self.scores = _scores(self.handbook, self.rows)
        self.bottom = _bottom(self.scores)
        overdue = Counter(
            one.person for one in self.rows if one.rule == "contact" and one.state == State.OVERDUE
        )
        self.overdue = {person: count for person, count in overdue.items() if count >= 4}

    def checksums(self) -> Answer:
        """What must be equal, computed after the clock has stopped."""
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 6)
        for one in self.rows:
            found = sums[f"{one.rule}/{int(one.state)}"]
            facts = (len(one.because), sum(one.because))
            for place, value in enumerate((1, one.need, one.got, one.person, *facts)):
                found[place] += value
        scores = [(points, rank) for _, _, points, rank in self.scores]
        return {
            **{key: tuple(found) for key, found in sums.items()},
            "streak": (float(self.streak),),
            "score": (
                float(len(scores)),
                round(sum(points for points, _ in scores), 3),
                float(sum(rank for _, rank in scores)),
            ),
            "bottom": (float(len(self.bottom)), float(sum(self.bottom))),
            "overdue": (float(len(self.overdue)), float(sum(self.overdue.values()))),
        }


def _streaks(rows: Iterable[Obligation]) -> int:
    running: dict[tuple[str, int], int] = {}
    total = 0
    for one in rows:
        key = (one.rule, one.subject)
        if one.state == State.OVERDUE:
            running[key] = running.get(key, 0) + 1
            total += running[key]
        elif one.state in {State.DONE, State.LATE}:
            running[key] = 0
    return total


def _scores(
    handbook: Handbook, rows: Iterable[Obligation]
) -> list[tuple[tuple[int, int], int, float, int]]:
    """(month, person, points, rank) of everybody whose obligations were decided in a month."""
    (term,) = handbook.scores["monthly"].terms
    weights = {one.duty: one.weight for one in term.indicators}
    worth = {State.DONE: 1.0, State.LATE: 0.5, State.OVERDUE: 0.0}
    lines: dict[tuple[tuple[int, int], int, str], list[float]] = defaultdict(lambda: [0, 0.0])
    for one in rows:
        if one.rule in weights and one.state in worth:
            line = lines[(one.due.year, one.due.month), one.person, one.rule]
            line[0] += 1
            line[1] += worth[one.state]
    points: dict[tuple[int, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for duty, weight in weights.items():
        for (month, person, rule), (count, met) in lines.items():
            if rule == duty:
                points[month][person] += weight * (met / count)
    found = []
    for month, people in points.items():
        ordered = sorted(people.items(), key=lambda one: -one[1])
        rank, last = 0, None
        for place, (person, score) in enumerate(ordered, start=1):
            if round(score, 6) != last:
                rank, last = place, round(score, 6)
            found.append((month, person, score, rank))
    return found


def _bottom(scores: Iterable[tuple[tuple[int, int], int, float, int]]) -> list[int]:
    """Who has one of the last three ranks of a month, once a month."""
    months: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for month, person, _, rank in scores:
        months[month].append((rank, person))
    found = []
    for ranks in months.values():
        ranks.sort()
        edge = ranks[-3:][0][0]
        found += [person for rank, person in ranks if rank >= edge and rank > 1]
    return found


def _done(tables: Tables) -> Iterable[Done]:
    for kind, table in tables.facts.items():
        if kind not in OTHER:
            columns = (table.fact, table.day, table.subject, table.performer)
            for fact, day, subject, performer in _rows(*columns):
                yield Done(fact, kind, day_of(day), (subject,), performer)


def _held(tables: Tables) -> Iterable[Held]:
    for role, table in tables.assignments.items():
        columns = (table.id, table.person, table.subject, table.start, table.end)
        for number, person, subject, start, end in _rows(*columns):
            until = FOREVER if end == OPEN else day_of(end)
            yield Held(number, role, person, subject, day_of(start), until)


def _rows(*columns: NDArray[np.integer[Any]]) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
