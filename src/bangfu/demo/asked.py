"""What is being asked for as the county stands: leave by its length, a first secretary more."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.people import Village
from bangfu.demo.year import Year

# Leave is approved by its length since the notice of 6 May 2017.
_BY_LENGTH = date(2017, 5, 6)
# Days before the as-of day of each step, days after it of the leave, and how long it lasts.
_SHORT, _LONG = (3, 2, 2, 2), (2, 1, 5, 6)


def leave_requests(year: Year, month: Period) -> None:
    """A short leave that the township has approved, a long one that waits for the county."""
    as_of = year.era.as_of
    if not month.holds(as_of) or as_of < _BY_LENGTH:
        return
    staffed = [village for village in year.county.villages if village.first_secretary]
    for village, days in zip(staffed[-2:], (_SHORT, _LONG), strict=False):
        if month.holds(as_of - timedelta(days=days[0])):
            _request(year, village, days)


def _request(year: Year, village: Village, days: tuple[int, int, int, int]) -> None:
    person, asked, answered, begins, lasts = village.first_secretary, *days
    if person is None:
        return
    first = year.era.as_of + timedelta(days=begins)
    values: dict[str, Value] = {
        "type": "annual" if lasts > 3 else "family",
        "from": first.isoformat(),
        "to": (first + timedelta(days=lasts - 1)).isoformat(),
        "handover": village.secretary.name,
    }
    on = year.era.as_of - timedelta(days=asked)
    request = year.draft("leave_request", on, subject=village.uid, by=person.uid, values=values)
    year.evening(request, by=person.uid, delays=(0,))
    by = village.town.secretary.uid
    answer = year.draft(
        "leave_township_answer", year.era.as_of - timedelta(days=answered),
        subject=village.uid, by=by, values={"request": request.uid, "result": "agreed"},
    )  # fmt: skip
    year.office(answer, by=by)


def selections(year: Year, month: Period) -> None:
    """Where a village with a heavy task still waits for a first secretary, somebody is being
    looked at: he has passed the political gate.
    """
    waiting = [v for v in year.county.villages if v.heavy and v.first_secretary is None]
    start = year.era.as_of - timedelta(days=16)
    if not waiting or not month.holds(start):
        return
    village, unit = waiting[0], year.random.choice(year.county.senders)
    candidate = unit.cadres[-1]
    by, person = year.county.organisation.uid, (("candidate", candidate.uid),)
    demand = year.draft(
        "secretary_demand", start, subject=village.uid, by=by,
        values={"ground": "heavy", "wanted": ["industry", "disputes"]},
    )  # fmt: skip
    year.office(demand, by=by)
    nomination: dict[str, Value] = {
        "case": demand.uid, "source": "backbone", "document": f"党组〔{start.year}〕12号",
    }  # fmt: skip
    gate: dict[str, Value] = {
        "case": demand.uid, "party_member": True, "discipline": f"廉〔{start.year}〕33号",
        "result": "passed",
    }  # fmt: skip
    for kind, after, values, people in (
        ("secretary_nomination", 5, nomination, (*person, ("unit", unit.uid))),
        ("gate_political", 11, gate, person),
    ):
        draft = year.draft(
            kind, start + timedelta(days=after), subject=village.uid, by=by, values=values,
            participants=people,
        )  # fmt: skip
        year.office(draft, by=by)
