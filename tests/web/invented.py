"""Requests invented from the API's own description, and the answers held to it."""

from __future__ import annotations

import warnings
from typing import Any, cast

import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as pace
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.cast import uid

load_all_checks()
# The others ask for more than is promised: a day may be well written and yet not be one to ask for.
HELD = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_schema_conformance",
    )
]  # fmt: skip
KNOWN = (uid("household"), uid("second household"), uid("west household"))


def hold(client: Client, *, cases: int, token: str = "") -> dict[int, int]:
    """Send so many invented requests, sound and unsound, to each operation; how often each status.

    With a sign-in's cookies, or with a `token` and none. Raises where an answer is a fault, or not
    what the description says.
    """
    mark = "a" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = {"Authorization": f"Bearer {token}"} if token else {"X-CSRFToken": mark}
    application = get_wsgi_application()

    def signed_in(environ: dict[str, Any], start: Any) -> Any:
        environ["HTTP_COOKIE"] = "" if token else f"{cookies}; csrftoken={mark}"
        if token:
            environ["HTTP_AUTHORIZATION"] = headers["Authorization"]
        return application(environ, start)

    # As Django's own client does: the test's transaction is this connection's.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        return _hold(signed_in, headers, cases)
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def _hold(signed_in: Any, headers: dict[str, str], cases: int) -> dict[int, int]:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", signed_in)
    seen: dict[int, int] = {}
    for found in schema.get_all_operations():
        operation = cast(Any, found).ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _send(operation, mode, headers, cases // 2, seen)
    return seen


def _send(
    operation: Any, mode: GenerationMode, headers: dict[str, str], cases: int, seen: dict[int, int]
) -> None:
    @pace(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=cases < 1000,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        _aim(case.body)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=HELD)
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each()


def _aim(body: object) -> None:
    """Let half of the well-shaped facts be visits to households that are there."""
    facts = body.get("facts") if isinstance(body, dict) else None
    for number, fact in enumerate(facts if isinstance(facts, list) else ()):
        if number % 2 == 0 and isinstance(fact, dict) and "subject" in fact:
            fact["subject"], fact["kind"] = KNOWN[number // 2 % len(KNOWN)], "household_visit"
            fact.setdefault("values", {})
            if isinstance(fact["values"], dict):
                fact["values"]["mode"] = "door"
            fact.pop("performed_by", None)
