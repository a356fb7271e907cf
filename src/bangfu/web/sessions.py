"""How long a sign-in lasts, and what must be done before a page opens: password, second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bangfu.records import accounts, queries, second_factor
from bangfu.records.access import policy_for
from bangfu.web import answers, clock
from bangfu.web.reader import forget_reader, reader_of, token_of

OWN, SEEN, SECOND = "own_phone", "seen", "second_factor"
# What one may open before the password is one's own and the second factor is set up.
ALWAYS = {"account", "second-factor", "sign-out", "language", "letters", "about", "home"}
# The time of the last request is written down at most once in so many seconds.
COARSE = 60


def second_factor_on() -> bool:
    """Whether offices are asked for a code: as set, else only in a county that is not invented."""
    if settings.BANGFU_SECOND_FACTOR:
        return bool(settings.BANGFU_SECOND_FACTOR == "offices")
    founded = queries.founded()
    return not (founded and founded["options"])


def needs_second(account: object) -> bool:
    """Whether this account's posts of today ask for the second factor; never a helper's."""
    if not second_factor_on():
        return False
    policy = policy_for(account, as_of=queries.today())  # type: ignore[arg-type]
    return queries.office_held(policy)


def begin(request: HttpRequest, account: object, *, own: bool, second: bool) -> None:
    """Sign in: for ninety days on one's own phone, else until the browser closes or is idle."""
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    now = clock.now()
    request.session[OWN], request.session[SECOND] = own, second
    request.session[SEEN] = int(now.timestamp())
    days = timedelta(days=settings.BANGFU_OWN_PHONE_DAYS)
    request.session.set_expiry(days if own else 0)
    accounts.signed_in(account, now=now)  # type: ignore[arg-type]
    forget_reader(request)


class SignedIn:
    """Ends what has lasted too long, and leads to what must be done first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """None to go on; else where to go first."""
        if not request.user.is_authenticated or token_of(request):
            return None
        office = queries.office_held(reader_of(request).policy)
        own = bool(request.session.get(OWN)) and not office
        if not own and _idle(request):
            logout(request)
            forget_reader(request)
            messages.info(request, _("You were signed out because nothing was done for a while."))
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in ALWAYS:
            return None
        by_api = answers.asked_by_api(request)
        if getattr(request.user, "must_change", False):
            return answers.first_sign_in() if by_api else redirect("account")
        if office and second_factor_on() and not request.session.get(SECOND):
            if second_factor.enrolled(request.user):
                logout(request)
                forget_reader(request)
                return None
            return answers.first_sign_in() if by_api else redirect("second-factor")
        return None


def _idle(request: HttpRequest) -> bool:
    """Whether nothing was asked for too long; else notes that something is asked now."""
    now = int(clock.now().timestamp())
    seen = request.session.get(SEEN)
    if isinstance(seen, int) and now - seen > settings.BANGFU_IDLE_MINUTES * 60:
        return True
    # A clock that ran ahead and was set right must not keep a session open for as long.
    if not isinstance(seen, int) or now - seen >= COARSE or seen > now + COARSE:
        request.session[SEEN] = now
    return False
