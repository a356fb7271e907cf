"""The sentences of facts, duties, deadlines and staffing, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.rules import (
    Deadline,
    DeadlineTerm,
    Duty,
    DutyTerm,
    FactKind,
    Field,
    Staffing,
    StaffingTerm,
)
from bangfu.handbook.columns import common_columns
from bangfu.handbook.speaker import Lines, Speaker
from bangfu.handbook.wording import EVERY, EVIDENCE_TITLES, FIELD_TYPES, SCOPES, UNITS


def fact_lines(speaker: Speaker, kind: FactKind) -> Lines:
    """What is entered, about what, by whom."""
    say, subject = speaker.say, speaker.subject(kind.subject)
    evidence = EVIDENCE_TITLES[kind.evidence].say(speaker.language)
    head = [say(f"对象：{subject}。凭：{evidence}。", f"About: {subject}. Rests on: {evidence}.")]
    if kind.emergency:
        head.append(say("只在应急时记。", "For emergencies only."))
    if kind.latest:
        head.append(say("以最近一次记的为准。", "The newest one is what holds now."))
    if kind.department:
        who = kind.department.say(speaker.language)
        head.append(say(f"{who}每月的名单，一行记一条。", f"A row of the lists of {who}."))
    if kind.consent:
        given = speaker.fact(kind.consent)
        head.append(say(f"{given}撤回的不记。", f"Not where {given} is withdrawn."))
    if kind.performers:
        roles = speaker.titles(speaker.handbook.roles, kind.performers)
        head.append(say(f"由{roles}办理。", f"Done by {roles}."))
    for recorder in kind.recorders:
        scope = SCOPES[recorder.scope].say(speaker.language)
        role = speaker.role(recorder.role) if recorder.role else say("家庭成员", "Its members")
        head.append(say(f"{role}可记录：{scope}。", f"{role} may record it for {scope}."))
    head += [_field(speaker, field) for field in kind.fields]
    return head, lambda term: ()


def _field(speaker: Speaker, field: Field) -> str:
    words = [FIELD_TYPES[field.type].say(speaker.language)]
    if field.unit:
        words.append(field.unit.say(speaker.language))
    if field.options:
        options = [title.say(speaker.language) for title in field.options.values()]
        words.append(" / ".join(options))
    if field.required:
        words.append(speaker.say("必填", "required"))
    if field.personal:
        words.append(speaker.say("个人信息，封存", "personal, sealed"))
    if field.when == "ahead":
        words.append(speaker.say("不早于发生日", "not before its day"))
    if field.when == "past":
        words.append(speaker.say("不晚于登记日", "not after it is recorded"))
    if field.header:
        words.append(speaker.say(f"表头“{field.header}”", f"header “{field.header}”"))
    title = field.title.say(speaker.language)
    return f"- {title}{speaker.say('：', ': ')}{speaker.say('，', ', ').join(words)}"


def duty_lines(speaker: Speaker, duty: Duty) -> Lines:
    """Who owes how much of what in each period, and what excuses him."""
    kinds = [kind for name in duty.facts if (kind := speaker.handbook.kind(name))]
    head = []
    if duty.filters:
        only = speaker.condition(duty.filters, common_columns(kinds))
        head.append(speaker.say(f"只算：{only}。", f"Counted only where {only}."))

    def of_term(term: DutyTerm) -> Iterator[str]:
        yield _owed(speaker, duty, term)
        if term.where:
            where = speaker.condition(term.where, speaker.statuses(duty.role))
            yield speaker.say(f"适用于：{where}。", f"Where {where}.")
        if term.excused_by:
            leave = speaker.titles(speaker.handbook.kinds, term.excused_by)
            yield speaker.say(f"有{leave}的日子抵扣。", f"Days of {leave} are taken off.")
        if term.at_least is not None:
            yield _grace(speaker, term.grace)

    return head, of_term


def _grace(speaker: Speaker, days: int) -> str:
    if not days:
        return speaker.say("没有宽限，期满未办即逾期。", "Overdue once the period is over.")
    return speaker.say(
        f"期满后 {days} 天内办的算补办，再过算逾期。",
        f"Late for {days} days after the period, then overdue.",
    )


def _owed(speaker: Speaker, duty: Duty, term: DutyTerm) -> str:
    role = speaker.handbook.roles.get(duty.role)
    subject = speaker.subject(role.subject) if role else ""
    every = EVERY[term.every].say(speaker.language)
    facts = speaker.titles(speaker.handbook.kinds, duty.facts)
    amount, limit = (term.at_least, "least") if term.at_most is None else (term.at_most, "most")
    word = {"least": speaker.say("至少", "at least"), "most": speaker.say("至多", "at most")}[limit]
    unit = duty.unit.say(speaker.language)
    days = speaker.say("（按不同的日子计）", " on different days") if term.measure == "days" else ""
    if term.measure == "sum":
        days = speaker.say(f"（{term.field} 合计）", f" (sum of {term.field})")
    anyone = speaker.say("（谁做都算）", " (whoever does it)") if duty.by == "anyone" else ""
    if duty.via:
        kind = speaker.handbook.kind(duty.facts[0])
        part = (
            next((p.title for p in kind.participants if p.id == duty.via), None) if kind else None
        )
        named = part.say(speaker.language) if part else duty.via
        anyone = speaker.say(f"（以{named}计）", f" (as {named.lower()})")
    holder = speaker.role(duty.role)
    each = speaker.say("各算各的", "each for himself") if duty.per == "holder" else ""
    note = speaker.say(f"，{each}", f", {each}") if each else ""
    return speaker.say(
        f"任{holder}者，对所任的每个{subject}，{every}{word} {amount} {unit}{facts}"
        f"{days}{anyone}{note}。",
        f"Whoever is {holder} for a {subject} owes {every} {word} {amount} {unit} of "
        f"{facts}{days}{anyone}{note}.",
    )


def deadline_lines(speaker: Speaker, deadline: Deadline) -> Lines:
    """What must follow what, and within which time."""
    after_kind = speaker.handbook.kind(deadline.after)
    field = after_kind.field(deadline.after_field) if after_kind else None
    named = field.title.say(speaker.language) if field else ""
    day = speaker.say(f"的{named}", f" ({named})") if named else ""

    def of_term(term: DeadlineTerm) -> Iterator[str]:
        unit = UNITS[term.unit].say(speaker.language)
        after, fact = speaker.fact(deadline.after), speaker.fact(deadline.fact)
        role = speaker.role(deadline.role)
        yield speaker.say(
            f"{after}{day}后 {term.within} {unit}内，{role}须有{fact}；宽限 {term.grace} 天。",
            f"Within {term.within} {unit} after {after}{day}, {role} owes {fact}; "
            f"overdue {term.grace} days later.",
        )
        if term.pause:
            pause = speaker.titles(speaker.handbook.kinds, term.pause)
            yield speaker.say(f"{pause}期间不计。", f"Days of {pause} do not count.")

    return [], of_term


def staffing_lines(speaker: Speaker, staffing: Staffing) -> Lines:
    """How many hold a post, who may, and how many subjects each."""

    held = speaker.handbook.roles.get(staffing.role)
    subject = speaker.subject(held.subject) if held else ""

    def of_term(term: StaffingTerm) -> Iterator[str]:
        role, most = speaker.role(staffing.role), ""
        if term.at_most is not None:
            most = speaker.say(f"，至多 {term.at_most} 人", f" to {term.at_most}")
        yield speaker.say(
            f"每个{subject}的{role}至少 {term.at_least} 人{most}；空缺可容 {term.vacant_for} 天。",
            f"Each {subject} has at least {term.at_least}{most} {role}; "
            f"a vacancy is tolerated for {term.vacant_for} days.",
        )
        if term.where:
            where = speaker.condition(term.where, speaker.statuses(staffing.role))
            yield speaker.say(f"适用于：{where}。", f"Where {where}.")
        if term.requires:
            requires = speaker.condition(term.requires, speaker.person())
            yield speaker.say(f"任职条件：{requires}。", f"Who holds it: {requires}.")
        if term.cap is not None:
            yield speaker.say(f"一人最多 {term.cap} 个对象。", f"At most {term.cap} each.")
        for part in term.parts:
            title = speaker.say(part.title.zh, part.title.en)
            if part.where:
                where = speaker.condition(part.where, speaker.statuses(staffing.role))
                title = speaker.say(f"{title}（{where}的）", f"{title} (where {where})")
            yield speaker.say(
                f"组成：{title}至少 {part.at_least}。",
                f"Made up of: {title}, {part.at_least} at least.",
            )
        if term.exception:
            kind = speaker.fact(term.exception)
            yield speaker.say(
                f"违反的任职不予登记，除非先记{kind}。",
                f"Who takes it up against this is refused, unless {kind} was entered first.",
            )

    return [], of_term
