"""Staffing: which posts are not filled as asked, or are held against the rule, and since when."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number, day_of
from bangfu.core.results import Vacancy
from bangfu.core.rules import Handbook, Staffing, StaffingTerm, term_on
from bangfu.engine.makeup import Around, present
from bangfu.engine.posts import Posts, posts_of
from bangfu.engine.spans import ALWAYS, FOREVER, Ints, Spans, ints, locate
from bangfu.engine.statuses import condition_of, true_spans
from bangfu.engine.tables import NO_SUBJECTS, Ids, Tables
from bangfu.engine.views import known_subjects


@dataclass(frozen=True, slots=True)
class Filling:
    """The subjects that a staffing rule asks about on a day, and who holds their post.

    `asked_since`: from which day on the rule has asked about each. Holders have one entry each:
    the position of their subject, whether they meet what the rule requires and since when that
    is as it is, the day they took up the post, and the fact by which they hold it.
    """

    term: StaffingTerm
    day: int
    posts: Posts
    subjects: Ids
    asked_since: Ints
    subject: Ints
    person: Ids
    fit: NDArray[np.bool_]
    fit_since: Ints
    start: Ints
    fact: Ids

    @property
    def held(self) -> Ints:
        """How many persons hold the post of each subject."""
        return np.bincount(self.subject, minlength=len(self.subjects))

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which subjects have as many fit holders as the rule asks for."""
        fit = np.bincount(self.subject[self.fit], minlength=len(self.subjects))
        return fit >= self.term.at_least

    def facts_of(self, subject: int) -> tuple[int, ...]:
        """The assignments of a subject's holders, else its founding fact."""
        found = self.fact[self.subject == subject]
        return tuple(sorted(found.tolist())) or (int(self.subjects[subject]),)


def vacancies(
    handbook: Handbook, tables: Tables, *, as_of: date, rules: Collection[str] | None = None
) -> list[Vacancy]:
    """The posts that are vacant, crowded, held by somebody unfit, or by one who holds too many, and
    the groups of which a part is missing.

    By rule in the handbook's order, then kind, subject and person. For "cap", `subject` is the
    person himself. `because` names the assignments concerned, and the founding fact of a subject
    without any.
    """
    found: list[Vacancy] = []
    for rule in handbook.staffing.values():
        if rules is None or rule.id in rules:
            now = filling(handbook, tables, rule, as_of=as_of)
            if now is not None:
                found += _vacant(rule, now) + _crowded(rule, now)
                found += _unfit(rule, now) + _overloaded(rule, now)
                found += _incomplete(handbook, tables, rule, now)
    return found


def filling(handbook: Handbook, tables: Tables, rule: Staffing, *, as_of: date) -> Filling | None:
    """How the posts of a staffing rule are filled on a day; None where no term is in force."""
    term = term_on(rule.terms, as_of)
    if term is None:
        return None
    day = day_number(as_of)
    kind = handbook.roles[rule.role].subject
    subjects = known_subjects(tables, kind, day)
    table = tables.subjects.get(kind, NO_SUBJECTS)
    order = np.argsort(table.id)
    founded = ints(table.since)[order][np.searchsorted(table.id[order], subjects)]
    since = np.maximum(founded, day_number(term.start))
    tree = condition_of(handbook, kind, term.where)
    if tree is not None:
        true = true_spans(tree, tables, kind, subjects, as_of=day)
        now, begun = _now(true, len(subjects), day)
        subjects, since = subjects[now], np.maximum(since, begun)[now]
    posts = posts_of(tables.assignments.get(rule.role), as_of=day)
    pairs = posts.pairs
    current = np.flatnonzero((pairs.spans.start <= day) & (day < pairs.spans.end))
    pair = pairs.spans.row[current]
    subject = locate(subjects, posts.subjects[pairs.row[pair]])
    current, pair, subject = (one[subject >= 0] for one in (current, pair, subject))
    person = pairs.person[pair]
    fit, fit_since = _fitness(handbook, tables, term, person=person, day=day)
    held = posts.holding(pairs.row[pair], person, np.full(len(pair), day))
    return Filling(
        term, day, posts, subjects, since, subject, person, fit, fit_since,
        start=pairs.spans.start[current], fact=posts.id[held],
    )  # fmt: skip


def _fitness(
    handbook: Handbook, tables: Tables, term: StaffingTerm, *, person: Ids, day: int
) -> tuple[NDArray[np.bool_], Ints]:
    """Which persons meet what a term requires, and since when that is as it is."""
    tree = condition_of(handbook, "person", term.requires)
    if tree is None:
        return np.ones(len(person), dtype=np.bool_), np.full(len(person), ALWAYS)
    persons, place = np.unique(person, return_inverse=True)
    true = true_spans(tree, tables, "person", persons, as_of=day)
    fit, begun = _now(true, len(persons), day)
    ended = np.full(len(persons), ALWAYS)
    over = true.end <= day
    ended[true.row[over]] = true.end[over]  # sorted, so the last one stays
    return fit[place], np.where(fit, begun, ended)[place]


def _now(true: Spans, rows: int, day: int) -> tuple[NDArray[np.bool_], Ints]:
    """For which rows a span holds `day`, and since when."""
    held = (true.start <= day) & (day < true.end)
    since = np.full(rows, FOREVER)
    since[true.row[held]] = true.start[held]
    return since < FOREVER, since


def _vacant(rule: Staffing, now: Filling) -> list[Vacancy]:
    short = now.held < now.term.at_least
    since = np.maximum(now.asked_since, _wrong_since(now, lambda n: n < now.term.at_least))
    long_enough = now.day - since >= now.term.vacant_for
    subjects = np.flatnonzero(short & long_enough)
    return _about_subjects(rule, "vacant", now, subjects=subjects, since=since)


def _crowded(rule: Staffing, now: Filling) -> list[Vacancy]:
    most = now.term.at_most
    if most is None:
        return []
    since = np.maximum(now.asked_since, _wrong_since(now, lambda n: n > most))
    subjects = np.flatnonzero(now.held > most)
    return _about_subjects(rule, "crowded", now, subjects=subjects, since=since)


def _about_subjects(
    rule: Staffing, kind: str, now: Filling, *, subjects: Ints, since: Ints
) -> list[Vacancy]:
    held = now.held
    return [
        Vacancy(
            rule=rule.id,
            kind=kind,
            subject=int(now.subjects[subject]),
            person=None,
            since=day_of(since[subject]),
            held=int(held[subject]),
            because=now.facts_of(subject),
        )
        for subject in subjects.tolist()
    ]


def _unfit(rule: Staffing, now: Filling) -> list[Vacancy]:
    held = now.held
    since = np.maximum(np.maximum(now.start, now.fit_since), now.asked_since[now.subject])
    unfit = np.flatnonzero(~now.fit)
    order = unfit[np.lexsort((now.person[unfit], now.subject[unfit]))]
    return [
        Vacancy(
            rule=rule.id,
            kind="unfit",
            subject=int(now.subjects[now.subject[entry]]),
            person=int(now.person[entry]),
            since=day_of(since[entry]),
            held=int(held[now.subject[entry]]),
            because=(int(now.fact[entry]),),
        )
        for entry in order.tolist()
    ]


def _overloaded(rule: Staffing, now: Filling) -> list[Vacancy]:
    """Who holds the post for more subjects than allowed, whether or not the rule asks for them."""
    cap = now.term.cap
    pairs, posts = now.posts.pairs, now.posts
    if cap is None or not len(pairs.person):
        return []
    persons, place = np.unique(pairs.person, return_inverse=True)
    spans = pairs.spans
    since = _stretch(
        Spans(place[spans.row], spans.start, spans.end), len(persons), now.day, lambda n: n > cap
    )
    current = (posts.start <= now.day) & (now.day < posts.end)
    holder = np.searchsorted(persons, posts.person[current])
    pair = np.unique(np.stack([holder, posts.row[current]]), axis=1)[0]
    carried = np.bincount(pair, minlength=len(persons))
    start = day_number(now.term.start)
    return [
        Vacancy(
            rule=rule.id,
            kind="cap",
            subject=int(persons[one]),
            person=int(persons[one]),
            since=day_of(max(int(since[one]), start)),
            held=int(carried[one]),
            because=tuple(sorted(posts.id[current][holder == one].tolist())),
        )
        for one in np.flatnonzero(carried > cap).tolist()
    ]


def _incomplete(handbook: Handbook, tables: Tables, rule: Staffing, now: Filling) -> list[Vacancy]:
    """The groups of which a part has been missing for longer than is tolerated."""
    kind = handbook.roles[rule.role].subject
    around = Around(handbook, tables, kind, now.subjects, now.day)
    found = []
    for part in now.term.parts:
        spans = present(around, part)
        running = (spans.start <= now.day) & (now.day < spans.end)
        held = np.bincount(spans.row[running], minlength=len(now.subjects))
        since = np.maximum(now.asked_since, _fewer(spans, now, part.at_least))
        asked, begun = _asked_of(around, part.where)
        since = np.maximum(since, begun)
        short = asked & (held < part.at_least) & (now.day - since >= now.term.vacant_for)
        found += [
            Vacancy(
                rule.id, "part", int(now.subjects[at]), None, day_of(since[at]), int(held[at]),
                now.facts_of(at), part.id,
            )
            for at in np.flatnonzero(short).tolist()
        ]  # fmt: skip
    return found


def _fewer(spans: Spans, now: Filling, least: int) -> Ints:
    """Since when fewer than so many spans of each subject have been running."""
    return _stretch(spans, len(now.subjects), now.day, lambda count: count < least)


def _asked_of(around: Around, where: str) -> tuple[NDArray[np.bool_], Ints]:
    """Which subjects meet a condition, and since when."""
    tree, rows = condition_of(around.handbook, around.kind, where), len(around.subjects)
    if tree is None:
        return np.ones(rows, np.bool_), np.full(rows, ALWAYS)
    true = true_spans(tree, around.tables, around.kind, around.subjects, as_of=around.day)
    return _now(true, rows, around.day)


def _wrong_since(now: Filling, wrong: Callable[[Ints], NDArray[np.bool_]]) -> Ints:
    """Since when the number of each subject's holders has been wrong."""
    spans, row = now.posts.pairs.spans, now.posts.pairs.row
    subject = locate(now.subjects, now.posts.subjects[row[spans.row]])
    kept = subject >= 0
    asked = Spans(subject[kept], spans.start[kept], spans.end[kept])
    return _stretch(asked, len(now.subjects), now.day, wrong)


def _stretch(spans: Spans, rows: int, day: int, wrong: Callable[[Ints], NDArray[np.bool_]]) -> Ints:
    """The day since when, up to `day`, the number of running spans of each row has been wrong."""
    row = np.concatenate([np.arange(rows), spans.row, spans.row])
    when = np.concatenate([np.full(rows, ALWAYS), spans.start, spans.end])
    step = np.repeat((0, 1, -1), (rows, len(spans.row), len(spans.row)))
    order = np.lexsort((when, row))
    order = order[when[order] <= day]
    row, when, count = row[order], when[order], np.cumsum(step[order])
    first = np.searchsorted(row, np.arange(rows))
    count -= (count - step[order])[first][row]
    last = np.ones(len(row), dtype=np.bool_)
    last[:-1] = (row[1:] != row[:-1]) | (when[1:] != when[:-1])
    row, when, right = row[last], when[last], ~wrong(count[last])
    latest = np.full(rows, -1)
    latest[row[right]] = np.flatnonzero(right)
    following = np.minimum(latest + 1, len(when) - 1)
    return np.where(latest >= 0, when[following], ALWAYS)
