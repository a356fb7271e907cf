"""What follows from a decision: the status that it sets is registered with it, in one go.

The decision and the change of the registry stay two facts, as people write them. The second has
its uid from the first, so a repeat changes nothing; a correction or withdrawal of the decision
corrects or withdraws it too, unless somebody has changed it by hand since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID, uuid5

from bangfu.core.facts import VOID, Draft
from bangfu.core.procedures import ProcedureStep, Sets
from bangfu.core.rules import Handbook, term_on
from bangfu.records.access import held_on
from bangfu.records.handbooks import handbook
from bangfu.records.models import Fact, Status
from bangfu.records.plans import UID

_STATUS = "registry.status"


def following(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The drafts that follow from these, in their order; asked before they are recorded."""
    rules = handbook()
    deciding = {
        step.fact
        for rule in rules.procedures.values()
        for term in rule.terms
        for step in term.steps
        if step.sets
    }
    for draft in drafts:
        if deciding and draft.kind in (*deciding, VOID) and _well_named(draft):
            yield from _following(rules, draft)


def _following(rules: Handbook, draft: Draft) -> Iterator[Draft]:
    uid = _named(draft.uid)
    before = _standing(draft.amends) if draft.amends else None
    if draft.amends and before is None:
        return  # nothing followed from it, or somebody has changed that since
    sets = None if draft.kind == VOID else _sets(rules, draft)
    value = _value(sets, draft) if sets else ""
    if sets is None or not value:
        if before is not None:
            reason = draft.reason or "所依据的审定已更正"
            yield Draft(uid, VOID, draft.occurred_on, draft.subject, draft.performed_by,
                        amends=before, reason=reason)  # fmt: skip
        return
    if before is None and _is(draft.subject, sets.status, value, draft.occurred_on):
        return
    yield Draft(
        uid, _STATUS, draft.occurred_on, draft.subject, draft.performed_by,
        {"status": sets.status, "value": value}, amends=before, reason=draft.reason,
    )  # fmt: skip


def _well_named(draft: Draft) -> bool:
    """Whether its uids are uids; of what is not the checks say so, and nothing follows."""
    return all(UID.match(str(uid)) for uid in (draft.uid, draft.amends or draft.uid))


def _named(uid: str) -> str:
    return str(uuid5(UUID(uid), "sets"))


def _standing(uid: str) -> str | None:
    """The fact that followed from the one of that uid, where it stands."""
    found = Fact.objects.filter(uid=_named(uid), amended_by=None).exclude(kind=VOID)
    return found.values_list("uid", flat=True).first()


def _sets(rules: Handbook, draft: Draft) -> Sets | None:
    """What the step sets that the draft takes, by the term of the day its case was opened."""
    kind = rules.kinds[draft.kind]
    for rule in rules.procedures.values():
        field = kind.naming(rule.opens)
        opened = _opened(str(draft.values.get(field.id))) if field else None
        term = term_on(rule.terms, opened) if opened else None
        steps: tuple[ProcedureStep, ...] = term.steps if term else ()
        for step in steps:
            if step.fact == draft.kind and step.sets:
                said = draft.values.get(step.outcome)
                return step.sets if step.sets.when in ("", said) else None
    return None


def _opened(uid: str) -> date | None:
    day = Fact.objects.filter(uid=uid).values_list("occurred_on", flat=True).first()
    return date.fromisoformat(day) if day else None


def _value(sets: Sets, draft: Draft) -> str:
    return sets.value or str(draft.values.get(sets.field) or "")


def _is(subject: str, status: str, value: str, day: date) -> bool:
    """Whether that holds already."""
    held = Status.objects.filter(held_on(day), subject__uid=subject, status=status, value=value)
    return held.exists()
