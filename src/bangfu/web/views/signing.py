"""Signing in, with a second factor for offices, and out; language and size of letters."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bangfu.records import accounts, second_factor, tries
from bangfu.web import clock, sessions
from bangfu.web.audience import ANYONE, SIGNED_IN, audience
from bangfu.web.context import LARGE, sections
from bangfu.web.reader import reader_of

YEAR = 365 * 24 * 3600
HALF = "half_signed_in"
HALF_SECONDS = 300


@audience(ANYONE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page (登录)."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method != "POST":
        return render(request, "pages/sign_in.html", {"next": request.GET.get("next", "")})
    username = request.POST.get("username", "").strip()
    now = clock.now()
    counters = (tries.of_account(username), _address(request))
    seconds = tries.begin(counters, now=now)
    if seconds:
        return _again(request, username, _wait(seconds), 429)
    account = authenticate(request, username=username, password=request.POST.get("password", ""))
    if account is None:
        accounts.shut_out(username, now=now)
        return _again(request, username, _("User name or password is not right."), 401)
    tries.right(counters)
    own, back = request.POST.get("own") == "1", _back(request)
    if sessions.needs_second(account) and second_factor.enrolled(account):
        at = int(now.timestamp())
        request.session[HALF] = {"account": account.pk, "own": own, "next": back, "at": at}
        return redirect("code")
    sessions.begin(request, account, own=own, second=False)
    return _language_cookie(redirect(back), _preferred(request))


@audience(ANYONE)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step for offices: the code of the app, or one of the recovery codes."""
    half, now = request.session.get(HALF) or {}, clock.now()
    account = get_user_model().objects.filter(pk=half.get("account") or 0, is_active=True).first()
    if account is None or now.timestamp() - half["at"] > HALF_SECONDS:
        request.session.pop(HALF, None)
        return redirect("sign-in")
    problem, status = "", 200
    if request.method == "POST":
        counters = (tries.of_code(account.get_username()), _address(request))
        seconds = tries.begin(counters, now=now)
        if seconds:
            problem, status = _wait(seconds), 429
        elif second_factor.right(account, request.POST.get("code", ""), now=now):
            tries.right(counters)
            request.session.pop(HALF)
            sessions.begin(request, account, own=half["own"], second=True)
            return _language_cookie(redirect(half["next"]), _preferred(request))
        else:
            problem, status = _("This code is not right, or it was used already."), 401
    return render(request, "pages/code.html", {"problem": problem}, status=status)


def _again(request: HttpRequest, username: str, problem: str, status: int) -> HttpResponse:
    context = {
        "username": username,
        "problem": problem,
        "next": request.POST.get("next", ""),
        "own": request.POST.get("own") == "1",
    }
    return render(request, "pages/sign_in.html", context, status=status)


def _wait(seconds: int) -> str:
    said = ngettext(
        "Too many wrong tries. Please wait %(seconds)d second.",
        "Too many wrong tries. Please wait %(seconds)d seconds.",
        seconds,
    )
    return said % {"seconds": seconds}


def _address(request: HttpRequest) -> tries.Counter:
    return tries.of_address(request.META.get("REMOTE_ADDR", ""))


@audience(ANYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (退出); the page's script has emptied this device's drafts before."""
    logout(request)
    response = redirect("sign-in")
    # Pages that the browser kept go too.
    response["Clear-Site-Data"] = '"cache"'
    return response


@audience(ANYONE)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose Chinese or English, for this browser."""
    chosen = request.POST.get("language", "")
    response = redirect(_back(request))
    return _language_cookie(response, chosen if chosen in dict(settings.LANGUAGES) else "")


@audience(ANYONE)
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Larger letters (大字) on or off, for this browser."""
    response = redirect(_back(request))
    large = request.POST.get("large") == "1"
    response.set_cookie(LARGE, "1" if large else "0", max_age=YEAR, samesite="Lax", httponly=True)
    return response


@audience(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of the reader's posts; who holds none is told so."""
    pages = sections(reader_of(request).pages)
    if pages:
        return redirect(pages[0][0])
    return render(request, "pages/no_post.html")


def _preferred(request: HttpRequest) -> str:
    """The language to sign in with: what this browser chose, else what the account says."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return ""
    preferred = reader_of(request).policy.language
    return "en" if preferred == "en" else ""


def _language_cookie(response: HttpResponse, chosen: str) -> HttpResponse:
    if chosen:
        activate(chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", httponly=True
        )
    return response


def _back(request: HttpRequest) -> str:
    """Where the person was, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours and wanted else reverse("home")
