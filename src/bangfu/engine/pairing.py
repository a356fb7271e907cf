"""The question of who should help whom, from the columns of a county (结对)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number
from bangfu.core.rules import (
    Handbook,
    Pairing,
    PairingTerm,
    StaffingTerm,
    SubjectType,
    term_on,
)
from bangfu.engine.posts import posts_of
from bangfu.engine.spans import Ints, locate
from bangfu.engine.statuses import Timeline, condition_of, true_on
from bangfu.engine.tables import NO_FACTS, NO_STATUSES, NO_SUBJECTS, FactTable, Ids, Tables
from bangfu.engine.views import known_subjects
from bangfu.optimise.inputs import NOBODY, Helpers, Households, Question, Weights

# Kilometres of a degree of longitude and of latitude at 34° north.
KM = (92.5, 111.2)
NOWHERE = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies where, by registry number, which the engine's tables do not hold.

    `position`: degrees of longitude and latitude of places; `unit`: a person's unit; `seat`: the
    place of a unit; `number`: the registry number of each uid that a field may name.
    """

    position: Mapping[int, tuple[float, float]]
    unit: Mapping[int, int]
    seat: Mapping[int, int]
    number: Mapping[str, int]


@dataclass(frozen=True)
class Asked:
    """A question of pairs with the registry numbers of its rows.

    Where the post is held for villages, `kind` is that, and a row of `households` is a village.

    `villages` and `townships` are each household's, `posts` the assignment by which its present
    helper holds it, 0 where it has none; `holder` that person, eligible or not. `needs` and
    `skills` are bits in the order of `options`.
    """

    question: Question
    households: Ids
    helpers: Ids
    villages: Ids
    townships: Ids
    posts: Ids
    holder: Ids
    units: Ids
    needs: Ints
    skills: Ints
    options: tuple[str, ...]
    kind: SubjectType = "household"

    def household(self, number: int) -> int:
        """The row of a household, or -1."""
        return int(locate(self.households, np.array([number]))[0])

    def helper(self, number: int) -> int:
        """The row of a helper, or NOBODY."""
        return int(locate(self.helpers, np.array([number]))[0])


@dataclass(frozen=True, slots=True)
class _County:
    """What a question is read from: the columns, the rule's term, the day (its number)."""

    handbook: Handbook
    tables: Tables
    ground: Ground
    rule: Pairing
    term: PairingTerm
    day: int

    def meeting(self, kind: SubjectType, text: str) -> Ids:
        """The subjects of a type that meet a condition on the day, sorted."""
        subjects = known_subjects(self.tables, kind, self.day)
        tree = condition_of(self.handbook, kind, text)
        if tree is None:
            return subjects
        return subjects[true_on(tree, self.tables, kind, subjects, day=self.day)]

    def facts(self, named: str) -> tuple[FactTable, NDArray[np.generic] | None]:
        """The table of the kind that "kind.field" names, and the field's column, None if empty."""
        kind, _, field = named.partition(".")
        table = self.tables.facts.get(kind, NO_FACTS) if named else NO_FACTS
        return table, table.values.get(field) if len(table) else None

    def numbers(self, column: NDArray[np.generic]) -> Ints:
        """The registry numbers of the uids in a column."""
        found = [self.ground.number.get(str(uid), NOWHERE) for uid in column.tolist()]
        return np.array(found, np.int64)


def ask(
    handbook: Handbook, tables: Tables, ground: Ground, rule: Pairing, *, as_of: date
) -> Asked | None:
    """The question that a rule asks on a day; None where no term of it or its staffing holds."""
    term, staffing = term_on(rule.terms, as_of), handbook.staffing[rule.staffing]
    filled = term_on(staffing.terms, as_of)
    if term is None or filled is None:
        return None
    county = _County(handbook, tables, ground, rule, term, day_number(as_of))
    kind = handbook.roles[staffing.role].subject
    households = county.meeting(kind, filled.where)
    helpers = county.meeting("person", term.eligible)
    if filled.requires:
        helpers = helpers[np.isin(helpers, county.meeting("person", filled.requires))]
    table = tables.subjects.get(kind, NO_SUBJECTS)
    order = np.argsort(table.id)
    at = order[np.searchsorted(table.id[order], households)]
    townships = table.township[at]
    villages = households if kind == "village" else table.village[at]
    posts, holder = _held(county, staffing.role, households)
    profile = _Profiles.of(county, households, helpers)
    units = np.array([ground.unit.get(one, NOWHERE) for one in helpers.tolist()], np.int64)
    near = np.zeros(len(helpers), np.bool_)
    if term.near:
        near = np.isin(helpers, county.meeting("person", term.near))
    places = _Places.of(county, (villages, townships), (units, near))
    grades, below = _below(*_asks(county, households, helpers))
    needs, need_of = _compressed(np.stack([profile.needs, grades[0]]))
    skills, skill_of = _compressed(np.stack([profile.skills, grades[1]]))
    points = _points(county, households)
    question = Question(
        households=Households(places.place, need_of, locate(helpers, holder), points),
        helpers=Helpers(
            places.group,
            skill_of,
            _caps(county, filled, helpers, points),
            _homes(county, helpers, places.villages),
        ),
        km=places.km,
        linked=places.linked,
        out_of_reach=places.out_of_reach,
        unmet=np.bitwise_count(needs[0][:, None] & ~skills[0][None]).astype(np.int64),
        below_grade=below[needs[1]][:, skills[1]],
        relatives=_barred(county, households, helpers),
        weights=Weights(term.per_km, term.unmet, term.unlinked, term.change, term.load),
    )
    return Asked(
        question, households, helpers, villages, townships, posts, holder, units,
        profile.needs, profile.skills, profile.options, kind,
    )  # fmt: skip


def _held(county: _County, role: str, households: Ids) -> tuple[Ids, Ids]:
    """By which assignment each household is held, and by whom; 0 and NOBODY if by none."""
    day = county.day
    posts = posts_of(county.tables.assignments.get(role), as_of=day)
    now = np.flatnonzero((posts.start <= day) & (day < posts.end))
    row = locate(households, posts.subjects[posts.row[now]])
    now, row = now[row >= 0], row[row >= 0]
    post, holder = np.zeros(len(households), np.int64), np.full(len(households), NOBODY, np.int64)
    post[row], holder[row] = posts.id[now], posts.person[now]
    return post, holder


def _compressed(columns: Ints) -> tuple[Ints, Ints]:
    """The different combinations of some columns, and which of them each row has."""
    found, which = np.unique(columns, axis=1, return_inverse=True)
    return found, which.reshape(-1).astype(np.int64)


# -- facts about households, helpers and villages --------------------------------------------------


def _latest(table: FactTable, subjects: Ids) -> Ints:
    """The row of the newest fact about each subject, -1 where there is none."""
    found = np.full(len(subjects), -1, np.int64)
    order = np.lexsort((table.fact, table.day))
    row = locate(subjects, table.subject[order])
    found[row[row >= 0]] = order[row >= 0]  # numpy keeps the last of repeated positions
    return found


@dataclass(frozen=True)
class _Profiles:
    needs: Ints
    skills: Ints
    options: tuple[str, ...]

    @classmethod
    def of(cls, county: _County, households: Ids, helpers: Ids) -> _Profiles:
        kind_id, _, field_id = county.rule.need.partition(".")
        kind = county.handbook.kind(kind_id)
        field = kind.field(field_id) if kind else None
        options = tuple(field.options) if field else ()
        bits = {name: 1 << number for number, name in enumerate(options)}
        return cls(
            _bits(county, county.rule.need, households, bits),
            _bits(county, county.rule.skill, helpers, bits),
            options,
        )


def _bits(county: _County, named: str, subjects: Ids, bits: Mapping[str, int]) -> Ints:
    """What each subject's newest fact names, as bits."""
    found = np.zeros(len(subjects), np.int64)
    table, column = county.facts(named)
    if column is None:
        return found
    rows = _latest(table, subjects)
    for at in np.flatnonzero(rows >= 0).tolist():
        value: object = column[rows[at]]
        words = value if isinstance(value, list) else [value]
        found[at] = sum(bits.get(str(word), 0) for word in words)
    return found


def _points(county: _County, households: Ids) -> Ints | None:
    """What each household counts by its difficulty; None where the rule counts households."""
    term, status = county.term, county.rule.points
    if not status:
        return None
    line = Timeline(county.tables.statuses.get(status, NO_STATUSES), households, as_of=county.day)
    entry = line.at(np.arange(len(households)), np.full(len(households), county.day))
    points = [1 if one < 0 else term.points.get(str(line.value[one]), 1) for one in entry.tolist()]
    return np.array(points, np.int64)


def _caps(county: _County, filled: StaffingTerm, helpers: Ids, points: Ints | None) -> Ints:
    """How many households, or points, each may take: no more than the rule's cap, fewer where he
    can take fewer. Points are held down so far that the cap in households is kept by itself.
    """
    cap, most = filled.cap, county.term.most
    if points is not None and cap is not None and most is not None:
        most = min(most, cap * int(points.min(initial=1)))
        households = _taken(county, helpers, cap)
        return households * most // cap
    return _taken(county, helpers, min(one for one in (cap, most, len(helpers) + 1) if one))


def _taken(county: _County, helpers: Ids, most: int) -> Ints:
    """As many as `most`, or as he can take, if that is fewer."""
    caps = np.full(len(helpers), most, np.int64)
    table, column = county.facts(county.rule.capacity)
    if column is None:
        return caps
    rows = _latest(table, helpers)
    lacking = table.missing.get(county.rule.capacity.partition(".")[2])
    told = rows >= 0
    if lacking is not None:
        told &= ~lacking[rows]
    caps[told] = np.minimum(caps[told], column[rows[told]].astype(np.int64))
    return caps


def _homes(county: _County, helpers: Ids, villages: Ids) -> Ints:
    """The row of each helper's home village among those asked about, or NOBODY."""
    home = np.full(len(helpers), NOBODY, np.int64)
    table, column = county.facts(county.rule.home)
    if column is None or not county.term.avoid_home:
        return home
    groups = county.tables.subjects.get("group", NO_SUBJECTS)
    inside = dict(zip(groups.id.tolist(), groups.village.tolist(), strict=True))
    rows = _latest(table, helpers)
    told = np.flatnonzero(rows >= 0)
    numbers = county.numbers(column[rows[told]]).tolist()
    home[told] = locate(villages, np.array([inside.get(one, one) for one in numbers], np.int64))
    return home


def _barred(county: _County, households: Ids, helpers: Ids) -> tuple[Ints, Ints]:
    """Household and helper of each pair that a fact bars."""
    table, column = county.facts(county.rule.avoid)
    if column is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    household, helper = (
        locate(households, county.numbers(column)),
        locate(helpers, table.subject),
    )
    both = (household >= 0) & (helper >= 0)
    return household[both], helper[both]


# -- what some households ask of their helpers -----------------------------------------------------


def _asks(county: _County, households: Ids, helpers: Ids) -> tuple[Ints, Ints]:
    """Which asks each household makes and each helper meets, as bits."""
    asked, met = np.zeros(len(households), np.int64), np.zeros(len(helpers), np.int64)
    for number, one in enumerate(county.term.asks):
        asking = np.isin(households, county.meeting("household", one.where))
        meeting = np.isin(helpers, county.meeting("person", one.requires))
        asked |= asking.astype(np.int64) << number
        met |= meeting.astype(np.int64) << number
    return asked, met


def _below(asked: Ints, met: Ints) -> tuple[tuple[Ints, Ints], NDArray[np.bool_]]:
    """Each side's class of asks, and which class of helpers falls short of which of households."""
    of_households, household = np.unique(asked, return_inverse=True)
    of_helpers, helper = np.unique(met, return_inverse=True)
    below = (of_households[:, None] & ~of_helpers[None]) > 0
    return (household.astype(np.int64), helper.astype(np.int64)), below


# -- where they are --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Places:
    """Villages and groups of helpers, and what lies between them.

    A group is a unit and whether its members help in their own township only.
    """

    villages: Ids
    place: Ints
    group: Ints
    km: NDArray[np.float64]
    linked: NDArray[np.bool_]
    out_of_reach: NDArray[np.bool_]

    @classmethod
    def of(
        cls, county: _County, homes: tuple[Ids, Ids], staff: tuple[Ids, NDArray[np.bool_]]
    ) -> _Places:
        """`homes`: village and township of each household; `staff`: unit of each helper, and
        whether he helps in his own township only.
        """
        ground, tables = county.ground, county.tables
        villages, first, place = np.unique(homes[0], return_index=True, return_inverse=True)
        towns = homes[1][first]
        groups, group = _compressed(np.stack([staff[0], staff[1].astype(np.int64)]))
        seats = [ground.seat.get(unit, NOWHERE) for unit in groups[0].tolist()]
        seat_towns = np.array([_town_of(tables, seat) for seat in seats], np.int64)
        own = (towns[:, None] == seat_towns[None]) & (seat_towns != NOWHERE)[None]
        spots = [
            ground.position.get(village) or ground.position.get(town)
            for village, town in zip(villages.tolist(), towns.tolist(), strict=True)
        ]
        return cls(
            villages,
            place.astype(np.int64),
            group,
            county.term.detour * _straight(spots, [ground.position.get(seat) for seat in seats]),
            _linked(county, villages, groups[0]) | own,
            (groups[1] > 0)[None] & ~own,
        )


def _town_of(tables: Tables, place: int) -> int:
    """The township that a place is or lies in; NOWHERE for the county."""
    for kind in ("township", "village", "group"):
        table = tables.subjects.get(kind, NO_SUBJECTS)
        at = np.flatnonzero(table.id == place)
        if len(at):
            return place if kind == "township" else int(table.township[at[0]])
    return NOWHERE


def _straight(
    spots: Sequence[tuple[float, float] | None], seats: Sequence[tuple[float, float] | None]
) -> NDArray[np.float64]:
    """Kilometres from each spot to each seat; what is not known where lies in the middle."""
    known = np.array([one for one in (*spots, *seats) if one is not None] or [(0.0, 0.0)])
    middle = tuple(known.mean(axis=0))
    here, there = (
        np.array([one or middle for one in some]).reshape(-1, 2) * KM for some in (spots, seats)
    )
    found: NDArray[np.float64] = np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2))
    return found


def _linked(county: _County, villages: Ids, units: Ids) -> NDArray[np.bool_]:
    """Whether a fact links a village to a unit."""
    linked = np.zeros((len(villages), len(units)), np.bool_)
    table, column = county.facts(county.rule.link)
    if column is None:
        return linked
    named = county.numbers(column)
    row = locate(villages, table.subject)
    for village, unit in zip(row[row >= 0].tolist(), named[row >= 0].tolist(), strict=True):
        linked[village, units == unit] = True
    return linked
