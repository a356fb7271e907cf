"""令牌: one's own tokens for programs, and everybody's for the security administrator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.core.values import read_day
from bangfu.records import queries, tries
from bangfu.records import tokens as writes
from bangfu.web import clock
from bangfu.web.audience import COUNTS, OWES, PAGES, audience
from bangfu.web.entry import Control
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.views.record import recordable
from bangfu.web.words import language, say

USUAL_DAYS = 90
A_PAGE = 100


@audience(*PAGES)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens (我的令牌): the list, ending them, and making another."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("action") == "end":
                return _end(request, "tokens")
            return _made(request)
        except Refused as refused:
            errors = {refused.place: refused.say(language())}
    return _own(request, errors)


@audience("security", "audit")
@require_http_methods(["GET", "POST"])
def all_tokens(request: HttpRequest) -> HttpResponse:
    """Everybody's tokens: the security administrator ends any, the auditor reads."""
    reader = reader_of(request)
    problem = ""
    if request.method == "POST":
        try:
            return _end(request, "all-tokens")
        except Refused as refused:
            problem = refused.say(language())
    start = count_in(request, "from")
    found, count = queries.all_tokens(reader.policy, now=clock.now(), start=start, most=A_PAGE)
    end = start + len(found)
    context = {
        "lines": _lines(found, reader.handbook),
        "more": f"?from={end}" if end < count else "",
        "shown": _("%(end)s of %(all)s") % {"end": f"{end:,}", "all": f"{count:,}"},
        "revokes": queries.may_revoke(reader.policy),
        "problem": problem,
    }
    return render(request, "pages/all_tokens.html", context, status=422 if problem else 200)


@sensitive_variables("secret")
def _made(request: HttpRequest) -> HttpResponse:
    """Make one after the password was given again; its secret is shown this once."""
    user, now, reader = request.user, clock.now(), reader_of(request)
    counters = (tries.of_account(user.get_username()),)
    if tries.begin(counters, now=now):
        said = "试错过多，请稍后再试。", "Too many wrong tries. Please wait a little."
        raise Refused("too_many", *said)
    if not user.check_password(request.POST.get("password", "")):
        raise Refused("wrong_password", "密码不对。", "The password is not right.",
                      place="password")  # fmt: skip
    tries.right(counters)
    day = read_day(request.POST.get("last_day", ""))
    if day is None:
        raise Refused("bad_last_day", "请填写日期。", "Give a day.", place="last_day")
    secret = writes.make_token(
        user,  # type: ignore[arg-type]
        title=request.POST.get("title", ""),
        scope=frozenset(request.POST.getlist("scope")),
        allowed=_allowed(reader),
        last_day=day,
        by=reader.policy,
        now=now,
    )
    return render(request, "pages/token_shown.html", {"secret": secret, "last_day": day})


def _end(request: HttpRequest, back: str) -> HttpResponse:
    """End those ticked."""
    given = request.POST.getlist("token")
    if not given or not all(_HANDLE.fullmatch(text) for text in given):
        raise Refused("nothing_chosen", "请先勾选。", "Tick something first.")
    count = writes.end_tokens(given, by=reader_of(request).policy, now=clock.now())
    said = ngettext("%(n)d token ended.", "%(n)d tokens ended.", count)
    messages.success(request, said % {"n": count})
    return redirect(back)


# A username and a number.
_HANDLE = re.compile(r"[^\x00]{1,150}\.[0-9]{1,9}")


def _own(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    reader, now = reader_of(request), clock.now()
    usual = timezone.localtime(now).date() + timedelta(days=USUAL_DAYS)
    posted = request.POST
    controls = [
        Control("title", "title", _("What it is for"), "text", required=True,
                value=posted.get("title", ""), error=errors.get("title", ""),
                help=_("Such as: the township's summary program.")),
        Control("last_day", "last_day", _("Last day"), "date", required=True,
                value=posted.get("last_day", usual.isoformat()), error=errors.get("last_day", ""),
                help=_("At most a year from today.")),
        Control("password", "password", _("Your password"), "password", required=True,
                error=errors.get("password", "")),
    ]  # fmt: skip
    ticked = set(posted.getlist("scope"))
    context = {
        "lines": _lines(queries.own_tokens(reader.policy, now=now), reader.handbook),
        "controls": controls,
        "choices": [
            {"value": one, "title": _title(one, reader.handbook), "ticked": one in ticked}
            for one in _allowed(reader)
        ],
        "scope_error": errors.get("scope", ""),
        "problem": errors.get("", ""),
    }
    return render(request, "pages/tokens.html", context, status=422 if errors else 200)


def _allowed(reader: Reader) -> tuple[str, ...]:
    """The scope that a token of the reader may have: what his posts of today read and record."""
    pages = dict(zip(writes.READS, (OWES, COUNTS), strict=True))
    reads = [name for name in writes.READS if reader.pages & set(pages[name])]
    return writes.scope_of(reads, recordable(reader))


def _lines(found: Sequence[queries.Token], handbook: Handbook) -> list[dict[str, object]]:
    return [
        {
            "token": one,
            "scope": pgettext("list", ", ").join(_title(name, handbook) for name in one.scope),
            "state": _STATES[one.state](),
            "open": one.state == "open",
            "endable": one.ended_at is None,
        }
        for one in found
    ]


_STATES = {
    "open": lambda: pgettext("token", "open"),
    "ended": lambda: pgettext("token", "ended"),
    "over": lambda: pgettext("token", "past its last day"),
    "void": lambda: pgettext("token", "void: the password or the account has changed"),
}


def _title(name: str, handbook: Handbook) -> str:
    """A part of a scope in words."""
    if name == f"{writes.READ}obligations":
        return _("read one's own obligations")
    if name == f"{writes.READ}figures":
        return _("read the figures")
    kind = handbook.kind(name.removeprefix(writes.RECORD))
    return _("record: %(kind)s") % {"kind": say(kind.title) if kind else name}
