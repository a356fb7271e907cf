"""One fact: what it says, who did and entered it, how it changed; correcting and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.facts import VOID, Fact
from bangfu.core.text import Refused
from bangfu.records import actions, disclosure, queries
from bangfu.records.queries import Named
from bangfu.records.refusals import Amended
from bangfu.web import clock
from bangfu.web.audience import PAGES, audience
from bangfu.web.entry import Control, given_by, given_from, new_uid
from bangfu.web.form import Setting
from bangfu.web.reader import Reader, days_of, reader_of
from bangfu.web.shown import (
    about,
    changes,
    message_words,
    name_of,
    names_in,
    people_lines,
    title_of,
    value_lines,
)
from bangfu.web.views.record import answer, show
from bangfu.web.words import language, say


@audience(*PAGES)
@require_GET
def fact(request: HttpRequest, uid: str) -> HttpResponse:
    """The page of a fact; foreign and absent alike are not there."""
    reader, days = reader_of(request), days_of(request)
    found = _seen(reader, uid, known_at=days.known_at)
    chain = queries.history(reader.policy, uid, known_at=days.known_at)
    names = names_in(reader.policy, [found, *chain])
    kind = reader.handbook.kinds.get(found.kind)
    then = days.query if days.known_at is not None else ""
    hour = "" if found.minute is None else f"{found.minute // 60:02d}:{found.minute % 60:02d}"
    context = {
        "fact": found,
        "title": title_of(reader.handbook, found),
        "about": about(found, names),
        "hour": hour,
        "values": value_lines(kind, found, names),
        "people": people_lines(kind, found, names),
        "message": message_words(kind, found, names),
        "performer": name_of(found.performed_by, names),
        "recorder": name_of(found.recorded_by, names),
        "reason": found.reason,
        "is_void": found.kind == VOID,
        "amended_by": _amended_by(found, chain, query=then),
        "may_amend": days.known_at is None
        and found.standing
        and queries.may_amend(reader.policy, found),
        "seal": queries.seal(reader.policy, uid),
        "masked": _masked(reader, found),
        "history": _history(reader, found, chain, query=then),
        "cases": _cases(reader, found, query=then),
        "home_url": _home(found, names),
    }
    return render(request, "pages/fact.html", context)


def _home(found: Fact, names: Mapping[str, Named]) -> str:
    """The file of the household that a fact is about."""
    one = names.get(found.subject)
    return reverse("household", args=[one.uid]) if one and one.type == "household" else ""


def _cases(reader: Reader, found: Fact, *, query: str) -> list[dict[str, str]]:
    """The cases that a fact opened or belongs to."""
    kind = reader.handbook.kind(found.kind)
    opens = {rule.opens: rule for rule in reader.handbook.procedures.values()}
    named = [(item.to, found.values.get(item.id)) for item in (kind.fields if kind else ())]
    named.append((found.kind, found.uid))
    return [
        {"title": say(opens[name].title), "url": reverse("case", args=[str(uid)]) + query}
        for name, uid in named
        if name in opens and uid and found.standing
    ]


@audience("today", "township", "county")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uid: str) -> HttpResponse:
    """The same form again, filled in; what is sent replaces the fact."""
    reader = reader_of(request)
    found = _amendable(reader, uid)
    if request.method != "POST" and not found.standing:
        return redirect("fact", uid)
    kind = reader.handbook.kinds.get(found.kind)
    if kind is None:
        raise Http404
    if kind.registry:
        if "desk" not in reader.pages:
            raise Http404
        return redirect("desk-correct", uid)
    setting = Setting(reader, kind)
    if request.method == "POST":
        return answer(request, setting, given_by(request.POST, kind), amends=uid)
    return show(request, setting, given_from(found, kind), errors={}, amends=uid, hint="")


@audience("today", "township", "county")
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, uid: str) -> HttpResponse:
    """Withdraw a fact, saying why."""
    reader = reader_of(request)
    found = _amendable(reader, uid)
    if request.method != "POST" and not found.standing:
        return redirect("fact", uid)
    reason, error = request.POST.get("reason", "").strip(), ""
    if request.method == "POST":
        if not reason:
            error = _("Say why, in a few words.")
        else:
            try:
                return _withdraw(request, reader, found, reason)
            except Amended as refused:
                return redirect("fact", refused.standing)
            except Refused as refused:
                error = refused.say(language())
    names = names_in(reader.policy, [found])
    context = {
        "fact": found,
        "title": title_of(reader.handbook, found),
        "about": about(found, names),
        "uid": request.POST.get("uid") or new_uid(),
        "reason": Control("reason", "reason", _("Why it is withdrawn"), "text", required=True,
                          value=reason, error=error),
    }  # fmt: skip
    return render(request, "pages/void.html", context, status=422 if error else 200)


def _withdraw(request: HttpRequest, reader: Reader, found: Fact, reason: str) -> HttpResponse:
    actions.void(
        uid=found.uid, reason=reason, by=reader.policy, now=clock.now(),
        void_uid=request.POST.get("uid") or None,
    )  # fmt: skip
    messages.success(request, _("Withdrawn: it does not count any more."))
    return redirect("fact", found.uid)


def _masked(reader: Reader, found: Fact) -> list[dict[str, str]]:
    """Where to ask for the identifiers that stand masked on the page."""
    kind = reader.handbook.kinds.get(found.kind)
    if kind is None or not reader.pages & {"today", "township", "county"}:
        return []
    asked = [kind.field(name) for name in disclosure.may_reveal(reader.policy, found)]
    return [
        {"label": say(item.title), "url": reverse("reveal", args=[found.uid, item.id])}
        for item in asked
        if item is not None
    ]


def _seen(reader: Reader, uid: str, *, known_at: int | None = None) -> Fact:
    found = queries.fact(reader.policy, uid, known_at=known_at)
    if found is None:
        raise Http404
    return found


def _amendable(reader: Reader, uid: str) -> Fact:
    """The fact of that uid, if the reader may amend it; else it is not there.

    What is sent may be sent again after a cut connection, when the fact stands no more: then
    the ledger says whether it is the same once more, or a second amendment.
    """
    found = _seen(reader, uid)
    if not queries.may_amend(reader.policy, found):
        raise Http404
    return found


def _amended_by(found: Fact, chain: list[Fact], *, query: str) -> dict[str, object] | None:
    later = next((fact for fact in chain if fact.uid == found.amended_by), None)
    if later is None:
        return None
    return {"url": reverse("fact", args=[later.uid]) + query, "void": later.kind == VOID}


def _history(
    reader: Reader, found: Fact, chain: list[Fact], *, query: str
) -> list[dict[str, object]]:
    """The chain of amendments, the newest first; nothing where there is only one."""
    if len(chain) < 2:  # noqa: PLR2004 -- one fact has no history
        return []
    names = names_in(reader.policy, chain)
    changed = {
        after.uid: changes(reader.handbook.kinds.get(after.kind), before, after)
        for before, after in pairwise(chain)
    }
    return [
        {
            "url": reverse("fact", args=[fact.uid]) + query,
            "here": fact.uid == found.uid,
            "title": _step_title(fact),
            "recorder": name_of(fact.recorded_by, names),
            "recorded_at": fact.recorded_at,
            "reason": fact.reason,
            "changes": changed.get(fact.uid, []),
        }
        for fact in reversed(chain)
    ]


def _step_title(fact: Fact) -> str:
    if fact.kind == VOID:
        return _("Withdrawn")
    return _("Corrected") if fact.amends else _("Entered")
