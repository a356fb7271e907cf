"""Searching for whom an entry is about, who did it and who took part, among those allowed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bangfu.core.rules import FactKind
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.audience import audience
from bangfu.web.reader import Reader, reader_of
from bangfu.web.views.record import recordable

MOST = 12


@audience("today", "township", "county")
@require_GET
def find(request: HttpRequest, kind_id: str) -> HttpResponse:
    """A few matches for what was typed, as buttons that choose one."""
    reader = reader_of(request)
    kind = recordable(reader).get(kind_id)
    if kind is None:
        raise Http404
    text = request.GET.get("q", "").strip()
    found = _found(request, reader, kind, text)
    return render(request, "parts/found.html", {"found": found, "asked": text})


def _found(request: HttpRequest, reader: Reader, kind: FactKind, text: str) -> list[Named]:
    wanted = request.GET.get("for", "")
    item = kind.field(request.GET.get("field", ""))
    if wanted == "performed_by":
        subjects = request.GET.getlist("subject")
        holders = queries.performers(reader.policy, kind, subjects)
        if holders or (subjects and kind.performers):
            return [one for one in holders if text in one.name][:MOST]
        # Before it is said whom the entry is about, anybody may have done it.
        return queries.find(reader.policy, text, types=("person",), most=MOST)
    if wanted == "subject":
        return queries.find(reader.policy, text, types=(kind.subject,), most=MOST)
    if item is not None and item.type == "reference":
        if item.to in reader.handbook.kinds:
            return queries.facts_to_name(reader.policy, item.to, text, most=MOST)
        return queries.find(reader.policy, text, types=(item.to,), most=MOST)
    role = next((role for role in kind.participants if role.id == wanted), None)
    if role is None:
        raise Http404
    return queries.find(reader.policy, text, types=(role.type,), most=MOST)
