"""A disk that is really full under a real server: a small file system of its own."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lost.counts import run
from tests.lost.server import Client, Server, visit
from tests.lost.test_away import kept_once

SIZE = "24m"


@contextmanager
def mounted(folder: Path) -> Iterator[bool]:
    """A small file system in a folder, where this user may have one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Take all the room there is."""
    with file.open("wb") as filler:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    os.write(filler.fileno(), bytes(size))
            except OSError as full:
                assert full.errno == errno.ENOSPC


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as small:
        if not small:
            # Nobody but root may mount: the disk below SQLite stands in for it.
            assert run("full", tmp_path / "county", 2)["wrong"] == []
            return
        county = tmp_path / "disk" / "county"
        run("founded", county, 0)
        server = Server(county)
        server.start()
        try:
            helper, rng = Client(server.port).sign_in("helper"), random.Random(1)
            database = county / "bangfu.sqlite3"
            for _ in range(2):
                kept_once(database, helper, visit(rng))
                filler = tmp_path / "disk" / "filler"
                fill(filler)
                forms, busy = [], 0
                # SQLite goes on for as long as its log has room that it used before.
                while busy < 5:
                    forms.append(visit(rng))
                    status, text, headers = helper.post(forms[-1])
                    assert status in {200, 503}, text[:500]
                    busy += status == 503
                    assert status == 200 or headers["Retry-After"] == "5"
                    assert len(forms) < 300
                assert helper.ask("/today")[0] in {200, 503}
                filler.unlink()
                for form in forms:
                    kept_once(database, helper, form)
        finally:
            server.kill()
