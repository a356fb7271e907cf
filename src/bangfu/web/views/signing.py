"""Signing in and out, language and size of letters."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bangfu.web import clock, throttle
from bangfu.web.audience import ANYONE, SIGNED_IN, audience
from bangfu.web.context import LARGE, sections
from bangfu.web.reader import reader_of

YEAR = 365 * 24 * 3600


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
    problem, status = _try(request, username, request.POST.get("password", ""))
    if problem:
        context = {"username": username, "problem": problem, "next": request.POST.get("next", "")}
        return render(request, "pages/sign_in.html", context, status=status)
    return _language_cookie(redirect(_back(request)), _preferred(request))


def _try(request: HttpRequest, username: str, password: str) -> tuple[str, int]:
    """Sign in; what is wrong and the status, or nothing."""
    address, now = request.META.get("REMOTE_ADDR", ""), clock.now()
    seconds = throttle.wait(username, address, now=now)
    if seconds:
        said = ngettext(
            "Too many wrong tries. Please wait %(seconds)d second.",
            "Too many wrong tries. Please wait %(seconds)d seconds.",
            seconds,
        )
        return said % {"seconds": seconds}, 429
    account = authenticate(request, username=username, password=password)
    if account is None:
        throttle.wrong(username, address, now=now)
        return _("User name or password is not right."), 401
    throttle.right(username, address)
    login(request, account)
    return "", 200


@audience(ANYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (退出); the page's script has emptied this device's drafts before."""
    logout(request)
    response = redirect("sign-in")
    # What is left of this person on the device goes, drafts' store included.
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
