"""The mirror's folder: Parquet segments, and one manifest that says which of them count.

Segments are written under a passing name and renamed; the manifest is renamed last, so that a
reader finds either the old state or the new. One process at a time writes, the others read on.
No two writers give a file the same name. What a new manifest does not name any more is left for
some time, so that whoever still reads the state before can finish, and is removed later.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bangfu.core.rules import Handbook
from bangfu.records.mirror import rows
from bangfu.records.mirror.columns import mirrored

FORMAT = 4
MANIFEST = "manifest.json"
LOCK = "lock"
MOST_SEGMENTS = 4
STEP = 50_000
AMENDMENTS = "amendments"
GRACE = 600  # seconds for which a file is still there after the manifest stopped naming it


class Unreadable(Exception):
    """A file of the mirror is missing or broken: what it holds must be made again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Up to which sequence the mirror goes, that fact's hash, and the files of each series.

    `kinds` is a digest of how each kind's fields are kept, so that a changed handbook makes
    the mirror anew; `erased` is the mark of the last erasure that it knows of.
    """

    upto: int = 0
    head: str = ""
    kinds: str = ""
    registry_upto: int = 0
    series: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registry: Mapping[str, str] = field(default_factory=dict)
    erased: str = ""
    format: int = FORMAT

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that count."""
        return frozenset((*itertools.chain(*self.series.values()), *self.registry.values()))


class Mirror:
    """One state of the mirror, as its manifest names it; files are read when asked for.

    Reading raises `Unreadable`.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._read: dict[str, pa.Table] = {}

    @property
    def upto(self) -> int:
        """The last sequence that the segments hold."""
        return self.manifest.upto

    @property
    def registry_upto(self) -> int:
        """The ledger's end when the registry was exported."""
        return self.manifest.registry_upto

    def registry(self, table: str) -> pa.Table | None:
        """An exported registry table."""
        name = self.manifest.registry.get(table)
        return None if name is None else self._table((name,), coded=False)

    def kind(self, name: str) -> pa.Table | None:
        """The mirrored facts of a kind."""
        return self._series(f"facts-{name}")

    def participants(self, name: str) -> pa.Table | None:
        """The mirrored participants of a kind."""
        return self._series(f"participants-{name}")

    def amendments(self) -> pa.Table | None:
        """The mirrored amendments."""
        return self._series(AMENDMENTS)

    def _series(self, name: str) -> pa.Table | None:
        names = self.manifest.series.get(name)
        return None if not names else self._table(names, coded=True)

    def _table(self, names: tuple[str, ...], *, coded: bool) -> pa.Table:
        for name in names:
            if name not in self._read:
                self._read[name] = read_table(self.folder / name, coded=coded)
        return pa.concat_tables([self._read[name] for name in names])


def read_manifest(folder: Path) -> Manifest:
    """The manifest in a folder; an empty one where there is none, or one of another format."""
    try:
        text = json.loads((folder / MANIFEST).read_text("utf-8"))
        if text.get("format") != FORMAT:
            return Manifest()
        text["series"] = {name: tuple(files) for name, files in text["series"].items()}
        return Manifest(**text)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Manifest()


@contextmanager
def writing(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the right to write the folder; False if another process has it and `wait` is not set."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


class Writer:
    """Brings a folder up to the ledger's end; use it while `writing`."""

    def __init__(self, folder: Path, manifest: Manifest, handbook: Handbook) -> None:
        """`manifest`: what the new state keeps and adds to, an empty one to begin afresh."""
        self._folder = folder
        self._handbook = handbook
        self._series = {name: list(files) for name, files in manifest.series.items()}
        self._registry = dict(manifest.registry)
        self._registry_upto = manifest.registry_upto
        self._upto = manifest.upto
        self._mark = secrets.token_hex(4)

    def extend(self, upto: int) -> None:
        """Add segments for the facts up to this sequence."""
        while self._upto < upto:
            end = min(upto, self._upto + STEP)
            facts = rows.facts_between(self._handbook, self._upto, end)
            span = f"{self._upto + 1:09d}-{end:09d}"
            for name, table in facts.kinds.items():
                self._add(f"facts-{name}", span, table)
            for name, table in facts.participants.items():
                self._add(f"participants-{name}", span, table)
            self._add(AMENDMENTS, span, facts.amendments)
            self._upto = end

    def export(self, upto: int) -> None:
        """Write the registry as it stands; `upto` is the ledger's end that it belongs to."""
        for table in rows.REGISTRY:
            name = f"registry-{table}-{upto:09d}-{self._mark}.parquet"
            write_table(self._folder / name, rows.registry(table))
            self._registry[table] = name
        self._registry_upto = upto

    def erase(self, owner: int) -> None:
        """Leave the personal values of an owner out of the segments that hold any."""
        for kind in self._handbook.kinds.values():
            personal = {f"v_{field.id}" for field in mirrored(kind) if field.personal}
            names = self._series.get(f"facts-{kind.id}", []) if personal else []
            for place, name in enumerate(names):
                table = read_table(self._folder / name)
                held = pc.equal(table["owner"], owner)
                if not pc.any(held).as_py():
                    continue
                for number, column in enumerate(table.schema):
                    if column.name in personal:
                        nothing = pa.scalar(None, column.type)
                        values = pc.if_else(held, nothing, table.column(number))
                        table = table.set_column(number, column, values)
                names[place] = f"{name.rpartition('-')[0]}-{self._mark}.parquet"
                write_table(self._folder / names[place], table)

    def finish(self, head: str, kinds: str, erased: str = "") -> Manifest:
        """Merge what lies in many pieces, and let the new state count."""
        for series, names in self._series.items():
            if len(names) > MOST_SEGMENTS:
                self._merge(series)
        manifest = Manifest(
            upto=self._upto,
            head=head,
            kinds=kinds,
            registry_upto=self._registry_upto,
            series={name: tuple(files) for name, files in self._series.items()},
            registry=self._registry,
            erased=erased,
        )
        dropped = read_manifest(self._folder).files - manifest.files
        _write(self._folder / MANIFEST, json.dumps(asdict(manifest)).encode())
        self._clear(manifest, dropped)
        return manifest

    def _clear(self, manifest: Manifest, dropped: Collection[str]) -> None:
        """Remove what has not counted for some time, by the file system's own clock."""
        for name in dropped:
            with suppress(FileNotFoundError):
                os.utime(self._folder / name)
        now = (self._folder / MANIFEST).stat().st_mtime
        for file in self._folder.iterdir():
            counts = file.name in manifest.files or file.name in {MANIFEST, LOCK}
            if not counts and now - file.stat().st_mtime > GRACE:
                file.unlink()

    def _add(self, series: str, span: str, table: pa.Table) -> None:
        if len(table):
            name = f"{series}-{span}-{self._mark}.parquet"
            write_table(self._folder / name, table)
            self._series.setdefault(series, []).append(name)

    def _merge(self, series: str) -> None:
        names = self._series[series]
        whole = pa.concat_tables([read_table(self._folder / name) for name in names])
        first, last = (names[end].rsplit("-", 3)[place] for end, place in ((0, 1), (-1, 2)))
        self._series[series] = []
        self._add(series, f"{first}-{last}", whole.combine_chunks())


def remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove at once what does not count: whoever still reads it begins again."""
    for file in folder.iterdir():
        if file.name not in manifest.files | {MANIFEST, LOCK}:
            file.unlink(missing_ok=True)


def read_table(file: Path, *, coded: bool = False) -> pa.Table:
    """A Parquet file; `coded` gives texts as codes into the few different ones that there are.

    Raises `Unreadable`.
    """
    try:
        found = pq.ParquetFile(file)
        texts = [f.name for f in found.schema_arrow if pa.types.is_string(f.type)]
        return (pq.ParquetFile(file, read_dictionary=texts) if coded and texts else found).read()
    except (OSError, pa.ArrowException) as error:
        raise Unreadable(file.name) from error


def write_table(file: Path, table: pa.Table) -> None:
    """Write a Parquet file that is there whole or not at all."""
    passing = file.with_name(f".{file.name}.{os.getpid()}")
    pq.write_table(table, passing, compression="zstd", use_dictionary=True)
    passing.chmod(0o600)
    passing.rename(file)


def _write(file: Path, content: bytes) -> None:
    passing = file.with_name(f".{file.name}.{os.getpid()}")
    passing.write_bytes(content)
    passing.chmod(0o600)
    passing.rename(file)
