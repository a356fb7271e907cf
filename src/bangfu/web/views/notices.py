"""应知应会: one notice, in which villages it was told, by whom and how, and where not yet."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.results import Reach
from bangfu.core.rules import Coverage
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.audience import OFFICE, PAGES, audience
from bangfu.web.lead import Asked, asked_of
from bangfu.web.shown import name_of, names_in, title_of, value_words
from bangfu.web.study import telling
from bangfu.web.views.coverage import (
    asking,
    chosen_of,
    group_cell,
    group_title,
    split_table,
    standing_number,
)
from bangfu.web.views.record import recordable
from bangfu.web.views.township import frame
from bangfu.web.words import place, say

MOST = 200


@audience(*PAGES)
@require_GET
def notice(request: HttpRequest, uid: str) -> HttpResponse:
    """The text, and the villages told and not yet told, as the villages have noted it."""
    asked = asked_of(request)
    days, reader = asked.days, asked.reader
    found = queries.fact(reader.policy, uid, known_at=days.known_at)
    rules = {kind: rule for rule, kind in telling(reader.handbook)}
    if found is None or found.kind not in rules:
        raise Http404
    rule = rules[found.kind]
    number = standing_number(asked, uid)
    chosen = chosen_of(request, asked, rule)._replace(of=uid, number=number)
    cell = group_cell(asked, rule.id, chosen)
    whole = split_table(asked, rule.id, "", chosen=chosen)
    office = bool(reader.pages & set(OFFICE))
    context = {
        **frame(asked),
        "office": office,
        "notice": found,
        "kind_title": title_of(reader.handbook, found),
        "name": queries.fact_title(found.kind, found.values),
        "text": _text(asked, found),
        "how": _how(asked, found),
        "whole": whole,
        "splits": [split_table(asked, rule.id, by, chosen=chosen) for by in rule.by]
        if office
        else [],
        "rule_url": reverse("rule", args=["coverage", rule.id]),
        "list_url": reverse("study") + days.query,
        "chosen_title": group_title(asked, cell, chosen.split) if cell and chosen.split else "",
        **_villages(asked, rule, cell, found, number=number),
        "export_url": f"{reverse('reached-export', args=[rule.id])}?{asking(asked, chosen)}",
    }
    return render(request, "pages/notice.html", context)


def _villages(
    asked: Asked, rule: Coverage, cell: Reach | None, notice: Fact, *, number: int
) -> dict[str, object]:
    """The villages of the chosen group that were told, with by whom and how; and the others."""
    if cell is None:
        return {"told": [], "missing": [], "told_more": 0, "missing_more": 0}
    days, policy = asked.days, asked.reader.policy
    last = queries.reaching(policy, rule.id, as_of=days.as_of, known_at=days.known_at, of=number)
    facts = queries.facts(policy, cell.because, known_at=days.known_at)
    by_number = {fact.sequence: fact for fact in facts}
    reached = {number: by_number[fact] for number, fact in last.items() if fact in by_number}
    names = queries.names(policy, [*reached, *cell.missing])
    people = names_in(policy, reached.values())
    told = [
        _told(asked, names[number], fact, people)
        for number, fact in reached.items()
        if number in names
    ]
    told.sort(key=lambda line: (str(line["place"]), str(line["name"])))
    missing = sorted(
        (names[number] for number in cell.missing if number in names),
        key=lambda one: (one.place, one.name),
    )
    may = rule.fact in recordable(asked.reader) and days.is_today and days.known_on is None
    return {
        "told": told[:MOST],
        "told_more": max(0, len(told) - MOST),
        "missing": [_not_told(one, rule, notice, may=may) for one in missing[:MOST]],
        "missing_more": max(0, len(missing) - MOST),
    }


def _told(
    asked: Asked, village: Named, fact: Fact, people: Mapping[str, Named]
) -> dict[str, object]:
    kind = asked.reader.handbook.kinds[fact.kind]
    how = [
        value_words(item, fact.values[item.id])
        for item in kind.fields
        if item.type != "reference" and item.id in fact.values
    ]
    return {
        "name": place(village.name),
        "place": place(village.place),
        "day": fact.occurred_on,
        "how": " · ".join(how),
        "by": name_of(fact.performed_by, people),
        "url": reverse("fact", args=[fact.uid]) + asked.days.query,
    }


def _not_told(one: Named, rule: Coverage, notice: Fact, *, may: bool) -> dict[str, str]:
    """A village, and where the reader may note that it was told."""
    query = urlencode({"subject": one.uid, f"v.{rule.each}": notice.uid})
    url = f"{reverse('record-kind', args=[rule.fact])}?{query}" if may else ""
    return {"name": place(one.name), "place": place(one.place), "url": url}


def _text(asked: Asked, found: Fact) -> str:
    """The long text of the notice, to be read out or pasted."""
    kind = asked.reader.handbook.kinds[found.kind]
    texts = [str(found.values[item.id]) for item in kind.fields
             if item.long and found.values.get(item.id)]  # fmt: skip
    return "\n".join([queries.fact_title(found.kind, found.values), *texts])


def _how(asked: Asked, found: Fact) -> list[dict[str, str]]:
    """By which ways it went out."""
    kind = asked.reader.handbook.kinds[found.kind]
    return [
        {"label": say(item.title), "value": value_words(item, found.values[item.id])}
        for item in kind.fields
        if item.type != "text" and found.values.get(item.id)
    ]
