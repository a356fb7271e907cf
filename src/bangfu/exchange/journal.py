"""When the last good backup and the last good restore were: a line each in the data folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from bangfu.records.folder import BACKUPS, append

What = Literal["backup", "drill", "restore"]


@dataclass(frozen=True, slots=True)
class Done:
    """A backup, a drill (演练) or a restore: up to which sequence, seconds, whether good."""

    what: What
    at: str
    sequence: int
    seconds: float
    good: bool


def note(data: Path, done: Done) -> None:
    """Append a line, durably."""
    append(data / BACKUPS, json.dumps(asdict(done), sort_keys=True) + "\n", mode=0o600)


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


def last_restore(data: Path) -> Done | None:
    """The latest that proved a backup: a good drill, or the restore this very folder came from."""
    found = [done for done in (last_good(data, "drill"), last_good(data, "restore")) if done]
    return max(found, key=lambda done: done.at, default=None)
