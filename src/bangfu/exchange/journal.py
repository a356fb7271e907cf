"""When the last good backup and the last good drill were: a line each in the data folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from bangfu.records.folder import BACKUPS

What = Literal["backup", "drill"]


@dataclass(frozen=True, slots=True)
class Done:
    """One backup, or one drill (演练): up to which sequence, in how many seconds, whether good."""

    what: What
    at: str
    sequence: int
    seconds: float
    good: bool


def note(data: Path, done: Done) -> None:
    """Append a line, durably."""
    descriptor = os.open(data / BACKUPS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, (json.dumps(asdict(done), sort_keys=True) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_good(data: Path, what: What) -> Done | None:
    """The latest good one of its sort; lines that cannot be read are passed over."""
    try:
        lines = (data / BACKUPS).read_text("utf-8").splitlines()
    except OSError:
        return None
    for text in reversed(lines):
        try:
            line = json.loads(text)
            done = Done(*(line[field.name] for field in fields(Done)))
        except (ValueError, KeyError, TypeError):
            continue
        if done.what == what and done.good:
            return done
    return None
