"""What was written last, and whom it concerns: a result stays true until something concerns it.

A process keeps the last lines of the ledger as sets of the numbers that they name. Of a reader of
few subjects the results are not thrown away because somebody recorded something elsewhere, nor
what was read of some kinds of facts because of another kind. What changes the registry or amends a
fact concerns everybody; what is public, everybody who reads its kind.
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
from bangfu.records.visible import EVERYBODY, needs, parts_of

# Whoever has not asked for longer than so many facts reads everything again.
LONGEST = 2000
MOST_KEPT = 8192
REGISTRY = "registry."


class Whom(NamedTuple):
    """Whom facts must name to concern a reader, and those for whom they may count if they do."""

    named: frozenset[int] = frozenset()
    answering: frozenset[int] = frozenset()


# The registry changes for everybody; without anybody named it is the registry alone that counts.
NOBODY = Whom()


class _Line(NamedTuple):
    """A fact: its hash and kind, the subjects and persons in it, those for whom it counts, and
    whether it concerns everybody, or everybody who reads its kind.
    """

    hash: str
    kind: str
    named: frozenset[int]
    counting: frozenset[int]
    wide: bool
    public: bool

    def concerns(self, whom: Whom, kinds: Collection[str] | None) -> bool:
        """Whether it does, to who reads facts of these kinds, or of any."""
        if kinds is not None and self.kind not in kinds:
            return False
        return (
            (self.public and whom is not NOBODY)
            or not self.named.isdisjoint(whom.named)
            or not self.counting.isdisjoint(whom.answering)
        )


class _Part(NamedTuple):
    role: str
    number: int
    path: str = ""


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

    def holds(self, head: Head) -> bool:
        """Whether it goes up to that very fact."""
        return self.hash_at(head.sequence) == head.hash

    def extend(self, read: dict[int, _Line], now: Head) -> bool:
        """Go on up to `now` by what was `read` from the end on; False where that is another chain,
        or begins elsewhere.
        """
        before = read.pop(self.end.sequence, None)
        if (before.hash if before else self.end.hash) != self.end.hash:
            return False
        if len(read) != now.sequence - self.end.sequence or read[now.sequence].hash != now.hash:
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
    whom: Whom


_turn = threading.Lock()
_tail: list[_Tail] = []
_standing: OrderedDict[Hashable, _Standing] = OrderedDict()


def concerning(
    whom: Whom, since: Head, now: Head, kinds: Collection[str] | None = None
) -> dict[int, str] | None:
    """The facts after `since` up to `now`, of these kinds or of any, that concern a reader, each
    with its kind; None where it cannot be told, or where one of them concerns everybody: then
    everything is read again.
    """
    if since == now:
        return {}
    follow(now)
    with _turn:
        tail = _tail[0] if _tail else None
        if tail is None or not tail.holds(now) or not tail.holds(since):
            return None
        found: dict[int, str] = {}
        for sequence in range(since.sequence + 1, now.sequence + 1):
            line = tail.lines.get(sequence)
            if line is None or line.wide:
                return None
            if line.concerns(whom, kinds):
                found[sequence] = line.kind
        return found


def base_of(
    key: Hashable, whom: Callable[[], Whom], *, kinds: Collection[str] | None = None
) -> Head:
    """Since when all that concerns a reader, of these kinds or of any, has stood still; kept under
    `key`, which says whom and which kinds.

    `whom` is asked where that is not known yet, and after the head was read: whoever comes to
    be concerned in between is among them, or is found in what came later.
    """
    now = ledger.seen_head()
    with _turn:
        kept = _standing.get(key)
    if kept is not None and kept.seen == now:
        return kept.base
    if kept is not None and concerning(kept.whom, kept.seen, now, kinds) == {}:
        kept = _Standing(kept.base, now, kept.whom)
    else:
        kept = _Standing(now, now, whom())
    follow(now)
    with _turn:
        _standing[key] = kept
        _standing.move_to_end(key)
        while len(_standing) > MOST_KEPT:
            _standing.popitem(last=False)
    return kept.base


def registry() -> Head:
    """Since when the registry, and all that concerns everybody, has stood still."""
    return base_of("registry", lambda: NOBODY)


def forget() -> None:
    """Let go of everything."""
    with _turn:
        _tail.clear()
        _standing.clear()


def follow(now: Head) -> None:
    """Keep the lines up to `now`, for whoever asks later what came after.

    What is missing is read while nobody waits for it; whoever was quicker has read the same.
    """
    with _turn:
        end = _tail[0].end if _tail else None
        if end is not None and _tail[0].holds(now):
            return
        if end is None or not 0 < now.sequence - end.sequence <= LONGEST:
            _tail[:] = [_Tail(now)]
            return
    read = _read(end.sequence, now.sequence)
    with _turn:
        if _tail and _tail[0].holds(now):
            return
        if not _tail or _tail[0].end != end or not _tail[0].extend(read, now):
            # Another chain, or another thread begun anew: whoever asks next reads on from here.
            _tail[:] = [_Tail(now)]


def _read(first: int, last: int) -> dict[int, _Line]:
    """The facts from `first` to `last`, both included, by sequence."""
    with guard.lifted():
        rows = Fact.objects.filter(sequence__gte=first, sequence__lte=last).values_list(
            "sequence", "hash", "kind", "subject", "performer", "recorder", "amends"
        )
        facts = list(rows.order_by("sequence"))
        parts = Participant.objects.filter(
            id__gte=first * PARTICIPANTS_A_FACT, id__lt=(last + 1) * PARTICIPANTS_A_FACT
        ).values_list("fact", "role", "participant")
        joined: dict[int, list[_Part]] = {}
        for fact, role, number in parts:
            joined.setdefault(fact, []).append(_Part(role, number))
    wanted = needs(handbook()).parts
    found = {}
    for sequence, chained, kind, subject, performer, recorder, amends in facts:
        parties = joined.get(sequence, ())
        counting = parts_of((kind, subject, performer), parties, wanted=wanted)
        found[sequence] = _Line(
            chained,
            kind,
            frozenset((subject, performer or 0, recorder or 0, *(one.number for one in parties))),
            frozenset(counting),
            kind.startswith(REGISTRY) or amends is not None,
            EVERYBODY in wanted.get(kind, ()),
        )
    return found
