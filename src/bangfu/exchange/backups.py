"""Backup and restore of one county: the database at one moment, sealed, with its checkpoint.

Left out: the master key, the signing key and the mirror. A restore goes into a folder of its own
beside the wanted one, is verified there, and is moved into place last.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import bangfu
from bangfu.core.text import Refused, Text
from bangfu.exchange import envelope
from bangfu.exchange.envelope import Progress
from bangfu.records.folder import (
    BEYOND,
    CHECKPOINTS,
    DATABASE,
    ERASURES,
    KEYS,
    MASTER_KEY,
    NOT_WRITABLE,
    OUTSIDE,
    sync,
)
from bangfu.records.starting import migrate


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore found: facts verified, erasures replayed, how far outside checkpoints go, and
    how many tokens it ended.

    `beyond` is the sequence of the last outside checkpoint that the backup is too old for, 0 if
    there is none; `other_handbook` whether the backup was written under another handbook.
    """

    facts: int
    head: str
    erased: int
    tokens: int
    checkpoints: int
    beyond: int
    other_handbook: bool
    verify_seconds: float
    warnings: tuple[Text, ...]


def back_up(out: Path, *, secret: bytes, now: datetime, progress: Progress) -> dict[str, Any]:
    """Write a backup into a new file while others write to the database; its header.

    Writes a checkpoint first, so that the one kept outside is never newer than the backup needs
    to be. Raises `Refused` if the file exists, if there is no room, or for another database.
    """
    from django.conf import settings

    from bangfu.records import checkpoints, snapshots

    _refuse_existing(out)
    checkpoints.checkpoint(now=now)
    with room_said(), workshop(Path(settings.BANGFU_DATA), "backup") as shop:
        point = snapshots.take(shop / DATABASE)
        return seal(out, shop / DATABASE, point, secret=secret, now=now, progress=progress)


def seal(
    out: Path, snapshot: Path, point: Any, *, secret: bytes, now: datetime, progress: Progress
) -> dict[str, Any]:
    """Seal a snapshot, whose ledger ends at `point`, into a new file; the header."""
    from bangfu.records import queries

    _refuse_existing(out)
    header = {
        "version": bangfu.__version__,
        "made": now.isoformat(),
        "handbook": queries.handbook().digest,
        "checkpoint": asdict(point),
        "bytes": snapshot.stat().st_size,
    }
    passing = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with passing.open("xb") as file, snapshot.open("rb") as content:
            os.fchmod(file.fileno(), 0o600)
            envelope.write(file, content, header=header, secret=secret, progress=progress)
            file.flush()
            os.fsync(file.fileno())
        _name(passing, out)
    finally:
        passing.unlink(missing_ok=True)
    return header


def unpack(
    file: Path, stage: Path, *, secret: bytes, master: Path, outside: Path, progress: Progress
) -> dict[str, Any]:
    """Lay out a data folder in `stage` from a backup and the papers kept apart; the header.

    Raises `Refused` where the file, its key, or one of the papers is missing or not in order.
    """
    kept = [outside / CHECKPOINTS, outside / ERASURES]
    for needed, zh, en in (
        (file, "备份文件", "the backup"),
        (master, "主密钥文件", "the master key file"),
        (kept[0], "在外保管的存证文件", "the checkpoint file kept outside"),
        (kept[1], "在外保管的删除清单", "the list of erasures kept outside"),
    ):
        if not needed.is_file():
            raise Refused(
                "missing_paper", f"缺少{zh}：“{needed}”。", f"There is no “{needed}”: {en}."
            )
    with room_said():
        (stage / KEYS).mkdir(mode=0o700)
        (stage / OUTSIDE).mkdir()
        with file.open("rb") as source, (stage / DATABASE).open("xb") as target:
            os.fchmod(target.fileno(), 0o600)
            header = envelope.open_into(target, source, secret=secret, progress=progress)
            target.flush()
            os.fsync(target.fileno())
        shutil.copyfile(master, stage / MASTER_KEY)
        (stage / MASTER_KEY).chmod(0o600)
        for paper in kept:
            shutil.copyfile(paper, stage / OUTSIDE / paper.name)
    return header


def bring_up(
    stage: Path,
    header: dict[str, Any],
    *,
    accept_older: bool,
    now: datetime,
    clock: Callable[[], float],
) -> Restored:
    """Bring an unpacked folder, which Django is started over, into order and prove it.

    Tables are brought to this program's version, sign-ins and tokens ended, erasures replayed,
    everything verified. Raises `Refused` if anything is amiss; `older_backup` if checkpoints kept
    outside know of facts that the backup does not hold, unless `accept_older`.
    """
    from bangfu.records import checkpoints, erasures, queries, snapshots, tokens, versions
    from bangfu.records.checkpoints import Point

    end = snapshots.end_of(stage / DATABASE)
    said = Point(*(header["checkpoint"][field.name] for field in fields(Point)))
    if end != said:
        raise _not_as_said()
    versions.check_age()
    points = checkpoints.read_points(stage / OUTSIDE / CHECKPOINTS)
    later = [point for point in points if point.sequence > end.sequence]
    beyond = max(later, key=lambda point: point.sequence, default=None)
    if beyond and not accept_older:
        raise _older(end, beyond)
    listed = erasures.read_list(stage / OUTSIDE / ERASURES)
    if missed := erasures.first_missed(listed, stage / OUTSIDE / CHECKPOINTS):
        raise _list_cut(missed)
    _set_apart(stage / OUTSIDE, end.sequence)
    migrate()
    snapshots.forget_sessions()
    ended = tokens.end_all(now=now)
    erased = erasures.replay(listed)
    start = clock()
    verdict = queries.verify()
    took = clock() - start
    if not verdict.ok:
        text = verdict.text
        raise Refused("not_whole", f"备份未通过校验：{text.zh}", f"Not verified: {text.en}")
    if verdict.head != said.hash:
        raise _not_as_said()
    snapshots.settle()
    return Restored(
        verdict.facts, verdict.head, erased, ended, verdict.checkpoints,
        beyond.sequence if beyond else 0, queries.handbook().digest != header["handbook"],
        took, verdict.warnings,
    )  # fmt: skip


@contextmanager
def stage_for(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which becomes it if the block ends well and else is gone.

    Raises `Refused` if something is in the wanted folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            "folder_in_use",
            f"“{folder}”不是空文件夹。恢复只写进新的文件夹，不覆盖现有数据。",
            f"“{folder}” is not empty. A restore only goes into a new folder.",
        )
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield stage
        stage.rename(folder)
        sync(folder.parent)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _set_apart(outside: Path, last: int) -> None:
    """Checkpoints of facts that are not there go into a file of their own, as they are."""
    file = outside / CHECKPOINTS
    from bangfu.records.checkpoints import read_points

    lines = file.read_text("utf-8").splitlines(keepends=True)
    known = [point.sequence <= last for point in read_points(file)]
    if all(known):
        return
    pairs = list(zip(lines, known, strict=True))
    (outside / BEYOND).write_text("".join(line for line, here in pairs if not here), "utf-8")
    file.write_text("".join(line for line, here in pairs if here), "utf-8")


@contextmanager
def workshop(data: Path, name: str) -> Iterator[Path]:
    """A passing folder for what is not sealed, inside the data folder and for its owner only.

    One that a killed command left there is removed first; raises `Refused` while another works.
    """
    shop = data / f"{name}.passing"
    lock = os.open(data / f"{name}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "backup_runs",
                "另一个备份或演练正在进行，请等它结束。",
                "Another backup or drill is running. Wait for its end.",
            ) from None
        try:
            shutil.rmtree(shop, ignore_errors=True)
            shop.mkdir(mode=0o700)
            yield shop
        finally:
            shutil.rmtree(shop, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def room_said() -> Iterator[None]:
    """A full disk is a refusal with its cause, not a fault of the program."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in NOT_WRITABLE | {errno.ENOENT}:
            raise
        where = problem.filename or ""
        raise Refused(
            "cannot_write",
            f"写不进去：{problem.strerror}（{where}）。没有留下半个文件。",
            f"It cannot be written: {problem.strerror} ({where}). No half file was left.",
        ) from problem


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise Refused(
            "backup_exists",
            f"“{out}”已经存在，备份不覆盖文件。请换一个名字。",
            f"“{out}” exists. A backup overwrites nothing: choose another name.",
        )


def _name(passing: Path, out: Path) -> None:
    """Give a whole file its name, unless another has it by now."""
    try:
        os.link(passing, out)
    except FileExistsError:
        _refuse_existing(out)
    except OSError:
        _refuse_existing(out)  # a USB stick knows no links
        passing.rename(out)
    sync(out.parent)


def _not_as_said() -> Refused:
    return Refused(
        "not_as_said",
        "备份的内容与它自己开头的存证点不符。",
        "What is in the backup is not what its own checkpoint says.",
    )


def _list_cut(missed: str) -> Refused:
    return Refused(
        "cut_erasures",
        f"在外保管的删除清单缺行或被改过（{missed}），照它恢复会把删除过的人找回来。"
        "请找完整的清单。",
        f"A line of the list of erasures kept outside is gone or changed ({missed}): a restore by "
        "it would bring back somebody who was erased. Find the whole list.",
    )


def _older(end: Any, beyond: Any) -> Refused:
    missing = beyond.sequence - end.sequence
    return Refused(
        "older_backup",
        f"这份备份比在外保管的存证点旧：备份到第 {end.sequence} 条（{end.at}），存证到第 "
        f"{beyond.sequence} 条（{beyond.at}），至少缺 {missing} 条事实。有更新的备份请用更新的；"
        "确实没有，加 --accept-older 再恢复。",
        f"This backup is older than the checkpoint kept outside: it ends at fact {end.sequence} "
        f"({end.at}), the checkpoint is of fact {beyond.sequence} ({beyond.at}), so at least "
        f"{missing} facts are missing. Use a newer backup; if there is none, add --accept-older.",
    )
