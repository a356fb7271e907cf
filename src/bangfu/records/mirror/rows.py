"""What the mirror is made of, read from the database: by range of the ledger, or by subjects."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
from django.db import connection
from django.db.models import Q

from bangfu.core.facts import Value
from bangfu.core.rules import FactKind, Handbook
from bangfu.records.ledger import MORE, SEALED, portions
from bangfu.records.mirror.columns import (
    ERASED,
    PARTICIPANTS,
    FactRow,
    columns,
    day_numbers,
    mirrored,
    opens,
)
from bangfu.records.models import PARTICIPANTS_A_FACT, Fact, Participant, SubjectKey
from bangfu.records.sealing import unseal, vault

PORTION = 20_000


class Facts(NamedTuple):
    """Facts in columns: by kind, their participants by kind, and which fact amends which."""

    kinds: dict[str, pa.Table]
    participants: dict[str, pa.Table]
    amendments: pa.Table


class _Line(NamedTuple):
    sequence: int
    uid: str
    kind: str
    subject: int
    subject_uid: str
    performer: int | None
    day: str
    minute: int | None
    amends: int | None
    values: str


_COLUMNS = (
    "sequence", "uid", "kind", "subject", "subject__uid", "performer", "occurred_on", "minute",
    "amends", "values",
)  # fmt: skip
AMENDMENTS = pa.schema([("fact", pa.int64()), ("amends", pa.int64())])


def facts_between(handbook: Handbook, after: int, upto: int) -> Facts:
    """The facts whose sequence is above `after` and at most `upto`."""
    lines = Fact.objects.filter(sequence__gt=after, sequence__lte=upto)
    parts = Participant.objects.filter(
        id__gte=(after + 1) * PARTICIPANTS_A_FACT, id__lt=(upto + 1) * PARTICIPANTS_A_FACT
    )
    rows = [_Line(*row) for row in lines.order_by("sequence").values_list(*_COLUMNS)]
    return _columns(handbook, rows, parts.values_list("fact", "role", "participant"))


class Foreign(NamedTuple):
    """Facts of which only these participants concern the reader, such as a large class's."""

    facts: Collection[int] = ()
    participants: Collection[int] = ()


def facts_of(
    handbook: Handbook,
    sequences: Collection[int],
    kinds: Collection[str] | None = None,
    *,
    foreign: Foreign = Foreign(),  # noqa: B008 - a tuple
) -> Facts:
    """The facts of these sequences, of `kinds` if any are named."""
    rows: list[_Line] = []
    parts: list[tuple[int, str, int]] = []
    for some in portions(sorted(sequences), 5000):
        lines = Fact.objects.filter(sequence__in=some)
        if kinds is not None:
            lines = lines.filter(kind__in=list(kinds))
        rows += [_Line(*row) for row in lines.order_by("sequence").values_list(*_COLUMNS)]
        parts += _participants([one for one in some if one not in foreign.facts])
        parts += _participants([one for one in some if one in foreign.facts], foreign.participants)
    return _columns(handbook, rows, parts)


def _participants(
    sequences: Sequence[int], only: Collection[int] | None = None
) -> list[tuple[int, str, int]]:
    """The participants of these facts, or `only` these of them and what else they are about."""
    if not sequences:
        return []
    marks = ", ".join(["%s"] * len(sequences))
    chosen, given = "", list[int | str](only or ())
    if only is not None:
        these = f" OR p.participant_id IN ({', '.join(['%s'] * len(given))})" if given else ""
        chosen = f"AND (p.role = %s{these}) "
        given = [MORE, *given]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.fact_id, p.role, p.participant_id FROM records_fact f "  # noqa: S608
            f"JOIN records_participant p ON p.id >= f.sequence * {PARTICIPANTS_A_FACT} "
            f"AND p.id < (f.sequence + 1) * {PARTICIPANTS_A_FACT} "
            f"WHERE f.sequence IN ({marks}) {chosen}ORDER BY p.id",
            [*sequences, *given],
        )
        return list(cursor.fetchall())


def _columns(
    handbook: Handbook, lines: Sequence[_Line], parts: Iterable[tuple[int, str, int]]
) -> Facts:
    more: dict[int, list[int]] = {}
    others: dict[int, list[tuple[str, int]]] = {}
    for fact, role, number in parts:
        if role == MORE:
            more.setdefault(fact, []).append(number)
        else:
            others.setdefault(fact, []).append((role, number))
    by_kind: dict[str, list[_Line]] = {}
    for line in lines:
        by_kind.setdefault(line.kind, []).append(line)
    kinds, participants = {}, {}
    for name, of_kind in by_kind.items():
        kind = handbook.kind(name)
        if kind is not None:
            kinds[name] = columns(kind, _fact_rows(kind, of_kind, more))
            participants[name] = _participant_table(of_kind, others)
    amending = [(line.sequence, line.amends) for line in lines if line.amends is not None]
    amendments = pa.Table.from_arrays(
        [pa.array(column, pa.int64()) for column in (zip(*amending, strict=True))]
        if amending
        else [pa.array([], pa.int64())] * 2,
        schema=AMENDMENTS,
    )
    return Facts(kinds, participants, amendments)


def _participant_table(
    lines: Sequence[_Line], others: Mapping[int, Sequence[tuple[str, int]]]
) -> pa.Table:
    rows = [(n.sequence, *part) for n in lines for part in others.get(n.sequence, ())]
    return pa.Table.from_arrays(
        [
            pa.array([row[column] for row in rows], kept)
            for column, kept in enumerate(PARTICIPANTS.types)
        ],
        schema=PARTICIPANTS,
    )


def _fact_rows(
    kind: FactKind, lines: Sequence[_Line], more: Mapping[int, Sequence[int]]
) -> list[FactRow]:
    keys = _keys(lines) if opens(kind) else {}
    wanted = bool(mirrored(kind))
    naming = [field.id for field in mirrored(kind) if field.numbered]
    values = [_values(line, keys) if wanted else {} for line in lines]
    if naming:
        values = _with_sequences(values, naming)
    return [
        FactRow(
            line.sequence,
            line.subject,
            more.get(line.sequence, ()),
            line.day,
            line.minute,
            line.performer,
            given,
        )
        for line, given in zip(lines, values, strict=True)
    ]


def _with_sequences(
    values: Sequence[Mapping[str, Value]], naming: Sequence[str]
) -> list[Mapping[str, Value]]:
    """The same values with the number of each fact or project that they name in place of its uid:
    a project's is the sequence of the fact that founded it.
    """
    uids = {str(given[name]) for given in values for name in naming if given.get(name)}
    sequences: dict[str, int] = {}
    for some in portions(sorted(uids), 5000):
        sequences.update(Fact.objects.filter(uid__in=some).values_list("uid", "sequence"))
    return [
        {**given, **{name: sequences.get(str(given[name])) for name in naming if given.get(name)}}
        for given in values
    ]


def _values(line: _Line, keys: Mapping[int, bytes]) -> Mapping[str, Value]:
    values = json.loads(line.values)
    sealed = values.pop(SEALED, None)
    key = keys.get(line.subject)
    if sealed and key is not None and line.subject_uid in sealed:
        values.update(unseal(key, sealed[line.subject_uid], line.uid, line.subject_uid))
    elif sealed and line.subject_uid in sealed:
        values[ERASED] = True
    result: Mapping[str, Value] = values
    return result


def _keys(lines: Sequence[_Line]) -> dict[int, bytes]:
    """The subjects' keys, those destroyed left out."""
    subjects = {line.subject: line.subject_uid for line in lines if SEALED in line.values}
    if not subjects:
        return {}
    opener, found = vault(), {}
    for some in portions(subjects, 5000):
        rows = SubjectKey.objects.filter(subject__in=some, wrapped__isnull=False)
        for number, wrapped in rows.values_list("subject", "wrapped"):
            if wrapped is not None:
                found[number] = opener.unwrap(wrapped, subjects[number])
    return found


# The registry, with the versions that tell what was known when.

SUBJECTS = pa.schema(
    [
        ("id", pa.int64()), ("type", pa.string()), ("path", pa.string()),
        ("village", pa.int64()), ("township", pa.int64()), ("since", pa.int32()),
        ("recorded", pa.int64()), ("retired", pa.int64()),
    ]
)  # fmt: skip
ASSIGNMENTS = pa.schema(
    [
        ("fact", pa.int64()), ("person", pa.int64()), ("role", pa.string()),
        ("subject", pa.int64()), ("start", pa.int32()), ("end", pa.int32()),
        ("recorded", pa.int64()), ("retired", pa.int64()),
    ]
)  # fmt: skip
STATUSES = pa.schema(
    [
        ("fact", pa.int64()), ("subject", pa.int64()), ("status", pa.string()),
        ("value", pa.string()), ("start", pa.int32()), ("end", pa.int32()),
        ("recorded", pa.int64()), ("retired", pa.int64()),
    ]
)  # fmt: skip
MEMBERS = pa.schema(
    [
        ("fact", pa.int64()), ("person", pa.int64()), ("subject", pa.int64()),
        ("relation", pa.string()), ("start", pa.int32()), ("end", pa.int32()),
        ("recorded", pa.int64()), ("retired", pa.int64()),
    ]
)  # fmt: skip
_REGISTRY = {
    "subjects": (
        SUBJECTS,
        "SELECT id, type, path, village, township, CAST(since AS TEXT), recorded_seq, voided_seq "
        "FROM records_subject",
    ),
    "past": (
        SUBJECTS,
        "SELECT subject_id, '', path, village, township, CAST(since AS TEXT), recorded_seq, "
        "retired_seq FROM records_subjectpast",
    ),
    "assignments": (
        ASSIGNMENTS,
        "SELECT fact, person_id, role, subject_id, CAST(start AS TEXT), "
        'CAST("end" AS TEXT), recorded_seq, retired_seq FROM records_assignment',
    ),
    "members": (
        MEMBERS,
        "SELECT fact, person_id, subject_id, relation, CAST(start AS TEXT), "
        'CAST("end" AS TEXT), recorded_seq, retired_seq FROM records_membership',
    ),
    "statuses": (
        STATUSES,
        "SELECT fact, subject_id, status, value, CAST(start AS TEXT), "
        'CAST("end" AS TEXT), recorded_seq, retired_seq FROM records_status',
    ),
}
REGISTRY = tuple(_REGISTRY)


def registry(table: str, where: str = "", parameters: Sequence[int] = ()) -> pa.Table:
    """Rows of one registry table in columns; `where` is a condition that this package wrote."""
    wanted, select = _REGISTRY[table]
    with connection.cursor() as cursor:
        # PostgreSQL keeps no order of its own; SQLite's is that of the numbers.
        condition = f" WHERE {where}" if where else ""
        cursor.execute(f"{select}{condition} ORDER BY id", parameters)
        rows = cursor.fetchall()
    by_column: list[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(wanted)
    arrays = [
        day_numbers(values) if kept == pa.int32() else pa.array(values, kept)
        for kept, values in zip(wanted.types, by_column, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=wanted)


def registry_of(table: str, column: str, numbers: Collection[int]) -> pa.Table:
    """The rows of a registry table whose `column` is one of these numbers."""
    found = [
        registry(table, f"{column} IN ({', '.join(['%s'] * len(some))})", some)
        for some in portions(sorted(numbers), 5000)
    ]
    return pa.concat_tables(found) if found else _REGISTRY[table][0].empty_table()


def sequences_about(subjects: Collection[int], kinds: Collection[str] | None) -> set[int]:
    """The facts that have one of these as subject, further subject or participant."""
    found: set[int] = set()
    of_kind = Q() if kinds is None else Q(kind__in=kinds)
    for some in portions(sorted(subjects), 5000):
        about = Fact.objects.filter(of_kind, subject__in=some)
        found.update(about.values_list("sequence", flat=True))
        taking_part = Participant.objects.filter(participant__in=some)
        if kinds is not None:
            taking_part = taking_part.filter(fact__kind__in=kinds)
        found.update(taking_part.values_list("fact", flat=True))
    return found


def sequences_by(performers: Collection[int], kinds: Collection[str]) -> set[int]:
    """The facts of these kinds that one of these persons performed."""
    found: set[int] = set()
    for some in portions(sorted(performers), 5000):
        rows = Fact.objects.filter(performer__in=some, kind__in=list(kinds))
        found.update(rows.values_list("sequence", flat=True))
    return found


def sequences_of(kinds: Collection[str]) -> set[int]:
    """All facts of these kinds."""
    rows = Fact.objects.filter(kind__in=list(kinds))
    return set(rows.values_list("sequence", flat=True))


def sequences_joined(persons: Collection[int], kinds: Collection[str]) -> set[int]:
    """The facts of these kinds in which one of these persons took part."""
    found: set[int] = set()
    for some in portions(sorted(persons), 5000):
        rows = Participant.objects.filter(participant__in=some, fact__kind__in=list(kinds))
        found.update(rows.values_list("fact", flat=True))
    return found


def amendments_of(sequences: Collection[int]) -> pa.Table:
    """Which facts amend these."""
    pairs: list[tuple[int, int | None]] = []
    for some in portions(sorted(sequences), 5000):
        pairs += Fact.objects.filter(amends__in=some).values_list("sequence", "amends")
    return pa.Table.from_arrays(
        [
            pa.array([pair[0] for pair in pairs], pa.int64()),
            pa.array([pair[1] for pair in pairs], pa.int64()),
        ],
        schema=AMENDMENTS,
    )
