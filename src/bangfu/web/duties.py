"""Obligations as a page shows them: whose, about whom, until when, and where a tap leads."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bangfu.core.periods import Period, period_of
from bangfu.core.results import Obligation, State
from bangfu.core.rules import Duty, Handbook, term_on
from bangfu.engine.cache import Cache
from bangfu.records.queries import Named
from bangfu.web import targets, words
from bangfu.web.words import say

OPEN_STATES = (State.DUE, State.OVERDUE)
MET_STATES = (State.DONE, State.LATE, State.EXCUSED)
_kept = Cache(4096)


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation, ready to be drawn; `address` is its target with uids."""

    obligation: Obligation
    subject: Named
    person: str
    called: str
    place: str
    title: str
    span: str
    asked: str
    amount: str
    when: str
    mood: str
    mark: str
    address: str
    go: str
    trace_url: str
    rule_url: str
    kinds: tuple[str, ...]
    limit: bool
    entered_by: str
    days_late: int

    @property
    def state(self) -> State:
        """How it stands."""
        return self.obligation.state

    @property
    def got(self) -> int:
        """What was counted so far."""
        return self.obligation.got

    @property
    def late_words(self) -> str:
        """已迟 3 天, while it is not met."""
        return words.late(self.days_late) if self.days_late and self.state in OPEN_STATES else ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one rule and period: what they share is said once above them."""

    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """The row that speaks for all of them."""
        return self.rows[0]

    @property
    def asked(self) -> str:
        """What each of them asks for, where it is the same for all."""
        asked = {row.asked for row in self.rows}
        return self.first.asked if len(asked) == 1 else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Batches under one heading."""

    id: str
    title: str
    batches: tuple[Batch, ...]
    late: bool = False

    @property
    def count(self) -> int:
        """How many rows."""
        return sum(len(batch.rows) for batch in self.batches)


def batches(rows: Iterable[Row]) -> tuple[Batch, ...]:
    """Rows put together by rule and period, in the order in which these first come."""
    found: dict[tuple[str, Period], list[Row]] = {}
    for row in rows:
        # A deadline has its own days: each stands alone.
        found.setdefault((row.obligation.rule, row.obligation.period), []).append(row)
    return tuple(Batch(tuple(together)) for together in found.values())


def rows_of(
    obligations: Iterable[Obligation],
    *,
    names: Mapping[int, Named],
    handbook: Handbook,
    today: date,
    days: str = "",
    records: Container[str] = (),
) -> list[Row]:
    """The rows of obligations whose subjects have names; `days` is carried on by links.

    `records` are the kinds that the reader may enter: a row of one of these leads to its form.
    """
    trace, form = reverse("trace", args=["x"])[:-1], reverse("record-kind", args=["x"])[:-1]
    found = []
    for item in obligations:
        if item.subject not in names:
            continue
        one = _alike(item, handbook, today=today, records=records)
        subject, holder = names[item.subject], names.get(item.person)
        address = targets.obligation(
            item.rule,
            subject.uid,
            item.period.start,
            holder.uid if holder and _per_holder(handbook, item.rule) else "",
        )
        # Ids, uids and days need no quoting but the colons between them, in a query.
        go = trace_url = f"{trace}{address}{days}"
        if one["kinds"] and item.state not in MET_STATES:
            go = f"{form}{one['kinds'][0]}?{urlencode({'row': address})}"
        found.append(
            Row(
                obligation=item,
                subject=subject,
                person=holder.name if holder else "",
                called=words.place(subject.name),
                place=words.place(subject.place),
                address=address,
                go=go,
                trace_url=trace_url,
                **one,
            )
        )
    return found


def is_deadline(handbook: Handbook, rule: str) -> bool:
    """Whether a rule is a deadline or a step of a case rather than a duty."""
    return rule in handbook.deadlines or rule in handbook.procedures


def _per_holder(handbook: Handbook, rule: str) -> bool:
    duty = handbook.duties.get(rule)
    return duty is not None and duty.per == "holder"


def _alike(
    item: Obligation, handbook: Handbook, *, today: date, records: Container[str]
) -> dict[str, Any]:
    """What an obligation says without whom it is about: many stand alike, of one reader and of all,
    so it is worked out once.
    """
    may = tuple(kind for kind in _asking(handbook, item.rule) if kind in records)
    key = (
        item.rule, item.period, item.due, item.state, item.need, item.got, today, may,
        get_language(), handbook.digest, id(handbook),
    )  # fmt: skip
    return _kept.get(key, lambda: _said(item, handbook, today=today, records=records))


def _asking(handbook: Handbook, rule: str) -> tuple[str, ...]:
    """The kinds of facts that a duty or a deadline asks for."""
    duty = handbook.duties.get(rule)
    return duty.facts if duty else (handbook.deadlines[rule].fact,)


def _said(
    item: Obligation, handbook: Handbook, *, today: date, records: Container[str]
) -> dict[str, Any]:
    """What the rows of obligations that stand alike have in common."""
    duty = handbook.duties.get(item.rule)
    rule = duty or handbook.deadlines[item.rule]
    asked = _asking(handbook, item.rule)
    limit = _limit(duty, item)
    kinds = () if limit else tuple(kind for kind in asked if kind in records)
    shape = "duty" if duty else "deadline"
    late = max((today - item.due).days, 0)
    return {
        "title": say(rule.title),
        "span": _span(item, today, deadline=duty is None),
        "asked": _asked(duty, item, handbook),
        "amount": _amount(duty, item, handbook),
        "when": _when(item, today, late),
        "mood": _mood(item, today),
        "mark": words.STATE_MARKS[item.state],
        "rule_url": reverse("rule", args=[shape, item.rule]) + f"?day={item.period.start}",
        "kinds": kinds,
        "limit": limit,
        "entered_by": "" if kinds or limit else _entered_by(asked, handbook),
        "days_late": late if item.state in OPEN_STATES else 0,
    }


def _entered_by(kinds: Iterable[str], handbook: Handbook) -> str:
    """Whose entry a duty waits for, where its holder does not enter it himself."""
    known = (handbook.kinds[kind] for kind in kinds if kind in handbook.kinds)
    roles = dict.fromkeys(who.role for kind in known for who in kind.recorders)
    titles = [say(handbook.roles[role].title) for role in roles if role in handbook.roles]
    return _("entered by: %(roles)s") % {"roles": pgettext("or-list", " or ").join(titles)}


def _limit(duty: Duty | None, item: Obligation) -> bool:
    """Whether the rule sets a limit rather than asks for something."""
    term = term_on(duty.terms, item.period.start) if duty else None
    return term is not None and term.at_most is not None


def _span(item: Obligation, today: date, *, deadline: bool) -> str:
    if deadline:
        since = words.day(item.period.start, year=item.period.start.year != today.year)
        return _("since %(day)s") % {"day": since}
    return words.period(item.period, today=today)


def _asked(duty: Duty | None, item: Obligation, handbook: Handbook) -> str:
    """How much a rule asks for."""
    if duty is None:
        return _("once")
    decimals = decimals_of(duty, item.period.start, handbook)
    said = {"need": words.amount(item.need, decimals), "unit": say(duty.unit)}
    if _limit(duty, item):
        return _("at most %(need)s (%(unit)s)") % said
    return _("%(unit)s: %(need)s") % said


def _amount(duty: Duty | None, item: Obligation, handbook: Handbook) -> str:
    """What was counted of what was asked."""
    if duty is None:
        return _("done") if item.state in MET_STATES else _("not yet")
    if item.state == State.EXCUSED:
        return _("excused")
    decimals = decimals_of(duty, item.period.start, handbook)
    got, need = words.amount(item.got, decimals), words.amount(item.need, decimals)
    return _("%(unit)s: %(got)s of %(need)s") % {"got": got, "need": need, "unit": say(duty.unit)}


def decimals_of(duty: Duty, on: date, handbook: Handbook) -> int:
    """By how many decimals the numbers of a duty are scaled."""
    term = term_on(duty.terms, on)
    kind = handbook.kinds.get(duty.facts[0]) if duty.facts else None
    field = kind.field(term.field) if kind and term and term.field else None
    if field is None:
        return 0
    return 2 if field.type == "money" else field.decimals if field.type == "number" else 0


def _when(item: Obligation, today: date, late: int) -> str:
    if item.state == State.DONE:
        return _("done")
    if item.state == State.LATE:
        return _("done late")
    if item.state == State.EXCUSED:
        return _("excused")
    if item.state == State.OVER:
        return _("over the limit")
    return words.late(late) if late else words.until(item.due, today)


def _mood(item: Obligation, today: date) -> str:
    if item.state in (State.OVERDUE, State.OVER):
        return "late"
    if item.state != State.DUE:
        return ""
    left = (item.due - today).days
    return "late" if left < 0 else "soon" if left <= 1 else ""


def grouped(rows: Sequence[Row], *, today: date, handbook: Handbook) -> list[Group]:
    """What can still be done, the latest first: late, today, this week, this month, later."""
    week, month = period_of(today, "week"), period_of(today, "month")
    late: list[Row] = []
    buckets: dict[str, list[Row]] = {"today": [], "week": [], "month": [], "later": []}
    for row in rows:
        item = row.obligation
        if not can_be_done(row, handbook):
            continue
        if item.due < today:
            late.append(row)
        elif item.due == today:
            buckets["today"].append(row)
        elif week.holds(item.due):
            buckets["week"].append(row)
        elif month.holds(item.due):
            buckets["month"].append(row)
        else:
            buckets["later"].append(row)
    late.sort(key=lambda row: (-row.days_late, row.title, row.subject.name))
    titles = {
        "today": _("Today, last day"), "week": _("This week"), "month": _("This month"),
        "later": _("Later"),
    }  # fmt: skip
    groups = [Group("late", _("Late"), batches(late), late=True)] if late else []
    for key, found in buckets.items():
        found.sort(key=lambda row: (row.obligation.due, row.title, row.place, row.subject.name))
        if found:
            groups.append(Group(key, titles[key], batches(found)))
    return groups


def can_be_done(row: Row, handbook: Handbook) -> bool:
    """Whether recording something today would still change it: due, or a deadline passed."""
    item = row.obligation
    if row.limit:
        return False
    return item.state == State.DUE or (
        item.state == State.OVERDUE and is_deadline(handbook, item.rule)
    )


def asked_for_today(today: date) -> Period:
    """Which periods the page of a day looks at: those of this month and of the last five weeks,
    so that what has just been missed can still be written down.
    """
    return Period(today - timedelta(days=35), today + timedelta(days=1))
