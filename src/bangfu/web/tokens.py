"""Requests of programs that bring a token (Authorization: Bearer …) instead of a sign-in."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from bangfu.core.text import Refused
from bangfu.records import queries, second_factor, tokens, tries
from bangfu.web import answers, clock
from bangfu.web.reader import keep_token, reader_of, token_of
from bangfu.web.sessions import second_factor_on

SCHEME = "bearer"
_log = logging.getLogger(__name__)


class ByToken:
    """Lets the API know who asks by his token; no page takes one.

    Who brings one is judged by it alone: a sign-in that the same browser has does not count. Only
    wrong tokens are counted, and make whoever sends them wait; a right one need not, since nobody
    comes upon 256 random bits by trying.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of what lies below, or the one that refuses the token."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if answers.asked_by_api(request) and scheme.lower() == SCHEME:
            try:
                granted = tokens.accept(secret.strip(), now=clock.now())
            except tokens.NoToken as refused:
                return _refused(request, refused)
            keep_token(request, granted)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """None to go on: with a post of today and, where it asks for a second step, that set up."""
        if token_of(request) is None:
            return None
        reader = reader_of(request)
        if not reader.pages:
            return answers.not_yours()
        office = queries.office_held(reader.policy)
        if office and second_factor_on() and not second_factor.enrolled(request.user):  # type: ignore[arg-type]
            return answers.first_sign_in()
        return None


def out_of_scope(place: str = "") -> Refused:
    """What the token was not made for."""
    return Refused(
        "out_of_scope", "这个令牌不包括这件事。", "This token was not made for this.", place=place
    )


def _refused(request: HttpRequest, refused: tokens.NoToken) -> HttpResponse:
    """401, or 429 with how long to wait; a token that once was one is no guess."""
    wait = 0
    if not refused.known:
        wait = tries.begin((tries.of_token(request.META.get("REMOTE_ADDR", "")),), now=clock.now())
    _log.warning("a token was refused: %s", "too many tries" if wait else refused.code)
    if wait:
        return answers.too_many(wait)
    return answers.refused_token(refused)
