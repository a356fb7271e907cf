"""The sentences of coverage, figures, scores and ladders, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bangfu.core.rules import (
    Coverage,
    CoverageTerm,
    Figure,
    FigureTerm,
    Indicator,
    Ladder,
    LadderTerm,
    Rung,
    Score,
    ScoreTerm,
)
from bangfu.core.text import Text
from bangfu.handbook.breakdowns import breakdown_title
from bangfu.handbook.columns import figure_rows, status_columns
from bangfu.handbook.speaker import Lines, Speaker
from bangfu.handbook.wording import EVERY, MEASURES, SHOWN_TO, value_words

_WHERE = Text("条件", "Where")
# Sources of figures that have a day; the others are counted as they stand on the as-of day.
DATED = frozenset(("facts", "participants", "duty"))


def coverage_lines(speaker: Speaker, coverage: Coverage) -> Lines:
    """Of whom, reached by what, over which window."""
    columns = status_columns(speaker.handbook.statuses.values(), coverage.population)
    population = speaker.subject(coverage.population)
    head = []
    if coverage.where:
        where = speaker.condition(coverage.where, columns)
        head.append(speaker.say(f"人群：{where}。", f"Population: {where}."))
    if coverage.filters:
        rows = figure_rows(speaker.handbook, f"facts:{coverage.fact}")
        filters = speaker.condition(coverage.filters, rows.columns if rows else {})
        head.append(speaker.say(f"只算：{filters}。", f"Only: {filters}."))
    if coverage.by:
        titles = (breakdown_title(speaker.handbook, name) for name in coverage.by)
        by = speaker.say("、", ", ").join(f"“{t.say(speaker.language)}”" for t in titles)
        head.append(speaker.say(f"按{by}分列。", f"Split by {by}."))
    if coverage.announced is not None:
        told = speaker.fact(coverage.announced.fact)
        head.append(
            speaker.say(
                f"还没覆盖到的，看{told}里哪一次轮到。",
                f"Those not yet reached are told the next of {told} that is for them.",
            )
        )

    def of_term(term: CoverageTerm) -> Iterator[str]:
        every, fact = EVERY[term.every].say(speaker.language), speaker.fact(coverage.fact)
        yield speaker.say(
            f"{every}内由{fact}覆盖到的{population}占全部的比例。",
            f"The share of each {population} that {fact} reached, {every}.",
        )

    return head, of_term


def _counted(speaker: Speaker, of: str) -> str:
    """What a figure counts, in words."""
    source, _, name = of.partition(":")
    book = speaker.handbook
    homes: Mapping[str, Mapping[str, object]] = {
        "facts": book.kinds,
        "participants": book.kinds,
        "assignments": book.roles,
        "coverage": book.coverage,
        "staffing": book.staffing,
        "duty": {**book.deadlines, **book.duties},
    }
    if source == "subjects":
        return speaker.say("登记的", "registered: ") + value_words("subject", name).say(
            speaker.language
        )
    before = {
        "participants": speaker.say("参与人：", "participants of "),
        "assignments": speaker.say("任职：", "holders of "),
        "staffing": speaker.say("配备：", "posts filled by "),
        "coverage": speaker.say("覆盖面：", "coverage "),
        "duty": speaker.say("应办：", "obligations of "),
    }.get(source, "")
    return before + speaker.title(homes.get(source, {}), name)


def _persons(speaker: Speaker, figure: Figure) -> str:
    """Of how many at least it is measured."""
    by = speaker.say(f"按 {figure.each} 分，", f"By {figure.each}, ") if figure.each else ""
    return by + speaker.say(
        f"不足 {figure.persons} 人的不算。", f"groups of fewer than {figure.persons} are left out."
    )


def figure_lines(speaker: Speaker, figure: Figure) -> Lines:
    """What is counted, how, and from when."""
    measure = MEASURES[figure.measure].say(speaker.language)
    unit = figure.unit.say(speaker.language)
    field = speaker.say(f"（按 {figure.field}）", f" of {figure.field}") if figure.field else ""
    counted = _counted(speaker, figure.of)
    head = [
        speaker.say(
            f"{counted}的{measure}{field}，单位：{unit}。",
            f"{counted}: {measure}{field}, in {unit}.",
        )
    ]
    if figure.performed_by:
        role = speaker.role(figure.performed_by)
        head.append(speaker.say(f"只算{role}办理的。", f"Only what {role} did."))
    if figure.persons:
        head.append(_persons(speaker, figure))
    rows = figure_rows(speaker.handbook, figure.of)
    columns = rows.columns if rows else {}

    def of_term(term: FigureTerm) -> Iterator[str]:
        since = {
            "year": speaker.say("当年", "this year"),
            "all": speaker.say("全部", "all time"),
        }.get(term.since, speaker.say(f"{term.since} 以来", f"since {term.since}"))
        if figure.of.partition(":")[0] in DATED:
            yield speaker.say(f"时段：{since}。", f"Over: {since}.")
        for name, text in {"": term.where, **term.parts}.items():
            if text:
                words = speaker.condition(text, columns)
                title = term.part_titles.get(name, _WHERE if not name else Text(name, name))
                yield f"{title.say(speaker.language)}{speaker.say('：', ': ')}{words}"
        for name, other in term.figures.items():
            title = term.part_titles.get(name, Text(name, name))
            said = speaker.title(speaker.handbook.figures, other)
            yield f"{title.say(speaker.language)}{speaker.say('：', ': ')}{said}"

    return head, of_term


def score_lines(speaker: Speaker, score: Score) -> Lines:
    """The lines that are summed, and who sees them."""
    shown = SHOWN_TO[score.shown_to].say(speaker.language)

    def of_term(term: ScoreTerm) -> Iterator[str]:
        every = EVERY[term.every].say(speaker.language)
        yield speaker.say(f"{every}计一次。", f"Summed {every}.")
        yield from (_indicator(speaker, indicator) for indicator in term.indicators)

    return [speaker.say(f"显示给：{shown}。", f"Shown to {shown}.")], of_term


def _indicator(speaker: Speaker, line: Indicator) -> str:
    title = line.title.say(speaker.language)
    if line.duty:
        what = speaker.duty(line.duty)
        return speaker.say(
            f"- {title}：{what}办到的比例 × {line.weight:g}，补办按 {line.late_worth:g} 计。",
            f"- {title}: share met of {what} × {line.weight:g}, "
            f"late ones counting {line.late_worth:g}.",
        )
    fact = speaker.fact(line.fact)
    return speaker.say(
        f"- {title}：每件{fact} {line.points:g} 分。",
        f"- {title}: {line.points:g} for each {fact}.",
    )


def ladder_lines(speaker: Speaker, ladder: Ladder) -> Lines:
    """On which grounds which step is proposed; people decide."""
    head = [speaker.say("只提建议，由人决定。", "It only proposes; people decide.")]

    def of_term(term: LadderTerm) -> Iterator[str]:
        yield from (_rung(speaker, ladder, term, rung) for rung in term.rungs)

    return head, of_term


def _rung(speaker: Speaker, ladder: Ladder, term: LadderTerm, rung: Rung) -> str:
    titles = {each.id: each for each in term.rungs}
    score = speaker.title(speaker.handbook.scores, ladder.score)
    when = {
        "bottom": speaker.say(
            f"{score}排在最后 {rung.number} 名", f"among the last {rung.number} of {score}"
        ),
        "repeats": speaker.say(
            f"连续 {rung.number} 次{speaker.title(titles, rung.rung)}",
            f"{speaker.title(titles, rung.rung)} {rung.number} times running",
        ),
        "overdue": speaker.say(
            f"{speaker.duty(rung.duty)}逾期 {rung.number} 次",
            f"{rung.number} overdue of {speaker.duty(rung.duty)}",
        ),
        "over": speaker.say(
            f"{speaker.duty(rung.duty)}超限 {rung.number} 次",
            f"{speaker.duty(rung.duty)} exceeded {rung.number} times",
        ),
    }[rung.when]
    title, to = rung.title.say(speaker.language), speaker.role(rung.to)
    words = speaker.say(
        f"- {title}：{when}时，建议对{to}；{rung.reply_days} 天内可申辩。",
        f"- {title}: if {when}, proposed to {to}, who has {rung.reply_days} days to reply.",
    )
    if not rung.case:
        return words
    case = speaker.title(speaker.handbook.procedures, rung.case)
    return words + speaker.say(f"决定采纳的，立案走{case}。", f" If people so decide: {case}.")
