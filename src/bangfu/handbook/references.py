"""Facts, duties, deadlines and staffing: every name leads somewhere, every field fits its use."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.core.registry import PLACE_LEVELS, SUBJECT_TITLES
from bangfu.core.rules import Deadline, Duty, DutyTerm, FactKind, Separation, Staffing, SubjectType
from bangfu.core.text import Text
from bangfu.handbook.columns import common_columns, status_columns
from bangfu.handbook.condition_types import Column
from bangfu.handbook.fact_files import NUMBERS
from bangfu.handbook.lookup import Lookup

NOT_NUMBER = Text("它不存放数字", "it holds no numbers")
PERSONAL = Text("它是个人信息", "it is a personal value")
IDENTIFIER = Text("它是证件号、电话等标识", "it is an identifier")
SEVERAL = Text("它可有几个取值", "it may hold several values")
UNEQUAL = Text("各种事实里它的小数位或类型不同", "the kinds keep it with different decimals")


def check_fact(look: Lookup, kind: FactKind) -> None:
    """The roles and the targets of references of a fact kind."""
    for name in kind.performers:
        look.reference("performers", "roles", name)
    for index, recorder in enumerate(kind.recorders, start=1):
        look.reference(f"recorders[{index}].role", "roles", recorder.role)
    for index, field in enumerate(kind.fields, start=1):
        if field.type == "reference" and field.to not in SUBJECT_TITLES and field.to != "place":
            look.reference(f"fields[{index}].to", "facts", field.to)
    if kind.consent:
        _check_consent(look, kind)


def _check_consent(look: Lookup, kind: FactKind) -> None:
    """Who is matched belongs to a household, which has said yes or no."""
    given = look.kind("consent", kind.consent)
    field = given.field("given") if given else None
    if kind.subject not in ("household", "person"):
        look.wrong("consent_subject", "consent")
    if given is not None and (
        given.subject != "household" or not given.latest
        or field is None or field.type != "boolean" or not field.required or field.personal
    ):  # fmt: skip
        look.wrong("consent_kind", "consent", found=given.id)


def check_separation(look: Lookup, rule: Separation) -> None:
    """The roles that are kept apart."""
    for key, names in (("roles", rule.roles), ("against", rule.against)):
        for name in names:
            look.reference(key, "roles", name)


def check_duty(look: Lookup, duty: Duty) -> None:
    """Roles, kinds, measured fields and conditions of a duty."""
    look.reference("role", "roles", duty.role)
    key = "fact" if len(duty.facts) == 1 else "any_of"
    kinds = [kind for name in duty.facts if (kind := look.kind(key, name))]
    if duty.id in look.known["deadlines"]:
        look.wrong("rule_clash", "id", found=duty.id)
    if len(kinds) == len(duty.facts):
        look.simple("filters", duty.filters, common_columns(kinds))
    for kind in kinds:
        people = [part.id for part in kind.participants if part.type == "person"]
        if duty.via and duty.via not in people:
            look.among("via", "participants", duty.via, people)
    role = look.handbook.roles.get(duty.role)
    for index, term in enumerate(duty.terms, start=1):
        inner = look.at(f"terms[{index}]")
        spans(inner, "excused_by", term.excused_by)
        if len(kinds) == len(duty.facts):
            _check_sum(inner, term, kinds)
        if role is not None:
            inner.simple("where", term.where, _statuses(look, role.subject))


def _statuses(look: Lookup, subject: SubjectType) -> dict[str, Column]:
    return status_columns(look.handbook.statuses.values(), subject)


def _check_sum(look: Lookup, term: DutyTerm, kinds: list[FactKind]) -> None:
    """A sum reads a number that all kinds keep alike and that is nobody's secret."""
    if term.measure != "sum" or not term.field:
        return
    fields = [kind.field(term.field) for kind in kinds]
    numbers = {f.id for kind in kinds for f in kind.fields if f.type in NUMBERS}
    present = [field for field in fields if field is not None]
    if len(present) < len(fields):
        look.among("field", "fields", term.field, numbers - {term.field})
    elif any(field.type not in NUMBERS for field in present):
        unmeasured(look, "field", term.field, NOT_NUMBER, numbers)
    elif any(field.personal for field in present):
        unmeasured(look, "field", term.field, PERSONAL, numbers - {term.field})
    elif len({field.places for field in present}) > 1:
        unmeasured(look, "field", term.field, UNEQUAL, numbers - {term.field})


def unmeasured(look: Lookup, key: str, found: str, why: Text, known: Iterable[str]) -> None:  # noqa: PLR0917
    """Note a field that cannot be measured, and why."""
    names = ", ".join(sorted(known)) or "-"
    look.wrong("measured_field", key, found=found, why_zh=why.zh, why_en=why.en, known=names)


def spans(look: Lookup, key: str, names: Iterable[str]) -> None:
    """Kinds that excuse or pause must last from one day to another."""
    for name in names:
        kind = look.kind(key, name)
        if kind is not None and kind.span is None:
            look.wrong("span_missing", key, found=name)


def check_deadline(look: Lookup, deadline: Deadline) -> None:
    """Roles, kinds, the day counted from and the calendar of a deadline."""
    look.reference("role", "roles", deadline.role)
    after = look.kind("after", deadline.after)
    fact = look.kind("fact", deadline.fact)
    if after is not None and deadline.after_field:
        days = [f.id for f in after.fields if f.type == "date" and not f.personal]
        if after.field(deadline.after_field) is None:
            look.among("after_field", "fields", deadline.after_field, days)
        elif deadline.after_field not in days:
            known = ", ".join(days) or "-"
            look.wrong(
                "date_field",
                "after_field",
                found=deadline.after_field,
                kind=after.id,
                known=known,
            )
    if after and fact and not same_subject(after, fact):
        mismatch(look, "fact", fact.id, fact.subject, after.subject)
    for index, term in enumerate(deadline.terms, start=1):
        inner = look.at(f"terms[{index}]")
        spans(inner, "pause", term.pause)
        if term.unit == "working_days" and not look.handbook.calendar.years:
            inner.wrong("calendar_needed", "unit")


def same_subject(one: FactKind, other: FactKind) -> bool:
    """Whether both kinds may be about one subject; registry kinds stand for several types."""
    if one.registry or other.registry:
        places = one.subject in PLACE_LEVELS and other.subject in PLACE_LEVELS
        loose = {"registry.assignment", "registry.assignment_end", "registry.status"}
        if places or {one.id, other.id} & loose:
            return True
    return one.subject == other.subject


def mismatch(look: Lookup, key: str, found: str, has: SubjectType, wants: SubjectType) -> None:  # noqa: PLR0917
    """Note a kind or role about another type of subject."""
    look.wrong("type_mismatch", key, found=found, **apart(has, wants))


def apart(has: SubjectType, wants: SubjectType) -> dict[str, str]:
    """Two types of subject in words, for a message that sets them against each other."""
    one, other = SUBJECT_TITLES[has], SUBJECT_TITLES[wants]
    return {
        "has_zh": one.zh,
        "has_en": one.en.lower(),
        "wants_zh": other.zh,
        "wants_en": other.en.lower(),
    }


def check_staffing(look: Lookup, staffing: Staffing) -> None:
    """Role and conditions of a staffing rule."""
    look.reference("role", "roles", staffing.role)
    role = look.handbook.roles.get(staffing.role)
    for index, term in enumerate(staffing.terms, start=1):
        inner = look.at(f"terms[{index}]")
        if role is not None:
            inner.simple("where", term.where, _statuses(look, role.subject))
        inner.simple("requires", term.requires, _statuses(look, "person"))
        if term.exception:
            _check_exception(inner, staffing, term.exception)
        for number, part in enumerate(term.parts, start=1):
            if role is not None:
                statuses = _statuses(look, role.subject)
                look.at(f"terms[{index}].parts[{number}]").simple("where", part.where, statuses)
            if part.role:
                look.at(f"terms[{index}].parts[{number}]").reference("role", "roles", part.role)
            if part.fact:
                kind = look.at(f"terms[{index}].parts[{number}]").kind("fact", part.fact)
                if kind is not None and role is not None and kind.subject != role.subject:
                    mismatch(inner, f"parts[{number}].fact", kind.id, kind.subject, role.subject)


def _check_exception(look: Lookup, staffing: Staffing, name: str) -> None:
    """A kind about a person with a choice `post` that has this role among its options."""
    kind = look.kind("exception", name)
    if kind is None:
        return
    if kind.subject != "person":
        mismatch(look, "exception", name, kind.subject, "person")
        return
    choices = [field.id for field in kind.fields if field.type == "choice" and not field.personal]
    if look.among("exception", "fields", "post", choices):
        field = kind.field("post")
        look.among("exception", "options", staffing.role, list(field.options) if field else [])
