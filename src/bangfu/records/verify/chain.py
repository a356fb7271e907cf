"""The ledger read again from its first line: numbers, links, hashes, participants, amendments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from bangfu.core.facts import GENESIS, VOID, Value, link
from bangfu.core.registry import FOUNDING
from bangfu.records import ledger
from bangfu.records.access import FOUNDER
from bangfu.records.ledger import MORE, SEALED, FactLine, Uids
from bangfu.records.models import PARTICIPANTS_A_FACT, SubjectKey
from bangfu.records.registry_rows import Event
from bangfu.records.sealing import KeyProblem, Vault, unseal
from bangfu.records.verify.verdict import Broken

PORTION = 2000


class NotInOrder(Exception):
    """The first broken fact was met."""

    def __init__(self, broken: Broken) -> None:
        self.broken = broken
        super().__init__(broken.text.en)


class Passed(NamedTuple):
    """A fact that is in order; `event` is set if the registry follows from it."""

    sequence: int
    hash: str
    event: Event | None


class Chain:
    """Streams the ledger in portions and raises `NotInOrder` at the first line that is not so.

    References are resolved through the founding facts themselves, never through a projection.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._uids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._amended: set[int] = set()
        self._wrapped: dict[int, bytes | None] = {}
        self.last = 0
        self.head = GENESIS
        self.participants = 0

    def read(self) -> Iterator[Passed]:
        """Every fact in order."""
        while lines := self._lines():
            parts = self._parts(self.last, lines[-1].sequence)
            amended = self._amended_facts(lines)
            self._learn_keys(lines)
            for line in lines:
                self._check_number(line)
                yield self._check(line, parts.get(line.sequence, []), amended)

    def _lines(self) -> list[FactLine]:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(name) for name in FactLine._fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM records_fact WHERE sequence > %s "  # noqa: S608
                f"ORDER BY sequence LIMIT {PORTION}",
                [self.last],
            )
            return [FactLine(*row) for row in cursor.fetchall()]

    def _parts(self, after: int, upto: int) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, fact_id, role, participant_id FROM records_participant "
                "WHERE id >= %s AND id < %s ORDER BY id",
                [(after + 1) * PARTICIPANTS_A_FACT, (upto + 1) * PARTICIPANTS_A_FACT],
            )
            for row in cursor.fetchall():
                found.setdefault(row[0] // PARTICIPANTS_A_FACT, []).append(row)
        return found

    def _amended_facts(self, lines: Sequence[FactLine]) -> dict[int, tuple[str, str]]:
        """Uid and kind of what these facts amend; they stand before and were read already."""
        wanted = [line.amends_id for line in lines if isinstance(line.amends_id, int)]
        if not wanted:
            return {}
        marks = ", ".join(["%s"] * len(wanted))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT sequence, uid, kind FROM records_fact WHERE sequence IN ({marks})",  # noqa: S608
                wanted,
            )
            return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}

    def _check_number(self, line: FactLine) -> None:
        if not isinstance(line.sequence, int):
            raise _broken("sequence", line, self.last + 1)
        if line.sequence != self.last + 1:
            raise _broken("gap", line, self.last + 1)
        if line.previous_hash != self.head:
            raise _broken("link", line)
        numbers = (
            line.minute, line.subject_id, line.performer_id, line.recorder_id, line.amends_id
        )  # fmt: skip
        if any(number is not None and type(number) is not int for number in numbers):
            raise _broken("content", line)

    def _check(
        self,
        line: FactLine,
        parts: Sequence[tuple[Any, ...]],
        amended: Mapping[int, tuple[str, str]],
    ) -> Passed:
        """The line's content against its hash, then what it refers to and amends."""
        first = line.sequence * PARTICIPANTS_A_FACT
        for number, part in enumerate(parts):
            if part[0] != first + number or part[1] != line.sequence or type(part[3]) is not int:
                raise _broken("participants", line)
        founding = line.kind in FOUNDING and line.amends_id is None and line.uid != FOUNDER
        if founding and line.subject_id == line.sequence:
            self._uids[line.sequence] = line.uid
            self._numbers[line.uid] = line.sequence
        named = [(part[2], self._uid(line, part[3])) for part in parts]
        uids = Uids(
            subject=self._uid(line, line.subject_id),
            more_subjects=[uid for role, uid in named if role == MORE],
            participants=[pair for pair in named if pair[0] != MORE],
            performed_by=self._uid(line, line.performer_id),
            recorded_by=self._uid(line, line.recorder_id),
            amends=self._check_amends(line, amended),
        )
        try:
            hashed = link(self.head, ledger.body(line, uids))
        except (TypeError, ValueError):
            raise _broken("content", line) from None
        if hashed != line.hash:
            raise _broken("content", line)
        self.last, self.head = line.sequence, line.hash
        self.participants += len(parts)
        return Passed(line.sequence, line.hash, self._event(line, uids))

    def _uid(self, line: FactLine, number: int | None) -> str:
        if number is None:
            return FOUNDER
        uid = self._uids.get(number)
        if uid is None:
            raise _broken("reference", line)
        return uid

    def _check_amends(self, line: FactLine, amended: Mapping[int, tuple[str, str]]) -> str | None:
        if line.amends_id is None:
            if line.kind == VOID:
                raise _broken("amends", line)
            return None
        uid, kind = amended.get(line.amends_id, ("", VOID))
        if line.amends_id >= line.sequence or kind == VOID or line.kind not in (VOID, kind):
            raise _broken("amends", line)
        if line.amends_id in self._amended:
            raise _broken("amends", line)
        self._amended.add(line.amends_id)
        return uid

    def _event(self, line: FactLine, uids: Uids) -> Event | None:
        if not line.kind.startswith("registry.") and line.kind != VOID:
            return None
        return Event(
            line.sequence, line.uid, line.kind, date.fromisoformat(line.occurred_on),
            uids.subject, self._values(line), tuple(uids.participants), line.amends_id,
        )  # fmt: skip

    def _values(self, line: FactLine) -> dict[str, Value]:
        values: dict[str, Value] = json.loads(line.values)
        sealed = values.pop(SEALED, None)
        if not isinstance(sealed, dict):
            return values
        for party, blob in sealed.items():
            try:
                key = self._key(party)
                if key is not None:
                    values.update(unseal(key, blob, line.uid, party))
            except KeyProblem:
                raise _broken("sealed", line) from None
        return values

    def _learn_keys(self, lines: Sequence[FactLine]) -> None:
        """The wrapped keys of the subjects that registry facts of this portion are about."""
        about = {line.subject_id for line in lines if str(line.kind).startswith("registry.")}
        rows = SubjectKey.objects.filter(subject__in=[n for n in about if isinstance(n, int)])
        self._wrapped = {
            n: None if w is None else bytes(w) for n, w in rows.values_list("subject", "wrapped")
        }

    def _key(self, party: str) -> bytes | None:
        """The party's key; None once it is destroyed."""
        number = self._numbers.get(party, 0)
        if number not in self._wrapped:
            row = SubjectKey.objects.filter(subject=number).values_list("wrapped", flat=True)
            wrapped = row.first()
            self._wrapped[number] = None if wrapped is None else bytes(wrapped)
        wrapped = self._wrapped[number]
        return None if wrapped is None else self._vault.unwrap(wrapped, party)


def _broken(what: str, line: FactLine, sequence: int | None = None) -> NotInOrder:
    number = line.sequence if sequence is None else sequence
    texts = (_text(line.uid), _text(line.kind), _text(line.occurred_on))
    return NotInOrder(Broken(what, int(number), *texts))


def _text(value: object) -> str:
    """Whatever stands there, fit for printing."""
    return str(value).encode("utf-8", "replace").decode("utf-8")
