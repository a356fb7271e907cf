"""The long run of tests/web/test_naughty.py: all of the strings through all of the fields."""

from __future__ import annotations

import pytest

from tests.web import naughty
from tests.web.test_naughty import (
    test_every_text_field_of_every_kind,
    test_forms_that_are_refused,
    test_no_line_of_the_log_becomes_two,
    test_searches_and_parameters,
    test_tables_that_are_handed_out,
    test_the_api_reads_back_what_was_sent,
    test_the_registry_and_its_tables,
)

__all__ = [
    "test_every_text_field_of_every_kind",
    "test_forms_that_are_refused",
    "test_no_line_of_the_log_becomes_two",
    "test_searches_and_parameters",
    "test_tables_that_are_handed_out",
    "test_the_api_reads_back_what_was_sent",
    "test_the_registry_and_its_tables",
]


@pytest.fixture
def texts() -> list[str]:
    """All of them."""
    return naughty.strings(few=False)
