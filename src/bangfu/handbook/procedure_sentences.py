"""The sentences of procedures, in both languages: the steps of a case, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.procedures import OPENED, Clock, Opening, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.text import Text
from bangfu.handbook.columns import case_columns, status_columns
from bangfu.handbook.speaker import Lines, Speaker
from bangfu.handbook.wording import UNITS


def procedure_lines(speaker: Speaker, procedure: Procedure) -> Lines:
    """What opens a case, and for each term its steps in order."""
    subject, opens = speaker.subject(procedure.subject), speaker.fact(procedure.opens)
    head = [
        speaker.say(
            f"每有一件关于{subject}的{opens}，就立一件办件。",
            f"Each {opens} about a {subject} opens a case.",
        )
    ]

    def of_term(term: ProcedureTerm) -> Iterator[str]:
        if term.opening:
            yield "".join(_opening(speaker, procedure, term.opening))
        for number, step in enumerate(term.steps, start=1):
            words = "".join(step_words(speaker, procedure, term, step))
            yield f"{number}. {step.title.say(speaker.language)}{speaker.say('：', ': ')}{words}"
        if term.within:
            time = _time(speaker, term.within)
            yield speaker.say(f"全程 {time}。", f"All of it within {time}.")
        if term.pause:
            fact, until = speaker.fact(term.pause.fact), speaker.fact(term.pause.until)
            yield speaker.say(
                f"有{fact}即中止，时限停走，到{until}为止。",
                f"{fact} stops the case and its clocks until {until}.",
            )

    return head, of_term


def _opening(speaker: Speaker, procedure: Procedure, opening: Opening) -> Iterator[str]:
    say = speaker.say
    if opening.where:
        columns = status_columns(speaker.handbook.statuses.values(), procedure.subject)
        where = speaker.condition(opening.where, columns)
        long = _time(speaker, opening.held) if opening.held else ""
        held = say(f"满 {long}", f" for {long}") if long else ""
        yield say(f"立案条件：{where}{held}。", f"It may be opened where {where}{held}.")
    if opening.evidence:
        kinds = speaker.titles(speaker.handbook.kinds, tuple(opening.evidence))
        yield say(f"其间已有{kinds}。", f" There must be since then: {kinds}.")
    if opening.not_while:
        rules = speaker.titles(speaker.handbook.procedures, opening.not_while)
        yield say(f"没有{rules}在办。", f" No case of {rules} may be open.")


def step_words(
    speaker: Speaker, procedure: Procedure, term: ProcedureTerm, step: ProcedureStep
) -> Iterator[str]:
    """What one step asks for, sentence by sentence."""
    say, fact = speaker.say, speaker.fact(step.fact)
    kind = speaker.handbook.kind(step.fact)
    roles = speaker.titles(speaker.handbook.roles, step.by)
    yield say(f"由{roles}办理，记{fact}。", f"{fact}, by {roles}.")
    if step.needs and kind:
        titles = [kind.part(name) or Text(name, name) for name in step.needs]
        needs = say("、", ", ").join(title.say(speaker.language) for title in titles)
        yield say(f"须有{needs}。", f" It needs: {needs}.")
    if step.same and kind:
        titles = [kind.part(name) or Text(name, name) for name in step.same]
        same = say("、", ", ").join(title.say(speaker.language) for title in titles)
        yield say(f"{same}须与前面一致。", f" As said before: {same}.")
    if step.when:
        before = term.steps[: term.steps.index(step)]
        columns = case_columns(speaker.handbook, procedure, before)
        when = speaker.condition(step.when, columns)
        yield say(f"只在{when}时办。", f" Only where {when}.")
    if step.not_before:
        time, after = _time(speaker, step.not_before), _after(speaker, term, step.not_before)
        yield say(f"{after}满 {time}才能办。", f" Not before {time} after {after}.")
    if step.within:
        time, after = _time(speaker, step.within), _after(speaker, term, step.within)
        yield say(f"{after}后 {time}内办。", f" Within {time} after {after}.")
    if step.lapses:
        yield say("过期视为放弃。", " Not taken in its time it is passed over.")
    field = kind.field(step.outcome) if kind and step.outcome else None
    for option, outcome in step.outcomes.items():
        title = field.options.get(option, Text(option, option)) if field else Text(option, option)
        chosen = title.say(speaker.language)
        if outcome.closes:
            yield say(f"“{chosen}”的，办结。", f" “{chosen}” closes the case.")
        else:
            back = _step_title(speaker, term, outcome.back_to)
            yield say(f"“{chosen}”的，退回{back}。", f" “{chosen}” sends it back to {back}.")


def _time(speaker: Speaker, clock: Clock) -> str:
    return f"{clock.number} {UNITS[clock.unit].say(speaker.language)}"


def _after(speaker: Speaker, term: ProcedureTerm, clock: Clock) -> str:
    if not clock.after:
        return speaker.say("上一步", "the step before")
    return _step_title(speaker, term, clock.after)


def _step_title(speaker: Speaker, term: ProcedureTerm, name: str) -> str:
    if name == OPENED:
        return speaker.say("立案", "the opening")
    step = term.step(name)
    return f"“{step.title.say(speaker.language)}”" if step else name
