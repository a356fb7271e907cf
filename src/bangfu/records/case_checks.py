"""Whether a fact may be the next step of its case: in order, by whom, when, with what evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bangfu.core.facts import VOID, Value
from bangfu.core.periods import day_number, day_of
from bangfu.core.procedures import Procedure, ProcedureStep
from bangfu.core.rules import FactKind, Field, Handbook, term_on
from bangfu.core.text import Text
from bangfu.core.values import read_day, scaled
from bangfu.engine.casebook import Cell, Course, Entry, Reading, read
from bangfu.records import case_refusals, ledger, reading, refusals
from bangfu.records.ledger import FactLine
from bangfu.records.models import Fact
from bangfu.records.plans import Checked
from bangfu.records.registry import Registry

# After every sequence that there is: a draft is the last fact of its day.
_LAST = 2**62


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
        return _said(name, self.values, self.people)


def _said(name: str, values: Mapping[str, Value], people: Iterable[tuple[str, str]]) -> list[str]:
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
        self._facts: dict[int, dict[str, CaseFact]] = {}

    def learn(self, subjects: Iterable[int]) -> None:
        """Load what the ledger has about these subjects."""
        fresh = set(subjects) - self._facts.keys()
        self._facts.update((subject, {}) for subject in fresh)
        for some in ledger.portions(sorted(fresh), 5000):
            rows = Fact.objects.filter(subject__in=some, kind__in=self.kinds).values_list(
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
        if line.kind in self.kinds:
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


def check_case(handbook: Handbook, book: CaseBook, registry: Registry, checked: Checked) -> None:
    """Refuse a step that is not the next one of its case, with the step and the rule."""
    draft, subject = checked.draft, checked.subject
    if draft.kind == VOID or draft.kind not in book.kinds or subject is None:
        return
    for procedure in handbook.procedures.values():
        field = checked.plan.kind.naming(procedure.opens)
        uid = checked.values.get(field.id) if field else None
        if field is None or uid is None or draft.kind not in procedure.kinds():
            continue
        opening = book.standing(subject.id, str(uid))
        if opening is None:
            raise refusals.bad_reference(field.title, field.id)
        term = term_on(procedure.terms, opening.day)
        if term is None:
            raise case_refusals.no_term(procedure, opening.day)
        facts = book.entries(procedure, subject.id, opening.uid)
        others = [fact for fact in facts if fact.uid != draft.amends]
        rule = case_refusals.Rule(procedure, term)
        _Asked(handbook, rule, registry, checked).check(opening, others)


class _Asked:
    """One draft as a step of one case."""

    def __init__(
        self,
        handbook: Handbook,
        rule: case_refusals.Rule,
        registry: Registry,
        checked: Checked,
    ) -> None:
        self._handbook, self._rule = handbook, rule
        self._registry, self._checked = registry, checked
        self._term = rule.term

    def check(self, opening: CaseFact, others: Sequence[CaseFact]) -> None:
        """Raise the first `Refused` that there is."""
        draft, kind = self._checked.draft, self._checked.plan.kind
        day = day_number(draft.occurred_on)
        who = self._checked.performer.id if self._checked.performer else 0
        mine = Entry(_LAST, kind.id, day, who, cells(kind, self._checked.values))
        entries = [self._entry(fact) for fact in others]
        before = self._read(opening, entries, up_to=day)
        if day < day_number(opening.day):
            raise case_refusals.before_case(self._rule, opening.day)
        if before.closed is not None:
            raise case_refusals.closed(self._rule, day_of(before.closed))
        pause = self._term.pause
        if pause and kind.id == pause.until:
            if before.paused is None:
                raise case_refusals.not_stopped(self._rule, kind)
        elif before.paused is not None and not (pause and kind.id == pause.fact):
            raise case_refusals.stopped(
                self._rule, day_of(before.paused), self._title(pause.until if pause else "")
            )
        elif not (pause and kind.id == pause.fact):
            self._check_step(before)
            taken = {passed.entry.fact for passed in before.passed if passed.entry}
            self._check_same(before, [opening, *(f for f in others if f.sequence in taken)])
        if draft.amends is None:
            self._check_later(opening, entries, mine)

    def _check_step(self, before: Reading) -> None:
        """The step that the case waits for is this one, and it may be taken so."""
        kind, draft, step = self._checked.plan.kind, self._checked.draft, before.step
        if step is None or step.fact != kind.id:
            taken = {passed.step.id for passed in before.passed}
            named = [one for one in self._term.steps if one.fact == kind.id]
            asked = next((one for one in named if one.id not in taken), named[0] if named else None)
            raise case_refusals.out_of_order(self._rule, asked, step, kind)
        if before.not_before is not None and day_number(draft.occurred_on) < before.not_before:
            raise case_refusals.too_early(self._rule, step, day_of(before.not_before))
        self._check_post(step)
        held = {*self._checked.values, *(role for role, _ in self._checked.participants)}
        for name in step.needs:
            if name not in held:
                title = kind.part(name) or Text(name, name)
                raise case_refusals.no_evidence(self._rule, step, name, title)

    def _check_same(self, before: Reading, facts: Sequence[CaseFact]) -> None:
        """What the step must repeat is what the case said last."""
        step, checked = before.step, self._checked
        for name in step.same if step else ():
            mine = _said(name, checked.values, checked.draft.participants)
            order = sorted(facts, key=lambda fact: (fact.day, fact.sequence))
            said = [known for fact in order if (known := fact.says(name))]
            if step and said and said[-1] != mine:
                title = checked.plan.kind.part(name) or Text(name, name)
                raise case_refusals.differs(self._rule, step, name, title)

    def _check_post(self, step: ProcedureStep) -> None:
        performer, subject = self._checked.performer, self._checked.subject
        day = self._checked.draft.occurred_on
        posts = self._registry.reaching(performer.id, subject) if performer and subject else []
        if not any(post.key in step.by and post.holds(day) for post in posts):
            roles = [self._handbook.roles[name].title for name in step.by]
            raise case_refusals.wrong_post(self._rule, step, roles, day)

    def _check_later(self, opening: CaseFact, entries: Sequence[Entry], mine: Entry) -> None:
        """What was done on later days still follows; an entry made late must not undo it."""
        later = [entry for entry in entries if entry.day > mine.day]
        if not later:
            return
        last = max(entry.day for entry in later)
        kept = {
            one.entry.fact for one in self._read(opening, entries, up_to=last).passed if one.entry
        }
        now = self._read(opening, [*entries, mine], up_to=last)
        lost = kept - {one.entry.fact for one in now.passed if one.entry}
        if lost:
            first = min((entry for entry in later if entry.fact in lost), key=lambda e: e.day)
            raise case_refusals.overtaken(self._rule, self._title(first.kind), day_of(first.day))

    def _read(self, opening: CaseFact, entries: Sequence[Entry], *, up_to: int) -> Reading:
        first = self._entry(opening)
        course = Course(self._handbook, self._rule.procedure, self._term)
        return read(course, first, entries, as_of=up_to)

    def _entry(self, fact: CaseFact) -> Entry:
        kind = self._handbook.kinds[fact.kind]
        values = cells(kind, fact.values)
        return Entry(fact.sequence, fact.kind, day_number(fact.day), fact.performer, values)

    def _title(self, kind: str) -> FactKind:
        return self._handbook.kinds[kind]


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
