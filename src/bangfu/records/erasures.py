"""The list of erasures kept beside the outside checkpoints, and its replay after a restore.

A backup taken before an erasure still holds the party's wrapped key. Whoever restores it must
destroy the key again, and can only know of it from a list that the backup does not hold.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bangfu.core.facts import GENESIS
from bangfu.core.registry import ERASABLE, ERASURE
from bangfu.core.text import Refused
from bangfu.records.folder import ERASURES, append
from bangfu.records.guard import laying
from bangfu.records.models import Fact, Meta, Person, Subject, SubjectKey
from bangfu.records.turn import turn

COUNT, HASH = "erasures", "erasures_hash"  # what a line of the checkpoints says of the list
# Another value after every erasure: a mirror of before does not fit any more.
MARK = laying.MARK


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure (删除个人信息): whose, by which fact, when."""

    party: str
    fact: str
    at: str


def list_file() -> Path:
    """Where erasures are listed, beside the checkpoints for an auditor to take away."""
    return Path(settings.BANGFU_OUTSIDE) / ERASURES


def read_list(file: Path) -> list[Erasure]:
    """The erasures in a file; raises `Refused` naming the first line that is none."""
    found = []
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            line = json.loads(text)
            found.append(Erasure(*(str(line[field.name]) for field in fields(Erasure))))
        except (ValueError, KeyError, TypeError):
            raise Refused(
                "bad_erasures",
                f"删除清单第 {number} 行读不懂。",
                f"Line {number} of the list of erasures cannot be read.",
                place=str(number),
            ) from None
    return found


def keep(erasures: Iterable[Erasure] = ()) -> None:
    """Append to the list, durably; with nothing to append, see to it that there is a list."""
    text = "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in erasures)
    append(list_file(), text)


def kept() -> list[Erasure]:
    """The list as it is here; without a file it is empty."""
    return read_list(list_file()) if list_file().exists() else []


def mark_end() -> dict[str, object]:
    """How long the list is, and the hash that all its lines make one after the other: what a
    checkpoint says of it, so that a line taken away is missed.
    """
    listed = kept()
    return {COUNT: len(listed), HASH: _chained(listed)[-1]}


def first_missed(listed: Sequence[Erasure], checkpoints: Path) -> str:
    """What says that a line of the list is gone or another: a checkpoint kept outside, or the
    fact of an erasure in the ledger. Empty if nothing does.
    """
    chained = _chained(listed)
    for text in checkpoints.read_text("utf-8").splitlines() if checkpoints.exists() else ():
        line = json.loads(text)
        count = line.get(COUNT, 0)
        if count >= len(chained) or line.get(HASH, chained[count]) != chained[count]:
            return f"{line['at']}: {count}"
    facts = Fact.objects.filter(kind=ERASURE).order_by("sequence").values_list("uid", flat=True)
    there = {one.fact for one in listed}
    return next((uid for uid in facts if uid not in there), "")


def _chained(listed: Iterable[Erasure]) -> list[str]:
    """The hash before the first line, and after each."""
    hashes = [GENESIS]
    for one in listed:
        line = json.dumps([hashes[-1], one.party, one.fact, one.at])
        hashes.append(hashlib.sha256(line.encode()).hexdigest())
    return hashes


def replay(erasures: Iterable[Erasure]) -> int:
    """Destroy the keys of these parties as far as they are there; how many keys that were.

    The registry's rows then hold what the ledger still tells of them. Written for a database that
    nobody else has open.
    """
    parties = {one.party for one in erasures}
    with turn(), transaction.atomic(durable=True):
        found = Subject.objects.filter(uid__in=parties, type__in=ERASABLE)
        return sum(destroy(number) for number in found.values_list("id", flat=True))


def carry_out(erasure: Erasure) -> None:
    """Inside the transaction that records an erasure: list it outside, then destroy the key.

    The line comes first. If the machine stops between the two, a restore may erase what a clerk
    was about to erase; the other way round it would bring back what somebody had erased.
    """
    row = Subject.objects.get(uid=erasure.party)
    file = list_file()
    if not file.exists() or erasure.fact not in {one.fact for one in read_list(file)}:
        keep([erasure])
    destroy(row.id)


def destroy(subject: int) -> bool:
    """Destroy a party's key and what the registry's rows hold of it; whether there was a key."""
    gone = SubjectKey.objects.filter(subject=subject).exclude(wrapped=None).update(wrapped=None)
    Subject.objects.filter(id=subject).update(name="")
    Person.objects.filter(subject=subject).update(birth=None, sex="", id_digest="")
    Meta.objects.update_or_create(key=MARK, defaults={"value": os.urandom(8).hex()})
    return gone > 0
