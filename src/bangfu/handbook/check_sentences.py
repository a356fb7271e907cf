"""The sentences of checks and formulas, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.checking import SEVERITIES, Check, CheckTerm
from bangfu.core.formulas import Formula, FormulaLine, FormulaTerm
from bangfu.core.text import Text
from bangfu.handbook.check_files import filled, places
from bangfu.handbook.formula_references import line_columns
from bangfu.handbook.speaker import Lines, Speaker


def check_lines(speaker: Speaker, check: Check) -> Lines:
    """What is doubtful, how grave it is, and who can mend it."""
    say = speaker.say
    message = check.message.say(speaker.language)
    said = filled(message, dict.fromkeys(places(message), "…"))
    subject, severity = speaker.subject(check.subject), SEVERITIES[check.severity]
    mends = speaker.titles(speaker.handbook.roles, check.mends)
    head = [
        say(
            f"查{subject}：{said}（{severity.zh}）",
            f"Finds a {subject}: {said} ({severity.en.lower()})",
        ),
        say(f"由{mends}核实更正，先写的先办。", f"Mended by {mends}, the first that is held."),
    ]
    if check.proposes is not None:
        fact = speaker.fact(check.proposes.fact)
        head[1:] = [
            say(
                f"查出的不算疑点，只建议记{fact}，由{mends}核实决定。",
                f"What is found is no doubt: {fact} is proposed, and {mends} looks into it.",
            )
        ]
    if check.exempted_by:
        kind = speaker.fact(check.exempted_by)
        zh = f"属实而不必改的，记{kind}，写明原因和期限。"
        head.append(
            say(zh, f"What is true all the same is exempted by {kind}, with reason and end.")
        )

    def of_term(term: CheckTerm) -> Iterator[str]:
        for name, one in term.params.items():
            unit = one.unit.say(speaker.language)
            yield say(f"参数 {name}：{one.value:g} {unit}。", f"{name}: {one.value:g} {unit}.")
        yield say("查询：", "Query: ") + " ".join(term.select.split())

    return head, of_term


def formula_lines(speaker: Speaker, formula: Formula) -> Lines:
    """What is added up, over which window, and what it is compared with."""
    say, unit = speaker.say, formula.unit.say(speaker.language)
    head = [say(f"单位：{unit}。", f"In {unit}.")]
    proposes = formula.proposes
    if proposes is not None:
        fact = speaker.fact(proposes.fact)
        other = speaker.title(speaker.handbook.formulas, proposes.line)
        side = {"below": Text("低于", "below"), "above": Text("高于", "above")}[proposes.side]
        zh = f"{side.zh}{other}的，提出{fact}的建议，由人决定。"
        head.append(say(zh, f"Where it is {side.en} {other}, {fact} is proposed; people decide."))

    def of_term(term: FormulaTerm) -> Iterator[str]:
        if term.value is not None:
            yield say(f"{term.value:g} {unit}。", f"{term.value:g} {unit}.")
            return
        months = term.months
        yield say(f"最近 {months} 个月各项相加：", f"Added up over the last {months} months:")
        for line in term.lines:
            yield _line(speaker, line)
        if term.per_head:
            yield say("再除以家庭人口。", "Then divided by the members of the household.")

    return head, of_term


def _line(speaker: Speaker, line: FormulaLine) -> str:
    say, kind = speaker.say, speaker.handbook.kind(line.fact)
    fields = [field.title.say(speaker.language) for field in (kind.fields if kind else ())
              if field.id in line.fields]  # fmt: skip
    sign = "− " if line.minus else "+ "
    which = say("最新一份", "the newest ") if line.take == "latest" else ""
    words = f"{sign}{line.title.say(speaker.language)}{say('：', ': ')}"
    words += which + speaker.fact(line.fact) + say("的", ": ") + say("、", ", ").join(fields)
    if line.where and kind:
        where = speaker.condition(line.where, line_columns(kind))
        words += say(f"（只算{where}）", f" (only where {where})")
    return words + say("。", ".")
