"""账号: who can sign in; opening, closing and passwords for many at once; the log."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.text import Refused
from bangfu.records import accounts as writes
from bangfu.records import queries
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.reader import Reader, reader_of
from bangfu.web.words import language, place, say

MOST = 50
MOST_EVENTS = 300


@audience("desk", "system", "security", "audit")
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """The list by state; what is ticked is opened, closed or given a password at once."""
    reader = reader_of(request)
    problem = ""
    if request.method == "POST":
        try:
            return _act(request, reader)
        except Refused as refused:
            problem = refused.say(language())
    return _list(request, reader, problem)


@audience("security", "audit")
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What was done to accounts, the newest first."""
    events = queries.events(reader_of(request).policy, most=MOST_EVENTS)
    lines = [
        {"at": event.at, "what": _what(event.what), "username": event.username, "by": event.by}
        for event in events
    ]
    return render(request, "pages/account_log.html", {"lines": lines})


def _act(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Do what the pressed button says to those ticked."""
    chosen, action = request.POST.getlist("person"), request.POST.get("action", "")
    by, now = reader.policy, clock.now()
    if not chosen:
        raise Refused("nobody_chosen", "请先勾选。", "Tick somebody first.")
    if action == "open":
        wanted = {uid: request.POST.get(f"name.{uid}", "") for uid in chosen}
        return _shown(request, writes.open_accounts(wanted, by=by, now=now))
    if action == "reopen":
        return _shown(request, writes.reopen_accounts(chosen, by=by, now=now))
    if action == "reset":
        return _shown(request, writes.reset_passwords(chosen, by=by, now=now))
    if action == "close":
        count = writes.close_accounts(chosen, by=by, now=now)
        said = ngettext("%(n)d account closed.", "%(n)d accounts closed.", count)
    elif action == "unlock":
        count = writes.unlock_accounts(chosen, by=by, now=now)
        said = ngettext("%(n)d account unlocked.", "%(n)d accounts unlocked.", count)
    elif action == "drop":
        count = writes.drop_second_factors(chosen, by=by, now=now)
        said = ngettext("Second step taken off %(n)d account.",
                        "Second step taken off %(n)d accounts.", count)  # fmt: skip
    else:
        raise Refused("no_action", "请选择要做什么。", "Choose what to do.")
    messages.success(request, said % {"n": count})
    state = request.POST.get("state", "")
    return redirect(f"{reverse('accounts')}?{urlencode({'state': state})}")


def _shown(request: HttpRequest, opened: Sequence[writes.Opened]) -> HttpResponse:
    """The passwords, this once; a page that is never kept."""
    return render(request, "pages/accounts_shown.html", {"opened": opened})


def _list(request: HttpRequest, reader: Reader, problem: str) -> HttpResponse:
    policy = reader.policy
    rights, counts = queries.account_rights(policy), queries.counts(policy)
    asked = request.POST.get("state") or request.GET.get("state", "")
    default: queries.State = "ended" if counts["ended"] and rights.opens else "open"
    state: queries.State = next((one for one in queries.STATES if one == asked), default)
    text = request.GET.get("q", "")
    lines, count = queries.accounts(policy, state=state, text=text, now=clock.now(), most=MOST)
    names = writes.suggested_names(len(lines)) if state == "none" and rights.opens else []
    ticked = set(request.POST.getlist("person"))
    shown = [
        {
            "line": line,
            "place": place(line.person.place),
            "posts": pgettext("list", ", ").join(_post(reader, *post) for post in line.posts),
            "username": request.POST.get(
                f"name.{line.person.uid}", names[index] if names else line.username
            ),
            "ticked": line.person.uid in ticked or (state == "ended" and not ticked),
        }
        for index, line in enumerate(lines)
    ]
    context = {
        "tabs": [_tab(one, counts[one], here=one == state) for one in queries.STATES],
        "state": state,
        "text": text,
        "lines": shown,
        "more": count - len(lines),
        "actions": _actions(rights, state),
        "log": rights.log,
        "problem": problem,
        "names_asked": bool(names),
        "from_desk": "desk" in reader.pages,
    }
    return render(request, "pages/accounts.html", context, status=422 if problem else 200)


def _tab(state: str, count: int, *, here: bool) -> dict[str, object]:
    titles = {
        "none": _("Without an account"),
        "open": pgettext("account", "Open"),
        "ended": _("Posts have ended"),
        "closed": pgettext("account", "Closed"),
    }
    url = f"{reverse('accounts')}?{urlencode({'state': state})}"
    return {"title": titles[state], "count": count, "here": here, "url": url}


def _actions(rights: queries.Rights, state: str) -> list[tuple[str, str]]:
    """The buttons that these rights have for accounts of that state."""
    found: list[tuple[str, str]] = []
    if state == "none" and rights.opens:
        found.append(("open", _("Open accounts for those ticked")))
    if state == "closed" and rights.opens:
        found.append(("reopen", _("Open again")))
    if state in ("open", "ended"):
        if rights.opens:
            found.append(("close", _("Close those ticked")))
        if rights.resets and state == "open":
            found.append(("reset", _("Set temporary passwords")))
        if rights.unlocks and state == "open":
            found.append(("unlock", _("Unlock")))
        if rights.resets and rights.log:
            found.append(("drop", _("Take the second step off")))
    # What closes stands first only where the posts are over.
    return found if state != "open" else [*found[1:], *found[:1]] if rights.opens else found


def _post(reader: Reader, role: str, about: str) -> str:
    title = say(reader.handbook.roles[role].title)
    if about.isdigit():
        return _("%(title)s of %(n)s") % {"title": title, "n": about}
    return f"{title} ({place(about)})" if language() == "en" else f"{title}（{place(about)}）"


def _what(name: str) -> str:
    return {
        "opened": _("opened"),
        "closed": _("closed"),
        "reopened": _("opened again"),
        "reset": _("temporary password set"),
        "changed": _("password changed by its owner"),
        "unlocked": _("unlocked"),
        "second_factor": _("second step set up"),
        "second_dropped": _("second step taken off"),
        "recovery_code": _("recovery code used"),
        "signed_in": _("signed in"),
        "shut_out": _("shut after wrong passwords"),
        "token_made": _("token made"),
        "token_ended": _("token ended by its owner"),
        "token_revoked": _("token ended by the security administrator"),
    }.get(name, name)
