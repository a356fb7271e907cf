"""Servers started often: forked from a process that has imported what `bangfu serve` imports.

What is forked runs `bangfu serve` itself, from its first line, in a process group of its own; saved
are the seconds in which Python reads the modules. The process has opened no database before.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn, TextIO


class Nursery:
    """Forks servers on request, and kills and reaps them, since they are its children."""

    def __init__(self) -> None:
        """Begin; Django is set up, nothing else of this process is in use yet."""
        there, back = os.pipe(), os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(there[1])
            os.close(back[0])
            _serve_requests(os.fdopen(there[0]), os.fdopen(back[1], "w"))
        os.close(there[0])
        os.close(back[1])
        self._ask, self._told = os.fdopen(there[1], "w"), os.fdopen(back[0])

    def start(self, folder: Path, port: int) -> int:
        """Start a server; its process's number, which is its group's too."""
        return self._say("start", str(folder), port)

    def kill(self, pid: int) -> None:
        """kill -9 of the whole group; returns once its first process is gone."""
        self._say("kill", pid)

    def runs(self, pid: int) -> bool:
        """Whether it runs still."""
        return bool(self._say("runs", pid))

    def end(self) -> None:
        """Let the process end; nothing that it started may still run."""
        self._ask.close()
        os.waitpid(self._pid, 0)
        self._told.close()

    def _say(self, *words: object) -> int:
        self._ask.write(json.dumps(words) + "\n")
        self._ask.flush()
        return int(self._told.readline())


def _serve_requests(asked: TextIO, answers: TextIO) -> NoReturn:
    try:
        _imported()
        for line in asked:
            word, *more = json.loads(line)
            found = _start(*more) if word == "start" else _look(word, *more)
            answers.write(f"{found}\n")
            answers.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _imported() -> None:
    """What a worker has read once it has answered: modules, addresses, rules. Not the wall's
    guard, which the worker itself puts on.
    """
    import duckdb  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    from django.conf import settings
    from django.core.handlers import wsgi  # noqa: F401
    from django.utils.module_loading import import_string

    import bangfu.__main__
    import bangfu.web.urls  # noqa: F401
    from bangfu.engine import checks
    from bangfu.records import queries
    from tests.cast import TODAY

    for middleware in settings.MIDDLEWARE:
        import_string(middleware)
    checks.any_reads(queries.handbook(), (), as_of=TODAY)  # each check's statement is made
    bangfu.__main__._parser()


def _start(folder: str, port: int) -> int:
    pid = os.fork()
    if not pid:
        _become_a_server(folder, port)
    with contextlib.suppress(OSError):  # the child does it too: whichever comes first
        os.setpgid(pid, pid)
    return pid


def _become_a_server(folder: str, port: int) -> NoReturn:
    """From here on what `bangfu serve` does."""
    from django.conf import settings
    from django.db import connection

    from bangfu.__main__ import main

    os.setpgid(0, 0)
    log = os.open(Path(folder) / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, 64)
    connection.settings_dict["NAME"] = Path(folder) / "bangfu.sqlite3"
    settings.BANGFU_DATA = Path(folder)
    try:
        main(["serve", "--data", folder, "--port", str(port)])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def _look(word: str, pid: int) -> int:
    if word == "kill":
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return 0
    return int(os.waitpid(pid, os.WNOHANG) == (0, 0))
