"""One line of the ledger: its columns, the body that is hashed, and lines looked up by uid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection

from bangfu.core.facts import GENESIS, Draft
from bangfu.records import guard
from bangfu.records.models import Fact

MORE = "subject"  # the participants' role that holds the further subjects of a sheet
SEALED = "$sealed"

T = TypeVar("T")
_looked: ContextVar[list[Head] | None] = ContextVar("bangfu_looked", default=None)
_quoted = json.encoder.encode_basestring


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
    """What a fact's hash covers: every column but the hashes, references as uids.

    The same bytes as `canonical` gives for these keys, written out since it is the longest part
    of a batch's work.
    """
    more = ",".join([_quoted(uid) for uid in uids.more_subjects])
    amends = "null" if uids.amends is None else _quoted(uids.amends)
    return (
        f'{{"amends":{amends},"digest":{_quoted(line.digest)},"kind":{_quoted(line.kind)},'
        f'"minute":{"null" if line.minute is None else line.minute},"more_subjects":[{more}],'
        f'"occurred_on":{_quoted(line.occurred_on)},"participants":[{pairs(uids.participants)}],'
        f'"performed_by":{_quoted(uids.performed_by)},"reason":{_quoted(line.reason)},'
        f'"recorded_at":{_quoted(line.recorded_at)},"recorded_by":{_quoted(uids.recorded_by)},'
        f'"sequence":{line.sequence},"subject":{_quoted(uids.subject)},'
        f'"uid":{_quoted(line.uid)},"values":{_quoted(line.values)}}}'
    ).encode()


def pairs(participants: Iterable[tuple[str, str]]) -> str:
    """Participants as a list's items in canonical JSON."""
    return ",".join([f"[{_quoted(role)},{_quoted(uid)}]" for role, uid in participants])


def draft_body(draft: Draft, recorded_by: str, values: Sequence[bytes]) -> bytes:
    """What tells a repeat of a draft from another under the same uid, values as given."""
    parts = [
        draft.kind, draft.occurred_on.isoformat(), str(draft.minute), draft.subject,
        draft.performed_by, recorded_by, draft.amends or "", draft.reason,
        ",".join(sorted(draft.more_subjects)), pairs(sorted(draft.participants)),
    ]  # fmt: skip
    return b"\n".join([",".join([_quoted(part) for part in parts]).encode(), *values])


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
