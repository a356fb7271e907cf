"""An invented county-year straight in the engine's tables: about 850,000 facts, 740,000 duties.

Weekly contact of every household with three days of grace, a monthly party day of every branch,
twenty days a month in the village, and a deadline for every tenth village. One household in five
changes its helper. Nothing here is drawn from real records.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.calendar import WorkCalendar
from bangfu.core.periods import Period, day_number
from bangfu.core.rules import (
    Deadline,
    DeadlineTerm,
    Duty,
    DutyTerm,
    FactKind,
    Handbook,
    Indicator,
    Ladder,
    LadderTerm,
    Role,
    Rung,
    Score,
    ScoreTerm,
    Source,
    SubjectType,
    Term,
)
from bangfu.core.text import Text
from bangfu.engine.tables import (
    OPEN,
    AssignmentTable,
    FactTable,
    ParticipantTable,
    SubjectTable,
    Tables,
)

YEAR = Period(date(2017, 1, 2), date(2018, 1, 1))
AS_OF = date(2017, 12, 28)
VILLAGES, HOUSEHOLDS, HELPERS = 429, 15015, 3159
FIRST = day_number(YEAR.start)
_SOURCE = Source("对照试验", "每周联系一次。", "proposal")
_ALWAYS = (Term(date(2000, 1, 1), None, _SOURCE),)
_SINCE = date(2016, 1, 1)
Numbers = NDArray[np.int64]


def _text(words: str) -> Text:
    return Text(words, words)


def _kind(name: str, subject: SubjectType) -> FactKind:
    return FactKind(name, _text(name), subject, _ALWAYS, "work", ())


def _duty(name: str, role: str, fact: str, term: DutyTerm) -> Duty:
    return Duty(name, _text(name), role, (fact,), _text("times"), (term,))


def handbook() -> Handbook:
    """The four rules, a monthly score of persons and a ladder on it."""
    begin = (_SINCE, None, _SOURCE)
    duties = (
        _duty("contact", "helper", "contact", DutyTerm(*begin, every="week", at_least=1, grace=3)),
        _duty("party_day", "branch_secretary", "party_day",
              DutyTerm(*begin, every="month", at_least=1, grace=5)),
        _duty("village_days", "first_secretary", "village_day",
              DutyTerm(*begin, every="month", at_least=20, measure="days")),
    )  # fmt: skip
    deadline = Deadline(
        "venue", _text("venue"), "branch_secretary", "venue_order", "venue_done",
        (DeadlineTerm(*begin, within=60, grace=15),),
    )  # fmt: skip
    indicators = tuple(
        Indicator(name, _text(name), weight=weight, duty=name)
        for name, weight in (("contact", 60.0), ("party_day", 20.0), ("village_days", 20.0))
    )
    score = Score("monthly", _text("monthly"), "person", (
        ScoreTerm(*begin, every="month", indicators=indicators),
    ))  # fmt: skip
    ladder = Ladder("steps", _text("steps"), (LadderTerm(*begin, rungs=(
        Rung("statement", _text("statement"), "bottom", 3, "branch_secretary", 5),
        Rung("talk", _text("talk"), "overdue", 4, "helper", 5, duty="contact"),
    )),), score="monthly")  # fmt: skip
    roles = (
        Role("helper", _text("helper"), "household", "subject"),
        Role("branch_secretary", _text("branch secretary"), "village", "place"),
        Role("first_secretary", _text("first secretary"), "village", "place"),
    )
    kinds = (
        _kind("contact", "household"), _kind("party_day", "village"),
        _kind("village_day", "village"), _kind("venue_order", "village"),
        _kind("venue_done", "village"), _kind("class", "village"),
    )  # fmt: skip
    return Handbook(
        "bench", _text("bench"), "0", WorkCalendar(frozenset(), frozenset(), frozenset()),
        roles={role.id: role for role in roles}, statuses={},
        kinds={kind.id: kind for kind in kinds},
        duties={duty.id: duty for duty in duties}, deadlines={"venue": deadline},
        scores={"monthly": score}, ladders={"steps": ladder},
    )  # fmt: skip


def county_year(number: int = 0) -> Tables:
    """One county's tables; counties of other numbers differ in their chance, not in size."""
    chance = np.random.default_rng(number)
    base = 100_000 * (number + 1)
    villages = base + np.arange(VILLAGES)
    households = base + 1_000 + np.arange(HOUSEHOLDS)
    people = base + 50_000
    posts = _posts(chance, villages, households, people)
    facts = _facts(chance, villages, households, posts)
    village = villages[np.arange(HOUSEHOLDS) // (HOUSEHOLDS // VILLAGES)]
    none = np.zeros(VILLAGES, dtype=np.int64)
    return Tables(
        as_of=AS_OF,
        facts=facts,
        participants=dict[str, ParticipantTable](),
        assignments=posts,
        statuses={},
        subjects={
            "household": SubjectTable(households, village, village // 27, _days(households)),
            "village": SubjectTable(villages, none, villages // 27, _days(villages)),
        },
    )


def _days(like: Numbers) -> NDArray[np.int32]:
    return np.full(len(like), day_number(_SINCE), dtype=np.int32)


def _posts(
    chance: np.random.Generator, villages: Numbers, households: Numbers, people: int
) -> dict[str, AssignmentTable]:
    """Every post held from before the year; a fifth of the households changes helper in it."""
    size = len(households)
    first = people + chance.integers(0, HELPERS, size)
    changed = np.flatnonzero(chance.random(size) < 0.2)
    change = (FIRST + chance.integers(0, 340, len(changed))).astype(np.int32)
    end = np.full(size, OPEN, dtype=np.int32)
    end[changed] = change
    helper = AssignmentTable(
        id=people + 10_000 + np.arange(size + len(changed)),
        person=np.concatenate([first, people + chance.integers(0, HELPERS, len(changed))]),
        subject=np.concatenate([households, households[changed]]),
        start=np.concatenate([_days(households), change]),
        end=np.concatenate([end, np.full(len(changed), OPEN, dtype=np.int32)]),
    )
    posts = {"helper": helper}
    for role, where, offset in (
        ("branch_secretary", villages, 3200), ("first_secretary", villages[:88], 3700),
    ):  # fmt: skip
        posts[role] = AssignmentTable(
            id=people + 40_000 + offset + np.arange(len(where)),
            person=people + offset + np.arange(len(where)),
            subject=where,
            start=_days(where),
            end=np.full(len(where), OPEN, dtype=np.int32),
        )
    return posts


def _holder(posts: AssignmentTable, subjects: Numbers, days: Numbers) -> Numbers:
    """Who held the post on each day: the first holder, or the one who followed him."""
    size = len(np.unique(posts.subject))
    then = dict(zip(posts.subject[size:].tolist(), range(size, len(posts.subject)), strict=True))
    after = np.array([then.get(one, -1) for one in posts.subject[:size].tolist()])
    at = np.searchsorted(posts.subject[:size], subjects)
    follows = (after[at] >= 0) & (days >= posts.start[after[at]])
    return posts.person[np.where(follows, after[at], at)]


def _facts(
    chance: np.random.Generator,
    villages: Numbers,
    households: Numbers,
    posts: dict[str, AssignmentTable],
) -> dict[str, FactTable]:
    rows = {
        "contact": _contacts(chance, households, posts["helper"]),
        "party_day": _party_days(chance, villages),
        "village_day": _village_days(chance, villages[:88]),
        "venue_order": (villages[100:140], FIRST + np.arange(40)),
        "class": (chance.choice(villages, 120_000), FIRST + chance.integers(0, 360, 120_000)),
    }
    rows["venue_done"] = (villages[100:136], FIRST + 40 + chance.integers(0, 80, 36))
    holders = {"contact": posts["helper"], "village_day": posts["first_secretary"]}
    number = 1_000_000
    facts = {}
    for kind, (subjects, days) in rows.items():
        order = np.argsort(days, kind="stable")
        subject, day = subjects[order], days[order]
        post = holders.get(kind, posts["branch_secretary"])
        facts[kind] = FactTable(
            fact=number + np.arange(len(day)),
            subject=subject,
            day=day.astype(np.int32),
            performer=_holder(post, subject, day),
        )
        number += len(day)
    return facts


def _contacts(
    chance: np.random.Generator, households: Numbers, posts: AssignmentTable
) -> tuple[Numbers, Numbers]:
    """On time, late, or not at all, as reliable as the helper; now and then once more."""
    weeks = FIRST + 7 * np.arange(52)
    subject, week = (grid.ravel() for grid in np.meshgrid(households, weeks, indexing="ij"))
    reliable = 0.6 + 0.4 * np.random.default_rng(1).random(HELPERS)
    person = posts.person[: len(households)]
    trust = np.repeat(reliable[(person - person.min()) % HELPERS], 52)
    luck = chance.random(len(subject))
    on_time = week + chance.integers(0, 7, len(subject))
    day = np.where(luck < trust, on_time, week + 7 + chance.integers(0, 3, len(subject)))
    kept = luck < trust + 0.05
    more = chance.random(len(subject)) < 0.1
    return (
        np.concatenate([subject[kept], subject[more]]),
        np.concatenate([day[kept], (week + chance.integers(0, 7, len(subject)))[more]]),
    )


def _party_days(chance: np.random.Generator, villages: Numbers) -> tuple[Numbers, Numbers]:
    months = np.array([day_number(date(2017, month, 1)) for month in range(1, 13)])
    subject, month = (grid.ravel() for grid in np.meshgrid(villages, months, indexing="ij"))
    kept = chance.random(len(subject)) < 0.92
    return subject[kept], (month + chance.integers(0, 32, len(subject)))[kept]


def _village_days(chance: np.random.Generator, villages: Numbers) -> tuple[Numbers, Numbers]:
    days = FIRST + np.arange(361)
    subject, day = (grid.ravel() for grid in np.meshgrid(villages, days, indexing="ij"))
    kept = chance.random(len(subject)) < 0.68
    return subject[kept], day[kept]
