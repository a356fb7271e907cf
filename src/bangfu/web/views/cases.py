"""办件: the queue of cases with their clocks, and the page of one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from bangfu.core.results import Case
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import case_notice, cases, clock, words
from bangfu.web.audience import PAGES, audience
from bangfu.web.entry import Option
from bangfu.web.reader import Days, Reader, count_in, days_of, reader_of
from bangfu.web.shown import fact_lines, names_in, people_lines, value_lines
from bangfu.web.views.record import recordable
from bangfu.web.words import say

A_PAGE = 60
STATES = ("open", "late", "mine", "paused", "closed", "all")


@audience(*PAGES)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Each case: what it waits for, who holds it, its clock; the latest first."""
    reader, days = reader_of(request), days_of(request)
    procedure = request.GET.get("procedure", "")
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    town = _town(request, reader)
    every = queries.cases(reader.policy, as_of=days.as_of, known_at=days.known_at)
    towns = _towns_of(reader, every)
    chosen = [
        case
        for case in every
        if procedure in ("", case.procedure)
        and (town is None or towns.get(case.subject) == town.id)
    ]
    found = sorted((c for c in chosen if _fits(reader, c, state)), key=_order)
    start = count_in(request, "from")
    shown = cases.lines_of(
        reader, found[start : start + A_PAGE], today=days.as_of, query=days.query
    )
    asked = {"procedure": procedure, "state": state, "town": town.uid if town else ""}
    kept = [(name, value) for name, value in asked.items() if value]
    more = {**asked, "from": str(start + A_PAGE)}
    context = {
        "lines": shown,
        "count": len(found),
        "tallies": [_tally(reader, chosen, {**asked, "state": name}, days) for name in STATES[:5]],
        "filters": _filters(reader, asked, towns),
        "kept": kept,
        "state": state,
        "any": bool(every),
        "opens": _openings(reader),
        "days": days,
        "today": reader.today,
        "now": clock.now(),
        "more_url": f"?{urlencode(more)}{days.more}" if start + A_PAGE < len(found) else "",
    }
    return render(request, "pages/cases.html", context)


@audience(*PAGES)
@require_GET
def case(request: HttpRequest, uid: str) -> HttpResponse:
    """One case: its steps as a line, its facts, and the next step as a button."""
    reader, days = reader_of(request), days_of(request)
    found = queries.case_of(reader.policy, uid, as_of=days.as_of, known_at=days.known_at)
    if found is None:
        raise Http404
    shown = cases.lines_of(reader, [found], today=days.as_of, query=days.query)
    if not shown:
        raise Http404
    [line] = shown
    numbers = {*found.holders, *(taken.performer for taken in found.taken)}
    names = queries.names(reader.policy, numbers - {0})
    now = days.is_today and days.known_at is None
    opening = cases.opening_facts(reader, [found])[found.case]
    kind = reader.handbook.kinds.get(opening.kind)
    said = names_in(reader.policy, [opening])
    buttons = []
    if now:
        buttons = cases.actions_of(
            reader, found, uid=line.uid, subject=line.subject.uid, records=recordable(reader)
        )
    context = {
        "line": line,
        "case": found,
        "opened": found.opened,
        "opening": say(kind.title) if kind else "",
        "about": [*people_lines(kind, opening, said), *value_lines(kind, opening, said)],
        "notice_url": reverse("case-notice", args=[line.uid]) + days.query
        if case_notice.notices_of(reader, found) else "",
        "home_url": reverse("household", args=[line.subject.uid])
        if line.subject.type == "household" else "",
        "spots": cases.spots(reader, found, names, query=days.query),
        "actions": buttons,
        "waits": found.not_before and found.not_before > days.as_of,
        "facts": _facts(reader, found.because, days),
        "stray": _facts(reader, found.stray, days),
        "trace_url": reverse("trace", args=[f"case:{line.uid}"]) + days.query,
        "rule_url": reverse("rule", args=["procedure", found.procedure]) + f"?day={found.opened}",
        "days": days,
        "kept": [],
        "today": reader.today,
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "pages/case.html", context)


@audience(*PAGES)
@require_GET
def notice(request: HttpRequest, uid: str) -> HttpResponse:
    """What a case puts up in the village, as a sheet to print; the newest notice."""
    reader, days = reader_of(request), days_of(request)
    found = queries.case_of(reader.policy, uid, as_of=days.as_of, known_at=days.known_at)
    posted = case_notice.notices_of(reader, found) if found is not None else []
    if found is None or not posted:
        raise Http404
    context = {"notice": posted[0], "case_url": reverse("case", args=[uid]) + days.query}
    return render(request, "pages/case_notice.html", context)


def _facts(reader: Reader, sequences: Sequence[int], days: Days) -> object:
    facts = queries.facts(reader.policy, sequences, known_at=days.known_at)
    then = days.query if days.known_at is not None else ""
    return fact_lines(reader.handbook, facts, names_in(reader.policy, facts), query=then)


def _fits(reader: Reader, found: Case, state: str) -> bool:
    if state == "late":
        return found.late
    if state == "mine":
        return found.state == "open" and reader.policy.person in found.holders
    if state == "open":
        return found.state != "closed"
    return state in ("all", found.state)


def _order(found: Case) -> tuple[bool, date, date, int]:
    """Open ones by their last day, then those without one; closed ones the latest first."""
    if found.closed is not None:
        return True, date.max, date.max, -found.closed.toordinal()
    return False, found.due or date.max, found.opened, found.case


def _tally(
    reader: Reader, chosen: Sequence[Case], asked: dict[str, str], days: Days
) -> dict[str, object]:
    state = asked["state"]
    query = urlencode({name: value for name, value in asked.items() if value})
    return {
        "title": _state_titles()[state],
        "number": sum(_fits(reader, found, state) for found in chosen),
        "url": f"?{query}{days.more}",
        "late": state == "late",
        "state": state,
    }


def _state_titles() -> dict[str, str]:
    return {
        "open": pgettext("cases", "Open"),
        "late": pgettext("cases", "Late"),
        "mine": _("Waiting for me"),
        "paused": pgettext("cases", "Paused"),
        "closed": pgettext("cases", "Closed"),
        "all": pgettext("cases", "All"),
    }


def _town(request: HttpRequest, reader: Reader) -> Named | None:
    uid = request.GET.get("town", "")
    if not uid:
        return None
    found = queries.subject(reader.policy, uid)
    if found is None or found.type != "township":
        raise Http404
    return found


def _towns_of(reader: Reader, found: Sequence[Case]) -> dict[int, int]:
    """The township of what each case is about."""
    _villages, towns = queries.places(reader.policy, [one.subject for one in found])
    return dict(towns)


def _filters(
    reader: Reader, asked: dict[str, str], towns: dict[int, int]
) -> list[dict[str, object]]:
    procedures = [
        Option(rule.id, say(rule.title), rule.id == asked["procedure"])
        for rule in reader.handbook.procedures.values()
    ]
    states = [Option(n, title, n == asked["state"]) for n, title in _state_titles().items()]
    names = queries.names(reader.policy, set(towns.values()) - {0})
    places = [
        Option(one.uid, words.place(one.name), one.uid == asked["town"])
        for one in sorted(names.values(), key=lambda one: one.id)
    ]
    found: list[dict[str, object]] = []
    if len(procedures) > 1:
        found.append({"name": "procedure", "label": _("Procedure"), "options": procedures,
                      "all": _("All procedures")})  # fmt: skip
    found.append({"name": "state", "label": _("State"), "options": states, "all": ""})
    if len(places) > 1:
        found.append({"name": "town", "label": _("Township"), "options": places,
                      "all": _("All townships")})  # fmt: skip
    return found


def _openings(reader: Reader) -> list[dict[str, str]]:
    """The kinds with which the reader may open a case."""
    records = recordable(reader)
    return [
        {"title": say(reader.handbook.kinds[rule.opens].title),
         "url": reverse("record-kind", args=[rule.opens])}
        for rule in reader.handbook.procedures.values()
        if rule.opens in records
    ]  # fmt: skip


def summary(found: Sequence[Case]) -> str:
    """How many cases are open and late, in words; nothing where none is."""
    late = sum(case.late for case in found)
    count = sum(case.state != "closed" for case in found)
    if not count:
        return ""
    said = ngettext("%(n)d open case", "%(n)d open cases", count) % {"n": count}
    if not late:
        return said
    return f"{said} · {ngettext('%(n)d late', '%(n)d late', late) % {'n': late}}"
