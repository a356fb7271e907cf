"""Whether a case may be opened (立案条件): what its subject is, how long; what has been done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.core.facts import Draft
from bangfu.core.procedures import Opening, Procedure
from bangfu.core.rules import FactKind, Handbook, term_on
from bangfu.engine.casebook import Reading
from bangfu.records import case_refusals
from bangfu.records.case_book import CaseBook, CaseFact
from bangfu.records.conditions import Condition
from bangfu.records.registry_rows import Line

# How the case that a fact opened stands on a day, None where no rule governed that fact.
Standing = Callable[[Procedure, CaseFact, date], Reading | None]


def check_opening(handbook: Handbook, asked: Asked) -> None:
    """Refuse a fact that may not open its case, with what is lacking and the rule."""
    draft = asked.draft
    procedure = handbook.opened_by(draft.kind)
    term = term_on(procedure.terms, draft.occurred_on) if procedure else None
    if procedure is None or term is None or term.opening is None:
        return
    rule = case_refusals.Rule(procedure, term)
    since = _check_where(handbook, rule, term.opening, asked)
    for name, fields in term.opening.evidence.items():
        _check_evidence(handbook.kinds[name], fields, rule, asked.known_of(name, since))
    for name in term.opening.not_while:
        _check_none_open(handbook.procedures[name], rule, asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft that would open a case about a subject, by its number; `lines` are its statuses."""

    draft: Draft
    subject: int
    book: CaseBook
    lines: tuple[Line, ...]
    standing: Standing

    def known_of(self, kind: str, since: date) -> list[CaseFact]:
        """The other standing facts of a kind about the subject, from `since` to the draft's day."""
        return [
            fact
            for fact in self.book.of_kind(self.subject, kind)
            if fact.uid != self.draft.amends and since <= fact.day <= self.draft.occurred_on
        ]


def _check_where(
    handbook: Handbook, rule: case_refusals.Rule, opening: Opening, asked: Asked
) -> date:
    """Since when the condition has been true; refused where it is not, or not for long enough."""
    if not opening.where:
        return date.min
    condition = Condition(handbook, rule.procedure.subject, opening.where)
    day = asked.draft.occurred_on
    since = condition.since(asked.lines, day)
    if since is None:
        raise case_refusals.not_opened(rule, condition.words)
    if opening.held is not None and (day - since).days < opening.held.number:
        earliest = since + timedelta(days=opening.held.number)
        raise case_refusals.opened_early(rule, opening.held, since, earliest)
    return since


def _check_evidence(
    kind: FactKind, fields: Iterable[str], rule: case_refusals.Rule, known: Iterable[CaseFact]
) -> None:
    names = list(fields)
    if not any(all(fact.says(name) for name in names) for fact in known):
        titles = [title for name in names if (title := kind.part(name))]
        raise case_refusals.opened_without(rule, kind, titles)


def _check_none_open(procedure: Procedure, rule: case_refusals.Rule, asked: Asked) -> None:
    day = asked.draft.occurred_on
    for other in asked.known_of(procedure.opens, date.min):
        reading = asked.standing(procedure, other, day)
        if reading is not None and reading.closed is None:
            raise case_refusals.opened_beside(rule, procedure, other.day)
