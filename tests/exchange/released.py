"""Counties that released versions made, and the upgrade run on them as its user runs it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.demo.command import bangfu, clean
from tests.exchange.release import AS_OF, RELEASED

FILES = sorted(RELEASED.glob("*.tar.xz"))


def unpacked(file: Path, to: Path, *, before: str = "") -> Path:
    """The data folder in `to`; `before` takes it back to an earlier migration of records."""
    shutil.unpack_archive(file, to)
    data = to / "data"
    if before:
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "records", before],
            check=True, capture_output=True,
            env=clean() | {"BANGFU_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bangfu.settings",
                           "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
    assert bangfu("backup-key", "--data", str(data)).returncode == 0
    return data


def upgrade(data: Path) -> subprocess.CompletedProcess[str]:
    return bangfu("upgrade", "--data", str(data))


def figures(data: Path) -> Any:
    """The figures as this program has them under the handbook of then."""
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", "figures", "--json", "--as-of", AS_OF, "--data", data],
        check=False, capture_output=True, text=True,
        env=clean() | {"BANGFU_COUNTY": str(data.parent / "handbook")},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["figures"]


def figures_then(data: Path) -> Any:
    """The figures as the version that made it had them."""
    return json.loads((data.parent / "figures.json").read_text("utf-8"))["figures"]


def ledger(data: Path) -> list[Any]:
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        return database.execute("SELECT * FROM records_fact ORDER BY sequence").fetchall()


def migrations(data: Path) -> set[str]:
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        found = database.execute("SELECT name FROM django_migrations WHERE app = 'records'")
        return {name for (name,) in found}


def is_whole(data: Path) -> bool:
    return bangfu("verify", "--data", str(data)).returncode == 0
