"""Whatever a number on a page counts opens for whoever sees the page; the rest is not there."""

from __future__ import annotations

import pytest

from bangfu.demo import making
from bangfu.demo.scale import Options
from bangfu.records import queries
from bangfu.records.models import Account
from tests.demo.opening import opened
from tests.web.conftest import folder

__all__ = ["folder"]


@pytest.fixture
def county(db: None, folder: object) -> list[str]:
    """The small county of the demo; the posts that have an account."""
    making.make(Options(small=True), progress=lambda number, day: None, place="")
    return sorted(Account.objects.values_list("username", flat=True))


def test_every_counted_fact_opens_and_those_elsewhere_are_not_there(county: list[str]) -> None:
    """Some posts and pages; tests/ground/test_opening.py has them all."""
    assert set(county) == {
        role.id for role in queries.handbook().roles.values() if role.page != "none"
    }, "one account for each post with pages"
    some = ("helper", "first_secretary", "township_officer", "supervisor")
    found = {username: opened(username, pages=8, facts=4) for username in some}
    assert all(numbers and facts for numbers, facts, _ in found.values())
    for who in ("helper", "first_secretary", "township_officer"):
        assert found[who][2], "there are facts that this post does not see"
