"""学时: one's own study, and the hours of classes by level and by unit for the office.

What somebody notes of lessons online is his own record: it stands on his own page only and in no
sum beside another's. The tables of the office count classes, and are in no order of hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.periods import Period, period_of
from bangfu.core.results import STATE_TITLES, Obligation
from bangfu.core.rules import Handbook
from bangfu.handbook.breakdowns import split_status
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import words
from bangfu.web.audience import OFFICE, PAGES, audience
from bangfu.web.duties import MET_STATES, decimals_of, rows_of
from bangfu.web.form import own_affair
from bangfu.web.lead import Asked, asked_of
from bangfu.web.shown import value_words
from bangfu.web.study import coming, counted_kinds, hours_rules, own_next
from bangfu.web.views.record import recordable
from bangfu.web.views.township import frame
from bangfu.web.words import place, say


@audience(*PAGES)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own year: hours of classes, the classes, and what he noted for himself."""
    asked = asked_of(request)
    reader, days = asked.reader, asked.days
    year = period_of(days.as_of, "year")
    upto = Period(year.start, days.as_of + timedelta(days=1))
    owed = _owed(asked, persons=[reader.policy.person] if reader.policy.person else [])
    names = queries.names(reader.policy, {n for one in owed for n in (one.subject, one.person)})
    kinds = counted_kinds(hours_rules(reader.handbook))
    classes = queries.attended(reader.policy, kinds, upto, known_at=days.known_at)
    context = {
        **frame(asked),
        "year_words": words.period(year),
        "rows": rows_of(
            owed, names=names, handbook=reader.handbook, today=days.as_of, days=days.query
        ),
        "classes": [_class(reader.handbook, fact) for fact in classes],
        "next": own_next(asked),
        **_own_record(asked, upto),
    }
    return render(request, "pages/my_study.html", context)


def _owed(asked: Asked, *, persons: Sequence[int] | None = None) -> list[Obligation]:
    """The hours owed in the period that the day asked lies in."""
    if persons is not None and not persons:
        return []
    day = asked.days.as_of
    return queries.owed(
        asked.reader.policy,
        as_of=day,
        within=Period(day, day + timedelta(days=1)),
        known_at=asked.days.known_at,
        rules=frozenset(duty.id for duty in hours_rules(asked.reader.handbook)),
        persons=persons,
    ).rows()


def _class(handbook: Handbook, fact: Fact) -> dict[str, object]:
    """A class that was attended: what it is called, and the rest that opens of it."""
    kind = handbook.kinds[fact.kind]
    title = queries.fact_title(fact.kind, fact.values)
    shown = [
        value_words(item, fact.values[item.id])
        for item in kind.fields
        if fact.values.get(item.id) not in (None, title)
    ]
    return {
        "title": title,
        "about": " · ".join(shown),
        "day": fact.occurred_on,
        "url": reverse("fact", args=[fact.uid]),
    }


def _own_record(asked: Asked, upto: Period) -> dict[str, object]:
    """What the reader noted of lessons online, and a sum that nobody else is shown."""
    reader = asked.reader
    kinds = {
        kind.id: kind
        for kind in reader.handbook.kinds.values()
        if kind.evidence == "online" and own_affair(kind)
    }
    facts = [
        fact
        for fact in queries.facts_about(
            reader.policy, reader.policy.person_uid, upto, known_at=asked.days.known_at
        )
        if fact.kind in kinds
    ]
    hours = sum((Decimal(str(fact.values.get("hours") or 0)) for fact in facts), Decimal())
    may = [kinds[name] for name in kinds if name in recordable(reader)]
    return {
        "notes": [_class(reader.handbook, fact) for fact in facts],
        "note_hours": words.figure(float(hours)),
        "note_urls": [
            {"title": say(kind.title), "url": reverse("record-kind", args=[kind.id])}
            for kind in may
        ],
    }


@audience(*OFFICE)
@require_GET
def hours(request: HttpRequest) -> HttpResponse:
    """Hours of classes by level of cadre and by unit; one unit opens its cadres."""
    asked = asked_of(request)
    owed = _owed(asked)
    policy = asked.reader.policy
    units = queries.names(policy, {one.subject for one in owed})
    chosen = next((one for one in units.values() if one.uid == request.GET.get("unit")), None)
    context = {
        **frame(asked),
        "rules": [
            {"title": say(duty.title), "url": reverse("rule", args=["duty", duty.id])}
            for duty in hours_rules(asked.reader.handbook)
        ],
        "levels": _levels(asked, owed),
        "units": _units(asked, owed, units, chosen),
        "chosen": chosen,
        "people": _people(asked, owed, chosen) if chosen else [],
    }
    return render(request, "pages/hours.html", context)


def _line(asked: Asked, title: str, owed: Sequence[Obligation]) -> dict[str, object]:
    """A group: how many, how many have what they need, the hours, and those a head."""
    handbook = asked.reader.handbook
    hours = sum((_hours(handbook, one, one.got) for one in owed), Decimal())
    met = sum(one.state in MET_STATES for one in owed)
    return {
        "title": title,
        "people": len(owed),
        "met": met,
        "missing": len(owed) - met,
        "hours": words.figure(float(hours)),
        "each": words.figure(float(round(hours / len(owed), 1))) if owed else "—",
    }


def _hours(handbook: Handbook, one: Obligation, scaled: int) -> Decimal:
    duty = handbook.duties[one.rule]
    return Decimal(scaled).scaleb(-decimals_of(duty, one.period.start, handbook))


def _levels(asked: Asked, owed: Iterable[Obligation]) -> dict[str, object]:
    """By the status that splits the coverage of classes: the level of cadre."""
    handbook, days = asked.reader.handbook, asked.days
    splits = (split_status(handbook, rule.by) for rule in coming(handbook))
    status = next((one for one in splits if one is not None), None)
    if status is None:
        return {}
    of = queries.values_of(asked.reader.policy, status.id, as_of=days.as_of, known_at=days.known_at)
    groups: dict[str, list[Obligation]] = defaultdict(list)
    for one in owed:
        groups[of.get(one.person, "")].append(one)
    titles = {**{key: say(text) for key, text in status.options.items()}, "": _("none noted")}
    order = [*status.options, *sorted(groups.keys() - status.options.keys() - {""}), ""]
    return {
        "title": say(status.title),
        "lines": [
            _line(asked, titles.get(key, key), groups[key]) for key in order if key in groups
        ],
    }


def _units(
    asked: Asked, owed: Iterable[Obligation], units: Mapping[int, Named], chosen: Named | None
) -> list[dict[str, object]]:
    """By unit, in the order of their names."""
    groups: dict[int, list[Obligation]] = defaultdict(list)
    for one in owed:
        groups[one.subject].append(one)
    lines = []
    for number, found in groups.items():
        named = units.get(number)
        title = place(named.name) if named else _("not visible to you")
        line = _line(asked, title, found)
        if named is not None:
            line["url"] = f"?unit={named.uid}{asked.days.more}#people"
            line["here"] = chosen is not None and chosen.uid == named.uid
        lines.append(line)
    return sorted(lines, key=lambda line: str(line["title"]))


def _people(asked: Asked, owed: Iterable[Obligation], chosen: Named) -> list[dict[str, object]]:
    """The cadres of one unit by name, with their hours."""
    mine = [one for one in owed if one.subject == chosen.id]
    handbook, policy = asked.reader.handbook, asked.reader.policy
    names = queries.names(policy, {one.person for one in mine} | {chosen.id})
    rows = rows_of(
        mine, names=names, handbook=handbook, today=asked.days.as_of, days=asked.days.query
    )
    lines: list[dict[str, object]] = [
        {
            "name": row.person or _("not visible to you"),
            "span": row.span,
            "amount": row.amount,
            "state": say(STATE_TITLES[row.state]),
            "mark": row.mark,
            "url": row.trace_url,
        }
        for row in rows
    ]
    return sorted(lines, key=lambda line: str(line["name"]))
