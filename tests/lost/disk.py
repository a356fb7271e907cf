"""A disk whose power can go: SQLite writes to it, and what it did not sync is kept, lost or torn.

`plug_in` puts callbacks between the SQLite library that Python uses and the file system: they
patch the methods of each file that the library's own VFS opens, so that everything above runs
as it is, Django's connection and its settings included. Writes reach the file, so that the
program reads what it wrote, and are noted; `image` then says what a disk without power may hold:
what was synced, and of the rest each 512 bytes by chance kept, lost or garbage.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
OK, IO_WRITE, IO_SYNC, IO_DELETE, FULL = 0, 10 | 3 << 8, 10 | 4 << 8, 10 | 10 << 8, 13
GARBAGE = 0.05
# The library keeps the name's address, so that a copy of the name would not do.
OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Vfs(ctypes.Structure):
    """`sqlite3_vfs`; of its functions those that are named here are replaced or called."""

    _fields_ = [
        ("version", c_int), ("size", c_int), ("longest", c_int), ("next", c_void_p),
        ("name", c_char_p), ("data", c_void_p), ("open", OPEN), ("delete", DELETE),
        ("rest", c_void_p * 12),
    ]  # fmt: skip


class Methods(ctypes.Structure):
    """`sqlite3_io_methods`."""

    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", WRITE),
        ("truncate", TRUNCATE), ("sync", SYNC), ("rest", c_void_p * 13),
    ]  # fmt: skip


class File(ctypes.Structure):
    """`sqlite3_file`."""

    _fields_ = [("methods", POINTER(Methods))]


@dataclass(slots=True)
class Content:
    """A file as the disk has it for certain, and what was written since: (offset, bytes or None
    for a cut to that length).
    """

    durable: bytearray
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    size: int = 0

    def sync(self) -> None:
        for offset, data in self.pending:
            put(self.durable, offset, data)
        self.pending.clear()


@dataclass(slots=True)
class Disk:
    """What stands below a folder's files: the power goes at operation `off_at`.

    Without power every operation fails. With `room` files may grow by so many bytes in all.
    """

    folder: Path
    off_at: int | None = None
    room: int | None = None
    refused: int = 0
    off: bool = False
    operations: int = 0
    synced: int = 0
    files: dict[str, Content] = field(default_factory=dict)

    def step(self) -> bool:
        """Whether this operation finds power."""
        self.operations += 1
        if self.off_at is not None and self.operations >= self.off_at:
            self.off = True
        return not self.off

    def holds(self, growth: int) -> bool:
        """Whether there is room for a file to grow so much; if so it is taken."""
        if self.room is None or growth <= 0:
            return True
        if growth > self.room:
            self.refused += 1
            return False
        self.room -= growth
        return True

    def opened(self, name: str) -> None:
        if name not in self.files:
            there = Path(name).read_bytes() if Path(name).exists() else b""
            self.files[name] = Content(bytearray(there), size=len(there))

    def image(self, folder: Path, rng: random.Random, kept: float) -> None:
        """What the disk holds after the cut, into `folder`; `kept` is a sector's chance."""
        for name, content in self.files.items():
            if name.endswith("-shm"):  # shared memory, which SQLite makes anew
                continue
            held = bytearray(content.durable)
            for offset, data in content.pending:
                if data is None:
                    if rng.random() < kept:
                        put(held, offset, None)
                    continue
                for start in range(0, len(data), SECTOR):
                    if rng.random() < kept:
                        sector = data[start : start + SECTOR]
                        torn = 0 < kept < 1 and rng.random() < GARBAGE
                        put(held, offset + start, rng.randbytes(len(sector)) if torn else sector)
            (folder / Path(name).name).write_bytes(held)


def put(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write into, or with None cut to the length of, a content."""
    if data is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class _Plug:
    """The callbacks. `disk` None lets everything through, as before."""

    def __init__(self) -> None:
        # The very library that Python's sqlite3 calls: found through its extension module.
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = c_void_p
        self.address = library.sqlite3_vfs_find(None)
        self.real = Vfs.from_address(self.address)
        self.vfs = Vfs.from_buffer_copy(self.real)
        self.disk: Disk | None = None
        self.where: dict[int, tuple[Disk, str]] = {}
        self.methods: dict[int, tuple[Methods, Methods]] = {}
        self.callbacks: list[Any] = []
        self.vfs.name = b"bangfu-disk"
        self.vfs.open = self._kept(OPEN, self._open)
        self.vfs.delete = self._kept(DELETE, self._delete)
        library.sqlite3_vfs_register(ctypes.byref(self.vfs), 1)

    def _kept(self, shape: Any, call: Callable[..., int]) -> Any:
        callback = shape(call)
        self.callbacks.append(callback)
        return callback

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        self.where.pop(file, None)
        text = ctypes.string_at(name).decode() if name else ""
        disk = self.disk
        mine = disk is not None and text.startswith(str(disk.folder))
        if disk is not None and mine:
            disk.opened(text)
        result = int(self.real.open(self.address, name, file, flags, out))
        if result == OK and disk is not None and mine:
            self.where[file] = (disk, text)
            opened = File.from_address(file)
            opened.methods = ctypes.pointer(self._patched(opened.methods))
        return result

    def _patched(self, methods: Any) -> Methods:
        address = ctypes.addressof(methods.contents)
        if address not in self.methods:
            real, patched = methods.contents, Methods.from_buffer_copy(methods.contents)

            def write(file: int, data: int, length: int, offset: int) -> int:
                disk, name = self.where[file]
                content = disk.files[name]
                if not disk.step():
                    return IO_WRITE
                if not disk.holds(offset + length - content.size):
                    return FULL
                content.pending.append((offset, ctypes.string_at(data, length)))
                content.size = max(content.size, offset + length)
                return int(real.write(file, data, length, offset))

            def truncate(file: int, length: int) -> int:
                disk, name = self.where[file]
                if not disk.step():
                    return IO_WRITE
                disk.files[name].pending.append((length, None))
                disk.files[name].size = length
                return int(real.truncate(file, length))

            def sync(file: int, flags: int) -> int:
                disk, name = self.where[file]
                if not disk.step():
                    return IO_SYNC
                disk.synced += 1
                disk.files[name].sync()
                return OK

            patched.write = self._kept(WRITE, write)
            patched.truncate = self._kept(TRUNCATE, truncate)
            patched.sync = self._kept(SYNC, sync)
            self.methods[address] = (real, patched)
        return self.methods[address][1]

    def _delete(self, _vfs: int, name: bytes, sync: int) -> int:
        disk = self.disk
        if disk is not None and name.decode() in disk.files:
            if not disk.step():
                return IO_DELETE
            disk.files.pop(name.decode())
        return int(self.real.delete(self.address, name, sync))


_plugs: list[_Plug] = []


def plug_in(disk: Disk | None) -> None:
    """Files that are opened from now on lie on this disk; None: on the machine's own."""
    if not _plugs:
        _plugs.append(_Plug())
    _plugs[0].disk = disk
