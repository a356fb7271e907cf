"""Verification: read everything again and name the first fact that is not in order.

The chain is streamed; memory holds the registry only. What the chain cannot show, namely that
all of it was rewritten, a checkpoint kept outside does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection

from bangfu.core.text import Refused, Text
from bangfu.records import erasures
from bangfu.records.checkpoints import Point, outside_file, read_points
from bangfu.records.models import Checkpoint, Fact
from bangfu.records.registry import Registry
from bangfu.records.sealing import vault
from bangfu.records.verify.beside import bound, broken_beside
from bangfu.records.verify.chain import Chain, NotInOrder
from bangfu.records.verify.guards import counted, guarded
from bangfu.records.verify.projection import first_difference
from bangfu.records.verify.verdict import Broken, Verdict

NO_OUTSIDE = Text(
    "没有保存在外的存证点：整条链被改写也看不出来。"
    "请运行 bangfu checkpoint，把写出的文件另行保管。",
    "No checkpoint is kept outside: a chain rewritten whole would not show. "
    "Run `bangfu checkpoint` and keep the file that it writes elsewhere.",
)
NOT_BOUND = Text(
    "台账的第一条事实没有记下县的基本设置（由旧版本所建）：设置被改看不出来。",
    "The ledger's first fact does not say how the county was made (an older version made it): "
    "a change of that would not show.",
)
NO_GUARDS = Text(
    "数据库里拒绝修改的触发器不全或被换过：有人动过。",
    "Triggers that refuse changes are missing from the database or are not the ones laid there: "
    "somebody took them off or replaced them.",
)


def verify(checkpoints: Path | None = None) -> Verdict:
    """Verify ledger, registry and checkpoints, those of the file included.

    `checkpoints` is the file that an auditor kept; by default the one beside the data. Raises
    `Refused` if the file cannot be read; finds everything else out by itself.
    """
    outside = _outside(checkpoints)
    keys = vault()
    with _snapshot():
        chain = Chain(keys)
        try:
            return _verdict(chain, Registry(keys.lookup), outside, checkpoints)
        except NotInOrder as found:
            return Verdict(chain.last, chain.head, broken=found.broken)
        except DatabaseError as problem:
            broken = Broken("damaged", chain.last + 1, detail=str(problem))
            return Verdict(chain.last, chain.head, broken=broken)
        except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
            # Whatever somebody wrote there, it is no fact any more.
            return Verdict(chain.last, chain.head, broken=_unread(chain, problem))


def _unread(chain: Chain, problem: Exception) -> Broken:
    return _named("content", chain.last + 1, f"{type(problem).__name__}: {problem}")


def _outside(file: Path | None) -> list[Point]:
    if file is None:
        return read_points(outside_file()) if outside_file().exists() else []
    if not file.is_file():
        raise Refused(
            "no_checkpoints", f"没有存证文件“{file}”。", f"There is no checkpoint file “{file}”."
        )
    return read_points(file)


def _verdict(chain: Chain, registry: Registry, outside: list[Point], file: Path | None) -> Verdict:
    points: dict[int, set[str]] = {}
    for point in [*outside, *_inside()]:
        points.setdefault(point.sequence, set()).add(point.hash)
    for passed in chain.read():
        if points.get(passed.sequence, {passed.hash}) != {passed.hash}:
            raise NotInOrder(_named("checkpoint", passed.sequence))
        if passed.event is not None:
            registry.apply(passed.event)
    last = max(points, default=0)
    if last > chain.last:
        raise NotInOrder(Broken("tail", chain.last + 1))
    if not counted(chain.last):
        raise NotInOrder(Broken("counter", chain.last + 1))
    _check_participants(chain)
    if difference := first_difference(registry):
        raise NotInOrder(_named("projection", *difference))
    _check_file(chain)
    _check_copies(outside)
    if outside and (missed := erasures.first_missed(erasures.kept(), file or outside_file())):
        raise NotInOrder(Broken("erasures", 0, detail=missed))
    if beside := broken_beside():
        raise NotInOrder(beside)
    warnings = [] if outside else [NO_OUTSIDE]
    if not bound():
        warnings.append(NOT_BOUND)
    if not guarded():
        warnings.append(NO_GUARDS)
    return Verdict(chain.last, chain.head, len(points), warnings=tuple(warnings))


def _inside() -> list[Point]:
    rows = Checkpoint.objects.order_by("sequence").values_list("sequence", "count", "hash", "at")
    return [Point(*row) for row in rows]


def _check_copies(outside: list[Point]) -> None:
    """A checkpoint in the database says the same as its copy outside, to the letter."""
    kept = {point.sequence: point for point in outside}
    for point in _inside():
        if point.count != point.sequence or kept.get(point.sequence, point) != point:
            raise NotInOrder(_named("checkpoint", point.sequence))


def _check_participants(chain: Chain) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM records_participant")
        if cursor.fetchone()[0] != chain.participants:
            raise NotInOrder(Broken("strays", chain.last))


def _check_file(chain: Chain) -> None:
    """SQLite's own check of its pages and indexes."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        found = cursor.fetchone()[0]
    if found != "ok":
        raise NotInOrder(Broken("damaged", chain.last, detail=str(found)))


def _named(what: str, sequence: int, detail: str = "") -> Broken:
    row = Fact.objects.filter(sequence=sequence).values_list("uid", "kind", "occurred_on").first()
    uid, kind, day = row or ("", "", "")
    return Broken(what, sequence, uid, kind, day, detail)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database for the whole of the reading, texts taken byte for byte."""
    connection.ensure_connection()
    begun = not connection.in_atomic_block
    sqlite = connection.vendor == "sqlite"
    if sqlite:
        connection.connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        if begun:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN" if sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ")
        yield
    finally:
        if begun:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        if sqlite:
            connection.connection.text_factory = str
