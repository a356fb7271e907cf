"""Why a fact is not the next step of its case (办件), in both languages: the step and the rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from bangfu.core.procedures import Clock, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.rules import FactKind
from bangfu.core.text import Refused, Text


class Rule(NamedTuple):
    """The procedure of a case, and the term that governs it."""

    procedure: Procedure
    term: ProcedureTerm

    def said(self) -> Text:
        """The rule as a refusal ends with it: the procedure and its document."""
        source = self.term.source
        name = f"{source.title}{source.number and ' '}{source.number}"
        title = self.procedure.title
        return Text(f"（《{title.zh}》，依据：{name}）", f" (“{title.en}”, by: {name})")


def _refused(rule: Rule, code: str, zh: str, en: str, *, place: str = "") -> Refused:
    said = rule.said()
    return Refused(code, f"{zh}{said.zh}", f"{en}{said.en}", place=place)


def no_term(procedure: Procedure, day: date) -> Refused:
    """The handbook had no such procedure when the case was opened."""
    title = procedure.title
    return Refused(
        "case_no_rule",
        f"“{title.zh}”在 {day} 没有规定，那天立的不是办件，没有步骤可办。",
        f"“{title.en}” had no rule on {day}: what was opened that day has no steps.",
        place="occurred_on",
    )


def before_case(rule: Rule, opened: date) -> Refused:
    """A step on a day before the case was opened."""
    return _refused(
        rule,
        "step_before_case",
        f"这件办件 {opened} 才立案，步骤不能早于这一天。",
        f"The case was opened on {opened}; no step of it can be earlier.",
        place="occurred_on",
    )


def closed(rule: Rule, day: date) -> Refused:
    """The case is over."""
    return _refused(
        rule,
        "case_closed",
        f"这件办件已于 {day} 办结，不能再办。要改动，请更正或作废其中的步骤；有新情况，另立一件。",
        f"The case was closed on {day}. Correct or withdraw one of its steps, or open a new case.",
    )


def stopped(rule: Rule, day: date, until: FactKind) -> Refused:
    """The case stands still."""
    return _refused(
        rule,
        "case_stopped",
        f"这件办件从 {day} 起中止，先办“{until.title.zh}”才能往下走。",
        f"The case stands still since {day}; first comes “{until.title.en}”.",
    )


def not_stopped(rule: Rule, kind: FactKind) -> Refused:
    """Nothing is to be settled."""
    return _refused(
        rule,
        "case_not_stopped",
        f"这件办件没有中止，用不着“{kind.title.zh}”。",
        f"The case does not stand still, so there is no use for “{kind.title.en}”.",
    )


def out_of_order(
    rule: Rule, asked: ProcedureStep | None, waits: ProcedureStep | None, kind: FactKind
) -> Refused:
    """Another step comes first, or this one is behind the case already."""
    mine = asked.title if asked else kind.title
    due = waits.title if waits else Text("（没有下一步）", "(nothing more)")
    return _refused(
        rule,
        "step_out_of_order",
        f"现在该办的是“{due.zh}”，不能办“{mine.zh}”。",
        f"The step to be taken now is “{due.en}”, not “{mine.en}”.",
    )


def too_early(rule: Rule, step: ProcedureStep, earliest: date) -> Refused:
    """The time that must pass before the step is not over."""
    clock = step.not_before
    number = clock.number if clock else 0
    working = clock is not None and clock.unit == "working_days"
    zh = f"满 {number} 个工作日" if working else f"满 {number} 天"
    en = f"{number} working days" if working else f"{number} days"
    return _refused(
        rule,
        "step_too_early",
        f"“{step.title.zh}”要{zh}才能办，最早 {earliest}。",
        f"“{step.title.en}” may be taken after {en}, on {earliest} at the earliest.",
        place="occurred_on",
    )


def wrong_post(rule: Rule, step: ProcedureStep, roles: Iterable[Text], day: date) -> Refused:
    """Who did it did not hold a post that takes the step."""
    titles = list(roles)
    zh, en = "、".join(t.zh for t in titles), " or ".join(t.en for t in titles)
    return _refused(
        rule,
        "step_wrong_post",
        f"“{step.title.zh}”由{zh}办理；办理人 {day} 不任这个岗位。",
        f"“{step.title.en}” is taken by: {en}. The performer did not hold that post on {day}.",
        place="performed_by",
    )


def no_evidence(rule: Rule, step: ProcedureStep, name: str, title: Text) -> Refused:
    """The evidence that the step needs is not there."""
    return _refused(
        rule,
        "step_no_evidence",
        f"“{step.title.zh}”要有“{title.zh}”才算办了，请补上。",
        f"“{step.title.en}” is not taken without “{title.en}”; please add it.",
        place=name,
    )


def differs(rule: Rule, step: ProcedureStep, name: str, title: Text) -> Refused:
    """It says otherwise than the case did before."""
    return _refused(
        rule,
        "step_differs",
        f"“{step.title.zh}”的“{title.zh}”与前面的步骤不一致；要改，先更正前面那一步。",
        f"“{title.en}” of “{step.title.en}” is not what the case said before; "
        "to change it, correct the earlier step.",
        place=name,
    )


def overtaken(rule: Rule, kind: FactKind, day: date) -> Refused:
    """An entry for an earlier day would undo what followed."""
    return _refused(
        rule,
        "step_overtaken",
        f"{day} 已办了“{kind.title.zh}”，在它之前补这一步会使它不算数。"
        "请写它之后的日期；前面的步骤写错了，就更正那一步。",
        f"“{kind.title.en}” was done on {day}; this step before it would undo it. "
        "Give a later day, or correct the earlier step.",
        place="occurred_on",
    )


def not_opened(rule: Rule, where: Text) -> Refused:
    """The subject is not what such a case is about."""
    return _refused(
        rule,
        "opening_where",
        f"不能立案：要符合“{where.zh}”，这个对象当天不符合。",
        f"It cannot be opened: where {where.en}, which was not so on that day.",
        place="subject",
    )


def opened_early(rule: Rule, held: Clock, since: date, earliest: date) -> Refused:
    """It has not been so for long enough."""
    return _refused(
        rule,
        "opening_early",
        f"不能立案：从 {since} 起要满 {held.number} 天，最早 {earliest}。",
        f"It cannot be opened: {held.number} days must pass from {since}, "
        f"so on {earliest} at the earliest.",
        place="occurred_on",
    )


def opened_without(rule: Rule, kind: FactKind, fields: Iterable[Text]) -> Refused:
    """Nothing of the kind has been done yet."""
    titles = list(fields)
    zh = "、".join(title.zh for title in titles)
    en = ", ".join(title.en for title in titles)
    return _refused(
        rule,
        "opening_evidence",
        f"不能立案：还没有一条{f'写明“{zh}”的' if zh else ''}“{kind.title.zh}”。",
        f"It cannot be opened: there is no “{kind.title.en}”{f' with “{en}”' if en else ''} yet.",
        place="subject",
    )


def opened_beside(rule: Rule, other: Procedure, day: date) -> Refused:
    """A case that excludes it is still open."""
    return _refused(
        rule,
        "opening_beside",
        f"不能立案：这个对象 {day} 立的“{other.title.zh}”还没有办结；新情况记在那一件里。",
        f"It cannot be opened: “{other.title.en}”, opened on {day}, is not closed; "
        "note what is new there.",
        place="subject",
    )
