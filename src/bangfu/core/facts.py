"""Facts (台账): what somebody did, when, about whom. Entered once, never edited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Value = str | int | bool | None | list[str]

GENESIS = "0" * 64
VOID = "void"


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact that somebody wants to record; `record()` checks it and gives it a place.

    Every reference is a uid. `subject` may be the uid of another draft of the same batch.
    `amends` names the standing fact that this one replaces or, with kind `void`, withdraws.
    `minute` is the minute of the day where the kind is timed. Numbers with decimals are
    texts ("12.50"), so that nothing is lost on the way.
    """

    uid: str
    kind: str
    occurred_on: date
    subject: str
    performed_by: str
    values: Mapping[str, Value] = field(default_factory=dict)
    participants: tuple[tuple[str, str], ...] = ()
    more_subjects: tuple[str, ...] = ()
    minute: int | None = None
    amends: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the ledger, with values unsealed as far as the reader may see them.

    `sequence` orders the county's one chain from 1; `amended_by` names the fact that
    corrects or voids this one as known on the reader's day; `erased` counts values whose
    key is destroyed (已删除).
    """

    uid: str
    sequence: int
    kind: str
    occurred_on: date
    subject: str
    performed_by: str
    recorded_by: str
    recorded_at: datetime
    values: Mapping[str, Value]
    participants: tuple[tuple[str, str], ...] = ()
    more_subjects: tuple[str, ...] = ()
    minute: int | None = None
    amends: str | None = None
    reason: str = ""
    amended_by: str | None = None
    erased: int = 0

    @property
    def standing(self) -> bool:
        """Whether it counts: neither replaced, nor withdrawn, nor itself a withdrawal."""
        return self.amended_by is None and self.kind != VOID


def link(previous: str, body: bytes) -> str:
    """The hash of a fact: SHA-256 over its predecessor's hash and its canonical body (hex)."""
    return hashlib.sha256(previous.encode("ascii") + b"\n" + body).hexdigest()


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count, in the order of the ledger."""
    return sorted((f for f in facts if f.standing), key=lambda f: f.sequence)
