"""Whether a fact may be the next step of its case: in order, by whom, when, with what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bangfu.core.facts import VOID
from bangfu.core.periods import day_number, day_of
from bangfu.core.procedures import Procedure, ProcedureStep
from bangfu.core.rules import FactKind, Handbook, term_on
from bangfu.core.text import Text
from bangfu.engine.casebook import Course, Entry, Reading, read
from bangfu.records import case_refusals, refusals
from bangfu.records.case_book import CaseBook, CaseFact, cells, said
from bangfu.records.opening_checks import Asked, check_opening
from bangfu.records.plans import Checked
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import STATUS

# After every sequence that there is: a draft is the last fact of its day.
_LAST = 2**62


def check_case(handbook: Handbook, book: CaseBook, registry: Registry, checked: Checked) -> None:
    """Refuse a step that is not the next one of its case, with the step and the rule."""
    draft, subject = checked.draft, checked.subject
    if draft.kind == VOID or draft.kind not in book.kinds or subject is None:
        return
    cases = _Cases(handbook, book, subject.id)
    if draft.kind in book.openings:
        lines = tuple(registry.about.get((STATUS, subject.id), ()))
        check_opening(handbook, Asked(draft, subject.id, book, lines, cases.standing))
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


class _Cases:
    """The cases about one subject."""

    def __init__(self, handbook: Handbook, book: CaseBook, subject: int) -> None:
        self._handbook, self._book, self._subject = handbook, book, subject

    def standing(self, procedure: Procedure, opening: CaseFact, day: date) -> Reading | None:
        """A case as it stands on a day; None where no rule governed what opened it."""
        term = term_on(procedure.terms, opening.day)
        if term is None:
            return None
        facts = self._book.entries(procedure, self._subject, opening.uid)
        entries = [_entry(self._handbook, fact) for fact in (opening, *facts)]
        course = Course(self._handbook, procedure, term)
        return read(course, entries[0], entries[1:], as_of=day_number(day))


def _entry(handbook: Handbook, fact: CaseFact) -> Entry:
    values = cells(handbook.kinds[fact.kind], fact.values)
    return Entry(fact.sequence, fact.kind, day_number(fact.day), fact.performer, values)


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
        entries = [_entry(self._handbook, fact) for fact in others]
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
            mine = said(name, checked.values, checked.draft.participants)
            order = sorted(facts, key=lambda fact: (fact.day, fact.sequence))
            earlier = [known for fact in order if (known := fact.says(name))]
            if step and earlier and earlier[-1] != mine:
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
        first = _entry(self._handbook, opening)
        course = Course(self._handbook, self._rule.procedure, self._term)
        return read(course, first, entries, as_of=up_to)

    def _title(self, kind: str) -> FactKind:
        return self._handbook.kinds[kind]
