"""Full disks: `python -m tests.lost.full FOLDER COUNT SEED` prints one JSON line of what it saw.

Each time a copy of the same small county is written to until the disk has no room, which falls
anywhere: into the log, into SQLite's checkpoint, into an import. What is there is judged, writers
try again for a while in vain, then room is made, what was not acknowledged is sent again in
another order and twice, and all is judged once more.
"""

from __future__ import annotations

import random
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.lost import county
from tests.lost.counts import each
from tests.lost.cuts import CHECKPOINT
from tests.lost.disk import Disk, plug_in

MOST_ROOM = 400_000  # bytes; the log of a visit takes about 60,000


@dataclass(slots=True)
class Seen:
    """Over all full disks: what happened, and what was wrong."""

    full: int = 0
    acknowledged: int = 0
    refused: int = 0
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)


def fill(template: Path, folder: Path, seed: int, seen: Seen) -> None:
    """One county, one full disk."""
    rng = random.Random(seed)
    place = folder / "county"
    shutil.copytree(template, place)
    disk = Disk(place, room=rng.randrange(MOST_ROOM))
    told = county.Told()
    plug_in(disk)
    county.move_to(place)
    for _ in range(rng.randint(2, 4)):
        _write_until_full(told, rng, seen)
    seen.full += 1
    seen.refused += disk.refused
    name = f"seed {seed}"
    if not disk.refused:
        seen.wrong.append(f"{name}: the disk was never full")
    disk.room = None
    seen.acknowledged += len(told.stored)
    seen.wrong += [f"{name}: {words}" for words in county.judge(told)]
    unanswered = [draft for uid, draft in told.sent.items() if uid not in told.stored]
    seen.unanswered += len(unanswered)
    for _ in range(2):
        rng.shuffle(unanswered)
        county.repeat(told, unanswered)
    seen.wrong += [f"{name}, sent again: {words}" for words in county.judge(told)]
    if county.count() != len(told.sent):
        seen.wrong.append(f"{name}: {county.count()} facts of {len(told.sent)} sent")
    plug_in(None)
    shutil.rmtree(folder)


def _write_until_full(told: county.Told, rng: random.Random, seen: Seen) -> None:
    from django.db import DatabaseError, connection

    from bangfu.records.presence import is_away

    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
        while True:
            drafts = county.work(told, rng, "visit")
            if rng.random() < 0.1:
                county.bring_in(told, drafts)
            county.record(told, drafts)
    except DatabaseError as problem:
        if not is_away(problem):
            seen.wrong.append(f"not said to be away: {problem}")
    if rng.random() < 0.5:
        connection.close()  # as the server does after such an answer


if __name__ == "__main__":
    each(sys.argv[1:], Seen(), fill)
