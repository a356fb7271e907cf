"""The backup's envelope: a header that anybody may read and nobody may change, then sealed chunks.

    magic | u32 length, header (JSON) | 16-byte tag over both | chunks: u32 length, ciphertext

AES-256-GCM under a key that scrypt draws from the key file and a salt of this file's own. The
nonce counts the chunks and its last byte marks the last one, so that a file that was cut, or whose
chunks were moved, does not open; every chunk is bound to the header.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bangfu.core.text import Refused

MAGIC = b"bangfu-backup\n"
FORMAT = 1
CHUNK = 1 << 20
LONGEST_HEADER = 1 << 16
SHORTEST_SECRET = 20
_LENGTH = struct.Struct(">I")
_LAST = 1 << 31
_TAG = 16

Progress = Callable[[int, int], None]


def write(
    out: BinaryIO, source: BinaryIO, *, header: Mapping[str, Any], secret: bytes, progress: Progress
) -> None:
    """Write header and source, compressed and sealed; `progress` is told bytes done and of all."""
    salt = os.urandom(16)
    text = json.dumps({**header, "format": FORMAT, "salt": salt.hex()}, sort_keys=True).encode()
    start = MAGIC + _LENGTH.pack(len(text)) + text
    cipher, bound = AESGCM(_key(secret, salt)), hashlib.sha256(start).digest()
    out.write(start + cipher.encrypt(_nonce(0), b"", bound))
    chunks = _chunks(source, size=int(header["bytes"]), progress=progress)
    number, waiting = 1, next(chunks)
    for chunk in chunks:
        _put(out, cipher.encrypt(_nonce(number), waiting, bound), 0)
        number, waiting = number + 1, chunk
    _put(out, cipher.encrypt(_nonce(number, last=True), waiting, bound), _LAST)


def read_header(file: BinaryIO) -> dict[str, Any]:
    """What the header says, unproved; `open_into` proves it. Raises `Refused`."""
    return _header(file)[0]


def open_into(
    target: BinaryIO, file: BinaryIO, *, secret: bytes, progress: Progress
) -> dict[str, Any]:
    """Write the unsealed content into `target`; the header, proved.

    Raises `Refused`: `not_a_backup`, `newer_backup`, `other_backup_key` (or a changed header),
    `cut_backup`, `damaged_backup`.
    """
    header, start = _header(file)
    cipher, bound = _cipher(header, secret), hashlib.sha256(start).digest()
    try:
        cipher.decrypt(_nonce(0), _exactly(file, _TAG), bound)
    except InvalidTag:
        raise other_key() from None
    inflate, size, done = zlib.decompressobj(), int(header["bytes"]), 0
    for blob in _opened(file, cipher, bound):
        try:
            text = inflate.decompress(blob)
        except zlib.error:
            raise damaged() from None
        done += target.write(text)
        progress(done, size)
    done += target.write(inflate.flush())
    if done != size or not inflate.eof:
        raise damaged()
    return header


def secret_of(file: Path) -> bytes:
    """The secret in a key file: what `new_secret` wrote, or a pass phrase of 20 characters."""
    try:
        secret = file.read_bytes().strip()
    except OSError:
        raise Refused(
            "no_backup_key",
            f"没有备份密钥文件“{file}”。先运行 bangfu backup-key，并把它另行保管。",
            f"There is no backup key file “{file}”. Run `bangfu backup-key`; keep a copy apart.",
        ) from None
    if len(secret.decode("utf-8", "replace")) < SHORTEST_SECRET:
        raise Refused(
            "short_backup_key",
            f"备份密钥文件里至少要有 {SHORTEST_SECRET} 个字符。",
            f"A backup key file holds at least {SHORTEST_SECRET} characters.",
        )
    return secret


def damaged() -> Refused:
    """The file is not what was written."""
    return Refused(
        "damaged_backup",
        "备份文件损坏：内容与写出时不同。请换一份备份。",
        "The backup is damaged: it is not what was written. Take another one.",
    )


def other_key() -> Refused:
    """The header does not prove under this key."""
    return Refused(
        "other_backup_key",
        "备份打不开：密钥文件不是写它时的那个，或文件开头被改动。",
        "The backup does not open: the key file is not the one it was written with, or its "
        "header was changed.",
    )


def cut() -> Refused:
    """The file ends too early."""
    return Refused(
        "cut_backup",
        "备份文件不完整：后面缺了一截，可能没有复制完。",
        "The backup is cut off: its end is missing; perhaps copying it was not finished.",
    )


def _header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The header, and all bytes up to its end."""
    if file.read(len(MAGIC)) != MAGIC:
        raise Refused("not_a_backup", "这不是帮扶的备份文件。", "This is no backup of Bangfu.")
    length = _exactly(file, _LENGTH.size)
    (size,) = _LENGTH.unpack(length)
    if size > LONGEST_HEADER:
        raise damaged()
    text = _exactly(file, size)
    try:
        header = json.loads(text)
        number = header["format"]
    except (ValueError, KeyError, TypeError):
        raise damaged() from None
    if number != FORMAT:
        raise Refused(
            "newer_backup",
            f"备份的格式（{number}）比本程序新。请用写它的版本。",
            f"The backup's format ({number}) is newer than this program. Use the version that "
            "wrote it.",
        )
    return header, MAGIC + length + text


def _cipher(header: Mapping[str, Any], secret: bytes) -> AESGCM:
    try:
        return AESGCM(_key(secret, bytes.fromhex(header["salt"])))
    except (KeyError, ValueError, TypeError):
        raise damaged() from None


def _opened(file: BinaryIO, cipher: AESGCM, bound: bytes) -> Iterator[bytes]:
    number, last = 1, False
    while not last:
        (length,) = _LENGTH.unpack(_exactly(file, _LENGTH.size))
        last, length = bool(length & _LAST), length & ~_LAST
        if length > CHUNK + _TAG:
            raise damaged()
        blob = _exactly(file, length)
        try:
            yield cipher.decrypt(_nonce(number, last=last), blob, bound)
        except InvalidTag:
            raise damaged() from None
        number += 1
    if file.read(1):
        raise damaged()


def _chunks(source: BinaryIO, *, size: int, progress: Progress) -> Iterator[bytes]:
    """The source compressed, in pieces of `CHUNK` bytes; at least one."""
    deflate, kept, done = zlib.compressobj(1), bytearray(), 0
    while text := source.read(CHUNK):
        kept += deflate.compress(text)
        done += len(text)
        progress(done, size)
        while len(kept) >= CHUNK:
            yield bytes(kept[:CHUNK])
            del kept[:CHUNK]
    kept += deflate.flush()
    while len(kept) > CHUNK:
        yield bytes(kept[:CHUNK])
        del kept[:CHUNK]
    yield bytes(kept)


def _put(out: BinaryIO, blob: bytes, mark: int) -> None:
    out.write(_LENGTH.pack(len(blob) | mark) + blob)


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) != size:
        raise cut()
    return found


def _nonce(number: int, *, last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _key(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=32)
