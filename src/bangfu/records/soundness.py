"""What the database says of its own state, for whoever looks after the machine: nobody's rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from bangfu.records import guard, ledger
from bangfu.records.models import Checkpoint
from bangfu.records.verify.guards import guarded

SOUND = "ok"


@dataclass(frozen=True, slots=True)
class Soundness:
    """The database at one moment.

    `file` is None where it is no file; `damage` is empty where nothing was found or asked for;
    `recorded` is when the last fact was entered; the last checkpoint (存证点) is of `point` facts,
    written at `pointed`.
    """

    sqlite: bool
    file: Path | None
    bytes: int
    facts: int
    recorded: datetime | None
    point: int
    pointed: datetime | None
    triggers: bool
    durable: bool
    damage: str


def look(*, whole: bool) -> Soundness:
    """Look at the database; `whole` also reads every page of a file of SQLite."""
    with guard.lifted():
        head = ledger.head()
        last = Checkpoint.objects.order_by("-sequence").first()
        file = Path(str(connection.settings_dict["NAME"])) if _is_file() else None
        return Soundness(
            sqlite=connection.vendor == "sqlite",
            file=file,
            bytes=file.stat().st_size if file is not None else 0,
            facts=head.sequence,
            recorded=ledger.moment_of(head.recorded_at) if head.sequence else None,
            point=last.sequence if last else 0,
            pointed=ledger.moment_of(last.at) if last else None,
            triggers=guarded(),
            durable=_durable(),
            damage=_damage() if whole else "",
        )


def _is_file() -> bool:
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and "mode=memory" not in name and ":memory:" not in name


def _durable() -> bool:
    """Whether what is acknowledged outlives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0]) >= 2  # noqa: PLR2004 -- FULL
        cursor.execute("SHOW synchronous_commit")
        synchronous = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        return synchronous not in ("off", "local") and cursor.fetchone()[0] == "on"


def _damage() -> str:
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        found = str(cursor.fetchone()[0])
    return "" if found == SOUND else found
