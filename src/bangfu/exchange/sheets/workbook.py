"""A workbook as it is read here: its sheets, row by row, out of a process that may not do much."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import bangfu
from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.inspecting import too_big, too_much, unreadable

Cell = Any  # str | int | float | bool | None | {"lost": str}


class Row(NamedTuple):
    """One row that is not empty: its number as the sheet shows it, and its cells."""

    number: int
    cells: list[Cell]


class Merged(NamedTuple):
    """Cells made one, rows and columns counted from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet while it is read: `rows` can be gone through once."""

    name: str
    count: int
    merged: list[Merged]
    rows: Iterator[Row]


class Workbook:
    """An open workbook; `sheet(n)` reads one sheet, and before another is asked for, all of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._to, self._from = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        self.names: list[str] = self._answer()["sheets"]

    def sheet(self, number: int) -> Sheet:
        """The sheet of that number, counted from 0."""
        try:
            self._to.write(f"{number}\n".encode())
            self._to.flush()
        except BrokenPipeError:
            raise too_much() from None
        head = self._answer()
        return Sheet(
            self.names[number], head["rows"], [Merged(*one) for one in head["merged"]], self._rows()
        )

    def _rows(self) -> Iterator[Row]:
        while (found := self._line()) is not None:
            yield Row(*found)

    def _answer(self) -> dict[str, Any]:
        """The next answer that is no row, in time."""
        timer = threading.Timer(limits.HEAD_SECONDS, self._process.kill)
        timer.start()
        try:
            found = self._line()
        finally:
            timer.cancel()
        if not isinstance(found, dict):
            raise unreadable()
        return found

    def _line(self) -> Any:
        line = self._from.readline()
        if not line.endswith(b"\n"):  # it ended before it had said all
            raise too_much()
        found = json.loads(line)
        if isinstance(found, dict) and "refused" in found:
            code, zh, en, place = found["refused"]
            raise Refused(code, zh, en, place=place)
        return found


@contextmanager
def opened(source: Path | bytes) -> Iterator[Workbook]:
    """Open a workbook, a file or its bytes, which then lie in memory only; raises `Refused` for one
    that is broken, locked, too large or not plain.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _opened(file.fileno())
        return
    if len(source) > limits.FILE_BYTES:
        raise too_big()
    descriptor = os.memfd_create("workbook")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(source)
        yield from _opened(descriptor)
    finally:
        os.close(descriptor)


def _opened(descriptor: int) -> Iterator[Workbook]:
    package = str(Path(bangfu.__file__).parents[1])
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "bangfu.exchange.sheets.child", f"/proc/self/fd/{descriptor}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(descriptor,),
        # Nothing of the county's settings or keys.
        env={
            "PYTHONPATH": package,
            "PYTHONIOENCODING": "utf-8",
            "PATH": os.environ.get("PATH", ""),
        },
        bufsize=1 << 18,
    )
    try:
        yield Workbook(process)
    finally:
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.wait()
