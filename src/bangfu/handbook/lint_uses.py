"""Kinds, posts and statuses that nothing in the handbook uses."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID
from bangfu.core.registry import REGISTRY_KINDS
from bangfu.core.rules import Handbook, Opening, Procedure
from bangfu.handbook.problems import Issue

# An organisation officer may keep the registry too; a county without that post has it kept.
_OPTIONAL = {"organisation_officer"}
_REGISTRY_ROLES = sorted({r.role for kind in REGISTRY_KINDS for r in kind.recorders} - _OPTIONAL)


def unused(handbook: Handbook) -> Iterator[Issue]:
    """What could be left out, and what is missing for the registry to be kept."""
    facts = set(_facts_used(handbook))
    for kind in handbook.kinds.values():
        built_in = kind.registry or kind.id == VOID or kind.id in DISCLOSURES
        # A roster is kept for itself: what holds now, and the columns of the national export.
        roster = kind.latest or any(field.header for field in kind.fields)
        if not built_in and not roster and kind.id not in facts:
            yield Issue("facts", kind.id, "", "kind_unused", {"found": kind.id})
    roles = set(_roles_used(handbook))
    for index, role in enumerate(handbook.roles.values(), start=1):
        if role.id not in roles:
            yield Issue("", "county", f"roles[{index}]", "role_unused", {"found": role.id})
    words = _words_of_conditions(handbook)
    for index, status in enumerate(handbook.statuses.values(), start=1):
        # What another department says is kept to be shown and compared.
        if status.id not in words and status.owner is None:
            place = f"statuses[{index}]"
            yield Issue("", "county", place, "status_unused", {"found": status.id})
    for name in _REGISTRY_ROLES:
        if name not in handbook.roles:
            yield Issue("", "county", "roles", "registry_role", {"found": name})


def _facts_used(handbook: Handbook) -> Iterator[str]:
    for duty in handbook.duties.values():
        yield from duty.facts
        for term in duty.terms:
            yield from term.excused_by
    for deadline in handbook.deadlines.values():
        yield from (deadline.after, deadline.fact)
        for pausing in deadline.terms:
            yield from pausing.pause
    for procedure in handbook.procedures.values():
        yield from procedure.kinds()
        yield from (kind for one in _openings(procedure) for kind in one.evidence)
    yield from _facts_checked(handbook)
    for coverage in handbook.coverage.values():
        yield coverage.fact
        if coverage.announced is not None:
            yield coverage.announced.fact
    for figure in handbook.figures.values():
        yield figure.of.partition(":")[2]
    for score in handbook.scores.values():
        for scoring in score.terms:
            yield from (indicator.fact for indicator in scoring.indicators)
    for kind in handbook.kinds.values():
        yield from (field.to for field in kind.fields if field.to)
        yield kind.consent
    yield from _facts_of_posts(handbook)
    texts = " ".join(_conditions(handbook))
    views = {kind: kind.replace(".", "_") for kind in handbook.kinds}
    yield from (k for k, v in views.items() if f"fact_{v}" in texts or f"latest_{v}" in texts)


def _facts_checked(handbook: Handbook) -> Iterator[str]:
    for check in handbook.checks.values():
        yield check.exempted_by
        yield check.proposes.fact if check.proposes else ""
    for formula in handbook.formulas.values():
        yield from (line.fact for counted in formula.terms for line in counted.lines)
        yield formula.proposes.fact if formula.proposes else ""


def _openings(procedure: Procedure) -> list[Opening]:
    return [term.opening for term in procedure.terms if term.opening]


def _facts_of_posts(handbook: Handbook) -> Iterator[str]:
    for staffing in handbook.staffing.values():
        yield from (term.exception for term in staffing.terms)
        yield from (part.fact for term in staffing.terms for part in term.parts)
    for pairing in handbook.pairings.values():
        fields = (pairing.need, pairing.skill, pairing.home, pairing.capacity, pairing.avoid)
        yield from (named.partition(".")[0] for named in (*fields, pairing.link, pairing.approval))


def _roles_used(handbook: Handbook) -> Iterator[str]:
    for kind in handbook.kinds.values():
        yield from kind.performers
        # Whoever may only record about himself does so by having any post at all.
        yield from (r.role for r in kind.recorders if r.scope != "self")
    for duty in handbook.duties.values():
        yield duty.role
    for deadline in handbook.deadlines.values():
        yield deadline.role
    for procedure in handbook.procedures.values():
        for walked in procedure.terms:
            for step in walked.steps:
                yield from step.by
    yield from (name for check in handbook.checks.values() for name in check.mends)
    for staffing in handbook.staffing.values():
        yield staffing.role
    for figure in handbook.figures.values():
        yield from (figure.performed_by, figure.of.removeprefix("assignments:"))
    for ladder in handbook.ladders.values():
        for term in ladder.terms:
            yield from (rung.to for rung in term.rungs)
    for role in handbook.roles.values():
        if role.office or role.page not in ("today", "none"):
            yield role.id  # a post to look from is a use


def _conditions(handbook: Handbook) -> Iterator[str]:
    """The text of every condition of the handbook."""
    for duty in handbook.duties.values():
        yield duty.filters
        yield from (term.where for term in duty.terms)
    for staffing in handbook.staffing.values():
        for post in staffing.terms:
            yield from (post.where, post.requires, *(part.where for part in post.parts))
    for pairing in handbook.pairings.values():
        yield pairing.points
        for plan in pairing.terms:
            yield from (plan.eligible, plan.near)
            yield from (text for ask in plan.asks for text in (ask.where, ask.requires))
    for coverage in handbook.coverage.values():
        yield from (coverage.where, *coverage.by)
    for procedure in handbook.procedures.values():
        yield from (one.where for one in _openings(procedure))
    for check in handbook.checks.values():
        yield from (term.select for term in check.terms)
    for figure in handbook.figures.values():
        yield figure.field
        for term in figure.terms:
            yield from (term.where, *term.parts.values())


def _words_of_conditions(handbook: Handbook) -> set[str]:
    text = " ".join(_conditions(handbook))
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())
