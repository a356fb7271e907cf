"""Rules that load and yet can never be met, or never fully: who, what, when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bangfu.core.registry import PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.rules import Deadline, Duty, DutyTerm, FactKind, Handbook, Recorder, Role, Term
from bangfu.handbook.duty_files import SHORTEST
from bangfu.handbook.problems import Issue
from bangfu.handbook.references import apart, same_subject

_HOME = ("household", "person")
# One household or person lies in a place, a branch or unit too.
_INSIDE_PLACES = frozenset((*PLACE_LEVELS, "household", "person", "unit", "branch", "project"))


def fact_findings(handbook: Handbook, kind: FactKind) -> Iterator[Issue]:
    """Recorders who can never record, and kinds that nobody can."""
    if kind.registry:
        return
    idle = [r for r in kind.recorders if not _reaches(handbook, r, kind)]
    for number, recorder in enumerate(kind.recorders, start=1):
        if recorder in idle:
            words = {"role": recorder.role, "scope": recorder.scope}
            place = f"recorders[{number}]"
            yield Issue("facts", kind.id, place, "recorder_idle", words)
    if kind.recorders and len(idle) == len(kind.recorders):
        yield Issue("facts", kind.id, "recorders", "never_recorded", {"found": kind.id})


def _reaches(handbook: Handbook, recorder: Recorder, kind: FactKind) -> bool:
    role = handbook.roles.get(recorder.role)
    if role is None or recorder.scope in ("county", "self", "member"):
        return True
    if recorder.scope == "subject":
        # Who answers for a household answers for its members.
        return role.subject == kind.subject or (role.subject, kind.subject) == _HOME
    return role.subject in PLACE_LEVELS and kind.subject in _INSIDE_PLACES


def duty_findings(handbook: Handbook, duty: Duty) -> Iterator[Issue]:
    """Why a duty, or a part of it, can never be met."""
    kinds = [kind for name in duty.facts if (kind := handbook.kind(name))]
    role = handbook.roles.get(duty.role)
    if role is None or not kinds:
        return
    yield from _hopeless(duty, role, kinds)
    for index, term in enumerate(duty.terms, start=1):
        place = f"terms[{index}]"
        most = SHORTEST[term.every]
        if term.measure == "days" and (term.at_least or 0) > most:
            words = {"most": most, "found": term.at_least}
            yield Issue("duties", duty.id, f"{place}.at_least", "never_days", words)
        yield from _in_force("duties", duty.id, place, (term, kinds))
        yield from _idle_excuses(handbook, duty, place, term)


def _hopeless(duty: Duty, role: Role, kinds: Sequence[FactKind]) -> Iterator[Issue]:
    """Kinds about other subjects, or that the holder may not perform."""
    if duty.via:
        return  # whoever took part did it, whatever the fact is about
    key = "fact" if len(duty.facts) == 1 else "any_of"
    others = [kind for kind in kinds if kind.subject != role.subject]
    shut = [
        kind
        for kind in kinds
        if kind not in others and duty.by == "holder" and kind.performers
        if role.id not in kind.performers
    ]
    partly = len(others) + len(shut) < len(kinds)
    for kind in others:
        wants = SUBJECT_TITLES[kind.subject]
        words = {"role": role.id, "found": kind.id, **apart(role.subject, kind.subject)}
        if partly:
            why = {
                "why_zh": f"的对象是{wants.zh}",
                "why_en": f"is about a {wants.en.lower()}",
            }
            yield Issue("duties", duty.id, key, "kind_partly", {**words, **why})
        else:
            yield Issue("duties", duty.id, key, "never_about", words)
    for kind in shut:
        words = {"found": kind.id, "role": role.id, "known": ", ".join(kind.performers)}
        if partly:
            why = {
                "why_zh": f"不能由 {role.id} 办理",
                "why_en": f"cannot be performed by {role.id}",
            }
            yield Issue("duties", duty.id, key, "kind_partly", {**words, **why})
        else:
            yield Issue("duties", duty.id, key, "never_performed", words)


def _idle_excuses(handbook: Handbook, duty: Duty, place: str, term: DutyTerm) -> Iterator[Issue]:
    """Leave that the holder cannot take never excuses him."""
    for name in term.excused_by:
        kind = handbook.kind(name)
        if kind is not None and kind.performers and duty.role not in kind.performers:
            words = {"found": name, "role": duty.role}
            yield Issue("duties", duty.id, f"{place}.excused_by", "excuse_idle", words)


def deadline_findings(handbook: Handbook, deadline: Deadline) -> Iterator[Issue]:
    """Why a deadline can never be met, or cannot be counted."""
    fact, role = handbook.kind(deadline.fact), handbook.roles.get(deadline.role)
    after = handbook.kind(deadline.after)
    if fact is None or role is None or after is None:
        return
    if role.subject != fact.subject and same_subject(fact, after):
        words = {"role": role.id, "found": fact.id, **apart(role.subject, fact.subject)}
        yield Issue("deadlines", deadline.id, "role", "never_about", words)
    for index, term in enumerate(deadline.terms, start=1):
        yield from _in_force("deadlines", deadline.id, f"terms[{index}]", (term, [fact]))
        if term.unit == "working_days":
            yield from calendar_gap(handbook, "deadlines", deadline.id, f"terms[{index}]", term)


def calendar_gap(  # noqa: PLR0917 - where it stands has this many parts
    handbook: Handbook, folder: str, rule: str, place: str, term: Term
) -> Iterator[Issue]:
    """The years of a term in which working days cannot be counted."""
    years = sorted(handbook.calendar.years)
    last = max(years, default=0) if term.end is None else max(term.end.year, min(years, default=0))
    lacking = [str(y) for y in range(term.start.year, last + 1) if y not in years]
    if years and lacking:
        yield Issue(folder, rule, place, "calendar_gap", {"years": ", ".join(lacking)})


def _in_force(
    folder: str, rule: str, place: str, what: tuple[Term, Sequence[FactKind]]
) -> Iterator[Issue]:
    """A term that no kind's terms cover, or cover only in part."""
    term, kinds = what
    spans = [span for kind in kinds for span in kind.terms]
    touching = [s for s in spans if _before(s.start, term.end) and _before(term.start, s.end)]
    words = {
        "found": ", ".join(kind.id for kind in kinds),
        "kind": ", ".join(f"{s.start} – {s.end or ''}".strip() for s in spans),
    }
    if not touching:
        yield Issue(folder, rule, place, "never_in_force", words)
    elif not _covered(term, touching):
        yield Issue(folder, rule, place, "kind_shorter", words)


def _before(day: date, end: date | None) -> bool:
    return end is None or day < end


def _covered(term: Term, spans: Sequence[Term]) -> bool:
    """Whether the spans together hold on every day of the term."""
    day = term.start
    for span in sorted(spans, key=lambda s: s.start):
        if span.start > day:
            return False
        if span.end is None:
            return True
        day = max(day, span.end)
    return term.end is not None and day >= term.end
