"""一户一档: the households that one may see, the file of one, its card and other papers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.records import disclosure, own_way, queries
from bangfu.records.household_queries import HouseholdFile
from bangfu.records.queries import Named
from bangfu.web import clock, household, words
from bangfu.web.audience import PAGES, audience
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.views.record import recordable
from bangfu.web.words import say

A_PAGE = 60


@audience(*PAGES)
@require_GET
def households(request: HttpRequest) -> HttpResponse:
    """The households in one's range, by name or number."""
    reader = reader_of(request)
    text, around = request.GET.get("q", "").strip(), request.GET.get("in", "")
    start = count_in(request, "from")
    inside = queries.named(reader.policy, [around]).get(around) if around else None
    if around and inside is None:
        raise Http404
    found, total = queries.browse(
        reader.policy, text=text, kind="household", place=around, start=start, count=A_PAGE
    )
    end = start + len(found)
    more = urlencode({"q": text, "in": around, "from": str(end)})
    context = {
        "text": text,
        "around": inside,
        "found": found,
        "total": total,
        "more": f"?{more}" if end < total else "",
        "shown": _("%(end)s of %(all)s") % {"end": f"{end:,}", "all": f"{total:,}"},
    }
    return render(request, "pages/households.html", context)


@audience(*PAGES)
@require_GET
def file(request: HttpRequest, uid: str) -> HttpResponse:
    """All that there is about one household."""
    reader = reader_of(request)
    found = _file(reader, uid)
    records = recordable(reader)
    now, before = household.helpers(reader, found)
    gains = household.work(reader, found)
    context = {
        "one": found.card.named,
        "registered": household.registered(reader, found),
        "statuses": household.statuses(reader, found),
        "members": household.people(reader, found.members, records=records),
        "former": household.people(reader, found.former, records=records),
        "need": household.need(reader, found),
        "helpers": now,
        "former_helpers": before,
        "measures": household.measures(reader, found),
        "work": [one for one in gains if not one.old],
        "old_wages": [one for one in gains if one.old],
        "incomes": household.income(reader, found),
        "cases": household.case_lines(reader, found),
        "doubts": household.doubts(reader, found),
        "papers": household.papers(reader, found),
        "profile": household.profile_lines(reader, found.profile),
        "profile_fact": found.profile,
        "facts": fact_lines(reader.handbook, found.facts, names_in(reader.policy, found.facts)),
        "more": found.more,
        "acts": household.acts(reader, found.card.named, records),
        "masked": _masked(reader, found),
        "consent": own_way.consent(reader.policy, found.card.named.id),
        "desk_url": reverse("desk-subject", args=[uid]) if "desk" in reader.pages else "",
        "today": reader.today,
        "now": clock.now(),
    }
    return render(request, "pages/household.html", context)


@audience(*PAGES)
@require_GET
def card(request: HttpRequest, uid: str) -> HttpResponse:
    """明白卡: one sheet that stays with the household; no id number, phone, account or health."""
    reader = reader_of(request)
    found = _file(reader, uid)
    code = own_way.code_of(found.card.named.uid)
    address = request.build_absolute_uri(reverse("own-way", args=[uid, code]))
    now, _before = household.helpers(reader, found)
    context = {
        "one": found.card.named,
        "number": found.card.founding.values.get("number", "") if found.card.founding else "",
        "statuses": household.statuses(reader, found, only=("category",)),
        "members": household.people(reader, found.members, records={}),
        "helpers": now,
        "measures": household.measures(reader, found)[:8],
        "drawn": drawn(address),
        "programme": say(reader.handbook.word("programme", reader.today)),
        "today": reader.today,
    }
    return render(request, "pages/household_card.html", context)


@audience(*PAGES)
@require_GET
def slips(request: HttpRequest) -> HttpResponse:
    """Paper slips with each household's code, four to an A4 sheet, to go with letters: of one
    household, or of those in a place.
    """
    reader = reader_of(request)
    start, only = count_in(request, "from"), request.GET.get("of", "")
    found, total, around = _for_slips(reader, request.GET.get("in", ""), only, start)
    end = start + len(found)
    query = urlencode({"in": around.uid if around else "", "from": str(end)})
    context = {
        "around": around,
        "slips": [_slip(request, one) for one in found],
        "more": f"?{query}" if end < total else "",
        "shown": _("%(end)s of %(all)s") % {"end": f"{end:,}", "all": f"{total:,}"},
        "programme": say(reader.handbook.word("programme", reader.today)),
        "back_url": reverse("household", args=[only]) if only else reverse("households"),
    }
    return render(request, "pages/household_slips.html", context)


def _for_slips(
    reader: Reader, place: str, only: str, start: int
) -> tuple[Sequence[Named], int, Named | None]:
    """Some households, how many there are, and the place that they lie in."""
    if only:
        return [_file(reader, only).card.named], 1, None
    around = queries.named(reader.policy, [place]).get(place) if place else None
    if place and around is None:
        raise Http404
    found, total = queries.browse(
        reader.policy, text="", kind="household", place=place, start=start, count=A_PAGE
    )
    return found, total, around


def _slip(request: HttpRequest, one: Named) -> dict[str, object]:
    address = reverse("own-way", args=[one.uid, own_way.code_of(one.uid)])
    return {"one": one, "drawn": drawn(request.build_absolute_uri(address))}


@audience(*PAGES)
@require_GET
def authorisation(request: HttpRequest, uid: str) -> HttpResponse:
    """The authorisation that the household signs before its data are checked."""
    reader = reader_of(request)
    found = _file(reader, uid)
    villages, _towns = queries.places(reader.policy, [found.card.named.id])
    names = queries.names(reader.policy, set(villages.values()))
    village = names.get(villages.get(found.card.named.id, 0))
    text = say(reader.handbook.word("authorisation_words", reader.today))
    said = {
        "household": found.card.named.name,
        "village": words.place(village.name) if village else "",
    }
    context = {
        "one": found.card.named,
        "paragraphs": text.format_map(said).split("\n"),
        "today": reader.today,
    }
    return render(request, "pages/household_authorisation.html", context)


def drawn(address: str) -> SafeString:
    """An address as a QR code in SVG: only squares, nothing that anybody typed."""
    code = segno.make(address, error="m")
    return mark_safe(code.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S308


def _file(reader: Reader, uid: str) -> HouseholdFile:
    found = queries.household_file(reader.policy, uid)
    if found is None:
        raise Http404
    return found


def _masked(reader: Reader, found: HouseholdFile) -> list[dict[str, str]]:
    """Where to ask for the identifiers that stand masked on the page."""
    lines = []
    for fact in (found.card.founding, found.profile):
        kind = reader.handbook.kind(fact.kind) if fact else None
        for name in disclosure.may_reveal(reader.policy, fact) if fact else ():
            item = kind.field(name) if kind else None
            if fact is not None and item is not None:
                url = reverse("reveal", args=[fact.uid, name])
                lines.append({"label": say(item.title), "url": url})
    return lines
