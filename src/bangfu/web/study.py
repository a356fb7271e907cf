"""What is announced and what everybody must know, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bangfu.core.facts import Fact
from bangfu.core.periods import Period
from bangfu.core.rules import Coverage, Duty, Handbook
from bangfu.records import queries
from bangfu.web.lead import Asked
from bangfu.web.shown import name_of, names_in, value_words

# How far back notices are listed.
NOTICE_DAYS = 400


@dataclass(frozen=True, slots=True)
class Told:
    """One announcement: what, when, and the rest of it in a line."""

    uid: str
    number: int
    title: str
    day: date
    about: str
    url: str


def announced(asked: Asked, rule: Coverage) -> list[Told]:
    """What is announced to those whom a coverage has not reached, soonest first."""
    days, policy = asked.days, asked.reader.policy
    numbers = queries.to_come(policy, rule.id, as_of=days.as_of, known_at=days.known_at)
    facts = queries.facts(policy, numbers, known_at=days.known_at)
    return [told for fact in facts if (told := _told(asked, rule, fact)) is not None]


def _told(asked: Asked, rule: Coverage, fact: Fact) -> Told | None:
    kind = asked.reader.handbook.kinds.get(fact.kind)
    if rule.announced is None or kind is None:
        return None
    names = names_in(asked.reader.policy, [fact])
    title = queries.fact_title(fact.kind, fact.values)
    shown = [
        value_words(item, fact.values[item.id])
        for item in kind.fields
        if item.type in ("text", "choices", "number")
        and not item.long
        and fact.values.get(item.id) not in (None, [], title)
    ]
    limits = set(rule.announced.limits.values())
    parties = [name_of(uid, names) for role, uid in fact.participants if role in limits]
    if parties:
        shown.append(_("only %(names)s") % {"names": pgettext("list", ", ").join(parties)})
    return Told(
        uid=fact.uid,
        number=fact.sequence,
        title=title,
        day=date.fromisoformat(str(fact.values[rule.announced.day])),
        about=" · ".join(shown),
        url=reverse("fact", args=[fact.uid]),
    )


def after(lines: Sequence[Told], number: int | None) -> Told | None:
    """The announcement of that number."""
    return next((line for line in lines if line.number == number), None)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice and how far it was told, in what the reader sees."""

    uid: str
    title: str
    day: date
    reached: int
    population: int
    url: str

    @property
    def missing(self) -> int:
        """Where it was not told yet."""
        return self.population - self.reached

    @property
    def words(self) -> str:
        """How far it was told: 12 / 15 个村."""
        if not self.population:
            return ""
        said = ngettext(
            "told in %(n)s of %(all)s village", "told in %(n)s of %(all)s villages", self.population
        )
        return said % {"n": f"{self.reached:,}", "all": f"{self.population:,}"}


def telling(handbook: Handbook) -> list[tuple[Coverage, str]]:
    """The coverages that tell of several things, each with the kind of what they tell."""
    found = []
    for rule in handbook.coverage.values():
        kind = handbook.kinds.get(rule.fact)
        field = kind.field(rule.each) if kind and rule.each else None
        if field is not None:
            found.append((rule, field.to))
    return found


def notices(asked: Asked, since: int = NOTICE_DAYS) -> list[Notice]:
    """The notices of the last year or `since` days, the latest first; how far each was told."""
    days, policy = asked.days, asked.reader.policy
    span = Period(days.as_of - timedelta(days=since), days.as_of + timedelta(days=1))
    return [
        _notice(asked, rule, fact)
        for rule, kind in telling(asked.reader.handbook)
        for fact in queries.facts_of(policy, kind, span, known_at=days.known_at)
    ]


def _notice(asked: Asked, rule: Coverage, fact: Fact) -> Notice:
    days = asked.days
    cells = queries.reach(
        asked.reader.policy, rule.id, as_of=days.as_of, known_at=days.known_at, of=fact.sequence
    )
    return Notice(
        uid=fact.uid,
        title=queries.fact_title(fact.kind, fact.values),
        day=fact.occurred_on,
        reached=sum(cell.reached for cell in cells),
        population=sum(cell.population for cell in cells),
        url=reverse("notice", args=[fact.uid]) + days.query,
    )


def own_next(asked: Asked) -> Told | None:
    """The next class for the reader, where none has reached him yet."""
    days, policy = asked.days, asked.reader.policy
    for rule in coming(asked.reader.handbook):
        whom = queries.next_for(policy, rule.id, as_of=days.as_of, known_at=days.known_at)
        if (number := whom.get(policy.person or 0)) is not None:
            return after(announced(asked, rule), number)
    return None


def coming(handbook: Handbook) -> list[Coverage]:
    """The coverages for which something is announced."""
    return [rule for rule in handbook.coverage.values() if rule.announced is not None]


def kinds_studied(handbook: Handbook) -> frozenset[str] | None:
    """The kinds of facts that notices and classes to come are read from; None for any."""
    told, to_come = telling(handbook), coming(handbook)
    found = {kind for _rule, kind in told}
    for rule in (*(rule for rule, _kind in told), *to_come):
        kinds = queries.kinds_reached(rule.id)
        if kinds is None:
            return None
        found |= kinds
    return frozenset(found)


def hours_rules(handbook: Handbook) -> list[Duty]:
    """The duties that sum up what somebody took part in: hours of classes."""
    return [
        duty
        for duty in handbook.duties.values()
        if duty.via and any(term.measure == "sum" for term in duty.terms)
    ]


def counted_kinds(duties: Iterable[Duty]) -> list[str]:
    """The kinds of facts that these duties count."""
    return list(dict.fromkeys(kind for duty in duties for kind in duty.facts))
