"""Entering and correcting what the registry holds, one fact at a time."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.facts import Draft, Fact
from bangfu.core.registry import FOUNDING
from bangfu.core.rules import FactKind
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.queries import Named
from bangfu.records.refusals import Amended
from bangfu.web import clock, words
from bangfu.web.audience import audience
from bangfu.web.desk_form import Desk, about_line, draft_of, form_of, given_of, title_of
from bangfu.web.entry import Given, errors_of, given_from, new_uid
from bangfu.web.reader import Reader, reader_of
from bangfu.web.views.posts import what_is_wrong
from bangfu.web.words import place, say

MOST = 12
_LINES = {"registry.assignment_end": "assignment", "registry.membership_end": "membership"}
# Facts about something that is there already; the others found something.
_ABOUT = {
    "registry.assignment", "registry.status", "registry.membership", "registry.place_name",
    "registry.place_alias", *_LINES,
}  # fmt: skip


@audience("desk")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind_id: str) -> HttpResponse:
    """Something new: a place, unit, branch, person, household or project."""
    reader = reader_of(request)
    kind = _kind(reader, kind_id)
    if kind.id not in FOUNDING:
        raise Http404
    desk = Desk(reader, kind)
    if request.method == "POST":
        return _send(request, desk)
    around = request.GET.get("in", "")
    field = "parent" if kind.id == "registry.place" else "place"
    given = Given(
        uid=new_uid(),
        occurred_on=request.GET.get("on", "") or reader.today.isoformat(),
        values={field: around} if around else {},
    )
    return _show(request, desk, given, {})


@audience("desk")
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest, uid: str, kind_id: str) -> HttpResponse:
    """A fact about something that is there: a post begins or ends, a member, a status, a name."""
    reader = reader_of(request)
    kind = _kind(reader, kind_id)
    one = queries.named(reader.policy, [uid]).get(uid)
    if one is None or kind.id not in _ABOUT:
        raise Http404
    desk = Desk(reader, kind, one, _fixed(request, kind))
    if kind.id in _LINES and not desk.fixed:
        raise Http404
    if request.method == "POST":
        return _send(request, desk)
    member = request.GET.get("person", "")
    people = {role.id: (member,) for role in kind.participants} if member else {}
    given = Given(
        uid=new_uid(), occurred_on=reader.today.isoformat(), values=dict(desk.fixed),
        participants=people,
    )  # fmt: skip
    return _show(request, desk, given, {})


@audience("desk")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uid: str) -> HttpResponse:
    """A registry fact once more, filled in; what is sent replaces it, with the reason."""
    reader = reader_of(request)
    found = queries.fact(reader.policy, uid)
    kind = reader.handbook.kinds.get(found.kind) if found else None
    if found is None or kind is None or not kind.registry:
        raise Http404
    if not queries.may_amend(reader.policy, found):
        raise Http404
    if request.method != "POST" and not found.standing:
        raise Http404
    one = queries.named(reader.policy, [found.subject]).get(found.subject)
    fixed = {
        name: str(found.values[name])
        for name in ("assignment", "membership", "stands_in_for", "until", "level", "status")
        if found.values.get(name)
    }
    desk = Desk(reader, kind, one, fixed, amends=uid)
    if request.method == "POST":
        return _send(request, desk)
    return _show(request, desk, given_from(found, kind), {})


@audience("desk")
@require_GET
def choose(request: HttpRequest, kind_id: str) -> HttpResponse:
    """A few matches for what was typed, as buttons that choose one."""
    reader = reader_of(request)
    kind = _kind(reader, kind_id)
    text, wanted = request.GET.get("q", "").strip(), request.GET.get("for", "")
    item = kind.field(request.GET.get("field", ""))
    types: tuple[str, ...] = ("person",)
    if item is not None and item.type == "reference":
        types = (item.to,)
    elif wanted == "subject":
        types = tuple({role.subject for role in reader.handbook.roles.values()})
    elif not any(role.id == wanted for role in kind.participants):
        raise Http404
    found = queries.find(reader.policy, text, types=types, most=MOST)
    return render(request, "parts/found.html", {"found": found, "asked": text})


def _kind(reader: Reader, kind_id: str) -> FactKind:
    """The registry kind of that id, if the reader's posts may record it."""
    for kind in queries.recordable_kinds(reader.policy):
        if kind.id == kind_id and kind.registry:
            return kind
    raise Http404


def _fixed(request: HttpRequest, kind: FactKind) -> dict[str, str]:
    """What the address says already: which post ends, which status changes."""
    if kind.id in _LINES:
        line = request.GET.get("line", "")
        return {_LINES[kind.id]: line} if line else {}
    status = request.GET.get("status", "")
    return {"status": status} if kind.id == "registry.status" and status else {}


def _send(request: HttpRequest, desk: Desk) -> HttpResponse:
    given = given_of(desk, request.POST)
    try:
        if desk.amends and not given.reason:
            raise Refused(
                "reason", "请说明为什么更正。", "Say why it is corrected.", place="reason"
            )
        fact = _store(desk, draft_of(desk, given))
    except Amended as refused:
        return redirect("fact", refused.standing)
    except Refused as refused:
        return _show(request, desk, given, errors_of(refused, words.language()))
    _say_stored(request, desk, fact)
    return redirect(_after(request, desk, fact))


def _store(desk: Desk, draft: Draft) -> Fact:
    by, now = desk.reader.policy, clock.now()
    if desk.amends:
        return actions.correct(draft=draft, by=by, now=now)
    return actions.record([draft], by=by, now=now)[0]


def _say_stored(request: HttpRequest, desk: Desk, fact: Fact) -> None:
    """What was stored, with ways to undo it; and what is now against a staffing rule."""
    one = queries.named(desk.reader.policy, [fact.subject]).get(fact.subject)
    said = _("Stored: %(kind)s, %(about)s, %(day)s.")
    messages.success(
        request,
        said % {"kind": say(desk.kind.title), "about": place(one.name) if one else "",
                "day": words.day(fact.occurred_on)},
        extra_tags=fact.uid,
    )  # fmt: skip
    if desk.kind.id in ("registry.assignment", "registry.assignment_end"):
        for line in staffing_warnings(desk.reader, {fact.subject}, {
            uid for role, uid in fact.participants if role == "holder"}):  # fmt: skip
            messages.warning(request, line)


def staffing_warnings(reader: Reader, subjects: set[str], persons: set[str]) -> list[str]:
    """What is against a staffing rule about these subjects and persons."""
    named = queries.named(reader.policy, subjects | persons)
    numbers = {one.id: one for one in named.values()}
    about = {named[uid].id for uid in subjects if uid in named}
    who = {named[uid].id for uid in persons if uid in named}
    found = []
    for item in queries.vacancies(reader.policy, as_of=reader.today):
        if item.subject in about or (item.person in who and item.person is not None):
            rule = say(reader.handbook.staffing[item.rule].title)
            one = numbers.get(item.subject) or numbers.get(item.person or 0)
            name = place(one.name) if one else ""
            found.append(
                _("Against the staffing rule “%(rule)s”: %(name)s, %(what)s.")
                % {"rule": rule, "name": name, "what": what_is_wrong(reader.handbook, item)}
            )
    return found[:3]


def _after(request: HttpRequest, desk: Desk, fact: Fact) -> str:
    """Where to go on: the same form for the next one, what it was begun for, or the subject."""
    if request.POST.get("next") == "1" and desk.founds:
        around = str(fact.values.get("place") or fact.values.get("parent") or "")
        query = urlencode({"in": around, "on": fact.occurred_on.isoformat(), "next": "1"})
        return f"{reverse('desk-new', args=[desk.kind.id])}?{query}"
    household = request.GET.get("household", "")
    if household and desk.kind.id == "registry.person":
        url = reverse("desk-about", args=[household, "registry.membership"])
        return f"{url}?{urlencode({'person': fact.uid})}"
    if desk.takes_post and desk.about:
        return reverse("desk-subject", args=[desk.about.uid])
    return reverse("desk-subject", args=[fact.subject])


def _show(
    request: HttpRequest, desk: Desk, given: Given, errors: Mapping[str, str]
) -> HttpResponse:
    line = desk.fixed.get("assignment") or desk.fixed.get("membership")
    context = {
        "form": form_of(desk, given, errors),
        "heading": title_of(desk),
        "one": desk.about,
        "about": about_line(desk.about) if desk.about else "",
        "line": _line_words(desk, line) if line else "",
        "amends": desk.amends,
        "founds": desk.founds,
        "next": request.GET.get("next") == "1" or request.POST.get("next") == "1",
        "new_person": _new_person(desk),
    }
    return render(request, "pages/desk_form.html", context, status=422 if errors else 200)


def _line_words(desk: Desk, uid: str) -> str:
    """Which post or membership ends, in words."""
    if desk.about is None:
        return ""
    card = queries.card(desk.reader.policy, desk.about.uid)
    for tie in (*card.holders, *card.members) if card else ():
        if uid == tie.uid:
            role = desk.reader.handbook.roles.get(tie.what)
            return f"{tie.person.name} · {say(role.title) if role else tie.what}"
    return ""


def _new_person(desk: Desk) -> str:
    """Where to register a person who is not in the registry yet."""
    one: Named | None = desk.about
    if one is None or desk.kind.id != "registry.membership" or desk.amends:
        return ""
    url = reverse("desk-new", args=["registry.person"])
    return f"{url}?{urlencode({'household': one.uid})}"
