"""What needs a decision first: empty posts, proposed steps, what is overdue; coverage by town."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from bangfu.core.results import State, Step
from bangfu.engine.obligations import Owed
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.board import Places, only, worst_first
from bangfu.web.duties import Row, rows_of
from bangfu.web.lead import Asked
from bangfu.web.words import place, say

MOST = 5


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed step: which, towards whom or what, on which grounds, and the form that opens a
    case of it, where the reader may enter that.
    """

    title: str
    name: str
    grounds: str
    url: str
    rule_url: str
    facts: tuple[int, ...]
    opens: str = ""
    opens_url: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """A post that is vacant: for how many subjects, the first of them."""

    title: str
    count: int
    first: str
    url: str


def longest_overdue(asked: Asked, owed: Owed, places: Places) -> list[Row]:
    """The obligations that are longest overdue, the first few."""
    late = worst_first(only(owed, places, state=State.OVERDUE), 0, MOST).rows()
    wanted = {item.subject for item in late} | {item.person for item in late}
    return rows_of(
        late, names=queries.names(asked.reader.policy, wanted), handbook=asked.reader.handbook,
        today=asked.days.as_of, days=asked.days.query,
    )  # fmt: skip


def empty_posts(asked: Asked) -> list[Empty]:
    """The staffing rules under which posts are vacant, the most vacancies first."""
    policy, days = asked.reader.policy, asked.days
    found = queries.vacancies(policy, as_of=days.as_of, known_at=days.known_at)
    vacant = [item for item in found if item.kind == "vacant"]
    counts = Counter(item.rule for item in vacant)
    first = {item.rule: item.subject for item in reversed(vacant)}
    names = queries.names(policy, first.values())
    return [
        Empty(
            title=say(asked.reader.handbook.staffing[rule].title),
            count=count,
            first=place(names[first[rule]].name) if first[rule] in names else "",
            url=reverse("staffing") + days.query,
        )
        for rule, count in counts.most_common(MOST)
    ]


def proposed_steps(asked: Asked, *, most: int | None = MOST) -> tuple[list[Proposed], int]:
    """The first steps that the ladders propose, and how many there are; offices only."""
    policy, handbook, days = asked.reader.policy, asked.reader.handbook, asked.days
    found: list[Step] = []
    for ladder in handbook.ladders:
        found += queries.steps(policy, ladder, as_of=days.as_of, known_at=days.known_at)
    shown = found[:most]
    wanted = {step.person or step.holder for step in shown} | {step.holder for step in shown}
    names = queries.names(policy, wanted)
    return [_proposed(asked, step, names, at=at) for at, step in enumerate(shown, 1)], len(found)


def _proposed(asked: Asked, step: Step, names: Mapping[int, Named], *, at: int) -> Proposed:
    ladder = asked.reader.handbook.ladders[step.ladder]
    rungs = {rung.id: rung for term in ladder.terms for rung in term.rungs}
    rung = rungs.get(step.rung)
    named, about = names.get(step.person or step.holder), names.get(step.holder)
    procedure = asked.reader.handbook.procedures.get(rung.case) if rung else None
    fits = procedure and about and about.type == procedure.subject
    kinds = {kind.id: kind for kind in queries.recordable_kinds(asked.reader.policy)}
    opens = opens_url = ""
    if procedure and about and fits and procedure.opens in kinds:
        opens = say(kinds[procedure.opens].title)
        opens_url = reverse("record-kind", args=[procedure.opens]) + f"?subject={about.uid}"
    return Proposed(
        title=say(rung.title if rung else ladder.title),
        name=place(named.name) if named else "",
        grounds=say(step.grounds),
        url=f"{reverse('steps')}{asked.days.query}#step-{at}",
        rule_url=reverse("rule", args=["ladder", step.ladder]),
        facts=step.because,
        opens=opens,
        opens_url=opens_url,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """Coverage by township: the rules' titles, then a line for each township where somebody is
    not reached; `whole` is how many there are besides.
    """

    titles: tuple[str, ...]
    lines: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    totals: tuple[tuple[str, str], ...]
    url: str
    whole: int


def coverage_by_town(asked: Asked, towns: Mapping[int, str], elsewhere: str) -> Reached:
    """How many of each population are not yet reached, by township; `elsewhere` is the rest."""
    policy, handbook, days = asked.reader.policy, asked.reader.handbook, asked.days
    missing: list[Counter[int]] = []
    totals: list[str] = []
    for rule in handbook.coverage:
        cells = queries.reach(policy, rule, as_of=days.as_of, known_at=days.known_at)
        absent = [number for cell in cells for number in cell.missing]
        _villages, townships = queries.places(policy, absent)
        missing.append(Counter(townships.get(number, 0) for number in absent))
        totals.append(_share(sum(c.reached for c in cells), sum(c.population for c in cells)))
    known = {**towns, 0: elsewhere}
    numbers: Sequence[int] = sorted(
        {number for counter in missing for number in counter if number in known},
        key=lambda number: -sum(counter[number] for counter in missing),
    )
    titles = tuple(say(rule.title) for rule in handbook.coverage.values())
    return Reached(
        titles=titles,
        lines=tuple(
            (known[number], tuple(zip(titles, (c[number] for c in missing), strict=True)))
            for number in numbers
        ),
        totals=tuple(zip(titles, totals, strict=True)),
        url=reverse("coverage") + days.query,
        whole=len(towns.keys() - set(numbers)),
    )


def _share(reached: int, population: int) -> str:
    return f"{reached * 100 / population:.0f}%" if population else "—"
