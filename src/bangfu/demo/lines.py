"""Lines of the invented ledger, before the ledger sees them: draft, recorder, hour."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import NamedTuple
from uuid import UUID

from bangfu.core.facts import Draft, Value

SHANGHAI = timezone(timedelta(hours=8))


class Line(NamedTuple):
    """One draft with who enters it and when (always in Beijing time)."""

    recorded_at: datetime
    number: int
    draft: Draft
    recorded_by: str


class Ids:
    """Uids that follow from the seed alone."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def new(self) -> str:
        """The next uid, in the form of a random UUID."""
        return str(UUID(int=self._random.getrandbits(128), version=4))


class Queue:
    """Lines in the order of their recording, held back only as long as they may still be passed.

    A month of work is pushed in any order; what was recorded before the next month begins can
    then be taken, since nothing later is recorded earlier.
    """

    def __init__(self, *, last: datetime) -> None:
        self._heap: list[Line] = []
        self._count = 0
        self._last = last

    def push(self, draft: Draft, *, by: str, at: datetime) -> None:
        """Add a line; one that would be recorded after the last moment is not recorded at all."""
        if at <= self._last:
            self._count += 1
            heapq.heappush(self._heap, Line(at, self._count, draft, by))

    def pop_before(self, moment: datetime) -> Iterator[Line]:
        """Take what was recorded before `moment`, in order."""
        while self._heap and self._heap[0].recorded_at < moment:
            yield heapq.heappop(self._heap)


def moment(day: date, minute: int) -> datetime:
    """The moment `minute` minutes into `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(minutes=minute)


def registry(
    kind: str,
    uid: str,
    *,
    on: date,
    by: str,
    values: Mapping[str, Value],
    subject: str = "",
    participants: tuple[tuple[str, str], ...] = (),
) -> Draft:
    """A registry draft; without `subject` it founds one, whose uid is the draft's own."""
    return Draft(
        uid=uid,
        kind=f"registry.{kind}",
        occurred_on=on,
        subject=subject or uid,
        performed_by=by,
        values=values,
        participants=participants,
    )
