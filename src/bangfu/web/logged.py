"""Each request has a number, which its answer and all its lines of the log carry."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from bangfu.web.logs import OURS, number_of_request
from bangfu.web.reader import known_reader

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[0-9a-f]{32}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_FAULT, _AWAY = 500, 503
_logger = logging.getLogger(f"{OURS}.request")

Answer = Callable[[HttpRequest], HttpResponseBase]


class Logged:
    """Gives each request a number, the proxy's if it sent one, and writes a line at its end."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with the request's number."""
        given = request.headers.get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        token, begun = number_of_request.set(number), time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers[HEADER] = number
            _logger.log(
                _level(response.status_code),
                "request",
                extra={"seen": _seen(request, response, time.perf_counter() - begun)},
            )
            return response
        finally:
            number_of_request.reset(token)


def _seen(request: HttpRequest, response: HttpResponseBase, took: float) -> dict[str, object]:
    match, reader = request.resolver_match, known_reader(request)
    return {
        "method": request.method if request.method in _METHODS else "",
        "route": match.route if match else "",
        "status": response.status_code,
        "ms": round(took * 1000, 1),
        "person": reader.policy.person_uid if reader else "",
    }


def _level(status: int) -> int:
    if status < _FAULT:
        return logging.INFO
    return logging.WARNING if status == _AWAY else logging.ERROR
