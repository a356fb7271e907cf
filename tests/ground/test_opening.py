"""The same as tests/demo/test_opening.py for every post, with far more pages and facts."""

from __future__ import annotations

from tests.demo.opening import opened
from tests.demo.test_opening import county, folder

__all__ = ["county", "folder"]

# A member of a village's group owes nothing by any rule; who looks after accounts may owe
# something by another post.
NO_NUMBERS = {"system_admin", "security_admin", "group_member"}


def test_every_counted_fact_opens_on_its_page(county: list[str]) -> None:
    found = {username: opened(username, pages=60, facts=1500) for username in county}
    assert len(found) == 17
    assert {who for who, (numbers, facts, _) in found.items() if not (numbers and facts)} <= (
        NO_NUMBERS
    )
