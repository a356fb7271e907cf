"""The ladder: which step is proposed to whom, and on which grounds. People decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from bangfu.core.periods import Cadence, Period, day_number, day_of, period_of
from bangfu.core.results import State, Step
from bangfu.core.rules import Deadline, Duty, Handbook, Ladder, Rung, term_on
from bangfu.core.text import Text
from bangfu.engine.duties import owed
from bangfu.engine.obligations import Owed
from bangfu.engine.posts import Posts, posts_of
from bangfu.engine.scores import Board, board
from bangfu.engine.segment import places_of
from bangfu.engine.spans import locate
from bangfu.engine.tables import Tables

_DAY = timedelta(days=1)
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a rung applies to a holder: since which day, which facts, in words; about whom."""

    holder: int
    subject: int
    day: date
    because: tuple[int, ...]
    words: Text


def steps(handbook: Handbook, tables: Tables, ladder_id: str, *, as_of: date) -> list[Step]:
    """The steps (问责建议) that a ladder proposes on a day, by rung, then holder.

    "bottom": the holder has one of the k last ranks in the score's last period that is over by
    `as_of`; all who share the k-th last rank, but never the first. "overdue" and "over": n
    obligations are, of those that were due within the last 365 days or still run. "repeats":
    the other rung had its grounds in each of the last n periods that are over (for obligations:
    due in that period).

    The step goes to the holder himself where he is a person in the role `to`; else to whoever
    holds that role for the place, or for the subject, its village or its township, on `as_of`;
    `person` is None where nobody does. Empty where no term is in force. Raises `KeyError`.
    """
    ladder = handbook.ladders[ladder_id]
    term = term_on(ladder.terms, as_of)
    if term is None:
        return []
    ask = _Ask(handbook, tables, ladder, term.rungs, as_of=as_of)
    return [
        Step(
            ladder=ladder_id,
            rung=rung.id,
            person=ask.addressee(rung, ground),
            holder=ground.holder,
            day=ground.day,
            reply_by=ground.day + rung.reply_days * _DAY,
            because=ground.because,
            grounds=ground.words,
        )
        for rung in term.rungs
        for ground in sorted(ask.grounds(rung), key=lambda one: one.holder)
    ]


class _Ask:
    """One ladder on one day; what several rungs need is computed once."""

    def __init__(
        self,
        handbook: Handbook,
        tables: Tables,
        ladder: Ladder,
        rungs: Iterable[Rung],
        *,
        as_of: date,
    ) -> None:
        self.handbook = handbook
        self.tables = tables
        self.ladder = ladder
        self.rungs = {rung.id: rung for rung in rungs}
        self.as_of = as_of
        self._posts: dict[str, Posts] = {}
        self._boards: dict[Period, Board | None] = {}

    def grounds(self, rung: Rung, period: Period | None = None) -> list[Ground]:
        """To whom a rung applies, and why: now, or in one period that is over."""
        if rung.when == "repeats":
            return self._repeats(rung, period or self._last)
        if rung.when == "bottom":
            return self._bottom(rung, period or self._last)
        return self._unmet(rung, period)

    @cached_property
    def _every(self) -> Cadence:
        """The period of the ladder's score; months where there is none."""
        score = self.handbook.scores.get(self.ladder.score)
        term = term_on(score.terms, self.as_of) if score else None
        return term.every if term else "month"

    @cached_property
    def _last(self) -> Period:
        """The last period that is over."""
        running = period_of(self.as_of + _DAY, self._every)
        return period_of(running.start - _DAY, self._every)

    def _repeats(self, rung: Rung, last: Period) -> list[Ground]:
        """The grounds of another rung in each of so many periods, put together by holder."""
        periods = [last]
        while len(periods) < rung.number:
            periods.append(period_of(periods[-1].start - _DAY, self._every))
        runs = [
            {ground.holder: ground for ground in self.grounds(self.rungs[rung.rung], period)}
            for period in periods
        ]
        title, found = self.rungs[rung.rung].title, []
        for holder in set(runs[0]).intersection(*runs[1:]):
            each = [run[holder] for run in runs]
            zh = "；".join(ground.words.zh for ground in each)
            en = "; ".join(ground.words.en for ground in each)
            words = Text(
                f"连续 {rung.number} 次“{title.zh}”：{zh}",
                f"“{title.en}” {rung.number} times running: {en}",
            )
            facts = {fact for ground in each for fact in ground.because}
            found.append(Ground(holder, each[0].subject, each[0].day, tuple(sorted(facts)), words))
        return found

    def _bottom(self, rung: Rung, period: Period) -> list[Ground]:
        """The holders with the last ranks of a score."""
        day = period.last_day
        if period not in self._boards:
            self._boards[period] = board(
                self.handbook, self.tables, self.ladder.score, day=day, as_of=self.as_of
            )
        ranked = self._boards[period]
        if ranked is None or not len(ranked.holders):
            return []
        size = len(ranked.holders)
        from_rank = np.sort(ranked.rank)[max(size - rung.number, 0)]
        last = np.flatnonzero((ranked.rank >= from_rank) & (ranked.rank > 1))
        found = []
        for at in last.tolist():
            holder, points = int(ranked.holders[at]), float(ranked.points[at])
            words = Text(
                f"{ranked.score.title.zh}（{period.start} 至 {day}）{points:.1f} 分，"
                f"第 {ranked.rank[at]} 名，共 {size} 名",
                f"{ranked.score.title.en} ({period.start} to {day}): {points:.1f} points, "
                f"rank {ranked.rank[at]} of {size}",
            )
            found.append(Ground(holder, holder, day, _facts_of(ranked, at), words))
        return found

    def _unmet(self, rung: Rung, period: Period | None) -> list[Ground]:
        """Who has so many obligations overdue, or over the limit."""
        within = period or Period(self.as_of - _YEAR * _DAY + _DAY, self.as_of + _DAY)
        found = owed(self.handbook, self.tables, as_of=self.as_of, within=within, rules={rung.duty})
        state = State.OVERDUE if rung.when == "overdue" else State.OVER
        inside = found.due >= day_number(within.start)
        if period is not None:  # now, one that still runs may be over the limit already
            inside &= found.due < day_number(period.end)
        found = found.where((found.state == state) & inside)
        persons, count = np.unique(found.person, return_counts=True)
        return [
            self._unmet_by(rung, found.where(found.person == person))
            for person in persons[count >= rung.number].tolist()
        ]

    def _unmet_by(self, rung: Rung, found: Owed) -> Ground:
        """The grounds against one person, by when each obligation was decided."""
        found = found.where(np.argsort(found.closes, kind="stable"))
        closes = int(found.closes[rung.number - 1])
        overdue = rung.when == "overdue"
        day = day_of(closes + 1) if overdue else min(day_of(closes), self.as_of)
        if overdue:
            words = _late_words(_rule(self.handbook, rung.duty), found)
        else:  # only duties have limits
            words = self._over_words(self.handbook.duties[rung.duty], found)
        facts = np.concatenate([found.facts, found.basis, found.trigger[found.trigger > 0]])
        return Ground(
            holder=int(found.person[0]),
            subject=int(found.subject[-1]),
            day=day,
            because=tuple(np.unique(facts).tolist()),
            words=words,
        )

    def _over_words(self, rule: Duty, found: Owed) -> Text:
        """What went over which limit: there is no day by which less had to be done."""
        zh, en = [], []
        for at, start in enumerate(found.start.tolist()):
            term = term_on(rule.terms, day_of(start))
            scale = 10 ** places_of(rule, term, self.handbook) if term else 1
            got, limit = (f"{n / scale:g}" for n in (found.got[at], found.need[at]))
            since = day_of(start)
            zh.append(f"{since} 起已有 {got} {rule.unit.zh}，限 {limit} {rule.unit.zh}")
            en.append(f"{got} {rule.unit.en} since {since}, limit {limit}")
        return Text(f"{rule.title.zh}：{'；'.join(zh)}", f"{rule.title.en}: {'; '.join(en)}")

    def addressee(self, rung: Rung, ground: Ground) -> int | None:
        """The person whom a step goes to."""
        posts = self._posts_of(rung.to)
        held = (posts.start <= day_number(self.as_of)) & (day_number(self.as_of) < posts.end)
        if ground.holder in posts.person[held]:
            return ground.holder
        for place in self._around(ground.subject):
            row = int(locate(posts.subjects, np.array([place]))[0])
            mine = np.flatnonzero(held & (posts.row == row))
            if len(mine):
                return int(posts.person[mine[-1]])  # the latest start, as posts are sorted
        return None

    def _around(self, subject: int) -> list[int]:
        """A subject, its village and its township, where it has them."""
        found = [subject]
        for table in self.tables.subjects.values():
            for at in np.flatnonzero(table.id == subject).tolist():
                found += [int(table.village[at]), int(table.township[at])]
        return [place for place in found if place]

    def _posts_of(self, role: str) -> Posts:
        if role not in self._posts:
            table = self.tables.assignments.get(role)
            self._posts[role] = posts_of(table, as_of=day_number(self.as_of))
        return self._posts[role]


def _late_words(rule: Duty | Deadline, found: Owed) -> Text:
    """What was left undone, and by when it was due."""
    days = [str(day_of(due)) for due in found.due.tolist()]
    return Text(
        f"{rule.title.zh}：{len(found)} 次逾期（应办日 {'、'.join(days)}）",
        f"{rule.title.en}: {len(found)} overdue (due {', '.join(days)})",
    )


def _facts_of(ranked: Board, holder: int) -> tuple[int, ...]:
    """The facts under one holder's lines; for what was left undone, why it was owed."""
    found = [ranked.holders[:0]]
    for column in ranked.columns:
        mine = column.row == holder
        if column.entries.indicator.duty:
            owed_ = column.of(mine)
            undone = np.diff(owed_.offsets) == 0
            found += [owed_.facts, owed_.basis[undone]]
        else:
            found.append(column.entries.facts[mine])
    return tuple(np.unique(np.concatenate(found)).tolist())


def _rule(handbook: Handbook, name: str) -> Duty | Deadline:
    return handbook.duties.get(name) or handbook.deadlines[name]
