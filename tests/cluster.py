"""A PostgreSQL server made for one run and thrown away; nothing of it outlives the run.

`python -m tests.cluster COMMAND …` runs a command with `BANGFU_DATABASE` set to it. It listens on
a socket in its own folder only, and runs as another user where this one is root, whom PostgreSQL
refuses. It does not wait for the disk: durability is what tests of crashes are for.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWNER = "owner"
ROLES = ("bangfu_ledger", "bangfu_web")
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's server programs; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [file.parent for file in _DEBIAN.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def cluster(settings: Sequence[str] = HASTY) -> Iterator[Path]:
    """Start a server with one database, "bangfu"; gives the folder of its socket."""
    binaries = programs()
    assert binaries is not None, "no PostgreSQL on this machine"
    with tempfile.TemporaryDirectory(prefix="bangfu-pg-") as name:
        folder, other = Path(name), _another_user()
        if other:
            os.chown(folder, other["user"], other["group"])
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            subprocess.run([binaries / program, *arguments], check=True, cwd=folder,
                           stdout=subprocess.DEVNULL, **other)  # fmt: skip

        run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
            f"--username={OWNER}", f"--pgdata={data}")  # fmt: skip
        chosen = ["listen_addresses=", f"unix_socket_directories={folder}", *settings]
        options = " ".join(f"-c {one}" for one in chosen)
        run("pg_ctl", "start", "-w", f"-D{data}", f"-l{folder / 'log'}", "-o", options)
        try:
            run("createdb", f"--host={folder}", f"--username={OWNER}", "bangfu")
            for role in ROLES:
                run("createuser", f"--host={folder}", f"--username={OWNER}", "--no-login", role)
            yield folder
        finally:
            run("pg_ctl", "stop", "-w", f"-D{data}", "-mimmediate")


def address(socket: Path, *, user: str = OWNER, database: str = "bangfu") -> str:
    """What `BANGFU_DATABASE` says for a database of the server at this socket."""
    return f"postgresql:///{database}?host={socket}&user={user}"


def _another_user() -> dict[str, Any]:
    """Whom to run the server as where this process is root's."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    # Whoever ends the run ends the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as made:
        environment = os.environ | {"BANGFU_DATABASE": address(made)}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
