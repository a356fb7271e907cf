"""表格: send a workbook, look at what it would change, accept it or not; take sheets out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.rules import FactKind
from bangfu.core.text import Refused
from bangfu.core.values import read_day
from bangfu.exchange.sheets import exporting, folders, limits, staging, starting, writing
from bangfu.exchange.sheets.folders import Staged
from bangfu.exchange.sheets.report import VERDICT_TITLES, VERDICTS, Outcome, Report
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.entry import Control, Option, new_uid
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.views.disclosure import (
    Back,
    name_of_reader,
    place_held,
    purpose_control,
    stated,
)
from bangfu.web.views.import_effect import effect_context
from bangfu.web.words import language, say

A_PAGE = 50
_FIRST = ("doubtful", "refused", "changed", "new", "same", "absent")
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@audience("township", "county", "desk")
@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """The list of imports, the place to drop a file, and the sheets that can be taken out."""
    reader, problem = reader_of(request), ""
    if request.method == "POST":
        try:
            return redirect("import", _sent(request, reader).uid)
        except Refused as refused:
            problem = refused.say(language())
    kinds = exporting.exportable(reader.policy, reader.handbook)
    context = {
        "problem": problem,
        "lines": [_line(one) for one in staging.staged(reader.policy, now=clock.now())],
        "kinds": [{"id": kind.id, "title": say(kind.title)} for kind in kinds],
        "today": reader.today.isoformat(),
        "most": limits.FILE_BYTES // limits.MIB,
        "days": folders.KEPT_DAYS,
    }
    return render(request, "pages/sheets.html", context, status=422 if problem else 200)


def _sent(request: HttpRequest, reader: Reader) -> Staged:
    """Keep the file that was sent, and begin to read it."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(
            "no_file",
            f"没有收到文件，或文件超过 {limits.FILE_BYTES // limits.MIB} MB。",
            f"No file came, or it is larger than {limits.FILE_BYTES // limits.MIB} MB.",
        )
    day = read_day(request.POST.get("day", "")) or reader.today
    if day > reader.today:
        raise Refused("future_day", "数据日期不能晚于今天。", "The day may not be in the future.")
    kinds = {kind.id for kind in exporting.exportable(reader.policy, reader.handbook)}
    wanted = request.POST.get("kind", "")
    now = clock.now()
    one = staging.stage(
        file.read(), name=str(file.name), account=request.user.get_username(), by=reader.policy,
        day=day, now=now, kind=wanted if wanted in kinds else "",
    )  # fmt: skip
    return starting.go_on(reader.policy, one, now=now)


@audience("township", "county", "desk")
@require_http_methods(["GET", "POST"])
def one_import(request: HttpRequest, uid: str) -> HttpResponse:
    """One import: how far it is, what it would change, and the decision."""
    reader = reader_of(request)
    one = staging.import_of(reader.policy, uid)
    if one is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            _decided(request, reader, one)
            return redirect("import", uid)
        except Refused as refused:
            problem = refused.say(language())
    report = staging.report_of(reader.policy, one)
    shown = request.GET.get("show", "")
    context = {
        "one": _line(one),
        "problem": problem or (say(one.problem) if one.problem else ""),
        "sheets": _sheets(reader, report) if report else [],
        "uid": uid,
        **(_rows(request, report, shown) if report else {"tabs": [], "rows": []}),
        "effect": effect_context(reader, report) if report else {},
    }
    page = "parts/import.html" if request.headers.get("HX-Request") else "pages/import.html"
    return render(request, page, context, status=422 if problem else 200)


def _decided(request: HttpRequest, reader: Reader, one: Staged) -> None:
    """Accept, throw away, settle doubtful rows, or go on after an interruption."""
    what, now = request.POST.get("action", ""), clock.now()
    if what == "throw":
        staging.throw_away(reader.policy, one)
    elif what == "accept":
        starting.go_on(reader.policy, staging.begin_recording(reader.policy, one), now=now)
    elif what == "again" and one.interrupted:
        starting.go_on(reader.policy, one, now=now)
    elif what == "choose":
        given = {
            name.removeprefix("row-"): str(value)
            for name, value in request.POST.items() if name.startswith("row-") and value
        }  # fmt: skip
        starting.go_on(reader.policy, staging.choose(reader.policy, one, given), now=now)


@audience("township", "county", "desk")
@require_GET
def refused_rows(request: HttpRequest, uid: str) -> HttpResponse:
    """The rows that do not go in, as the sheet they came in, with a column that says why."""
    reader = reader_of(request)
    one = staging.import_of(reader.policy, uid)
    report = staging.report_of(reader.policy, one) if one else None
    content = staging.content_of(reader.policy, one) if one else None
    if one is None or report is None or content is None or not one.left_out:
        raise Http404
    return _file(writing.refused(content, report, language()), _("refused rows") + f" {one.name}")


@audience("township", "county", "desk")
@require_GET
def empty_sheet(request: HttpRequest, kind_id: str) -> HttpResponse:
    """An empty sheet for a kind, to be filled in."""
    reader = reader_of(request)
    kind = _kind(reader, kind_id)
    made = writing.template(kind, reader.handbook, language())
    return _file(made, say(kind.title) + ".xlsx")


@audience("township", "county", "desk")
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, kind_id: str) -> HttpResponse:
    """The facts of a kind as a workbook: a purpose first, which is written down."""
    reader, error = reader_of(request), ""
    kind, about = _kind(reader, kind_id), place_held(reader)
    if not about:
        raise Http404
    if request.method == "POST":
        try:
            made = exporting.export(
                reader.policy, kind, reader.handbook, asked=stated(request),
                who=name_of_reader(reader), about=about, full=request.POST.get("full") == "1",
            )  # fmt: skip
            return _file(made, say(kind.title) + ".xlsx")
        except Refused as refused:
            error = refused.say(language())
    context = {
        "back": Back(_("Sheets"), reverse("sheets"), say(kind.title)),
        "uid": new_uid(),
        "purpose": purpose_control(request, error),
        "full": _full_control() if exporting.may_have_ids(reader.policy) else None,
    }
    return render(request, "pages/export.html", context, status=422 if error else 200)


def _full_control() -> Control:
    options = (Option("1", _("With id numbers and phones in full"), False),)
    return Control("full", "full", _("Id numbers"), "ticks", required=False, options=options)


def _kind(reader: Reader, name: str) -> FactKind:
    for kind in exporting.exportable(reader.policy, reader.handbook):
        if kind.id == name:
            return kind
    raise Http404


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_TYPE)
    stem = name.rsplit(".", 1)[0]
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stem)}.xlsx"
    return response


# What the pages show.


def _line(one: Staged) -> dict[str, Any]:
    states = {
        "waiting": _("waiting to be read"), "read": _("to be decided"),
        "recording": _("accepted, not all recorded yet"), "recorded": _("recorded"),
        "thrown": _("thrown away"), "failed": _("could not be read"),
    }  # fmt: skip
    going = one.running and one.state in ("waiting", "recording")
    return {
        "uid": one.uid, "name": one.name, "sent": one.sent, "day": one.day, "state": one.state,
        "said": _("being worked on") if going else states[one.state],
        "going": going, "interrupted": one.interrupted, "done": one.done, "rows": one.rows,
        "facts": one.facts, "left_out": one.left_out, "new": one.counts.get("new", 0),
        "changed": one.counts.get("changed", 0), "kept": one.size > 0,
    }  # fmt: skip


def _sheets(reader: Reader, report: Report) -> list[dict[str, Any]]:
    kinds = reader.handbook.kinds
    return [
        {
            "name": sheet.name,
            "kinds": [say(kinds[kind].title) for kind in sheet.kinds if kind in kinds],
            "unknown": sheet.unknown,
        }
        for sheet in report.sheets
    ]


def _rows(request: HttpRequest, report: Report, shown: str) -> dict[str, Any]:
    """The tabs by verdict, and a page of the rows of the one that is open."""
    there = [verdict for verdict in VERDICTS if report.counts.get(verdict)]
    first = next((verdict for verdict in _FIRST if verdict in there), "")
    shown = shown if shown in there else first
    count = report.counts.get(shown, 0)
    start = count_in(request, "from")
    end = min(start + A_PAGE, count)
    names = {sheet.number: sheet.name for sheet in report.sheets}
    return {
        "tabs": [
            {
                "id": v,
                "title": say(VERDICT_TITLES[v]),
                "count": report.counts[v],
                "here": v == shown,
            }
            for v in there
        ],
        "shown": shown,
        "rows": [_row(one, names) for one in report.rows(shown, start, end)],
        "more": f"?show={shown}&from={end}" if end < count else "",
        "less": f"?show={shown}&from={max(start - A_PAGE, 0)}" if start else "",
        "place": (start + 1, end, count) if count > A_PAGE and start < end else (),
    }


def _row(one: Outcome, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.row, "sheet": names.get(one.sheet, ""), "number": one.number, "about": one.about,
        "changes": one.changes,
        "problems": [{"cell": p.cell, "text": say(p.text)} for p in one.problems],
        "candidates": [{"uid": uid, "text": say(text)} for uid, text in one.candidates],
    }  # fmt: skip
