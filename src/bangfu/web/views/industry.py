"""产业带动: jobs and income by village, projects with milestones, money and delay."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bangfu.core.industry import BENEFIT, CRAFT, LOAN, MILESTONE, POST, PROJECT, WAGE
from bangfu.records import queries
from bangfu.records.queries import ProjectLine, VillageWork
from bangfu.web import clock, words
from bangfu.web.audience import OFFICE, audience
from bangfu.web.reader import Days, Reader, days_of, reader_of
from bangfu.web.rules import part_words
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.words import place, say

KINDS = (BENEFIT, WAGE, POST, LOAN, CRAFT)
# The figures about industry and jobs that stand above, where the handbook has them.
FIGURES = ("projects", "mu", "growers", "workshop_pay", "farm", "craft_trained")
# So many facts of a kind are listed under one village.
MOST = 60


@audience(*OFFICE)
@require_GET
def industry(request: HttpRequest) -> HttpResponse:
    """The villages and projects in one's range, or with `in` what stands behind one village."""
    reader, days = reader_of(request), days_of(request)
    villages = queries.village_work(reader.policy, as_of=days.as_of, known_at=days.known_at)
    around = request.GET.get("in", "")
    chosen = next((one for one in villages if one.village and one.village.uid == around), None)
    if around and chosen is None:
        raise Http404
    context = {
        "days": days,
        "today": reader.today,
        "now": clock.now(),
        "year": days.as_of.year,
        "town_query": "",
        "title": place(chosen.village.name) if chosen and chosen.village else "",
        "columns": [_title(reader, kind) for kind in KINDS],
        "behind": _behind(reader, chosen, days) if chosen else [],
        "villages": [] if chosen else [_village(reader, one, days.more) for one in villages],
        "projects": _projects(reader, chosen, days),
        "figures": [] if chosen else _figures(reader, days),
        "back": reverse("industry") + days.query,
    }
    return render(request, "pages/industry.html", context)


def _title(reader: Reader, kind: str) -> str:
    found = reader.handbook.kind(kind)
    return say(found.title) if found else kind


def _figures(reader: Reader, days: Days) -> list[dict[str, str]]:
    """The figures of the handbook about industry, of what the reader sees; each opens."""
    lines = []
    for name in FIGURES:
        rule = reader.handbook.figures.get(name)
        if rule is None:
            continue
        value = queries.figure(reader.policy, name, as_of=days.as_of, known_at=days.known_at)
        parts = part_words(reader.handbook, value)
        lines.append(
            {
                "title": say(rule.title),
                "value": "" if parts else f"{words.figure(value.value)} {say(rule.unit)}",
                "parts": " · ".join(parts),
                "url": reverse("trace", args=[f"figure:{name}"]) + days.query,
            }
        )
    return lines


def _village(reader: Reader, one: VillageWork, more: str) -> dict[str, object]:
    """One village with how many have what, and the middle wage of its workers."""
    counts = [{"title": _title(reader, kind), "number": one.counts.get(kind, 0)} for kind in KINDS]
    return {
        "name": place(one.village.name) if one.village else _("in no village"),
        "where": place(one.village.place) if one.village else "",
        "url": f"{reverse('industry')}?in={one.village.uid}{more}" if one.village else "",
        "counts": counts,
        "pay": words.figure(one.pay),
    }


def _behind(reader: Reader, one: VillageWork, days: Days) -> list[dict[str, object]]:
    """The facts behind a village's numbers; what one person is paid is not among them."""
    groups = []
    for kind in KINDS:
        every = one.facts.get(kind, ())
        facts = queries.facts(reader.policy, list(every[-MOST:]), known_at=days.known_at)
        names = names_in(reader.policy, facts)
        groups.append(
            {
                "title": _title(reader, kind),
                "count": len(every),
                "facts": fact_lines(reader.handbook, facts, names, query=days.query),
                "more": max(len(every) - MOST, 0),
            }
        )
    return groups


def _projects(reader: Reader, chosen: VillageWork | None, days: Days) -> list[dict[str, object]]:
    """The projects, those that are behind first, of one village or of all."""
    lines = queries.project_lines(reader.policy, as_of=days.as_of, known_at=days.known_at)
    if chosen is not None and chosen.village is not None:
        village, _town = queries.places(reader.policy, [one.project.id for one in lines])
        lines = [one for one in lines if village.get(one.project.id) == chosen.village.id]
    latest = {fact.sequence: fact.uid for fact in
              queries.facts(reader.policy, [one.latest for one in lines])}  # fmt: skip
    return [_project(reader, one, latest, days.query) for one in lines]


def _project(
    reader: Reader, one: ProjectLine, latest: Mapping[int, str], query: str
) -> dict[str, object]:
    behind = ""
    if one.late:
        behind = ngettext("%(n)d day behind", "%(n)d days behind", one.late) % {"n": one.late}
    uid = latest.get(one.latest)
    return {
        "name": place(one.project.name),
        "where": place(one.project.place),
        "url": reverse("fact", args=[uid]) + query if uid else "",
        "category": _option(reader, PROJECT, "category", one.category),
        "stage": _option(reader, MILESTONE, "stage", one.stage) or _("no milestone yet"),
        "reached": one.reached,
        "planned": one.planned,
        "late": behind,
        "money": [
            {"title": _("Planned, yuan"), "number": one.invested},
            {"title": _("Received, yuan"), "number": one.received},
            {"title": _("Spent, yuan"), "number": one.spent},
        ],
    }


def _option(reader: Reader, kind: str, field: str, value: str) -> str:
    found = reader.handbook.kind(kind)
    item = found.field(field) if found else None
    return say(item.options[value]) if item and value in item.options else ""
