"""收支卡: what a household's formulas give, down to the facts; and who lies beyond a line."""

from __future__ import annotations

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.results import Doubt, FormulaValue
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import clock, leads, words
from bangfu.web.audience import PAGES, audience
from bangfu.web.reader import Reader, count_in, days_of, reader_of
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.views.record import recordable
from bangfu.web.words import say

A_PAGE = 60


@audience(*PAGES)
@require_GET
def card(request: HttpRequest, uid: str) -> HttpResponse:
    """One household's income card; every figure opens to the facts under it."""
    reader, days = reader_of(request), days_of(request)
    named = queries.subject(reader.policy, uid)
    if named is None or named.type != "household":
        raise Http404
    values = queries.formula_values(
        reader.policy, named.id, as_of=days.as_of, known_at=days.known_at
    )
    context = {
        "subject": named,
        "place": words.place(named.place),
        "formulas": [_shown(reader, value, named) for value in values],
        "doubts_url": reverse("doubts-of", args=[uid]),
        "days": days,
        "kept": [],
        "today": reader.today,
        "now": clock.now(),
    }
    return render(request, "pages/income.html", context)


@audience(*PAGES)
@require_GET
def proposed(request: HttpRequest) -> HttpResponse:
    """What the figures and the departments' lists propose, which somebody takes up or leaves."""
    reader = reader_of(request)
    beyond = queries.proposals(reader.policy, as_of=reader.today)
    listed = queries.screening(reader.policy, as_of=reader.today).leads
    found = [*listed, *beyond]
    start = count_in(request, "from")
    some = found[start : start + A_PAGE]
    values = [one for one in some if isinstance(one, FormulaValue)]
    names = queries.names(reader.policy, {value.subject for value in values})
    records = recordable(reader)
    lines = leads.lines_of(reader, records, [one for one in some if isinstance(one, Doubt)])
    lines += [
        leads.line_of(reader, value, names[value.subject], records=records, why=_why(reader, value))
        for value in values
        if value.subject in names
    ]
    more = f"?from={start + A_PAGE}" if start + A_PAGE < len(found) else ""
    context = {"lines": lines, "count": len(found), "more_url": more, "today": reader.today,
               "now": clock.now()}  # fmt: skip
    return render(request, "pages/proposed.html", context)


def _why(reader: Reader, value: FormulaValue) -> str:
    """Which formula lies on which side of which line; no amounts, which are the household's."""
    formula = reader.handbook.formulas[value.formula]
    proposes = formula.proposes
    if proposes is None:
        return say(formula.title)
    line = say(reader.handbook.formulas[proposes.line].title)
    said = (
        _("%(what)s is below %(line)s")
        if proposes.side == "below"
        else _("%(what)s is above %(line)s")
    )
    return said % {"what": say(formula.title), "line": line}


def _shown(reader: Reader, value: FormulaValue, subject: Named) -> dict[str, object]:
    formula = reader.handbook.formulas[value.formula]
    facts = {
        fact.sequence: fact
        for fact in queries.facts(reader.policy, value.because)
        if fact.sequence is not None
    }
    names = names_in(reader.policy, facts.values())
    parts = []
    for part in value.parts:
        under = [facts[number] for number in part.because if number in facts]
        parts.append({
            "title": say(part.title), "amount": _money(part.amount), "minus": part.minus,
            "facts": fact_lines(reader.handbook, under, names),
        })  # fmt: skip
    proposes = formula.proposes
    return {
        "title": say(formula.title),
        "unit": say(formula.unit),
        "value": "" if value.value is None else _money(value.value),
        "total": _money(value.total),
        "heads": value.heads if value.value is not None else 0,
        "parts": parts,
        "line": "" if value.line is None else _money(value.line),
        "line_title": say(reader.handbook.formulas[proposes.line].title) if proposes else "",
        "why": _why(reader, value) if value.beyond else "",
        "rule_url": reverse("rule", args=["formula", formula.id]),
        **(
            leads.form_of(reader, proposes.fact, subject, records=recordable(reader))
            if proposes
            else {}
        ),
    }


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
