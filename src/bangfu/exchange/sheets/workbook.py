"""A workbook as it is read here: its sheets, row by row, out of a process that may not do much."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, NamedTuple, cast

import orjson

import bangfu
from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.inspecting import too_big, too_much, unreadable

_PIECE = 1 << 20
# How many bytes are fetched before they are wanted: a large roster's, so that the reading process,
# which takes more, ends the sooner.
_AHEAD = 48 * limits.MIB
_PAUSE = 0.005

Cell = Any  # str | int | float | None | {"lost": str}


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
    """An open workbook; `sheet(n)` reads one sheet, and before another is asked for, all of it.

    What comes next is asked for and fetched while what came is worked on.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._to, self._from = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        self._asked: deque[int] = deque()
        self._furthest = 0  # the first sheet that was not yet asked for by a reader
        self._pieces: SimpleQueue[bytes] = SimpleQueue()
        self._fetched = self._taken = 0  # bytes, each counted by one thread
        self._left = b""
        self._closed = False
        self._fetcher = threading.Thread(target=self._fetch, daemon=True)
        self.names: list[str] = []

    def open(self) -> None:
        """Begin to read; raises `Refused` for what is not read."""
        self._fetcher.start()
        self.names = self._answer()["sheets"]

    def sheet(self, number: int) -> Sheet:
        """The sheet of that number, counted from 0."""
        while self._asked and self._asked[0] != number:  # asked for too early
            self._answer()
            deque(self._rows(), maxlen=0)
        wanted = [] if self._asked else [number]
        if number == self._furthest:
            wanted += [number + 1] if number + 1 < len(self.names) else []
            self._furthest += 1
        try:
            self._to.write("".join(f"{one}\n" for one in wanted).encode())
            self._to.flush()
        except BrokenPipeError:
            raise too_much() from None
        self._asked += wanted
        head = self._answer()
        return Sheet(
            self.names[number], head["rows"], [Merged(*one) for one in head["merged"]], self._rows()
        )

    def close(self) -> None:
        """End the process."""
        self._closed = True
        self._process.kill()
        if self._fetcher.is_alive():
            self._fetcher.join()
        for pipe in (self._to, self._from):
            with suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()

    def _rows(self) -> Iterator[Row]:
        while (found := self._line()) is not None:
            for number, cells in found:
                yield Row(number, cells)
        self._asked.popleft()

    def _fetch(self) -> None:
        """Take from the process what it says, as far as there is room."""
        while piece := os.read(self._from.fileno(), _PIECE):
            self._pieces.put(piece)
            self._fetched += len(piece)
            while self._fetched - self._taken > _AHEAD and not self._closed:
                time.sleep(_PAUSE)
        self._pieces.put(b"")

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
        pieces = []
        while b"\n" not in self._left:
            pieces.append(self._left)
            self._left = self._pieces.get()
            self._taken += len(self._left)
            if not self._left:  # it ended before it had said all
                self._pieces.put(b"")
                raise too_much()
        line, _, self._left = self._left.partition(b"\n")
        found = orjson.loads(b"".join((*pieces, line)))
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
        pipesize=_PIECE,
    )
    book = Workbook(process)
    try:
        book.open()
        yield book
    finally:
        book.close()
