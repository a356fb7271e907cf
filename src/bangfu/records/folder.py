"""What lies in a data folder (数据文件夹), by name: one place for every program that looks there.

Needs no Django: the settings and the command's first words read it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from bangfu.records import variables

DATA = Path(variables.text("BANGFU_DATA"))
DATABASE = "bangfu.sqlite3"
KEYS = "keys"
MASTER_KEY = Path(KEYS, "master.key")
SIGNING_KEY = Path(KEYS, "signing.key")
WALL_KEY = Path(KEYS, "wall.key")
BACKUP_KEY = Path(KEYS, "backup.key")
OUTSIDE = "outside"
CHECKPOINTS = "checkpoints.jsonl"
ERASURES = "erasures.jsonl"
BEYOND = "checkpoints-beyond.jsonl"
BACKUPS = "backups.jsonl"
BEFORE_UPGRADE = "before-upgrade"
MIRROR = "mirror"
IMPORTS = "imports"
STATIC = "static"

# What the system says of a disk that is full or read-only, or of a file that is not ours.
NOT_WRITABLE = frozenset((
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO,
))  # fmt: skip


def make_key(file: Path, content: bytes) -> bool:
    """Write a key's file unless there is one, whole and onto the disk; whether this call did.

    Of several processes one wins, and nobody ever reads half a key.
    """
    if file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = write_beside(file, content)
    try:
        os.link(draft, file)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def write_beside(file: Path, content: bytes) -> Path:
    """Write what a file is to hold under a passing name beside it, onto the disk; where it lies."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    return draft


def append(file: Path, text: str, *, mode: int = 0o644) -> None:
    """Add text at the end; once this returns, the file and its name outlive a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync(file.parent)


def sync(path: Path) -> None:
    """See a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
