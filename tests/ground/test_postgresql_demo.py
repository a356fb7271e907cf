"""The invented county is the same on PostgreSQL: its figures, the facts under them, its chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import address, cluster
from tests.demo.command import clean
from tests.house.tree import ROOT

pytestmark = pytest.mark.postgres


def tried(module: str, *words: str, database: str, **more: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        env=clean() | {"BANGFU_DATABASE": database, "PYTHONPATH": path} | more,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def bangfu(*words: str, folder: Path, database: str) -> str:
    run = tried("bangfu", *words, "--data", str(folder), database=database)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_same_county_on_both(tmp_path: Path) -> None:
    with cluster() as socket:
        said = []
        for database in ("", address(socket)):
            folder = tmp_path / ("server" if database else "file")
            bangfu("demo", "--small", "--no-serve", folder=folder, database=database)
            assert "whole" in bangfu("verify", folder=folder, database=database)
            figures = bangfu("figures", "--json", folder=folder, database=database)
            traced = bangfu("trace", "figure:visits", folder=folder, database=database)
            said.append((figures, sorted(traced.splitlines())))
        assert said[0] == said[1]
        assert len(said[0][1]) > 100
        assert not (tmp_path / "server" / "bangfu.sqlite3").exists()


def test_it_is_upgraded_once_its_owner_has_a_backup(tmp_path: Path) -> None:
    with cluster() as socket:
        folder, database = tmp_path / "server", address(socket)
        bangfu("demo", "--small", "--no-serve", folder=folder, database=database)
        assert "already" in bangfu("upgrade", folder=folder, database=database)
        back = tried(
            "django", "migrate", "records", "0003", database=database, BANGFU_DATA=str(folder),
            DJANGO_SETTINGS_MODULE="bangfu.settings",
        )  # fmt: skip
        assert back.returncode == 0, back.stderr
        words = ("upgrade", "--data", str(folder))
        refused = tried("bangfu", *words, database=database)
        assert refused.returncode == 2
        assert "pg_dump" in refused.stderr
        done = tried("bangfu", *words, "--backed-up", database=database)
        assert done.returncode == 0, done.stderr
        assert "whole" in bangfu("verify", folder=folder, database=database)
        doctor = tried("bangfu", "doctor", "--json", "--data", str(folder), database=database)
        found = {one["check"]: one for one in json.loads(doctor.stdout)["findings"]}
        ill = {check: one["level"] for check, one in found.items() if one["level"] != "good"}
        # The throwaway server does not write durably, and the doctor is right to say so.
        assert ill == {"backup": "warning", "database": "error"}
        assert "fsync" in found["database"]["cure"]["en"]
