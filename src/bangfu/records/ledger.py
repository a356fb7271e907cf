"""One line of the ledger: its columns, the body that is hashed, and lines looked up by uid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection

from bangfu.core.facts import GENESIS, canonical
from bangfu.records.models import Fact

MORE = "subject"  # the participants' role that holds the further subjects of a sheet
SEALED = "$sealed"

T = TypeVar("T")


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
            "sequence": line.sequence,
            "uid": line.uid,
            "kind": line.kind,
            "occurred_on": line.occurred_on,
            "minute": line.minute,
            "subject": uids.subject,
            "more_subjects": uids.more_subjects,
            "participants": uids.participants,
            "performed_by": uids.performed_by,
            "recorded_by": uids.recorded_by,
            "recorded_at": line.recorded_at,
            "amends": uids.amends,
            "values": line.values,
            "reason": line.reason,
            "digest": line.digest,
        }
    )


def head() -> Head:
    """The end of the chain; an empty ledger's is the genesis."""
    row = Fact.objects.order_by("-sequence").values_list("sequence", "hash", "recorded_at").first()
    return Head(*row) if row else Head(0, GENESIS, "")


def stored(uids: Iterable[str]) -> dict[str, Stored]:
    """The facts of these uids that the ledger has."""
    found: dict[str, Stored] = {}
    for some in portions(uids, 5000):
        rows = Fact.objects.filter(uid__in=some).values_list(
            "sequence", "uid", "kind", "subject", "performer", "recorder", "digest",
            "amended_by__uid",
        )  # fmt: skip
        found.update((row[1], Stored(*row)) for row in rows)
    return found


def moment_text(moment: datetime) -> str:
    """A moment as the ledger keeps it: UTC, to the second, 2017-07-31T08:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
