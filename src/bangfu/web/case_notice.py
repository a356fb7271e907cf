"""What a case puts up for everybody to read (公示): a text that only open words can get into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.core.facts import Fact
from bangfu.core.procedures import ProcedureTerm
from bangfu.core.results import Case
from bangfu.records import queries
from bangfu.web import cases, words
from bangfu.web.reader import Reader
from bangfu.web.words import say

# A notice stands so long where no later step says when it may be taken.
DAYS = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """The text of a notice with its days; `village` signs it."""

    text: str
    village: str
    posted: date
    until: date
    fact: str


def notices_of(reader: Reader, case: Case) -> list[Notice]:
    """The notices that the steps of a case have put up, the newest first.

    The words are the handbook's (`KIND_words`); filled in are the household, its village and
    township, the days, and the fields of options that the fact has, by their titles: no free text,
    and nothing personal.
    """
    _procedure, term = cases.course(reader, case)
    worded = [
        taken
        for taken in case.taken
        if taken.fact and (step := term.step(taken.step)) and f"{step.fact}_words" in _names(reader)
    ]
    facts = queries.facts(reader.policy, [taken.fact for taken in worded])
    return [_notice(reader, case, term, fact) for fact in reversed(facts)]


def _names(reader: Reader) -> frozenset[str]:
    return frozenset(reader.handbook.names)


def _notice(reader: Reader, case: Case, term: ProcedureTerm, fact: Fact) -> Notice:
    kind = reader.handbook.kinds[fact.kind]
    subject = queries.names(reader.policy, [case.subject])[case.subject]
    villages, towns = queries.places(reader.policy, [case.subject])
    around = queries.names(reader.policy, {*villages.values(), *towns.values()} - {0})
    until = fact.occurred_on + timedelta(days=_days(term, fact.kind))
    village, town = villages.get(case.subject, 0), towns.get(case.subject, 0)
    said = {
        "household": subject.name,
        "village": words.place(around[village].name) if village in around else "",
        "township": around[town].name if town in around else "",
        "from": words.day(fact.occurred_on, year=True),
        "to": words.day(until, year=True),
    }
    for item in kind.fields:
        chosen = str(fact.values.get(item.id, ""))
        if item.type == "choice" and not item.personal and chosen in item.options:
            said[item.id] = say(item.options[chosen])
    text = say(reader.handbook.word(f"{fact.kind}_words", fact.occurred_on))
    return Notice(text.format_map(said), said["village"], fact.occurred_on, until, fact.uid)


def _days(term: ProcedureTerm, kind: str) -> int:
    """How long it stands: until the next step may be taken."""
    step = next((one for one in term.steps if one.fact == kind), None)
    clocks = [one.not_before for one in term.steps if one.not_before]
    return next((clock.number for clock in clocks if step and clock.after == step.id), DAYS)
