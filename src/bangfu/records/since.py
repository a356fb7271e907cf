"""What was written last, and whom it concerns: a result stays true until something concerns it.

A process keeps the last lines of the ledger as sets of the numbers that they name. Of a reader of
few subjects the results are not thrown away because somebody recorded something elsewhere. What
changes the registry, amends a fact or is public concerns everybody.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import NamedTuple

from bangfu.records import guard, ledger
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import Head
from bangfu.records.models import PARTICIPANTS_A_FACT, Fact, Participant
from bangfu.records.visible import EVERYBODY, needs

# Whoever has not asked for longer than so many facts reads everything again.
LONGEST = 2000
MOST_KEPT = 2048
REGISTRY = "registry."


class _Line(NamedTuple):
    """A fact: its hash, the subjects and persons in it, and whether it concerns everybody."""

    hash: str
    numbers: frozenset[int]
    wide: bool


class _Tail:
    """The last facts, those after `begin` up to `end`."""

    def __init__(self, head: Head) -> None:
        self.begin = self.end = head
        self.lines: OrderedDict[int, _Line] = OrderedDict()

    def hash_at(self, sequence: int) -> str | None:
        """The hash of a fact of the tail, or of the one that it begins after."""
        if sequence == self.begin.sequence:
            return self.begin.hash
        line = self.lines.get(sequence)
        return line.hash if line else None

    def extend(self, now: Head) -> bool:
        """Read on up to `now`; False where that is another chain, or far ahead."""
        if not 0 < now.sequence - self.end.sequence <= LONGEST:
            return now == self.end
        read = _read(self.end.sequence, now.sequence)
        before = read.pop(self.end.sequence, None)
        if (before.hash if before else self.end.hash) != self.end.hash:
            return False
        if now.sequence not in read or read[now.sequence].hash != now.hash:
            return False
        self.lines.update(read)
        self.end = now
        while len(self.lines) > LONGEST:
            sequence, line = self.lines.popitem(last=False)
            self.begin = Head(sequence, line.hash, "")
        return True


@dataclass(frozen=True, slots=True)
class _Standing:
    """From when on a result is true, and until when that was looked at."""

    base: Head
    seen: Head
    numbers: frozenset[int]


_turn = threading.Lock()
_tail: list[_Tail] = []
_standing: OrderedDict[Hashable, _Standing] = OrderedDict()


def concerning(numbers: Collection[int], since: Head, now: Head) -> list[int] | None:
    """The facts after `since` up to `now` that name one of these numbers; None where it cannot be
    told, or where one of them concerns everybody: then everything is read again.
    """
    if since == now:
        return []
    with _turn:
        tail = _followed(now)
        if tail is None or tail.hash_at(since.sequence) != since.hash:
            return None
        found: list[int] = []
        for sequence in range(since.sequence + 1, now.sequence + 1):
            line = tail.lines.get(sequence)
            if line is None or line.wide:
                return None
            if not line.numbers.isdisjoint(numbers):
                found.append(sequence)
        return found


def follow(now: Head) -> None:
    """Keep the lines from here on, for whoever asks later what came after."""
    with _turn:
        _followed(now)


def base_of(key: Hashable, concerned: Callable[[], Collection[int]]) -> Head:
    """Since when all that concerns these numbers has stood still; kept under `key`.

    `concerned` is asked where that is not known yet, and after the head was read: whoever comes to
    be concerned in between is among them, or is found in what came later. Without any numbers it
    is the registry alone that counts.
    """
    now = ledger.head()
    with _turn:
        kept = _standing.get(key)
    if kept is not None and concerning(kept.numbers, kept.seen, now) == []:
        kept = _Standing(kept.base, now, kept.numbers)
    else:
        kept = _Standing(now, now, frozenset(concerned()))
    with _turn:
        _followed(now)
        _standing[key] = kept
        _standing.move_to_end(key)
        while len(_standing) > MOST_KEPT:
            _standing.popitem(last=False)
    return kept.base


def forget() -> None:
    """Let go of everything."""
    with _turn:
        _tail.clear()
        _standing.clear()


def _followed(now: Head) -> _Tail | None:
    """The tail if it goes up to `now`; one that cannot begins anew there."""
    if _tail and (_tail[0].end == now or _tail[0].extend(now)):
        return _tail[0]
    # Another thread may have read on already: only another chain is begun anew.
    if not _tail or _tail[0].hash_at(now.sequence) != now.hash:
        _tail[:] = [_Tail(now)]
    return None


def _read(first: int, last: int) -> dict[int, _Line]:
    """The facts from `first` to `last`, both included, by sequence."""
    with guard.lifted():
        rows = Fact.objects.filter(sequence__gte=first, sequence__lte=last).values_list(
            "sequence", "hash", "kind", "subject", "performer", "amends"
        )
        facts = list(rows.order_by("sequence"))
        parts = Participant.objects.filter(
            id__gte=first * PARTICIPANTS_A_FACT, id__lt=(last + 1) * PARTICIPANTS_A_FACT
        ).values_list("fact", "participant")
        joined: dict[int, list[int]] = {}
        for fact, number in parts:
            joined.setdefault(fact, []).append(number)
    parts_of = needs(handbook()).parts
    return {
        sequence: _Line(
            found,
            frozenset((subject, performer or 0, *joined.get(sequence, ()))),
            kind.startswith(REGISTRY) or amends is not None or EVERYBODY in parts_of.get(kind, ()),
        )
        for sequence, found, kind, subject, performer, amends in facts
    }
