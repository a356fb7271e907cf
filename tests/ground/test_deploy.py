"""Every `bangfu` line of docs/deploy.md, in its order, word by word, in folders of this test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.demo.command import clean
from tests.house.tree import ROOT
from tests.lost.server import Client, Server

GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
LINES = [
    line.strip()
    for line in GUIDE.replace("\\\n", " ").splitlines()
    if line.startswith("    bangfu ")
]


def test_the_guide_is_followed_word_by_word(tmp_path: Path) -> None:
    home, backups = tmp_path / "home", tmp_path / "backups"
    backups.mkdir()
    for line in LINES:
        if line.startswith("bangfu restore"):
            keep_elsewhere(home)
        said = follow(line, home, backups)
        if line.startswith("bangfu found"):
            sign_in(home / "data", dict(re.findall(r"^  (\w+) +(\S+)  ", said, re.MULTILINE)))
    words = [line.split()[1] for line in LINES]
    assert words == ["found", "demo", "backup-key", "backup", "restore", "upgrade"]
    assert (home / "restored" / "bangfu.sqlite3").exists()


def follow(line: str, home: Path, backups: Path) -> str:
    """Run a line as a shell does, with the places of the guide put into the test's folder."""
    day = date.today().isoformat()  # noqa: DTZ011, TID251 - as the guide's `date` says
    for told, here in (
        ("/opt/bangfu/source", str(ROOT)), ("/var/lib/bangfu", str(home)),
        ("/var/backups/bangfu", str(backups)), ("2026-11-24", day),
    ):  # fmt: skip
        line = line.replace(told, here)
    line = f"{sys.executable} -m {line}"
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, check=False,
        env=clean() | {"BANGFU_DATA": str(home / "data"), "PYTHONPATH": path},
    )  # fmt: skip
    assert run.returncode == 0, line + run.stdout + run.stderr
    return run.stdout


def keep_elsewhere(home: Path) -> None:
    """What the guide tells to keep elsewhere, copied back as it tells."""
    kept = home / "kept"
    kept.mkdir()
    for name in ("backup.key", "master.key"):
        shutil.copy(home / "data" / "keys" / name, kept)
    shutil.copytree(home / "data" / "outside", kept / "outside")


def sign_in(data: Path, passwords: dict[str, str]) -> None:
    """Each administrator signs in to the real server and is asked for a password of his own."""
    assert passwords.keys() == {"registrar", "system", "security", "auditor"}
    server = Server(data)
    server.start()
    try:
        for username, password in passwords.items():
            client = Client(server.port)
            client.ask("/sign-in")
            status, page, _ = client.ask("/sign-in", {"username": username, "password": password})
            assert status == 200
            assert 'name="new' in page
    finally:
        server.kill()
