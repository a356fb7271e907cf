"""Keeps a small county as this version makes it, for all later versions to be tried on.

    python -m tests.exchange.release

Run once at each release; writes tests/exchange/released/VERSION-MIGRATION.tar.xz with the data
folder (invented people, keys of no worth), the handbook of then, so that a later change of policy
changes no number here, and `figures.json`, what the figures were. Where the grammar has changed
before the first release, the kept handbook is written anew in it, with the same meaning.
"""

from __future__ import annotations

import io
import shutil
import sys
import tarfile
import tempfile
from datetime import date, timedelta
from pathlib import Path

import bangfu
from bangfu.handbook import county_folder
from tests.demo.command import bangfu as command
from tests.lost import county
from tests.lost.server import PASSWORD

RELEASED = Path(__file__).parent / "released"
AS_OF = "2017-07-31"
COUNTY = "xiangcheng"


def main() -> None:
    """Make it and pack it."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data")
        county.begin(data)
        county.found(data)
        last = _work(data)
        figures = command("figures", "--json", "--as-of", AS_OF, "--data", str(data))
        assert figures.returncode == 0, figures.stderr
        shutil.rmtree(data / "mirror")
        file = RELEASED / f"{bangfu.__version__}-{last}.tar.xz"
        RELEASED.mkdir(exist_ok=True)
        with tarfile.open(file, "w:xz") as packed:
            packed.add(data, "data")
            for rule in sorted(county_folder(COUNTY).rglob("*.toml")):
                packed.add(rule, Path("handbook", rule.relative_to(county_folder(COUNTY))))
            member = tarfile.TarInfo("figures.json")
            member.size = len(figures.stdout.encode())
            packed.addfile(member, io.BytesIO(figures.stdout.encode()))
    sys.stdout.write(f"{file.name}: {file.stat().st_size} bytes\n")


def _work(data: Path) -> str:
    """Visits, a correction, a withdrawal, accounts, a checkpoint; the last migration."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from bangfu.records import actions, checkpoints, snapshots
    from tests.cast import NOW, Cast, uid

    cast, now = Cast(), NOW + timedelta(hours=1)
    by = cast.policy("helper")
    days = [date(2017, 6, 1) + timedelta(days=number) for number in range(60)]
    visits = [
        cast.draft(on=day, values={"mode": "door", "minutes": 30, "need": "修路"}) for day in days
    ]
    facts = actions.record(visits, by=by, now=now)
    actions.correct(
        draft=cast.draft(amends=facts[0].uid, on=days[0], reason="记错"), by=by, now=now
    )
    actions.void(uid=facts[1].uid, reason="重复", by=by, now=now)
    for name in ("helper", "officer", "registrar"):
        actions.open_account(username=name, person_uid=uid(name), password=PASSWORD)
    checkpoints.checkpoint(now=now)
    names = [name for app, name in MigrationLoader(connection).disk_migrations if app == "records"]
    snapshots.settle()
    return max(names)[:4]


if __name__ == "__main__":
    main()
