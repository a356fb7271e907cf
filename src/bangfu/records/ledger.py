"""One line of the ledger: its columns, the body that is hashed, and lines looked up by uid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import orjson
from django.db import connection

from bangfu.core.facts import GENESIS, Draft
from bangfu.records import guard
from bangfu.records.canonical import canonical
from bangfu.records.models import Fact

MORE = "subject"  # the participants' role that holds the further subjects of a sheet
SEALED = "$sealed"

T = TypeVar("T")
_looked: ContextVar[list[Head] | None] = ContextVar("bangfu_looked", default=None)


class FactLine(NamedTuple):
    """The columns of `records_fact`, in the order in which they are written."""

    sequence: int
    uid: str
    kind: str
    occurred_on: str
    minute: int | None
    subject_id: int
    performer_id: int | None
    recorder_id: int | None
    recorded_at: str
    amends_id: int | None
    values: str
    reason: str
    digest: str
    previous_hash: str
    hash: str


class Stored(NamedTuple):
    """What the writer must know of a fact that stands in the ledger already."""

    sequence: int
    uid: str
    kind: str
    subject_id: int
    performer_id: int | None
    recorder_id: int | None
    digest: str
    amended_by: str | None


class Head(NamedTuple):
    """Where the chain ends: the last sequence, hash and time of recording."""

    sequence: int
    hash: str
    recorded_at: str


class Uids(NamedTuple):
    """The uids that a fact's line holds as numbers."""

    subject: str
    more_subjects: Sequence[str]
    participants: Sequence[tuple[str, str]]
    performed_by: str
    recorded_by: str
    amends: str | None


def body(line: FactLine, uids: Uids) -> bytes:
    """What a fact's hash covers: every column but the hashes, references as uids."""
    return canonical(
        {
            "amends": uids.amends,
            "digest": line.digest,
            "kind": line.kind,
            "minute": line.minute,
            "more_subjects": uids.more_subjects,
            "occurred_on": line.occurred_on,
            "participants": uids.participants,
            "performed_by": uids.performed_by,
            "reason": line.reason,
            "recorded_at": line.recorded_at,
            "recorded_by": uids.recorded_by,
            "sequence": line.sequence,
            "subject": uids.subject,
            "uid": line.uid,
            "values": line.values,
        }
    )


def pairs(participants: Sequence[tuple[str, str]]) -> str:
    """Participants as a list's items in canonical JSON."""
    return orjson.dumps(participants)[1:-1].decode() if participants else ""


def draft_body(draft: Draft, recorded_by: str, values: Sequence[bytes]) -> bytes:
    """What tells a repeat of a draft from another under the same uid, values as given."""
    parts = [
        draft.kind, draft.occurred_on.isoformat(), str(draft.minute), draft.subject,
        draft.performed_by, recorded_by, draft.amends or "", draft.reason,
        ",".join(sorted(draft.more_subjects)), pairs(sorted(draft.participants)),
    ]  # fmt: skip
    return b"\n".join([orjson.dumps(parts)[1:-1], *values])


def head() -> Head:
    """The end of the chain; an empty ledger's is the genesis."""
    with guard.lifted(), connection.cursor() as cursor:
        # Every page asks this, and more than once: without what the models would add.
        cursor.execute(
            "SELECT sequence, hash, recorded_at FROM records_fact ORDER BY sequence DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, GENESIS, "")


def seen_head() -> Head:
    """The end of the chain as this block first saw it (`one_look`); outside of one, that of now."""
    looked = _looked.get()
    if looked is None:
        return head()
    if not looked:
        looked.append(head())
    return looked[0]


@contextmanager
def one_look() -> Iterator[None]:
    """Until the block ends look for the chain's end once, or again after `look_again`: all numbers
    of a page are then of one ledger.
    """
    token = _looked.set([])
    try:
        yield
    finally:
        _looked.reset(token)


def look_again() -> None:
    """Something was written."""
    looked = _looked.get()
    if looked:
        looked.clear()


def stored(uids: Iterable[str]) -> dict[str, Stored]:
    """The facts of these uids that the ledger has."""
    found: dict[str, Stored] = {}
    for some in portions(existing(uids), 5000):
        rows = Fact.objects.filter(uid__in=some).values_list(
            "sequence", "uid", "kind", "subject", "performer", "recorder", "digest",
            "amended_by__uid",
        )  # fmt: skip
        found.update((row[1], Stored(*row)) for row in rows)
    return found


def existing(uids: Iterable[str]) -> list[str]:
    """Those of these uids that the ledger has; mostly none, which is why it asks so little."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for some in portions(uids, 5000):
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT uid FROM records_fact WHERE uid IN ({marks})", some)  # noqa: S608
            found += [row[0] for row in cursor.fetchall()]
    return found


def moment_text(moment: datetime) -> str:
    """A moment as the ledger keeps it: UTC, to the second, 2017-07-31T08:00:00Z."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows by one prepared statement."""
    if not rows:
        return
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        # Table and columns come from the models, never from a request.
        cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)  # noqa: S608


def portions(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    portion: list[T] = []
    for item in items:
        portion.append(item)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion
