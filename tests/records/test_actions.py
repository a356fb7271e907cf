"""What comes into the ledger, and what does not."""

from __future__ import annotations

from bangfu.records import actions
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, uid


def test_a_helper_records_a_visit_to_her_household(cast: Cast) -> None:
    [fact] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    assert fact.subject == uid("household")
    assert fact.values == {"mode": "door", "minutes": 30}
    assert fact.standing
    assert fact.sequence == Fact.objects.count()
