"""Each ailment is brought about for real, and the doctor names it, its cause and its cure."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bangfu.records.folder import BACKUPS
from tests.demo.command import clean, make

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that is looked after."""
    made = make(tmp_path_factory.mktemp("well") / "data", date(2017, 7, 31))
    made.ask("backup-key")
    made.ask("backup", str(made.folder.parent / "backup"))
    made.ask("drill")
    return made.folder


@pytest.fixture
def ill(well: Path, tmp_path: Path) -> Path:
    """A copy of it, to be made ill."""
    return shutil.copytree(well, tmp_path / "data")


def examined(folder: Path, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The command's answer and its findings by check, the worst of each."""
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", "doctor", "--json", "--data", str(folder)],
        check=False, capture_output=True, text=True, env=clean() | environment,
    )  # fmt: skip
    assert run.stdout, run.stderr
    found: dict[str, dict[str, Any]] = {}
    for line in json.loads(run.stdout)["findings"]:
        if line["check"] not in found or line["level"] == "error":
            found[line["check"]] = line
    return run.returncode, found


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "bangfu.sqlite3")) as database:
        database.execute(statement)
        database.commit()


def damage(folder: Path) -> None:
    change(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    file = folder / "bangfu.sqlite3"
    with file.open("r+b") as handle:
        handle.seek(file.stat().st_size // 2 // 4096 * 4096)
        handle.write(b"\xff" * 4096)


def behead(folder: Path) -> None:
    change(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    with (folder / "bangfu.sqlite3").open("r+b") as handle:
        handle.write(b"\0" * 512)


def put_back_clock(folder: Path) -> None:
    tomorrow = time.time() + 86400
    os.utime(folder / "bangfu.sqlite3", (tomorrow, tomorrow))


def older(folder: Path) -> None:
    change(
        folder,
        "DELETE FROM django_migrations WHERE app = 'records' AND id = "
        "(SELECT MAX(id) FROM django_migrations WHERE app = 'records')",
    )


def newer(folder: Path) -> None:
    change(
        folder,
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('records', '9999_later', '2030-01-01')",
    )


AILMENTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "trigger": ("database", lambda data: change(data, "DROP TRIGGER records_fact_no_update")),
    "damage": ("database", damage),
    "no head": ("database", behead),
    "clock": ("clock", put_back_clock),
    "older": ("version", older),
    "newer": ("version", newer),
    "outside": ("checkpoint", lambda data: shutil.rmtree(data / "outside")),
    "backups": ("backup", lambda data: (data / BACKUPS).unlink()),
    "drills": ("restore", lambda data: (data / BACKUPS).unlink()),
    "mode": ("keys", lambda data: (data / "keys" / "master.key").chmod(0o644)),
    "copied": ("keys", lambda data: (data / "bangfu.sqlite3").chmod(0o644)),
    "no key": ("keys", lambda data: (data / "keys" / "master.key").unlink()),
}


def test_a_county_that_is_looked_after_is_well(well: Path) -> None:
    code, found = examined(well)
    assert {line["level"] for line in found.values()} == {"good"}, found
    assert code == 0
    assert len(found) == 10


@pytest.mark.parametrize("ailment", AILMENTS)
def test_each_ailment_is_named_with_cause_and_cure(ill: Path, ailment: str) -> None:
    check, befall = AILMENTS[ailment]
    befall(ill)
    code, found = examined(ill)
    assert code == 1
    assert found[check]["level"] == "error"
    for part in ("said", "cause", "cure"):
        assert CHINESE.search(found[check][part]["zh"])
        assert not CHINESE.search(found[check][part]["en"])


@pytest.mark.parametrize(
    "environment",
    [
        {"BANGFU_DATABASE": "mysql://somewhere"},
        {"BANGFU_WAIT_SECONDS": "soon"},
        {"BANGFU_HTTPS": "perhaps"},
        {"BANGFU_HOSTS": "bangfu.example", "BANGFU_HTTPS": "0"},
        {"BANGFU_HOSTS": "*", "BANGFU_HTTPS": "1"},
        {"BANGFU_DEBUG": "1"},
        {"BANGFU_HOSTS": "bangfu.example", "BANGFU_HTTPS": "1", "BANGFU_SECRET_KEY": "short"},
    ],
)
def test_settings_that_are_not_fit_to_serve_are_named(
    well: Path, environment: dict[str, str]
) -> None:
    code, found = examined(well, **environment)
    assert code == 1
    assert found["configuration"]["level"] == "error"


def test_the_settings_of_docs_deploy_are_fit_to_serve(well: Path) -> None:
    code, found = examined(well, BANGFU_HOSTS="bangfu.example", BANGFU_HTTPS="1")
    assert (code, found["configuration"]["level"]) == (0, "good")


def test_a_misspelt_setting_is_warned_of(well: Path) -> None:
    code, found = examined(well, BANGFU_HOST="bangfu.example")
    assert code == 0
    assert "BANGFU_HOST" in found["configuration"]["said"]["en"]
