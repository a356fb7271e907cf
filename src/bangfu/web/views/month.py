"""我的本月: what I did in a month, and what it counted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.periods import Period, period_of
from bangfu.core.results import STATE_TITLES, Obligation
from bangfu.engine.obligations import Owed
from bangfu.records import queries
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.board import SHOWN, Line, Places, lines, only, total, worst_first
from bangfu.web.duties import rows_of
from bangfu.web.lead import STATE_WORDS, WORDS_OF, Cell, rule_title
from bangfu.web.reader import Reader, days_of, month_of, reader_of
from bangfu.web.shown import about, names_in, title_of
from bangfu.web.views.township import how_many
from bangfu.web.words import month as month_words
from bangfu.web.words import say


@audience("today", "township", "county")
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """One month of the reader's own work."""
    reader = reader_of(request)
    span = month_of(request, reader.today)
    owed = _own(reader, span)
    facts = queries.own_facts(reader.policy, span)
    by_rule = lines(owed, "rule", Places({}, {}))
    everything = total(owed)
    context = {
        "today": reader.today,
        "as_of": reader.today,
        "days": days_of(request),
        "now": clock.now(),
        **_switch(span, reader.today),
        "entry_count": len(facts),
        "totals": _cells(everything, span),
        "duties": [_duty_line(reader, line, span) for line in by_rule],
        "entries": _entries(reader, facts, owed.rows()),
    }
    return render(request, "pages/month.html", context)


def _switch(span: Period, today: date) -> dict[str, object]:
    before = period_of(span.start - timedelta(days=1), "month")
    after = period_of(span.end, "month")
    return {
        "month": span,
        "before": {"start": before.start, "query": f"month={before.start:%Y-%m}"},
        "after": {"start": after.start, "query": f"month={after.start:%Y-%m}"}
        if after.start <= today
        else None,
    }


def _own(reader: Reader, span: Period) -> Owed:
    """What the reader owed in a month."""
    person = reader.policy.person
    return queries.owed(
        reader.policy,
        as_of=reader.today,
        within=Period(span.start, min(span.end, reader.today + timedelta(days=1))),
        persons=[person] if person else [],
    )


@audience("today", "township", "county")
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The reader's own obligations behind one number of his month."""
    reader = reader_of(request)
    span = month_of(request, reader.today)
    rule, state = request.GET.get("rule", ""), STATE_WORDS.get(request.GET.get("state", ""))
    owed = only(_own(reader, span), Places({}, {}), rule=rule, state=state)
    obligations = worst_first(owed, 0, len(owed)).rows()
    numbers = {item.subject for item in obligations} | {item.person for item in obligations}
    names = queries.names(reader.policy, numbers)
    said = [month_words(span.start)]
    said += [rule_title(reader, rule)] if rule in owed.rules else []
    said += [say(STATE_TITLES[state])] if state is not None else []
    context = {
        "heading": how_many(len(owed), state),
        "choice": " · ".join(said),
        "back": f"{reverse('month')}?month={span.start:%Y-%m}",
        "back_title": _("My month"),
        "rows": rows_of(obligations, names=names, handbook=reader.handbook, today=reader.today),
        "days": days_of(request),
        "now": clock.now(),
    }
    return render(request, "pages/duty_rows.html", context)


def _cells(line: Line, span: Period, rule: str = "") -> list[Cell]:
    """How many in each state; each number opens its rows."""
    counts = [(_("Owed"), "", line.owed)]
    counts += [(say(STATE_TITLES[s]), WORDS_OF[s], line.of(s)) for s in SHOWN]
    cells = []
    for title, state, number in counts:
        asked = {"month": f"{span.start:%Y-%m}", "rule": rule, "state": state}
        query = urlencode({name: value for name, value in asked.items() if value})
        url = f"{reverse('month-rows')}?{query}"
        cells.append(Cell(title, number, url, grave=state == "overdue" and number > 0))
    return cells


def _duty_line(reader: Reader, line: Line, span: Period) -> dict[str, object]:
    rule = str(line.key)
    shape = "duty" if rule in reader.handbook.duties else "deadline"
    return {
        "title": rule_title(reader, rule),
        "url": reverse("rule", args=[shape, rule]),
        "cells": _cells(line, span, rule),
    }


def _entries(
    reader: Reader, facts: Sequence[Fact], owed: Sequence[Obligation]
) -> list[dict[str, object]]:
    """The facts, the latest day first, each with the duties that counted it."""
    counted: dict[int, list[str]] = {}
    for item in owed:
        for sequence in item.because:
            counted.setdefault(sequence, []).append(item.rule)
    names = names_in(reader.policy, facts)
    ordered = sorted(facts, key=lambda fact: (fact.occurred_on, fact.sequence), reverse=True)
    return [
        {
            "url": reverse("fact", args=[fact.uid]),
            "about": about(fact, names),
            "title": title_of(reader.handbook, fact),
            "day": fact.occurred_on,
            "counts": _counts(reader, counted.get(fact.sequence, [])),
        }
        for fact in ordered
    ]


def _counts(reader: Reader, rules: Sequence[str]) -> str:
    titles: Mapping[str, str] = {rule: rule_title(reader, rule) for rule in rules}
    if not titles:
        return _("kept on record, counted for no duty of this month")
    return _("counted for %(duties)s") % {"duties": pgettext("list", ", ").join(titles.values())}
