"""Upgrade of a county's tables to this program's version: on a copy, which takes its place last.

A stop at any moment leaves the database as it was, or as it is afterwards. A sealed backup of
before is written first.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from bangfu.core.text import Refused
from bangfu.exchange import backups
from bangfu.exchange.envelope import Progress
from bangfu.records import queries, snapshots, versions
from bangfu.records.folder import DATABASE, sync
from bangfu.records.starting import migrate
from bangfu.records.turn import queue


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade (升级) did: the migrations that ran, and how many facts are whole after."""

    migrations: tuple[str, ...]
    facts: int
    head: str


def upgrade(backup: Path | None, *, secret: bytes, now: datetime, progress: Progress) -> Upgraded:
    """Bring the tables to this program's version.

    `backup` is where the state of before is written, None for PostgreSQL, whose owner has made
    one. Raises `Refused`: `newer_data`; `served` while another program has the database open;
    `not_whole` if the result does not verify. Nothing is changed then.
    """
    versions.check_age()
    waiting = tuple(versions.waiting())
    if connection.vendor != "sqlite":
        with transaction.atomic():
            return _brought_up(waiting)
    if backup is None:
        raise Refused("no_backup", "缺少备份的去处。", "There is no place for the backup.")
    database = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    with (
        backups.room_said(),
        backups.workshop(Path(settings.BANGFU_DATA), "upgrade") as shop,
        queue(database),
        snapshots.alone(database),
    ):
        point = snapshots.take(shop / DATABASE, database)
        backups.seal(backup, shop / DATABASE, point, secret=secret, now=now, progress=progress)
        with snapshots.speaking_to(shop / DATABASE):
            done = _brought_up(waiting)
            snapshots.settle()
        shutil.copymode(database, shop / DATABASE)
        sync(shop / DATABASE)
        (shop / DATABASE).replace(database)
        sync(database.parent)
    return done


def _brought_up(waiting: tuple[str, ...]) -> Upgraded:
    """Run the migrations on the database that is open, and prove it whole."""
    migrate()
    verdict = queries.verify()
    if not verdict.ok:
        raise Refused(
            "not_whole",
            f"升级后未通过校验，数据保持原样：{verdict.text.zh}",
            f"Not verified after the upgrade, the data are as they were: {verdict.text.en}",
        )
    return Upgraded(waiting, verdict.facts, verdict.head)
