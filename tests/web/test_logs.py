"""A line of the log says what ran and how it ended, and nothing that came with it."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from bangfu.core.text import Refused
from bangfu.web import away
from bangfu.web.logged import HEADER, Logged
from bangfu.web.logs import Lines

PHONE = "13987650001"


def line(logger: str, message: str, *arguments: object, fault: BaseException | None = None) -> str:
    info = (type(fault), fault, fault.__traceback__) if fault else None
    record = logging.LogRecord(logger, logging.ERROR, __file__, 1, message, arguments, info)
    return Lines().format(record)


def raised() -> BaseException:
    try:
        try:
            int(PHONE + "x")
        except ValueError as first:
            raise Refused("no_phone", PHONE, PHONE) from first
    except Refused as found:
        return found
    raise AssertionError


@pytest.mark.parametrize(
    "text",
    [
        line("django.request", "Not Found: %s", f"/{PHONE}"),
        line("django.security.DisallowedHost", f"Invalid HTTP_HOST header: '{PHONE}'."),
        line("django.request", "Internal Server Error: %s", "/x", fault=raised()),
        line("asyncio", f"something about {PHONE}"),
    ],
    ids=["path", "host", "fault", "another's"],
)
def test_no_message_brings_what_was_typed(text: str) -> None:
    assert PHONE not in text
    assert json.loads(text)["level"] == "error"


def test_a_fault_is_named_by_its_class_and_place() -> None:
    faults = json.loads(line("django.request", "Internal Server Error: %s", "/", fault=raised()))[
        "fault"
    ]
    assert [fault["class"] for fault in faults] == [
        "bangfu.core.text.Refused",
        "builtins.ValueError",
    ]
    assert faults[0]["code"] == "no_phone"
    assert faults[0]["where"][-1].endswith(" raised")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "kept"), [("a" * 32, True), (PHONE, False), ("A" * 32, False), ("", False)]
)
def test_the_proxys_number_is_taken_if_it_is_one(sent: str, kept: bool) -> None:
    answer = Client().get("/letters", headers={HEADER: sent})
    assert (answer.headers[HEADER] == sent) is kept
    assert len(answer.headers[HEADER]) == 32


def test_a_method_that_nobody_knows_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    request = HttpRequest()
    request.method = PHONE
    with caplog.at_level(logging.INFO, "bangfu.request"):
        Logged(lambda _request: HttpResponse())(request)
    assert PHONE not in Lines().format(caplog.records[-1])
    assert json.loads(Lines().format(caplog.records[-1]))["status"] == 200


def test_away_is_a_warning_and_a_fault_an_error(caplog: pytest.LogCaptureFixture) -> None:
    for status in (away.UNAVAILABLE, 500):
        Logged(lambda _request, status=status: HttpResponse(status=status))(HttpRequest())  # type: ignore[misc]
    assert [record.levelname for record in caplog.records[-2:]] == ["WARNING", "ERROR"]
