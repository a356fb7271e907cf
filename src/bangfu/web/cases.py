"""Cases as pages show them: what each waits for, who holds it, its clock, its steps in a line."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bangfu.core.facts import Fact
from bangfu.core.procedures import DONE, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.results import CASE_STATES, Case, Obligation, Taken
from bangfu.core.rules import FactKind, term_on
from bangfu.engine.cases import outcome_title, step_owed
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import words
from bangfu.web.duties import Row
from bangfu.web.reader import Reader
from bangfu.web.words import say

Mark = str  # "done", "lapsed", "now", "stopped", "coming"


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list; `mood` colours its clock."""

    case: Case
    uid: str
    url: str
    subject: Named
    place: str
    procedure: str
    state: str
    waits_for: str
    holders: str
    when: str
    mood: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One step in the line of a case: behind it, where it stands, or ahead."""

    title: str
    mark: Mark
    day: date | None = None
    who: str = ""
    said: str = ""
    url: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done with a case now: a button to the form, the case filled in."""

    title: str
    url: str
    main: bool


def lines_of(reader: Reader, found: Sequence[Case], *, today: date, query: str = "") -> list[Line]:
    """The cases whose subjects have names, in their order; `query` is added to addresses."""
    names = queries.names(reader.policy, _numbers(found))
    openings = opening_facts(reader, found)
    return [
        _line(reader, case, names, openings[case.case], today=today, query=query)
        for case in found
        if case.case in openings and case.subject in names
    ]


def opening_facts(reader: Reader, found: Iterable[Case]) -> dict[int, Fact]:
    """The facts that opened these cases, by their sequence."""
    facts = queries.facts(reader.policy, [case.case for case in found])
    return {fact.sequence: fact for fact in facts}


def _numbers(found: Iterable[Case]) -> set[int]:
    numbers: set[int] = set()
    for case in found:
        numbers.update((case.subject, *case.holders))
        numbers.update(taken.performer for taken in case.taken)
    return numbers - {0}


def _line(
    reader: Reader,
    case: Case,
    names: Mapping[int, Named],
    opening: Fact,
    *,
    today: date,
    query: str,
) -> Line:
    subject = names[case.subject]
    return Line(
        case=case,
        uid=opening.uid,
        url=reverse("case", args=[opening.uid]) + query,
        subject=subject,
        place=words.place(subject.place),
        procedure=say(reader.handbook.procedures[case.procedure].title),
        state=state_words(reader, case),
        waits_for=waits_for(reader, case),
        holders=holder_words(reader, case, names),
        when=when_words(case, today),
        mood=mood_of(case, today),
    )


def course(reader: Reader, case: Case) -> tuple[Procedure, ProcedureTerm]:
    """The procedure of a case, and the term that governs it."""
    procedure = reader.handbook.procedures[case.procedure]
    term = term_on(procedure.terms, case.opened)
    if term is None:
        raise LookupError(case.procedure)  # the engine reads no such case
    return procedure, term


def state_words(reader: Reader, case: Case) -> str:
    """在办, 中止, or how it ended."""
    if case.state != "closed":
        return say(CASE_STATES[case.state])
    _procedure, term = course(reader, case)
    if case.outcome == DONE:
        return _("Closed: all steps taken")
    step = case.taken[-1].step if case.taken else ""
    how = say(outcome_title(reader.handbook, term, step, case.outcome))
    return _("Closed: %(how)s") % {"how": how}


def current(reader: Reader, case: Case) -> ProcedureStep | None:
    """The step that a case waits for."""
    return course(reader, case)[1].step(case.step) if case.step else None


def waits_for(reader: Reader, case: Case) -> str:
    """What must be done next: the step, or what lets the case go on."""
    step = current(reader, case)
    if step is None:
        return ""
    pause = course(reader, case)[1].pause
    if case.state == "paused" and pause is not None:
        return say(reader.handbook.kinds[pause.until].title)
    return say(step.title)


def holder_words(reader: Reader, case: Case, names: Mapping[int, Named]) -> str:
    """Who holds the case; the posts where nobody is known, or not to the reader."""
    if case.state == "closed":
        return ""
    known = [names[number].name for number in case.holders if number in names]
    if known:
        return pgettext("list", ", ").join(known)
    return role_words(reader, case.roles)


def role_words(reader: Reader, roles: Iterable[str]) -> str:
    """Posts by their titles, one or the other."""
    titles = [say(reader.handbook.roles[role].title) for role in roles]
    return pgettext("or-list", " or ").join(titles)


def when_words(case: Case, today: date) -> str:
    """The clock of a case as people say it."""
    if case.closed is not None:
        return words.day(case.closed, year=case.closed.year != today.year)
    if case.paused is not None:
        return _("stopped since %(day)s") % {"day": words.day(case.paused)}
    if case.due is not None and case.due < today:
        return words.late((today - case.due).days)
    if case.not_before is not None and case.not_before > today:
        return _("from %(day)s on") % {"day": words.day(case.not_before)}
    return words.until(case.due, today) if case.due is not None else _("no fixed time")


def mood_of(case: Case, today: date) -> str:
    """ "late", "soon" or nothing."""
    if case.late:
        return "late"
    if case.state != "open" or case.due is None:
        return ""
    return "soon" if (case.due - today).days <= 1 else ""


def spots(reader: Reader, case: Case, names: Mapping[int, Named], *, query: str = "") -> list[Spot]:
    """The steps of a case in a line: those behind it, the one it waits for, those that may come."""
    _procedure, term = course(reader, case)
    facts = queries.facts(reader.policy, [taken.fact for taken in case.taken if taken.fact])
    uids = {fact.sequence: fact.uid for fact in facts}
    found = [
        _behind(reader, term, taken, names)
        if not uids.get(taken.fact)
        else replace(
            _behind(reader, term, taken, names),
            url=reverse("fact", args=[uids[taken.fact]]) + query,
        )
        for taken in case.taken
    ]
    step = current(reader, case)
    if step is None:
        return found
    mark = "stopped" if case.state == "paused" else "now"
    found.append(Spot(say(step.title), mark, who=holder_words(reader, case, names)))
    at = term.steps.index(step)
    for later in term.steps[at + 1 :]:
        said = _("only if called for") if later.when else ""
        found.append(Spot(say(later.title), "coming", who=role_words(reader, later.by), said=said))
    return found


def _behind(
    reader: Reader,
    term: ProcedureTerm,
    taken: Taken,
    names: Mapping[int, Named],
) -> Spot:
    step = term.step(taken.step)
    title = say(step.title) if step else taken.step
    if not taken.fact:
        return Spot(title, "lapsed", taken.day, said=_("not taken in its time"))
    who = names.get(taken.performer)
    said = ""
    if taken.outcome:
        said = say(outcome_title(reader.handbook, term, taken.step, taken.outcome))
    late = ""
    if taken.late and taken.due:
        late = words.late((taken.day - taken.due).days)
    return Spot(title, "done", taken.day, who.name if who else "", said, late=late)


def actions_of(
    reader: Reader, case: Case, *, uid: str, subject: str, records: Container[str]
) -> list[Action]:
    """What the reader may enter for a case now: its step first, then what stops it or lets it
    go on.
    """
    _procedure, term = course(reader, case)
    step, pause = current(reader, case), term.pause
    if step is None:
        return []
    kinds: list[tuple[str, bool]] = []
    if case.state == "paused":
        kinds += [(pause.until, True)] if pause else []
    else:
        waits = case.not_before is not None and case.not_before > reader.today
        kinds += [] if waits else [(step.fact, True)]
        kinds += [(pause.fact, False)] if pause else []
    return [
        Action(
            say(step.title if main and name == step.fact else reader.handbook.kinds[name].title),
            form_address(name, case=uid, subject=subject),
            main,
        )
        for name, main in kinds
        if name in records
    ]


def form_address(kind: str, *, case: str, subject: str) -> str:
    """The form of a kind with the case and what it is about filled in."""
    query = urlencode({"case": case, "subject": subject})
    return f"{reverse('record-kind', args=[kind])}?{query}"


def own_rows(reader: Reader, records: Container[str]) -> list[Row]:
    """The steps that wait for the reader, as rows beside his duties."""
    person = reader.policy.person or 0
    found = queries.cases(reader.policy, as_of=reader.today)
    owed = {case.case: item for case in found if (item := step_owed(case, person))}
    mine = [case for case in found if case.case in owed]
    return [
        _row(reader, line, owed[line.case.case], records)
        for line in lines_of(reader, mine, today=reader.today)
    ]


def steps_of(reader: Reader, person: int) -> list[Line]:
    """The cases whose step waits for somebody, as far as the reader sees them, soonest first."""
    found = queries.cases(reader.policy, as_of=reader.today)
    mine = [case for case in found if step_owed(case, person)]
    mine.sort(key=lambda case: (case.due or date.max, case.case))
    return lines_of(reader, mine, today=reader.today)


def _row(reader: Reader, line: Line, owed: Obligation, records: Container[str]) -> Row:
    case, step = line.case, current(reader, line.case)
    waits = case.not_before is not None and case.not_before > reader.today
    go = line.url
    if step is not None and step.fact in records and not waits:
        go = form_address(step.fact, case=line.uid, subject=line.subject.uid)
    late = max((reader.today - owed.due).days, 0)
    return Row(
        obligation=owed,
        subject=line.subject,
        called=words.place(line.subject.name),
        person="",
        place=line.place,
        title=line.waits_for,
        span=line.procedure,
        asked=_("since %(day)s") % {"day": words.day(case.since)},
        amount=_("The case"),
        when=line.when,
        mood=line.mood,
        mark="late" if late else "due",
        address="",
        go=go,
        trace_url=line.url,
        rule_url=reverse("rule", args=["procedure", case.procedure]) + f"?day={case.opened}",
        kinds=(),
        limit=False,
        entered_by="",
        days_late=late,
    )


def waiting_for(reader: Reader, kind: FactKind) -> list[Line]:
    """The open cases for which a fact of that kind may be entered now."""
    rules = (reader.handbook.opened_by(item.to) for item in kind.fields if item.names_a_fact)
    chosen = {rule.id for rule in rules if rule}
    if not chosen:
        return []
    found = []
    for case in queries.cases(reader.policy, as_of=reader.today, procedures=chosen):
        step = current(reader, case)
        pause = course(reader, case)[1].pause
        fits = [step.fact] if step else []
        fits += [pause.fact, pause.until] if pause and step else []
        if kind.id in fits:
            found.append(case)
    return lines_of(reader, found, today=reader.today)


def case_words(line: Line) -> str:
    """A case in one line of a list to choose from."""
    opened = words.day(line.case.opened, year=True)
    parts = [line.procedure, words.place(line.subject.name), opened]
    return " · ".join(parts)
