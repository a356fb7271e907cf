"""交接: posts go from one person to another, for good or during leave, and come back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from bangfu.core.facts import Draft, Value
from bangfu.core.text import Refused
from bangfu.core.values import read_day
from bangfu.records import queries, stand_ins
from bangfu.records.queries import Named, StandIn, Tie
from bangfu.web import clock, words
from bangfu.web.audience import audience
from bangfu.web.entry import Control, Option, chooser
from bangfu.web.reader import Reader, reader_of
from bangfu.web.views.desk_forms import staffing_warnings
from bangfu.web.words import place, say

LEAVE = "leave"
TOWNSHIP_DAYS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent: which posts, to whom, from when, and until when if only for a while."""

    posts: tuple[str, ...]
    to: str
    on: str
    until: str
    basis: str
    leave: str


@audience("desk")
@require_http_methods(["GET", "POST"])
def handover(request: HttpRequest) -> HttpResponse:
    """Without a person, who stands in for whom; with one, his posts and who takes them over."""
    reader = reader_of(request)
    uid = request.GET.get("person", "")
    if not uid:
        return _back(request, reader)
    card = queries.card(reader.policy, uid)
    if card is None or card.named.type != "person":
        raise Http404
    held = [tie for tie in card.posts if tie.holds(reader.today)]
    # Belonging to the staff or to a team is nothing that another answers for instead.
    roles = reader.handbook.roles
    posts = [tie.uid for tie in held if tie.what in roles and roles[tie.what].page != "none"]
    asked = Asked(tuple(posts), "", reader.today.isoformat(), "", "", "")
    errors: dict[str, str] = {}
    if request.method == "POST":
        data = request.POST
        asked = Asked(
            tuple(data.getlist("post")), data.get("to", ""), data.get("on", ""),
            data.get("until", "") if data.get("for") == "while" else "",
            data.get("basis", "").strip(), data.get("leave", ""),
        )  # fmt: skip
        errors = _hand_over(request, card.named, held, asked)
        if not errors:
            return redirect("desk-subject", card.named.uid)
    return _show(request, card.named, held, asked, errors=errors)


def _hand_over(
    request: HttpRequest, person: Named, held: list[Tie], asked: Asked
) -> dict[str, str]:
    """Store it; what is wrong, by the input it belongs to."""
    reader = reader_of(request)
    on, until = read_day(asked.on), read_day(asked.until)
    if on is None:
        return {"on": _("Fill in the first day.")}
    if request.POST.get("for") not in ("good", "while"):
        return {"for": _("Choose whether for good or during leave.")}
    if request.POST.get("for") == "while" and (until is None or until < on):
        return {"until": _("Fill in until when; not before the first day.")}
    if not asked.to:
        return {"to": _("Choose who takes over.")}
    chosen = [tie for tie in held if tie.uid in asked.posts]
    leave = _leave(reader, person, chosen, (on, until, asked.leave)) if until else []
    try:
        facts = stand_ins.hand_over(
            [tie.uid for tie in chosen], to=asked.to, on=on, until=until, basis=asked.basis,
            leave=leave, by=reader.policy, now=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return {"to" if refused.place == "to" else "": refused.say(words.language())}
    count = len(chosen)
    said = ngettext("%(n)d post handed over.", "%(n)d posts handed over.", count)
    messages.success(request, said % {"n": count})
    for line in staffing_warnings(reader, {fact.subject for fact in facts}, {asked.to}):
        messages.warning(request, line)
    return {}


def _leave(
    reader: Reader, person: Named, chosen: list[Tie], days: tuple[date, date, str]
) -> list[Draft]:
    """The leave itself, once for each village, where the handbook has such a fact."""
    kind = reader.handbook.kinds.get(LEAVE)
    first, last, type_ = days
    if kind is None or not type_ or kind not in queries.recordable_kinds(reader.policy):
        return []
    villages, _towns = queries.places(reader.policy, [tie.subject.id for tie in chosen])
    known = queries.names(reader.policy, [number for number in villages.values() if number])
    count = (last - first).days + 1
    values: dict[str, Value] = {
        "type": type_, "from": first.isoformat(), "to": last.isoformat(), "days": count,
        "approver": "township" if count <= TOWNSHIP_DAYS else "county",
    }  # fmt: skip
    return [
        Draft(str(uuid.uuid4()), LEAVE, min(first, reader.today), one.uid, person.uid, values)
        for one in known.values()
    ]


def _show(
    request: HttpRequest,
    person: Named,
    held: list[Tie],
    asked: Asked,
    *,
    errors: Mapping[str, str],
) -> HttpResponse:
    reader = reader_of(request)
    find = reverse("desk-choose", args=["registry.assignment"])
    known = queries.named(reader.policy, [asked.to]) if asked.to else {}
    chips = [Option(uid, one.name) for uid, one in known.items()]
    context = {
        "person": person,
        "posts": [
            {
                "uid": tie.uid,
                "title": _role(reader, tie.what),
                "about": place(tie.subject.name),
                "where": place(tie.subject.place),
                "ticked": tie.uid in asked.posts,
            }
            for tie in held
        ],
        "asked": asked,
        "span": request.POST.get("for", ""),
        "span_error": errors.get("for", ""),
        "to": chooser("to", _("Who takes over"), chosen=chips, find=f"{find}?for=holder",
                      error=errors.get("to", "")),
        "on_error": errors.get("on", ""),
        "until_error": errors.get("until", ""),
        "leave": _leave_control(reader, asked),
        "problem": errors.get("", ""),
        "today": reader.today,
    }  # fmt: skip
    return render(request, "pages/handover.html", context, status=422 if errors else 200)


def _leave_control(reader: Reader, asked: Asked) -> Control | None:
    kind = reader.handbook.kinds.get(LEAVE)
    item = kind.field("type") if kind else None
    if kind is None or item is None or kind not in queries.recordable_kinds(reader.policy):
        return None
    options = tuple(
        Option(key, say(title), key == asked.leave) for key, title in item.options.items()
    )
    return Control("leave", "leave", _("Enter the leave itself too"), "radio", options=options,
                   help=_("Choose nothing if it is entered already."))  # fmt: skip


def _back(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who stands in for whom; those ticked give the posts back."""
    problem = ""
    if request.method == "POST":
        on = read_day(request.POST.get("on", "")) or reader.today
        chosen = request.POST.getlist("post")
        try:
            stand_ins.give_back(chosen, on=on, by=reader.policy, now=clock.now())
        except Refused as refused:
            problem = refused.say(words.language())
        else:
            count = len(chosen)
            said = ngettext("%(n)d post given back.", "%(n)d posts given back.", count)
            messages.success(request, said % {"n": count})
            return redirect("desk-handover")
    lines = [_stand_in(reader, one) for one in queries.stand_ins(reader.policy)]
    context = {"lines": lines, "today": reader.today, "problem": problem}
    return render(request, "pages/stand_ins.html", context, status=422 if problem else 200)


def _stand_in(reader: Reader, one: StandIn) -> dict[str, object]:
    return {
        "one": one,
        "title": _role(reader, one.role),
        "about": place(one.subject.name),
        "over": one.until is not None and one.until < reader.today,
    }


def _role(reader: Reader, name: str) -> str:
    role = reader.handbook.roles.get(name)
    return say(role.title) if role else name
