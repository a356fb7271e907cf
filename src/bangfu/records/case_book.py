"""The facts of cases that a batch is checked against: as the ledger has them, and its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from bangfu.core.facts import Value
from bangfu.core.periods import day_number
from bangfu.core.procedures import Procedure
from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.core.values import read_day, scaled
from bangfu.engine.casebook import Cell
from bangfu.records import ledger, reading
from bangfu.records.ledger import FactLine
from bangfu.records.models import Fact
from bangfu.records.plans import Checked


class CaseFact(NamedTuple):
    """A fact that a case is read from, as the ledger has it; sealed values are left out."""

    sequence: int
    uid: str
    kind: str
    day: date
    performer: int
    values: Mapping[str, Value]
    people: tuple[tuple[str, str], ...]
    amended_by: str | None

    def says(self, name: str) -> list[str]:
        """What a field, or the participants of a role, hold; empty where there is nothing."""
        return said(name, self.values, self.people)


def said(name: str, values: Mapping[str, Value], people: Iterable[tuple[str, str]]) -> list[str]:
    """What a field holds, or the participants of a role; empty where there is nothing."""
    if values.get(name) is not None:
        return [str(values[name])]
    return sorted(uid for role, uid in people if role == name)


class CaseBook:
    """The facts of cases about the subjects that a batch writes of, the batch's own included."""

    def __init__(self, handbook: Handbook) -> None:
        self._handbook = handbook
        self.kinds = frozenset(
            kind for procedure in handbook.procedures.values() for kind in procedure.kinds()
        )
        terms = [term for rule in handbook.procedures.values() for term in rule.terms]
        self.openings = frozenset(
            rule.opens
            for rule in handbook.procedures.values()
            if any(term.opening for term in rule.terms)
        )
        self.consents = frozenset(kind.consent for kind in handbook.kinds.values()) - {""}
        # What an opening asks to see, and whether data may be matched, is read with the cases.
        self._read = self.kinds | self.consents | {
            kind for term in terms if term.opening for kind in term.opening.evidence
        }  # fmt: skip
        self._facts: dict[int, dict[str, CaseFact]] = {}

    def learn(self, subjects: Iterable[int]) -> None:
        """Load what the ledger has about these subjects."""
        fresh = set(subjects) - self._facts.keys()
        self._facts.update((subject, {}) for subject in fresh)
        for some in ledger.portions(sorted(fresh), 5000):
            rows = Fact.objects.filter(subject__in=some, kind__in=self._read).values_list(
                "subject", "sequence", "uid", "kind", "occurred_on", "performer", "values",
                "amended_by__uid",
            )  # fmt: skip
            found = list(rows)
            parts = reading.participants([row[1] for row in found])
            for subject, sequence, uid, kind, day, who, values, amended in found:
                self._facts[subject][uid] = CaseFact(
                    sequence, uid, kind, date.fromisoformat(day), who or 0, json.loads(values),
                    tuple((part.role, part.uid) for part in parts.get(sequence, ())), amended,
                )  # fmt: skip

    def remember(self, line: FactLine, checked: Checked) -> None:
        """Let the rest of the batch know this fact, and what it amends."""
        if line.kind in self._read:
            # A subject that is founded in this very portion was not there to be learned of.
            known = self._facts.setdefault(line.subject_id, {})
            known[line.uid] = CaseFact(
                line.sequence, line.uid, line.kind, checked.draft.occurred_on,
                line.performer_id or 0, checked.values, checked.draft.participants, None,
            )  # fmt: skip
        amended = checked.amended
        if amended is not None and amended.uid in self._facts.get(amended.subject_id, {}):
            facts = self._facts[amended.subject_id]
            facts[amended.uid] = facts[amended.uid]._replace(amended_by=line.uid)

    def standing(self, subject: int, uid: str) -> CaseFact | None:
        """What stands of a fact about a subject: itself, or what corrected it last."""
        facts = self._facts.get(subject, {})
        found = facts.get(uid)
        while found is not None and found.amended_by is not None:
            found = facts.get(found.amended_by)
        return found

    def entries(self, procedure: Procedure, subject: int, opening: str) -> list[CaseFact]:
        """The standing facts about a subject that belong to the case of that opening."""
        found = []
        for fact in self._facts.get(subject, {}).values():
            field = self._handbook.kinds[fact.kind].naming(procedure.opens)
            case = field and fact.values.get(field.id)
            if fact.amended_by is None and fact.kind in procedure.kinds() and case:
                opened = self.standing(subject, str(case))
                if opened is not None and opened.uid == opening:
                    found.append(fact)
        return found

    def of_kind(self, subject: int, kind: str) -> list[CaseFact]:
        """The standing facts of a kind about a subject."""
        facts = self._facts.get(subject, {}).values()
        return [fact for fact in facts if fact.kind == kind and fact.amended_by is None]


def cells(kind: FactKind, values: Mapping[str, Value]) -> dict[str, Cell]:
    """Stored values as the engine reads them: numbers scaled, days as day numbers."""
    return {field.id: _cell(field, values.get(field.id)) for field in kind.fields}


def _cell(field: Field, value: Value) -> Cell:
    if value is None or isinstance(value, list):
        return None
    if field.type in ("integer", "number", "money"):
        return scaled(field, value)
    if field.type == "date":
        day = read_day(value)
        return None if day is None else day_number(day)
    return value
