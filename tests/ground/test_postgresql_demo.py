"""The invented county is the same on PostgreSQL: its figures, the facts under them, its chain."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import address, cluster
from tests.demo.command import clean
from tests.house.tree import ROOT

pytestmark = pytest.mark.postgres


def bangfu(*words: str, folder: Path, database: str) -> str:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", *words, "--data", str(folder)],
        env=clean() | {"BANGFU_DATABASE": database, "PYTHONPATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
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
