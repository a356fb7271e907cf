"""Every check of the county is shown at work by the examples in its own file."""

from __future__ import annotations

from functools import cache

import pytest

from bangfu.core.rules import Handbook
from bangfu.handbook import county_folder, lint, load
from tests.checked import found_by

# The province's monthly list has 76; some of the rules that cadres know beyond it are the same.
LEAST = 110


@cache
def xiangcheng() -> Handbook:
    return load(county_folder("xiangcheng"))


@pytest.mark.parametrize("name", sorted(xiangcheng().checks))
def test_a_check_finds_what_its_examples_say_and_no_more(name: str) -> None:
    check = xiangcheng().checks[name]
    for case in check.cases:
        assert found_by(xiangcheng(), check, case) == case.finds, f"{name} on {case.day}"


def test_every_check_has_an_example_that_fires_and_one_that_does_not() -> None:
    for check in xiangcheng().checks.values():
        finds = [bool(case.finds) for case in check.cases]
        assert True in finds, check.id
        assert False in finds, check.id


def test_there_are_as_many_as_the_province_asks_and_more() -> None:
    assert len(xiangcheng().checks) >= LEAST


def test_lint_finds_none_that_says_nothing() -> None:
    codes = {finding.code for finding in lint(xiangcheng())}
    assert not codes & {"check_never", "check_always", "check_unshown", "check_unlimited"}
