"""Recalls of first secretaries: grounds, interviews of unit heads, answers, decisions, heirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo import texts
from bangfu.demo.lines import moment, registry
from bangfu.demo.names import person_name
from bangfu.demo.people import Person, Unit, Village
from bangfu.demo.year import Year

# How many months before the as-of day's each case is opened: those that end in a recall, the
# others, and the one that is still open.
_RECALLED, _KEPT, _OPEN = (4, 3, 2), (5, 4, 3, 1), 0
_FIRST, _LAST_DAYS = 8, 6
_MORNING = 8 * 60 + 15
_GROUNDS = ("absent", "slack", "leave")


def recalls(year: Year, month: Period) -> None:
    """The cases that are opened this month, and the successors who begin with it."""
    for village in year.county.villages:
        if village.successor is not None:
            village.first_secretary, village.successor = village.successor, None
    if not year.picked:
        year.picked = list(_picked(year))
    ends = year.era.as_of.year * 12 + year.era.as_of.month
    left = ends - month.start.year * 12 - month.start.month
    recalled, kept = year.scale.recalls, year.scale.interviews - year.scale.recalls
    for number, village in enumerate(year.picked):
        if number < recalled:
            if left == _RECALLED[number]:
                _case(year, village, month, recall=True)
        elif number < recalled + kept:
            turn = number - recalled
            if left == _KEPT[turn]:
                _case(year, village, month, recall=False, silent=turn == 1)
        elif left == _OPEN:
            day = year.era.as_of - timedelta(days=_LAST_DAYS)
            if month.holds(day):
                _opened(year, village, day)


def _picked(year: Year) -> Iterator[Village]:
    """The villages of the cases, the carelessly worked first, each sender's once if that does."""
    staffed = [v for v in year.county.villages if v.first_secretary and v.first_secretary.unit]
    staffed.sort(key=lambda village: village.care)
    wanted = year.scale.interviews + 1
    seen: set[str] = set()
    later = []
    for village in staffed:
        unit = village.first_secretary.unit if village.first_secretary else None
        if unit is None or unit.uid in seen:
            later.append(village)
            continue
        seen.add(unit.uid)
        if wanted:
            wanted -= 1
            yield village
    yield from later[:wanted]


def _opened(year: Year, village: Village, day: date) -> str:
    """The grounds, put forward by the township's Party secretary."""
    person = village.first_secretary
    if person is None or person.unit is None:
        return ""
    by = village.town.secretary.uid
    values: dict[str, Value] = {
        "ground": year.random.choice(_GROUNDS),
        "details": year.random.choice(texts.GROUNDS),
    }
    draft = year.draft(
        "recall_grounds", day, subject=village.uid, by=by, values=values,
        participants=(("secretary", person.uid), ("unit", person.unit.uid)),
    )  # fmt: skip
    year.office(draft, by=by)
    return draft.uid


def _case(
    year: Year, village: Village, month: Period, *, recall: bool, silent: bool = False
) -> None:
    """One case to its end; a `silent` first secretary lets his answer lapse."""
    person = village.first_secretary
    if person is None or person.unit is None:
        return
    day = _working(year, month.start + timedelta(days=_FIRST - 1))
    case = _opened(year, village, day)
    day = _working(year, day + timedelta(days=3))
    interview: dict[str, Value] = {
        "unit": person.unit.uid,
        "demands": year.random.choice(texts.DEMANDS),
        "minutes": f"谈{day.year}-{year.random.randint(10, 99)}",
    }
    _office(year, village, "unit_interview", on=day, values=interview | {"case": case})
    if not silent:
        answer = year.draft(
            "recall_answer", day + timedelta(days=2), subject=village.uid,
            by=person.uid, values={"case": case, "text": year.random.choice(texts.ANSWERS)},
            participants=(("secretary", person.uid),),
        )  # fmt: skip
        year.evening(answer, by=person.uid, delays=(0,))
    # Answers come on any day, lest a feast make them lapse; after a silent person the unit's turn
    # is from the eighth day on.
    unit_day = day + timedelta(days=9 if silent else 5)
    position: dict[str, Value] = {"position": "agrees" if recall else "mends"}
    _office(year, village, "recall_unit_answer", on=unit_day, values=position | {"case": case})
    decided = _working(year, unit_day + timedelta(days=2))
    decision: dict[str, Value] = {
        "result": "recall" if recall else "keep",
        "decided_by": "县委组织部部务会",
        "document": f"襄组〔{decided.year}〕{year.random.randint(10, 60)}号",
    }
    _office(year, village, "recall_decision", on=decided, values=decision | {"case": case})
    if recall and decided < month.last_day:
        _replace(year, village, month, case)


def _replace(year: Year, village: Village, month: Period, case: str) -> None:
    """The recall on the month's last day, and the successor on the first of the next."""
    person, first = village.first_secretary, month.end
    if person is None or person.unit is None or first > year.era.as_of:
        return
    _office(
        year, village, "recall_carried_out", on=month.last_day,
        values={"case": case, "handed_over": True},
        people=(("secretary", person.uid),),
    )  # fmt: skip
    successor = _successor(year, person.unit, month.last_day)
    successor.care = village.care
    by = year.county.registrar.uid
    ended = registry(
        "assignment_end", year.ids.new(), on=first, by=by, subject=village.uid,
        values={"assignment": village.posting, "why": "召回"},
    )  # fmt: skip
    year.queue.push(ended, by=by, at=moment(first, _MORNING))
    village.posting = year.ids.new()
    begun = registry(
        "assignment", village.posting, on=first, by=by, subject=village.uid,
        values={"role": "first_secretary", "basis": "召回后重新选派"},
        participants=(("holder", successor.uid),),
    )  # fmt: skip
    year.queue.push(begun, by=by, at=moment(first, _MORNING + 1))
    village.successor = successor
    number = year.random.randint(61, 99)
    _office(
        year, village, "recall_replacement", on=first, minute=_MORNING + 5,
        values={"case": case, "document": f"襄组〔{first.year}〕{number}号"},
        people=(("successor", successor.uid),),
    )  # fmt: skip


def _successor(year: Year, unit: Unit, day: date) -> Person:
    """A cadre who never left the unit, else one who is newly registered."""
    staying = unit.cadres[1 : year.scale.unit_cadres]
    if staying:
        return staying[-1]
    name = person_name(year.random, year.random.choice(("male", "female")))
    found = Person(year.ids.new(), name, unit=unit)
    by = year.county.registrar.uid
    draft = registry("person", found.uid, on=day, by=by, values={"name": name, "unit": unit.uid})
    year.queue.push(draft, by=by, at=moment(day, _MORNING))
    return found


def _office(
    year: Year,
    village: Village,
    kind: str,
    *,
    on: date,
    values: dict[str, Value],
    people: tuple[tuple[str, str], ...] = (),
    minute: int = 0,
) -> None:
    """A step of the county's organisation department, entered the same day."""
    by = year.county.organisation.uid
    draft = year.draft(
        kind, on, subject=village.uid, by=by, values=values, participants=people
    )  # fmt: skip
    if minute:
        year.queue.push(draft, by=by, at=moment(on, minute))
    else:
        year.office(draft, by=by)


def _working(year: Year, day: date) -> date:
    """That day, or the next one that is worked."""
    while not year.calendar.is_working(day):
        day += timedelta(days=1)
    return day
