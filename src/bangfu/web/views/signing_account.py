"""One's own account: the password, and the second factor of offices."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bangfu.core.text import Refused
from bangfu.records import accounts, queries, second_factor, tries
from bangfu.records.access import Policy
from bangfu.web import clock
from bangfu.web.audience import PAGES, SIGNED_IN, audience
from bangfu.web.entry import Control
from bangfu.web.reader import reader_of
from bangfu.web.sessions import SECOND, second_factor_on
from bangfu.web.words import language


@audience(SIGNED_IN)
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """My account (我的账号): another password, and how the second factor stands."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _change(request)
        if not errors:
            messages.success(request, _("The password is changed."))
            return redirect("home")
    user = request.user
    policy = reader_of(request).policy
    context = {
        "username": user.get_username(),
        "must_change": getattr(user, "must_change", False),
        "controls": [
            Control("old", "old", _("Password until now"), "password", required=True,
                    error=errors.get("old", "")),
            Control("new", "new", _("New password"), "password", required=True,
                    error=errors.get("new", ""), help=_("At least ten characters.")),
            Control("again", "again", _("New password once more"), "password", required=True,
                    error=errors.get("again", "")),
        ],
        "wrong": errors.get("", ""),
        "asks_second": _asked(policy),
        "makes_tokens": bool(reader_of(request).pages & set(PAGES)),
        "enrolled": second_factor.enrolled(user),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "pages/account.html", context, status=422 if errors else 200)


def _change(request: HttpRequest) -> dict[str, str]:
    """Change the password; what is wrong, by the input it belongs to."""
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return {"again": _("These two are not the same.")}
    counters = (tries.of_account(request.user.get_username()),)
    now = clock.now()
    if tries.begin(counters, now=now):
        return {"": _("Too many wrong tries. Please wait a little.")}
    user = request.user
    try:
        accounts.change_password(user, old=request.POST.get("old", ""), new=new, now=now)  # type: ignore[arg-type]
    except Refused as refused:
        if refused.code != "wrong_password":
            tries.right(counters)
        return {refused.place: refused.say(language())}
    tries.right(counters)
    update_session_auth_hash(request, user)  # type: ignore[arg-type]
    return {}


@audience(SIGNED_IN)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: scan, type one code, keep the recovery codes."""
    user = request.user
    if not _asked(reader_of(request).policy) or getattr(user, "must_change", False):
        raise Http404
    if second_factor.enrolled(user):  # type: ignore[arg-type]
        return redirect("account")
    error = ""
    if request.method == "POST":
        found = second_factor.confirm(user, request.POST.get("code", ""), now=clock.now())  # type: ignore[arg-type]
        if found:
            request.session[SECOND] = True
            return render(request, "pages/recovery_codes.html", {"codes": found})
        error = _("This code is not right. Is the clock of the phone right?")
    secret = second_factor.begin(user)  # type: ignore[arg-type]
    drawn = segno.make(second_factor.address(user, secret), error="m")  # type: ignore[arg-type]
    context = {
        # Only squares that we draw ourselves: nothing that anybody typed stands in this SVG.
        "drawn": mark_safe(drawn.svg_inline(scale=5, border=2, svgclass="qr", lineclass=None)),  # noqa: S308
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "code": Control("code", "code", _("Code that the app shows"), "code", required=True,
                        error=error),
    }  # fmt: skip
    return render(request, "pages/second_factor.html", context, status=422 if error else 200)


def _asked(policy: Policy) -> bool:
    """Whether this reader's posts ask for a second factor."""
    return second_factor_on() and queries.office_held(policy)
