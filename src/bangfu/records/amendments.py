"""What was corrected and withdrawn (更正、作废), for those who audit."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from bangfu.core.facts import VOID
from bangfu.core.facts import Fact as CoreFact
from bangfu.records import ledger, reading
from bangfu.records.access import Policy
from bangfu.records.models import Fact


def amendments(
    policy: Policy,
    *,
    between: tuple[datetime, datetime] | None = None,
    kind: str = "",
    start: int = 0,
    most: int = 50,
) -> tuple[list[tuple[CoreFact, CoreFact | None]], int]:
    """Corrections and withdrawals from the `start`th on, the newest first, each with the fact
    that it amends; and how many there are. For auditors; nobody else gets any.

    `between` limits when they were entered, first moment in, last out; `kind` is that of what
    was amended.
    """
    if not policy.auditor:
        return [], 0
    rows = Fact.objects.exclude(amends=None)
    if between is not None:
        first, last = map(ledger.moment_text, between)
        rows = rows.filter(recorded_at__gte=first, recorded_at__lt=last)
    if kind:
        rows = rows.filter(Q(kind=kind) | Q(kind=VOID, amends__kind=kind))
    page = list(
        rows.order_by("-sequence").values_list("sequence", "amends__sequence")[start : start + most]
    )
    found = reading.by_sequence(policy, [number for pair in page for number in pair if number])
    facts = {fact.sequence: fact for fact in found}
    lines = [(facts[later], facts.get(earlier or 0)) for later, earlier in page if later in facts]
    return lines, rows.count()
