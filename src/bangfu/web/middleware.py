"""What holds for every request: closed by default, nothing cached, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import reverse

from bangfu.core.text import Refused
from bangfu.records import presence
from bangfu.records.access import NOBODY
from bangfu.records.guard import Closed, guarded
from bangfu.records.ledger import one_look
from bangfu.web import answers
from bangfu.web.audience import declared
from bangfu.web.away import UNAVAILABLE, away
from bangfu.web.reader import reader_of
from bangfu.web.words import language

Answer = Callable[[HttpRequest], HttpResponseBase]
CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip
# The programme asks for none of these; the browser is told so that nothing can.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Headers:
    """Puts the same headers on every answer: nothing is kept by caches or loaded from afar."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Present:
    """Answers 503 while the database's file is not in its place, before anything asks it.

    After any 503 the connection is given up, so that what was wrong with it goes too.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        if not presence.present():
            return away(request)
        response = self.get_response(request)
        if response.status_code == UNAVAILABLE:
            presence.give_up()
        return response


class Whole:
    """Refuses an upload that was cut off: of a form, what is left may look like a shorter one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        said = request.META.get("CONTENT_LENGTH") or "0"
        length = int(said) if said.isascii() and said.isdigit() else 0
        # Longer ones are no forms: they are declined below, or read piece by piece.
        if length and length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            try:
                whole = len(request.body) == length
            except UnreadablePostError:
                whole = False
            if not whole:
                return answers.failure(
                    Refused(
                        "cut_off",
                        "内容没有传完，没有保存，请再发一次。",
                        "The upload was cut off. Nothing was stored; please send it again.",
                    ),
                    400,
                )
        return self.get_response(request)


class Guarded:
    """Serves every request behind the records' second wall: the database shows its reader only.

    An answer that is made while it is sent would be made after the wall came down: refused.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        with one_look():
            policy = reader_of(request).policy if request.user.is_authenticated else NOBODY
            with guarded(policy):
                response = self.get_response(request)
        if response.streaming:
            response.close()
            raise Closed("an answer must be whole before the request's wall comes down")
        return response


class DenyByDefault:
    """Lets a request through only to a view whose declared audience admits the reader.

    Nobody signed in: to the sign-in page, or 401 for a script. A view without an audience is
    refused for everybody.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """None to go on, else the answer that refuses."""
        who = declared(view)
        if who is not None and not who.signed_in:
            return None
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if who is None or not who.admits(reader_of(request).pages):
            if answers.asked_by_api(request):
                return answers.not_yours()
            return render(request, "403.html", status=403)
        return None


class Refusals:
    """Turns what records and engine decline into a page.

    A database that is away is answered by `views.pages.broken`, since it fails in the layers
    above this one as well.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says what was declined, or None for what is a fault of ours."""
        if isinstance(exception, Refused):
            if answers.asked_by_api(request):
                return answers.failure(exception, 400)
            reason = exception.say(language())
            return render(request, "400.html", {"reason": reason}, status=400)
        if presence.is_away(exception):
            return away(request)
        return None


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where a person signs in and comes back from; a program is told."""
    if answers.asked_by_api(request):
        return answers.nobody()
    back = request.get_full_path() if request.method == "GET" else ""
    address = reverse(settings.LOGIN_URL) + (f"?{urlencode({'next': back})}" if back else "")
    if "X-Draft" in request.headers:
        return HttpResponse(status=401)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseSeeOther(address)


class HttpResponseSeeOther(HttpResponseRedirectBase):
    """303: look there next, with GET, whatever this request was."""

    status_code = 303
