"""Checkpoints: the chain's head written down, in the database and in a file kept elsewhere.

Whoever owns the database can rewrite the whole chain, checkpoints included; a checkpoint that an
auditor keeps outside, or that was printed on a report, shows it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bangfu.core.text import Refused
from bangfu.records import erasures, ledger
from bangfu.records.folder import CHECKPOINTS, append
from bangfu.records.models import Checkpoint
from bangfu.records.turn import turn

EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """The head of the chain at one moment: `count` facts up to `sequence`, and its hash."""

    sequence: int
    count: int
    hash: str
    at: str


def checkpoint(*, now: datetime) -> Point:
    """Write the head of the chain into the database and behind the last line of the outside file.

    Raises `Refused` for an empty ledger. Where the ledger has not grown, the point of then is
    written out again.
    """
    with turn(), transaction.atomic(durable=True):
        head = ledger.head()
        if head.sequence == 0:
            raise Refused("empty_ledger", "台账还是空的。", "The ledger is empty.")
        row, _ = Checkpoint.objects.get_or_create(
            sequence=head.sequence,
            defaults={
                "count": head.sequence, "hash": head.hash, "at": ledger.moment_text(now),
            },
        )  # fmt: skip
    point = Point(row.sequence, row.count, row.hash, row.at)
    erasures.keep()  # whoever takes the checkpoints away takes the list along, empty or not
    line = json.dumps(asdict(point) | erasures.mark_end(), sort_keys=True)
    append(outside_file(), line + "\n")
    return point


def daily(*, now: datetime) -> Point | None:
    """Write a checkpoint if the last is a day old and the ledger has grown since.

    Also where the last one is not in the outside file. Returns what was written, else None.
    """
    head = ledger.head()
    last = Checkpoint.objects.order_by("-sequence").first()
    file = outside_file()
    if head.sequence == 0:
        return None
    if last is not None and file.exists():
        kept = any(point.sequence == last.sequence for point in read_points(file))
        fresh = now - ledger.moment_of(last.at) < EVERY
        if kept and (fresh or last.sequence == head.sequence):
            return None
    return checkpoint(now=now)


def outside_file() -> Path:
    """Where checkpoints are written for an auditor to take away."""
    return Path(settings.BANGFU_OUTSIDE) / CHECKPOINTS


def read_points(file: Path) -> list[Point]:
    """The checkpoints in a file; raises `Refused` naming the first line that is none."""
    points = []
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            line = json.loads(text)
            point = Point(*(line[field.name] for field in fields(Point)))
            if not isinstance(point.sequence, int) or not isinstance(point.hash, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise Refused(
                "bad_checkpoints",
                f"存证文件第 {number} 行读不懂。",
                f"Line {number} of the checkpoint file cannot be read.",
                place=str(number),
            ) from None
        points.append(point)
    return points
