"""Strings that have broken programs before come out of every field, box and file inactive."""

from __future__ import annotations

import logging

import pytest

from tests.cast import Cast
from tests.web import naughty
from tests.web.conftest import SignIn


@pytest.fixture
def texts() -> list[str]:
    """The few that tell the most, whole by `make ground`."""
    return naughty.strings(few=True)


def test_every_text_field_of_every_kind(cast: Cast, browser: SignIn, texts: list[str]) -> None:
    seen = naughty.through_facts(cast, browser("registrar"), texts)
    assert len(seen) == len(naughty.kinds_with_text())
    assert min(seen.values()) > len(texts) / 2


def test_the_registry_and_its_tables(browser: SignIn, texts: list[str]) -> None:
    assert naughty.through_registry(browser("registrar"), texts) > len(texts)


def test_tables_that_are_handed_out(cast: Cast, texts: list[str]) -> None:
    naughty.through_tables(cast, texts)


def test_searches_and_parameters(browser: SignIn, texts: list[str]) -> None:
    naughty.through_searches(browser("registrar"), texts)


def test_forms_that_are_refused(browser: SignIn, texts: list[str]) -> None:
    naughty.through_forms(browser("officer"), texts)


def test_the_api_reads_back_what_was_sent(cast: Cast, browser: SignIn, texts: list[str]) -> None:
    naughty.through_api(cast, browser("helper"), texts)


def test_no_line_of_the_log_becomes_two(
    browser: SignIn, texts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        naughty.through_addresses(browser("helper"), texts)
    assert caplog.records
    for record in caplog.records:
        assert record.getMessage().isprintable(), record.getMessage()


def test_a_page_that_let_markup_through_would_be_noticed() -> None:
    plain = naughty.shape("<p>好</p>").keys()
    for text in (
        "<script>alert(1)</script>",
        "<b onclick=x>",
        "<!-- x -->",
        "<a href='javascript:x'>",
    ):
        assert naughty.shape(f"<p>{text}</p>") - plain
    with pytest.raises(AssertionError):
        naughty.check_table("a,=1+1\r\n")
