"""Runs the command as a user types it, and asks what it made."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path


def clean() -> dict[str, str]:
    """The environment without that of the tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("BANGFU", "DJANGO"))}


def bangfu(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "bangfu", *words],
        check=False,
        capture_output=True,
        text=True,
        env=clean(),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A county that the command made, and what it printed."""

    folder: Path
    as_of: date
    printed: str

    def demo(self, *words: str) -> subprocess.CompletedProcess[str]:
        return bangfu("demo", "--no-serve", *words, "--data", str(self.folder))

    def ask(self, *words: str) -> str:
        run = bangfu(*words, "--data", str(self.folder))
        assert run.returncode == 0, run.stderr
        return run.stdout

    def figures(self, as_of: date) -> dict[str, object]:
        printed = json.loads(self.ask("figures", "--as-of", as_of.isoformat(), "--json"))
        return {name: figure["value"] for name, figure in printed["figures"].items()}

    def facts(self) -> list[tuple[object, ...]]:
        """What the ledger holds but for what chance seals and links."""
        with sqlite3.connect(self.folder / "bangfu.sqlite3") as database:
            return database.execute(
                "SELECT sequence, uid, kind, occurred_on, recorded_at, subject_id, performer_id, "
                "recorder_id, amends_id FROM records_fact ORDER BY sequence"
            ).fetchall()


def make(folder: Path, as_of: date, *, small: bool = True) -> Made:
    """A county in `folder`: three villages, or all of them."""
    scale = ["--small", "--seed", "7"] if small else []
    run = bangfu("demo", *scale, "--no-serve", "--as-of", as_of.isoformat(), "--data", str(folder))
    assert run.returncode == 0, run.stderr
    return Made(folder, as_of, run.stdout)
