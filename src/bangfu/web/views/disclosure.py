"""Asking for what is masked, taking a table away, and the auditors' list of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.disclosure import EXPORT, PURPOSES
from bangfu.core.facts import VOID, Fact
from bangfu.core.text import Refused
from bangfu.records import disclosure, queries
from bangfu.records.amendments import amendments
from bangfu.records.disclosure import Disclosed, Request, Table
from bangfu.records.queries import Named
from bangfu.web import clock
from bangfu.web.audience import OFFICE, audience
from bangfu.web.board import lines
from bangfu.web.entry import Control, Option, new_uid
from bangfu.web.lead import asked_of, cells, choice_words, choose, owed_in, titles_of
from bangfu.web.reader import Reader, count_in, month_of, reader_of
from bangfu.web.shown import about, name_of, names_in, title_of
from bangfu.web.words import language, say

A_PAGE = 50
STATUS = {"too_many": 429, "shown_once": 409}


@audience("today", "township", "county")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, uid: str, field: str) -> HttpResponse:
    """An identifier as it is: a purpose first, which is written down, then the value, once."""
    reader = reader_of(request)
    found = queries.fact(reader.policy, uid)
    kind = reader.handbook.kinds.get(found.kind) if found else None
    if found is None or kind is None or field not in disclosure.may_reveal(reader.policy, found):
        raise Http404
    item = kind.field(field)
    value, error, status = "", "", 200
    if request.method == "POST":
        try:
            value = disclosure.reveal(reader.policy, uid, field, asked=stated(request))
        except Refused as refused:
            error, status = refused.say(language()), STATUS.get(refused.code, 422)
    names = names_in(reader.policy, [found])
    context = {
        "fact": found,
        "title": title_of(reader.handbook, found),
        "about": about(found, names),
        "label": say(item.title) if item else field,
        "masked": found.values[field],
        "value": value,
        "uid": new_uid(),
        "purpose": purpose_control(request, error),
    }
    return render(request, "pages/reveal.html", context, status=status)


@audience(*OFFICE)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The township's table as a file: a purpose first, which is written down with its length."""
    asked = asked_of(request)
    town = asked.town.uid if asked.town else place_held(asked.reader)

    def table() -> Table:
        owed, places = owed_in(asked)
        found = lines(choose(asked, owed, places), "village", places)
        names = queries.names(asked.reader.policy, [int(line.key) for line in found if line.key])
        titles = titles_of(found, names, asked.reader)
        heads = [_("Village"), *(cell.title for cell in cells(found[0], asked))] if found else []
        rows = [
            [titles[line.key], *(str(cell.number) for cell in cells(line, asked))] for line in found
        ]
        return Table(_("Township duties") + " " + choice_words(asked), town, heads, rows)

    back = Back(_("Township duties"), reverse("township"), choice_words(asked))
    return hand_out(request, table, about=town, back=back, filename="township.csv")


@dataclass(frozen=True, slots=True)
class Back:
    """The page that a table is taken from: its title and address, and what was chosen there."""

    title: str
    url: str
    choice: str


def hand_out(
    request: HttpRequest, table: Callable[[], Table], *, about: str, back: Back, filename: str
) -> HttpResponse:
    """A table as a file: a purpose first, which is written down with its length; `about` is the
    uid of what it is about, without which there is nothing to hand out.
    """
    reader, error = reader_of(request), ""
    if not about:
        raise Http404
    if request.method == "POST":
        try:
            text = disclosure.export(
                reader.policy, table(), who=name_of_reader(reader), asked=stated(request)
            )
        except Refused as refused:
            error = refused.say(language())
        else:
            # With a mark of its encoding, without which spreadsheets misread Chinese.
            response = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="{filename}"'
            return response
    context = {"back": back, "uid": new_uid(), "purpose": purpose_control(request, error)}
    return render(request, "pages/export.html", context, status=422 if error else 200)


@audience("audit")
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """What was revealed and taken away, by whom and why, and where the chain stands."""
    reader = reader_of(request)
    start = count_in(request, "from")
    found, count = disclosure.disclosures(reader.policy, start=start, most=A_PAGE)
    names = names_in(reader.policy, [one.fact for one in found])
    end = start + len(found)
    context = {
        "lines": [_line(reader, one, name_of(one.fact.subject, names),
                        name_of(one.fact.performed_by, names)) for one in found],
        "more": f"?from={end}" if end < count else "",
        "chain": disclosure.chain_end(reader.policy),
        "points": [
            {"point": point, "at": datetime.fromisoformat(point.at)}
            for point in disclosure.checkpoints(reader.policy, most=A_PAGE)
        ],
    }  # fmt: skip
    return render(request, "pages/audit.html", context)


@audience("audit")
@require_GET
def amended(request: HttpRequest) -> HttpResponse:
    """What was corrected or withdrawn: by whom, when, which entry and why."""
    reader = reader_of(request)
    month = month_of(request, reader.today) if request.GET.get("month") else None
    kinds = {kind.id: kind for kind in reader.handbook.kinds.values()}
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    start = count_in(request, "from")
    found, count = amendments(
        reader.policy, kind=kind, start=start, most=A_PAGE,
        between=(_midnight(month.start), _midnight(month.end)) if month else None,
    )  # fmt: skip
    facts = [fact for pair in found for fact in pair if fact]
    names = names_in(reader.policy, facts)
    asked = {"month": f"{month.start:%Y-%m}" if month else "", "kind": kind}
    end = start + len(found)
    context = {
        "lines": [_amendment(reader, later, before, names) for later, before in found],
        "count": count,
        "month_asked": asked["month"],
        "kinds": [Option(one.id, say(one.title), one.id == kind) for one in kinds.values()],
        "more": f"?{urlencode({**asked, 'from': end})}" if end < count else "",
    }
    return render(request, "pages/amended.html", context)


def _midnight(day: date) -> datetime:
    """The first moment of a day in the county's zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _amendment(
    reader: Reader, later: Fact, before: Fact | None, names: Mapping[str, Named]
) -> dict[str, object]:
    return {
        "fact": later,
        "void": later.kind == VOID,
        "title": title_of(reader.handbook, before or later),
        "before": before,
        "about": about(later, names),
        "who": name_of(later.recorded_by, names),
    }


def _line(reader: Reader, one: Disclosed, about: str, who: str) -> dict[str, object]:
    values = one.fact.values
    if one.fact.kind == EXPORT:
        what = _("%(table)s, %(n)s rows") % {"table": values["what"], "n": values["rows"]}
    else:
        what = _field_title(reader, str(values["fact"]), str(values["field"]))
    return {
        "fact": one.fact,
        "seal": one.seal,
        "title": title_of(reader.handbook, one.fact),
        "about": about,
        "who": who,
        "what": what,
        "purpose": say(PURPOSES[str(values["purpose"])]),
    }


def _field_title(reader: Reader, uid: str, field: str) -> str:
    found = queries.fact(reader.policy, uid)
    kind = reader.handbook.kinds.get(found.kind) if found else None
    item = kind.field(field) if kind else None
    return say(item.title) if item else field


def stated(request: HttpRequest) -> Request:
    """The purpose that was stated, by the form's uid, now."""
    return Request(
        request.POST.get("purpose", ""), request.POST.get("uid") or new_uid(), clock.now()
    )


def purpose_control(request: HttpRequest, error: str) -> Control:
    """The question what something is asked for."""
    given = request.POST.get("purpose", "")
    options = tuple(Option(key, say(title), key == given) for key, title in PURPOSES.items())
    return Control("purpose", "purpose", _("Purpose"), "radio", required=True, options=options,
                   error=error)  # fmt: skip


def name_of_reader(reader: Reader) -> str:
    """What the person behind a request is called."""
    person = reader.policy.person
    names = queries.names(reader.policy, [person] if person else [])
    return names[person].name if person in names else ""


def place_held(reader: Reader) -> str:
    """The place that an office's post is for."""
    roles = reader.handbook.roles
    pages = {"township", "county", "audit"}
    held = [post for post in reader.policy.roles if roles[post.role].page in pages]
    return held[0].subject_uid if held else ""
