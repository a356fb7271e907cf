"""What some facts changed: the doubts that came and went with them, and the leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bangfu.core.results import Doubt, Screening
from bangfu.engine.cache import Cache
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.models import Fact
from bangfu.records.screening import doubts_about, screening, touched_by

FEW = 400  # households and persons up to which they are asked about one by one
_kept = Cache(64)


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of the facts of one import (名单带来的变化), about those that they touch.

    Doubts `opened`, `closed`, and all that `stand` now, those opened among them; leads that are
    `proposed` since, and those that are `settled`. Exempted doubts are not told.
    """

    opened: tuple[Doubt, ...] = ()
    closed: tuple[Doubt, ...] = ()
    stand: tuple[Doubt, ...] = ()
    proposed: tuple[Doubt, ...] = ()
    settled: tuple[Doubt, ...] = ()


def effect_of(policy: Policy, span: tuple[int, int], *, as_of: date) -> Effect:
    """What the facts after the first sequence, up to the second, changed for the reader.

    Both sides speak of `as_of`; the one before knows nothing of them. Nothing is stored, and
    nothing that was recorded later makes another answer.
    """
    first, last = span
    if last <= first:
        return Effect()
    with guard.lifted(policy):
        head = Fact.objects.values_list("hash", flat=True).get(sequence=last)
    key = (f"{handbook().digest} {id(handbook())}", policy.scope, as_of, span, head)
    return _kept.get(key, lambda: _compared(policy, first, last, as_of))


def _compared(policy: Policy, first: int, last: int, day: date) -> Effect:
    with guard.lifted(policy):
        rows = Fact.objects.filter(sequence__gt=first, sequence__lte=last)
        subjects = set(rows.values_list("subject", flat=True))
    touched = touched_by(policy, subjects, day, first) | touched_by(policy, subjects, day, last)
    before = _screened(policy, touched, day, first)
    after = _screened(policy, touched, day, last)
    had, have = _by_what(before.doubts), _by_what(after.doubts)
    led, lead = _by_what(before.leads), _by_what(after.leads)
    return Effect(
        opened=tuple(one for what, one in have.items() if what not in had),
        closed=tuple(one for what, one in had.items() if what not in have),
        stand=tuple(have.values()),
        proposed=tuple(one for what, one in lead.items() if what not in led),
        settled=tuple(one for what, one in led.items() if what not in lead),
    )


def _screened(policy: Policy, touched: frozenset[int], day: date, known_at: int) -> Screening:
    """What the checks found about these, as the ledger stood at that sequence."""
    if len(touched) <= FEW:
        return doubts_about(policy, touched, as_of=day, known_at=known_at)
    whole = screening(policy, as_of=day, known_at=known_at)
    return replace(
        whole,
        doubts=tuple(one for one in whole.doubts if one.subject in touched),
        leads=tuple(one for one in whole.leads if one.subject in touched),
    )


def _by_what(found: Iterable[Doubt]) -> dict[tuple[str, int], Doubt]:
    return {(one.check, one.subject): one for one in found if not one.exempt}


def forget() -> None:
    """Let go of what was worked out, as after an erasure."""
    _kept.clear()
