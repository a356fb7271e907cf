"""本人信息查阅: all that is held of one person or household, on one paper, for that party."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bangfu.core.disclosure import EXPORT, PURPOSES
from bangfu.core.facts import VOID, Fact
from bangfu.core.text import Refused
from bangfu.records import own_data
from bangfu.records.desk_queries import Dated, Tie
from bangfu.records.own_data import OwnData
from bangfu.web import words
from bangfu.web.audience import audience
from bangfu.web.entry import Control, Option, new_uid
from bangfu.web.reader import Reader, reader_of
from bangfu.web.shown import about, name_of, names_in, people_lines, title_of, value_lines
from bangfu.web.views.disclosure import STATUS, name_of_reader, purpose_control, stated
from bangfu.web.words import language, say

PAPER, FILE = "paper", "file"


@audience("township", "county", "desk")
@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest, uid: str) -> HttpResponse:
    """First why it is asked for, which is written down; then the paper, or the same as a file."""
    reader = reader_of(request)
    found = own_data.own_data(reader.policy, uid)
    if found is None:
        raise Http404
    how = request.POST.get("how", PAPER)
    error, status = "", 200
    if request.method == "POST":
        try:
            asked, who = stated(request), name_of_reader(reader)
            own_data.hand_over(reader.policy, found, who=who, asked=asked)
        except Refused as refused:
            error, status = refused.say(language()), STATUS.get(refused.code, 422)
        else:
            context = {
                **_paper(reader, found),
                "who": who, "why": say(PURPOSES[asked.purpose]), "number": asked.uid,
                "now": asked.now,
            }  # fmt: skip
            return (
                _file(context) if how == FILE else render(request, "pages/own_data.html", context)
            )
    options = (
        Option(PAPER, _("On this page, to be printed"), how != FILE),
        Option(FILE, _("As a file, which a browser or Word opens"), how == FILE),
    )
    context = {
        "one": found.card.named,
        "back_url": reverse("desk-subject", args=[uid]),
        "erased": found.erased,
        "uid": new_uid(),
        "purpose": purpose_control(request, error),
        "how": Control("how", "how", _("How"), "radio", required=True, options=options),
    }
    return render(request, "pages/own_data_asked.html", context, status=status)


def _file(context: dict[str, Any]) -> HttpResponse:
    text = render_to_string("pages/own_data_file.html", {**context, "language": language()})
    response = HttpResponse(text, content_type="text/html; charset=utf-8")
    name = quote(f"{own_data.TITLE}-{context['one'].name or context['one'].uid}.html")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _paper(reader: Reader, found: OwnData) -> dict[str, Any]:
    names = names_in(reader.policy, [*found.facts, *found.named, *found.taken])
    card = found.card
    return {
        "one": card.named,
        "place": words.place(card.named.place),
        "erased": found.erased,
        "homes": [_tie(one, one.subject) for one in card.homes],
        "members": [_tie(one, one.person) for one in card.members],
        "posts": [_post(reader, one) for one in card.posts],
        "helpers": [_post(reader, one) for one in card.holders],
        "statuses": [_status(reader, one) for one in card.statuses],
        "facts": [_fact(reader, one, names) for one in found.facts],
        "named": [
            {"title": title_of(reader.handbook, one), "day": one.occurred_on,
             "about": about(one, names)}
            for one in found.named
        ],
        "taken": [_taken(reader, one, name_of(one.performed_by, names)) for one in found.taken],
        "back_url": reverse("desk-subject", args=[card.named.uid]),
    }  # fmt: skip


def _fact(reader: Reader, one: Fact, names: Any) -> dict[str, Any]:
    kind = reader.handbook.kinds.get(one.kind)
    state = ""
    if not one.standing:
        state = _("withdrawn or corrected since")
    elif one.amends:
        state = (
            _("withdraws an earlier entry") if one.kind == VOID else _("corrects an earlier one")
        )
    return {
        "title": title_of(reader.handbook, one),
        "day": one.occurred_on,
        "state": state,
        "lines": [*people_lines(kind, one, names), *value_lines(kind, one, names)],
        "reason": one.reason,
        "recorder": name_of(one.recorded_by, names),
        "at": one.recorded_at,
    }


def _tie(one: Tie, who: Any) -> dict[str, Any]:
    return {"name": who.name, "what": one.what, "start": one.start, "end": one.end}


def _post(reader: Reader, one: Tie) -> dict[str, Any]:
    role = reader.handbook.roles.get(one.what)
    return {
        "name": f"{one.person.name} {say(role.title) if role else one.what}",
        "what": one.subject.name,
        "start": one.start,
        "end": one.end,
    }


def _status(reader: Reader, one: Dated) -> dict[str, Any]:
    status = reader.handbook.statuses.get(one.name)
    option = status.options.get(one.value) if status else None
    return {
        "name": say(status.title) if status else one.name,
        "what": say(option) if option else one.value,
        "start": one.start,
        "end": one.end,
    }


def _taken(reader: Reader, one: Fact, who: str) -> dict[str, Any]:
    what = one.values["what"] if one.kind == EXPORT else title_of(reader.handbook, one)
    purpose = say(PURPOSES[str(one.values["purpose"])])
    return {"what": what, "who": who, "at": one.recorded_at, "purpose": purpose}
