"""Imports that wait on the server: a workbook and what it would change, for its sender alone.

What a run has done is harmless to repeat, for every draft has its uid from the import and the row.
Each decision is taken on the import as it then stands, while nobody works on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.core.text import Refused, Text
from bangfu.exchange.sheets import folders, limits
from bangfu.exchange.sheets.folders import AT_WORK, BOOK, REPORT, Staged, State
from bangfu.exchange.sheets.importing import Asked, Import
from bangfu.exchange.sheets.inspecting import too_big
from bangfu.exchange.sheets.report import Report, kept, packed
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook

MOST_WAITING = 20
MOST_BYTES = 4 * limits.FILE_BYTES
"""How much is kept of all imports of one sender."""
# What is smaller is read while its sender waits.
AT_ONCE_BYTES = 200_000
# Seconds for which a process beside stands in line behind a request that reads a small one.
_PATIENCE = 600.0


def stage(
    content: bytes, *, name: str, account: str, by: Policy, day: date, now: datetime, kind: str = ""
) -> Staged:
    """Keep a workbook that somebody sent, sealed; raises `Refused` if it is too large or too much
    waits already.
    """
    if len(content) > limits.FILE_BYTES:
        raise too_big()
    there = staged(by, now=now)
    if sum(one.state in (*AT_WORK, "read") for one in there) >= MOST_WAITING:
        raise Refused(
            "too_many_imports",
            f"已有 {MOST_WAITING} 个导入等着处理。请先接受或放弃其中一些。",
            f"{MOST_WAITING} imports wait already. Accept or throw away some of them first.",
        )
    if sum(one.size for one in there) + len(content) > MOST_BYTES:
        size = f"{MOST_BYTES // limits.MIB} MB"
        raise Refused(
            "imports_too_large",
            f"您留存的导入文件合计超过 {size}。请先接受或放弃其中一些，或删除已入账的留存文件。",
            f"What is kept of your imports would be more than {size}. Accept or throw away some, "
            "or delete the files of those that are recorded.",
        )
    one = Staged(
        str(uuid4()), name[:120], by.person_uid, account, day, now, kind, posts=_posts(by)
    )  # fmt: skip
    with guard.lifted(by):
        folders.found(one, content)
    return one


def staged(by: Policy, *, now: datetime) -> list[Staged]:
    """The reader's own imports, the newest first; anybody's that is older than it is kept is
    destroyed.
    """
    with guard.lifted(by):
        folders.expire(now)
        found = [one for one in folders.every() if _mine(by, one)]
    return sorted(found, key=lambda one: one.sent, reverse=True)


def import_of(by: Policy, uid: str) -> Staged | None:
    """The reader's own import of that uid, else None as if there were none."""
    with guard.lifted(by):
        one = folders.load(uid)
    return one if one is not None and _mine(by, one) else None


def report_of(by: Policy, one: Staged) -> Report | None:
    """What was found in it; None where it is not read, or its rows are no longer kept."""
    with guard.lifted(by):
        content = folders.get(one.uid, REPORT) if _mine(by, one) else None
    return None if content is None else kept(content)


def content_of(by: Policy, one: Staged) -> bytes | None:
    """The workbook as it was sent, None once it is gone."""
    with guard.lifted(by):
        return folders.get(one.uid, BOOK) if _mine(by, one) else None


def choose(by: Policy, one: Staged, choices: dict[str, str]) -> Staged:
    """Settle doubtful rows; it has to be read again."""
    with guard.lifted(by), folders.held(one.uid):
        now = _own(by, one.uid, "read")
        changed = replace(now, choices={**now.choices, **choices}, state="waiting")
        folders.save(changed)
    return changed


def throw_away(by: Policy, one: Staged) -> None:
    """Destroy the workbook and what was found in it; that it was sent stays in the list."""
    with guard.lifted(by), folders.held(one.uid):
        now = _own(by, one.uid)
        folders.destroy(one.uid)
        if now.state != "recorded":
            folders.save(replace(now, state="thrown"))


def begin_recording(by: Policy, one: Staged) -> Staged:
    """Say that it is accepted; from now on it is recorded, if need be by another run."""
    with guard.lifted(by), folders.held(one.uid):
        changed = replace(_own(by, one.uid, "read", "recording"), state="recording")
        folders.save(changed)
    return changed


def run(by: Policy, uid: str, *, now: datetime, patience: float = 0.0) -> Staged:
    """Do what is next: read what waits, record what was accepted. Harmless to repeat.

    Raises `Refused` with `folders.TAKEN` where another import of the same sender is being worked
    on, and still is after so many seconds.
    """
    with (
        guard.lifted(by),
        folders.turn_of(by.person_uid, patience=patience),
        folders.held(uid),
    ):
        one = _own(by, uid, *AT_WORK)
        content = folders.get(uid, BOOK)
        if content is None:
            return _failed(one, _swept())
        recording = one.state == "recording"
        asked = Asked(
            content, UUID(uid), one.day, by, choices=one.choices, kind=one.kind,
            shown=_shown(uid) if recording else None,
        )  # fmt: skip
        work = Import(asked, handbook(), progress=lambda d, n: folders.tell(uid, d, n))
        try:
            report = work.accepted(now=now) if recording else work.tried(now=now)
        except Refused as refused:
            return _failed(one, refused.text)
        return _ended(one, report)


def work_off(by: Policy, first: str, *, clock: Callable[[], datetime]) -> None:
    """Do what is next with an import, then with whatever else its sender has waiting, one by one.

    Where a process does so already, that one takes this import too.
    """
    stuck: set[str] = set()

    def waiting() -> list[Staged]:
        there = [one for one in staged(by, now=clock()) if one.state in AT_WORK]
        able = [one for one in there if one.uid not in stuck]
        return sorted(able, key=lambda one: (one.uid != first, one.sent))

    # What is sent as the line is left finds it taken: so look once more behind it.
    while waiting():
        with folders.line_of(by.person_uid) as mine:
            if not mine:
                return
            while some := waiting():
                try:
                    run(by, some[0].uid, now=clock(), patience=_PATIENCE)
                except Refused:
                    stuck.add(some[0].uid)


def in_line(by: Policy) -> bool:
    """Whether a process beside takes the reader's imports one after another."""
    with guard.lifted(by):
        return folders.in_line(by.person_uid)


def expect(by: Policy, one: Staged, *, seconds: float = 5.0) -> None:
    """Wait until a process beside has begun with an import, so that it does not look left alone."""
    end = time.monotonic() + seconds
    with guard.lifted(by):
        while time.monotonic() < end:
            now = folders.load(one.uid)
            if now is None or now.running or now.state != one.state:
                return
            time.sleep(0.05)


def _posts(by: Policy) -> tuple[tuple[str, str], ...]:
    return tuple((post.role, post.subject_uid) for post in by.roles)


def _mine(by: Policy, one: Staged) -> bool:
    """Whether the reader sent it and still holds the posts by which its rows were read."""
    return one.owner == by.person_uid and set(one.posts) <= set(_posts(by))


def _own(by: Policy, uid: str, *states: State) -> Staged:
    """The reader's own import as it stands, in one of these states if any are named."""
    one = folders.load(uid)
    if one is None or not _mine(by, one) or (states and one.state not in states):
        raise Refused(
            "import_moved_on",
            "这个导入已经到了另一步，请看它现在的情况。",
            "This import is at another point by now; look at how it stands.",
        )
    return one


def _shown(uid: str) -> frozenset[str]:
    """The marks of the rows that its sender could look at before accepting it."""
    content = folders.get(uid, REPORT)
    return frozenset(kept(content).marks.split() if content else ())


def _ended(one: Staged, report: Report) -> Staged:
    """Keep what a run has come to."""
    recording = one.state == "recording"
    if not folders.put_report(one.uid, packed(report)) and not recording:
        return _failed(one, _swept())
    ended = replace(
        one, state="recorded" if recording else "read", counts=report.counts, facts=report.facts,
        problem=None,
    )  # fmt: skip
    folders.save(ended)
    if recording and not ended.left_out:
        folders.destroy_book(one.uid)
    return ended


def _failed(one: Staged, why: Text) -> Staged:
    """Keep why it came to nothing; what cannot be read is not kept, and what could not be recorded
    can be accepted again.
    """
    state: State = "failed"
    if one.state == "waiting" or not one.size:
        folders.destroy(one.uid)
    else:
        state = "read"
    ended = replace(one, state=state, problem=why)
    folders.save(ended)
    return ended


def _swept() -> Text:
    return Text(
        "系统里删除了个人信息，等待处理的文件随之销毁。请重新发送文件。",
        "Personal data was erased, and with it the files that waited. Send the file again.",
    )
