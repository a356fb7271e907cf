"""五学: the classes to come, what everybody must know, the channels, and where one's own lies."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.rules import FactKind
from bangfu.records import queries
from bangfu.web.audience import OFFICE, PAGES, audience
from bangfu.web.lead import Asked, asked_of
from bangfu.web.reader import Reader
from bangfu.web.rules import part_title
from bangfu.web.shown import value_words
from bangfu.web.study import announced, coming, notices, telling
from bangfu.web.views.record import recordable
from bangfu.web.views.township import frame
from bangfu.web.words import figure, say

CHANNELS = "channels"


@audience(*PAGES)
@require_GET
def study(request: HttpRequest) -> HttpResponse:
    """What is to come and what everybody must know; the rest is a tap away."""
    asked = asked_of(request)
    handbook = asked.reader.handbook
    context = {
        **frame(asked),
        "office": bool(asked.reader.pages & set(OFFICE)),
        "coming": [told for rule in coming(handbook) for told in announced(asked, rule)],
        "notices": notices(asked),
        "writes": _writes(asked.reader),
        "channels": CHANNELS in handbook.figures,
    }
    return render(request, "pages/study.html", context)


def _writes(reader: Reader) -> list[dict[str, str]]:
    """What the reader may announce: classes and notices."""
    handbook = reader.handbook
    kinds = [rule.announced.fact for rule in coming(handbook) if rule.announced]
    kinds += [kind for _rule, kind in telling(handbook)]
    may = recordable(reader)
    return [
        {"title": say(may[kind].title), "url": reverse("record-kind", args=[kind])}
        for kind in kinds
        if kind in may
    ]


@audience(*PAGES)
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """The public accounts and groups for study that are in use, and those that were closed."""
    asked = asked_of(request)
    rule = asked.reader.handbook.figures.get(CHANNELS)
    kind = asked.reader.handbook.kinds.get(rule.of.partition(":")[2]) if rule else None
    if rule is None or kind is None:
        raise Http404
    days, policy = asked.days, asked.reader.policy
    value = queries.figure(policy, CHANNELS, as_of=days.as_of, known_at=days.known_at)
    opened = [
        fact
        for fact in queries.facts_of(policy, kind.id, known_at=days.known_at)
        if fact.occurred_on <= days.as_of
    ]
    in_use = set(value.because)
    context = {
        **frame(asked),
        "value": figure(value.value),
        "unit": say(rule.unit),
        "parts": [
            {"title": part_title(asked.reader.handbook, CHANNELS, name), "value": figure(number)}
            for name, number in value.parts.items()
        ],
        "trace": reverse("trace", args=[f"figure:{CHANNELS}"]) + days.query,
        "groups": [
            {"in_use": True, "lines": _lines(asked, kind, opened, in_use, used=True)},
            {"in_use": False, "lines": _lines(asked, kind, opened, in_use, used=False)},
        ],
        "may_open": kind.id in recordable(asked.reader),
        "open_url": reverse("record-kind", args=[kind.id]),
    }
    return render(request, "pages/channels.html", context)


def _lines(
    asked: Asked, kind: FactKind, opened: list[Fact], in_use: set[int], *, used: bool
) -> list[dict[str, object]]:
    """Channels, those in use or those no longer so, the newest first."""
    lines = []
    for fact in opened:
        if (fact.sequence in in_use) is not used:
            continue
        texts = [
            value_words(item, fact.values[item.id]) for item in kind.fields
            if item.id in fact.values and item.type != "text"
        ]  # fmt: skip
        lines.append({
            "title": queries.fact_title(fact.kind, fact.values),
            "about": " · ".join(texts),
            "day": fact.occurred_on,
            "url": reverse("fact", args=[fact.uid]) + asked.days.query,
        })  # fmt: skip
    return lines
