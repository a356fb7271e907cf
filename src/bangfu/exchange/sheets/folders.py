"""The folders of imports: the workbook, what was found and the state, each sealed, and locks.

Nothing of a file lies here in the clear, and backups leave it out. A run holds a lock on its
import, so that one that was killed is told from one that goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.conf import settings

from bangfu.core.text import Refused, Text
from bangfu.exchange.sheets.report import LEFT_OUT
from bangfu.records.folder import IMPORTS, write_beside
from bangfu.records.sealing import KeyProblem, new_key, seal_bytes, unseal_bytes, vault

State = Literal["waiting", "read", "recording", "recorded", "thrown", "failed"]
KEPT_DAYS = 30
# Something is to be done with these.
AT_WORK: tuple[State, ...] = ("waiting", "recording")
BOOK, REPORT = "workbook", "report"
_KEY, _META, _PROGRESS, _LOCK = "key", "meta", "progress", "lock"
_TURN, _LINE = ".turn", ".line"
_PAUSE = 0.02
# Whoever looks whether a file is locked locks it for a moment.
_GLANCE = 0.1
# How it is said that another import of the same sender is being worked on.
TAKEN = "another_runs"


@dataclass(frozen=True, slots=True)
class Staged:
    """One import (导入) as it stands; `running` while a process works on it or has it in line, rows
    `done` of `rows`; `size` is that of the workbook and what was found, 0 once they are gone;
    `posts` are those that its sender then held, by role and subject.

    "waiting" is sent and not read yet, "read" can be looked at and accepted. What was said
    against it stands in `problem`.
    """

    uid: str
    name: str
    owner: str
    account: str
    day: date
    sent: datetime
    kind: str = ""
    state: State = "waiting"
    counts: dict[str, int] = field(default_factory=dict)
    facts: int = 0
    problem: Text | None = None
    choices: dict[str, str] = field(default_factory=dict)
    running: bool = False
    done: int = 0
    rows: int = 0
    size: int = 0
    posts: tuple[tuple[str, str], ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether work on it stopped in the middle."""
        return not self.running and self.state in AT_WORK

    @property
    def left_out(self) -> int:
        """How many rows do not go in."""
        return sum(self.counts.get(verdict, 0) for verdict in LEFT_OUT)


def found(one: Staged, content: bytes) -> None:
    """Make the folder of an import, with its workbook."""
    folder = _folder(one.uid)
    folder.mkdir(parents=True, mode=0o700)
    _write(folder / _KEY, vault().wrap(new_key(), one.uid))
    put(one.uid, BOOK, content)
    save(one)


def every() -> list[Staged]:
    """All imports that can be opened, whoever sent them."""
    return [one for uid in _uids() if (one := load(uid))]


def expire(now: datetime) -> None:
    """Destroy what is older than it is kept, whoever sent it; what is worked on waits."""
    before = now - timedelta(days=KEPT_DAYS)
    for uid in _uids():
        try:
            one, folder = load(uid), _folder(uid)
            sent = one.sent if one else datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            if sent < before:
                with held(uid):
                    shutil.rmtree(folder, ignore_errors=True)
        except (Refused, FileNotFoundError, ValueError):
            continue  # worked on, gone meanwhile, or none of ours


def load(uid: str) -> Staged | None:
    """The import of that uid, None where there is none, or none that can be opened."""
    try:
        content = get(uid, _META)
    except (ValueError, KeyProblem):
        return None
    if content is None:
        return None
    values = json.loads(content)
    values["day"] = date.fromisoformat(values["day"])
    values["sent"] = datetime.fromisoformat(values["sent"])
    values["problem"] = Text(**values["problem"]) if values["problem"] else None
    values["posts"] = tuple((role, subject) for role, subject in values.get("posts", ()))
    folder = _folder(uid)
    try:
        done, rows = map(int, (folder / _PROGRESS).read_text().split())
    except (OSError, ValueError):
        done = rows = 0
    size = sum(_size(folder / name) for name in (BOOK, REPORT))
    one = Staged(**values, done=done, rows=rows, size=size)
    in_line = one.state in AT_WORK and _busy(_root() / f"{one.owner}{_LINE}")
    return replace(one, running=in_line or _busy(folder / _LOCK))


def save(one: Staged) -> None:
    """Write down how it stands."""
    values = asdict(one)
    for name in ("running", "done", "rows", "size"):
        del values[name]
    values["day"], values["sent"] = one.day.isoformat(), one.sent.isoformat()
    put(one.uid, _META, json.dumps(values, ensure_ascii=False).encode())


def put(uid: str, name: str, content: bytes) -> None:
    """Keep something of an import, sealed."""
    folder = _folder(uid)
    key = vault().unwrap((folder / _KEY).read_bytes(), uid)
    _write(folder / name, seal_bytes(key, content, uid, name))


def put_report(uid: str, content: bytes) -> bool:
    """Keep what was found in a workbook; not, and False, where that was destroyed meanwhile.

    An erasure destroys all workbooks first and then all reports, so that none comes after it.
    """
    put(uid, REPORT, content)
    folder = _folder(uid)
    there = (folder / BOOK).exists()
    if not there:
        (folder / REPORT).unlink(missing_ok=True)
    return there


def get(uid: str, name: str) -> bytes | None:
    """What is kept of an import under that name, None where it is gone."""
    folder = _folder(uid)
    try:
        wrapped, sealed = (folder / _KEY).read_bytes(), (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    return unseal_bytes(vault().unwrap(wrapped, uid), sealed, uid, name)


def destroy(uid: str) -> None:
    """Destroy the workbook and what was found in it; that it was sent stays."""
    for name in (BOOK, REPORT, _PROGRESS):
        (_folder(uid) / name).unlink(missing_ok=True)


def destroy_book(uid: str) -> None:
    """Destroy the workbook alone."""
    (_folder(uid) / BOOK).unlink(missing_ok=True)


def tell(uid: str, done: int, rows: int) -> None:
    """Say how far it is; whoever misses this misses nothing, so it is not synced."""
    file = _folder(uid) / _PROGRESS
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(f"{done} {rows}")


@contextmanager
def held(uid: str) -> Iterator[None]:
    """Hold the right to work on an import; raises `Refused` where another process has it."""
    with _locked(_folder(uid) / _LOCK) as mine:
        if not mine:
            raise Refused(
                "import_runs", "这个导入正在处理，请稍候。", "This import is being worked on."
            )
        yield


@contextmanager
def turn_of(owner: str, *, patience: float) -> Iterator[None]:
    """Hold the right to work on the imports of a sender: one at a time, however many are sent.

    Raises `Refused` with `TAKEN` where another process still has it after so many seconds.
    """
    with _locked(_root() / f"{owner}{_TURN}", patience=patience) as mine:
        if not mine:
            raise Refused(
                TAKEN, "您的另一个导入正在处理，请等它完成。",
                "Another of your imports is being worked on; wait until it is done.",
            )  # fmt: skip
        yield


@contextmanager
def line_of(owner: str) -> Iterator[bool]:
    """Be the process that works on a sender's imports one after another; False where there is one
    already.
    """
    with _locked(_root() / f"{owner}{_LINE}") as mine:
        yield mine


def in_line(owner: str) -> bool:
    """Whether a process is there that works on a sender's imports one after another."""
    return _busy(_root() / f"{owner}{_LINE}")


def _root() -> Path:
    return Path(settings.BANGFU_DATA) / IMPORTS


def _uids() -> list[str]:
    root = _root()
    return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def _folder(uid: str) -> Path:
    return _root() / str(UUID(uid))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    write_beside(file, content).replace(file)


@contextmanager
def _locked(file: Path, *, patience: float = _GLANCE) -> Iterator[bool]:
    """Lock a file unless another has it for longer than that; whether it is ours."""
    end = time.monotonic() + patience
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        while not (mine := _taken(descriptor)) and time.monotonic() < end:
            time.sleep(_PAUSE)
        yield mine
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
