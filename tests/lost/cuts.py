"""Power cuts: `python -m tests.lost.cuts FOLDER COUNT SEED` prints one JSON line of what it saw.

Each cut is a copy of the same small county, written to through the program itself until the
power goes at a random operation of the disk; what such a disk may hold then is opened again and
judged, what was not acknowledged is sent again, and judged once more. `SYNCHRONOUS=OFF` (or
NORMAL) in the environment shows that the judge sees what a careless setting loses.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.lost import county
from tests.lost.counts import each
from tests.lost.disk import Disk, plug_in

LONGEST = 700  # operations of the disk; a visit takes about thirty
CHECKPOINT = 30  # pages of log after which SQLite copies them back: cuts fall into that too


@dataclass(slots=True)
class Seen:
    """Over all cuts: what happened, and what was wrong."""

    cuts: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    kept_unanswered: int = 0
    syncs: int = 0
    wrong: list[str] = field(default_factory=list)


def cut(template: Path, folder: Path, seed: int, seen: Seen) -> None:
    """One county, one cut."""
    rng = random.Random(seed)
    before, after = folder / "before", folder / "after"
    shutil.copytree(template, before)
    disk = Disk(before, off_at=rng.randrange(20, LONGEST))
    told = county.Told()
    plug_in(disk)
    county.move_to(before)
    _write_until_dark(told, rng)
    plug_in(None)
    shutil.copytree(template, after)
    for left in after.glob("bangfu.sqlite3*"):
        left.unlink()
    disk.image(after, rng, kept=rng.choice((0.0, 0.2, 0.5, 0.8, 1.0)))
    county.move_to(after)
    _spoil_mirror(after / "mirror", rng)
    seen.cuts += 1
    seen.syncs += disk.synced
    seen.acknowledged += len(told.stored)
    _judge(told, f"seed {seed}", seen)
    shutil.rmtree(folder)


def _judge(told: county.Told, name: str, seen: Seen) -> None:
    from django.db import DatabaseError

    from bangfu.core.text import Refused

    try:
        wrong = county.judge(told)
        unanswered = [draft for uid, draft in told.sent.items() if uid not in told.stored]
        seen.unanswered += len(unanswered)
        seen.kept_unanswered += county.count() - len(told.stored)
        county.repeat(told, unanswered)
        wrong += [f"sent again, {words}" for words in county.judge(told)]
        if county.count() != len(told.sent):
            wrong.append(f"{county.count()} facts of {len(told.sent)} sent")
    except (DatabaseError, Refused, ArithmeticError, LookupError, ValueError) as problem:
        wrong = [f"{type(problem).__name__}: {problem}"]
    seen.wrong += [f"{name}: {words}" for words in wrong]


def _write_until_dark(told: county.Told, rng: random.Random) -> None:
    from django.db import DatabaseError, connection

    wish = os.environ.get("SYNCHRONOUS", "")
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
            if wish:
                cursor.execute(f"PRAGMA synchronous={wish}")
        while True:
            drafts = county.work(told, rng, "visit")
            if rng.random() < 0.1:
                county.bring_in(told, drafts)
                county.record(told, drafts)  # an import's facts are acknowledged by count only
            else:
                county.record(told, drafts)
    except DatabaseError:
        return


def _spoil_mirror(mirror: Path, rng: random.Random) -> None:
    """The mirror is not synced: it is made from the ledger. Every third cut tears a file of it."""
    files = sorted(file for file in mirror.iterdir() if file.is_file() and file.stat().st_size)
    if files and rng.random() < 1 / 3:
        file = rng.choice(files)
        content = file.read_bytes()
        file.write_bytes(content[: rng.randrange(len(content))])


if __name__ == "__main__":
    each(sys.argv[1:], Seen(), cut)
