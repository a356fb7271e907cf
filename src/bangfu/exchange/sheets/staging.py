"""Imports that wait on the server: a workbook and what it would change, sealed, in a folder each.

Nothing of a file lies here in the clear, and backups leave it out. A run holds a lock on its
import, so that one that was killed is told from one that goes on; it can simply be run again,
for every draft has its uid from the import and the row.
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
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

from django.conf import settings

from bangfu.core.text import Refused, Text
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.importing import Asked, Import
from bangfu.exchange.sheets.inspecting import too_big
from bangfu.exchange.sheets.report import LEFT_OUT, Report, kept, packed
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.folder import IMPORTS, write_beside
from bangfu.records.handbooks import handbook
from bangfu.records.sealing import new_key, seal_bytes, unseal_bytes, vault

KEPT_DAYS = 30
MOST_WAITING = 20
# What is smaller is read while its sender waits.
AT_ONCE_BYTES = 200_000

State = Literal["waiting", "read", "recording", "recorded", "thrown", "failed"]
_KEY, _META, _BOOK, _REPORT, _PROGRESS, _LOCK = (
    "key", "meta", "workbook", "report", "progress", "lock",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staged:
    """One import (导入) as it stands; `running` while a process works on it, rows `done` of `rows`.

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

    @property
    def interrupted(self) -> bool:
        """Whether work on it stopped in the middle."""
        return not self.running and self.state in ("waiting", "recording")

    @property
    def left_out(self) -> int:
        """How many rows do not go in."""
        return sum(self.counts.get(verdict, 0) for verdict in LEFT_OUT)


def stage(
    content: bytes, *, name: str, account: str, by: Policy, day: date, now: datetime, kind: str = ""
) -> Staged:
    """Keep a workbook that somebody sent, sealed; raises `Refused` if it is too large or too many
    wait already.
    """
    if len(content) > limits.FILE_BYTES:
        raise too_big()
    if sum(one.state in ("waiting", "read") for one in staged(by, now=now)) >= MOST_WAITING:
        raise Refused(
            "too_many_imports",
            f"已有 {MOST_WAITING} 个导入等着处理。请先接受或放弃其中一些。",
            f"{MOST_WAITING} imports wait already. Accept or throw away some of them first.",
        )
    one = Staged(str(uuid4()), name[:120], by.person_uid, account, day, now, kind)
    with guard.lifted(by):
        folder = _folder(one.uid)
        folder.mkdir(parents=True, mode=0o700)
        _write(folder / _KEY, vault().wrap(new_key(), one.uid))
        _put(one.uid, _BOOK, content)
        _save(one)
    return one


def staged(by: Policy, *, now: datetime) -> list[Staged]:
    """The reader's own imports, the newest first; what is older than it is kept is thrown away."""
    with guard.lifted(by):
        root = Path(settings.BANGFU_DATA) / IMPORTS
        names = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
        found = [one for name in names if (one := _load(name)) and one.owner == by.person_uid]
        for one in found:
            if one.sent < now - timedelta(days=KEPT_DAYS) and not one.running:
                shutil.rmtree(_folder(one.uid), ignore_errors=True)
        kept = [one for one in found if one.sent >= now - timedelta(days=KEPT_DAYS)]
        return sorted(kept, key=lambda one: one.sent, reverse=True)


def import_of(by: Policy, uid: str) -> Staged | None:
    """The reader's own import of that uid, else None as if there were none."""
    with guard.lifted(by):
        one = _load(uid)
    return one if one is not None and one.owner == by.person_uid else None


def report_of(by: Policy, one: Staged) -> Report | None:
    """What was found in it; None where it is not read, or its rows are no longer kept."""
    with guard.lifted(by):
        content = _get(one.uid, _REPORT)
    return None if content is None else kept(content)


def content_of(by: Policy, one: Staged) -> bytes | None:
    """The workbook as it was sent, None once it is gone."""
    with guard.lifted(by):
        return _get(one.uid, _BOOK)


def choose(by: Policy, one: Staged, choices: dict[str, str]) -> Staged:
    """Settle doubtful rows; it has to be read again."""
    changed = replace(one, choices={**one.choices, **choices}, state="waiting")
    with guard.lifted(by):
        _save(changed)
    return changed


def throw_away(by: Policy, one: Staged) -> None:
    """Destroy the workbook and what was found in it; that it was sent stays in the list."""
    with guard.lifted(by), _held(one.uid):
        for name in (_BOOK, _REPORT, _PROGRESS):
            (_folder(one.uid) / name).unlink(missing_ok=True)
        _save(replace(one, state="thrown"))


def begin_recording(by: Policy, one: Staged) -> Staged:
    """Say that it is accepted; from now on it is recorded, if need be by another run."""
    if one.state not in ("read", "recording"):
        raise Refused("not_read", "这个导入现在不能接受。", "This import cannot be accepted now.")
    changed = replace(one, state="recording")
    with guard.lifted(by):
        _save(changed)
    return changed


def run(by: Policy, uid: str, *, now: datetime) -> Staged:
    """Do what is next: read what waits, record what was accepted. Harmless to repeat."""
    with guard.lifted(by), _held(uid):
        one = _load(uid)
        content = _get(uid, _BOOK)
        if one is None or content is None or one.state not in ("waiting", "recording"):
            raise Refused("not_read", "这个导入已经处理完。", "This import is done with.")
        recording = one.state == "recording"
        asked = Asked(
            content, UUID(uid), one.day, by, choices=one.choices, kind=one.kind,
            shown=_shown(uid) if recording else None,
        )  # fmt: skip
        work = Import(asked, handbook(), progress=lambda d, n: _tell(uid, d, n))
        try:
            report = work.accepted(now=now) if recording else work.tried(now=now)
        except Refused as refused:
            ended = replace(one, state="failed", problem=refused.text)
            _save(ended)
            return ended
        _put(uid, _REPORT, packed(report))
        ended = replace(
            one, state="recorded" if recording else "read", counts=report.counts,
            facts=report.facts, problem=None,
        )  # fmt: skip
        _save(ended)
        if recording and not ended.left_out:
            (_folder(uid) / _BOOK).unlink(missing_ok=True)
        return ended


def _shown(uid: str) -> frozenset[str]:
    """The marks of the rows that its sender could look at before accepting it."""
    content = _get(uid, _REPORT)
    return frozenset(kept(content).marks.split() if content else ())


# What lies in a folder.


def _folder(uid: str) -> Path:
    return Path(settings.BANGFU_DATA) / IMPORTS / str(UUID(uid))


def _load(uid: str) -> Staged | None:
    try:
        content = _get(uid, _META)
    except ValueError:
        return None
    if content is None:
        return None
    values = json.loads(content)
    values["day"] = date.fromisoformat(values["day"])
    values["sent"] = datetime.fromisoformat(values["sent"])
    values["problem"] = Text(**values["problem"]) if values["problem"] else None
    try:
        done, rows = map(int, (_folder(uid) / _PROGRESS).read_text().split())
    except (OSError, ValueError):
        done = rows = 0
    return Staged(**values, running=_busy(uid), done=done, rows=rows)


def _save(one: Staged) -> None:
    values = asdict(one)
    for name in ("running", "done", "rows"):
        del values[name]
    values["day"], values["sent"] = one.day.isoformat(), one.sent.isoformat()
    _put(one.uid, _META, json.dumps(values, ensure_ascii=False).encode())


def _put(uid: str, name: str, content: bytes) -> None:
    folder = _folder(uid)
    key = vault().unwrap((folder / _KEY).read_bytes(), uid)
    _write(folder / name, seal_bytes(key, content, uid, name))


def _get(uid: str, name: str) -> bytes | None:
    folder = _folder(uid)
    try:
        wrapped, sealed = (folder / _KEY).read_bytes(), (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    return unseal_bytes(vault().unwrap(wrapped, uid), sealed, uid, name)


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    write_beside(file, content).replace(file)


def _tell(uid: str, done: int, rows: int) -> None:
    """Say how far it is; whoever misses this misses nothing, so it is not synced."""
    file = _folder(uid) / _PROGRESS
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(f"{done} {rows}")


@contextmanager
def _held(uid: str) -> Iterator[None]:
    """Hold the right to work on an import; raises `Refused` where another process has it."""
    descriptor = os.open(_folder(uid) / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "import_runs", "这个导入正在处理，请稍候。", "This import is being worked on."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _busy(uid: str) -> bool:
    try:
        descriptor = os.open(_folder(uid) / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def expect(by: Policy, one: Staged, *, seconds: float = 5.0) -> None:
    """Wait until a process beside has begun with an import, so that it does not look left alone."""
    end = time.monotonic() + seconds
    with guard.lifted(by):
        while time.monotonic() < end:
            now = _load(one.uid)
            if now is None or now.running or now.state != one.state:
                return
            time.sleep(0.05)
