"""我的本月: what I did in a month, and what it counted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.periods import Period, period_of
from bangfu.core.results import Obligation, State
from bangfu.records import queries
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.board import Line, Places, lines, total
from bangfu.web.lead import rule_title
from bangfu.web.reader import Reader, days_of, month_of, reader_of
from bangfu.web.shown import about, names_in, title_of


@audience("today", "township", "county")
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """One month of the reader's own work."""
    reader = reader_of(request)
    span = month_of(request, reader.today)
    person = reader.policy.person
    owed = queries.owed(
        reader.policy,
        as_of=reader.today,
        within=Period(span.start, min(span.end, reader.today + timedelta(days=1))),
        persons=[person] if person else [],
    )
    facts = queries.own_facts(reader.policy, span)
    by_rule = lines(owed, "rule", Places({}, {}))
    everything = total(owed)
    context = {
        "today": reader.today,
        "as_of": reader.today,
        "days": days_of(request),
        "now": clock.now(),
        **_switch(span, reader.today),
        "tally": {
            "entries": len(facts),
            "met": everything.of(State.DONE) + everything.of(State.LATE),
            "due": everything.of(State.DUE),
            "overdue": everything.of(State.OVERDUE),
        },
        "duties": [_duty_line(reader, line) for line in by_rule],
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


def _duty_line(reader: Reader, line: Line) -> dict[str, object]:
    rule = str(line.key)
    shape = "duty" if rule in reader.handbook.duties else "deadline"
    return {
        "title": rule_title(reader, rule),
        "url": reverse("rule", args=[shape, rule]),
        "owed": line.owed,
        "done": line.of(State.DONE),
        "late": line.of(State.LATE),
        "due": line.of(State.DUE),
        "overdue": line.of(State.OVERDUE),
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
