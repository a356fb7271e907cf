"""What the pages of township and county share: whose obligations, of which month and days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bangfu.core.periods import Period, period_of
from bangfu.core.results import STATE_TITLES, State
from bangfu.engine.obligations import Owed
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.board import SHOWN, SORTS, Line, Places, only
from bangfu.web.reader import Days, Reader, days_of, month_of, reader_of
from bangfu.web.words import month as month_words
from bangfu.web.words import place, say

STATE_WORDS = {"done": State.DONE, "late": State.LATE, "due": State.DUE, "overdue": State.OVERDUE}
# In place of a uid: what lies in no village (the township itself), or in no township.
NOWHERE = "none"
WORDS_OF = {state: word for word, state in STATE_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of duties was asked for."""

    reader: Reader
    days: Days
    month: Period
    town: Named | None
    village: Named | None
    person: Named | None
    rule: str
    state: State | None
    by: str
    sort: str
    no_village: bool = False
    no_town: bool = False

    def query(self, **changed: str) -> str:
        """The query of the same page with some of it changed; an empty word takes a part away."""
        asked = {
            "town": NOWHERE if self.no_town else self.town.uid if self.town else "",
            "month": "" if self.month.holds(self.days.as_of) else f"{self.month.start:%Y-%m}",
            "as_of": "" if self.days.is_today else self.days.as_of.isoformat(),
            "known_at": self.days.known_on.isoformat() if self.days.known_on else "",
            "village": NOWHERE if self.no_village else self.village.uid if self.village else "",
            "rule": self.rule,
            "person": self.person.uid if self.person else "",
            "state": WORDS_OF[self.state] if self.state is not None else "",
            "by": self.by,
            "sort": self.sort,
        }
        asked.update(changed)
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that opens."""

    title: str
    number: int
    url: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of a table of duties."""

    title: str
    url: str
    cells: tuple[Cell, ...]
    share: str
    where: str = ""


def asked_of(request: HttpRequest) -> Asked:
    """Read the question; what names nothing that the reader may see is not there (404)."""
    reader = reader_of(request)
    days = days_of(request)
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")
    rule = request.GET.get("rule", "")
    no_village, no_town = (request.GET.get(name) == NOWHERE for name in ("village", "town"))
    known = rule in reader.handbook.duties or rule in reader.handbook.deadlines
    return Asked(
        reader=reader,
        days=days,
        month=month_of(request, days.as_of),
        town=None if no_town else _named(request, reader, "town"),
        village=None if no_village else _named(request, reader, "village"),
        person=_named(request, reader, "person"),
        rule=rule if known else "",
        state=STATE_WORDS.get(request.GET.get("state", "")),
        by=by if by in ("rule", "person") else "",
        sort=sort if sort.removeprefix("-") in (*SORTS, "name") else "",
        no_village=no_village,
        no_town=no_town,
    )


def _named(request: HttpRequest, reader: Reader, name: str) -> Named | None:
    uid = request.GET.get(name, "")
    if not uid:
        return None
    # Who answers for a household here may belong to a unit elsewhere: known by name is enough,
    # since the rows are those that the reader may see.
    found = queries.named(reader.policy, [uid]).get(uid)
    if found is None:
        raise Http404
    return found


def owed_in(asked: Asked) -> tuple[Owed, Places]:
    """Everything owed in the month that the reader may see, and where its subjects lie."""
    end = min(asked.month.end, asked.days.as_of + timedelta(days=1))
    owed = queries.owed(
        asked.reader.policy,
        as_of=asked.days.as_of,
        within=Period(asked.month.start, max(end, asked.month.start + timedelta(days=1))),
        known_at=asked.days.known_at,
    )
    village, township = queries.places(asked.reader.policy, owed.subject)
    return owed, Places(village, township)


def choose(asked: Asked, owed: Owed, places: Places, *, narrow: bool = True) -> Owed:
    """The rows that the page's choice leaves; without `narrow`, those of the township."""
    town = 0 if asked.no_town else asked.town.id if asked.town else None
    if not narrow:
        return only(owed, places, township=town)
    village = 0 if asked.no_village else asked.village.id if asked.village else None
    return only(
        owed, places, township=town, village=village,
        rule=asked.rule, person=asked.person.id if asked.person else None, state=asked.state,
    )  # fmt: skip


def rule_title(reader: Reader, rule: str) -> str:
    """The title of a duty or a deadline."""
    handbook = reader.handbook
    return say((handbook.duties.get(rule) or handbook.deadlines[rule]).title)


def cells(line: Line, asked: Asked, **narrowed: str) -> tuple[Cell, ...]:
    """The numbers of a line, each opening the rows that it counts."""
    address = reverse("duty-rows")
    found = [
        Cell(_("Owed"), line.owed, f"{address}?{asked.query(by='', sort='', **narrowed)}"),
    ]
    for state in SHOWN:
        query = asked.query(**{"by": "", "sort": "", "state": WORDS_OF[state], **narrowed})
        grave = state is State.OVERDUE and line.of(state) > 0
        found.append(Cell(say(STATE_TITLES[state]), line.of(state), f"{address}?{query}", grave))
    return tuple(found)


def share(line: Line) -> str:
    """The part met of what is decided, in per cent."""
    return "—" if line.share is None else f"{line.share * 100:.0f}%"


def columns(asked: Asked, first: str) -> list[dict[str, str]]:
    """The heads of the table; each sorts by its column, and once more the other way."""
    heads = [("name", first), ("owed", _("Owed"))]
    heads += [(WORDS_OF[state], say(STATE_TITLES[state])) for state in SHOWN]
    heads.append(("share", _("Met")))
    now = asked.sort.removeprefix("-")
    up = asked.sort.startswith("-")
    return [
        {
            "title": title,
            "url": "?" + asked.query(sort=f"-{name}" if name == now and not up else name),
            "sorted": ("ascending" if up else "descending") if name == now else "",
        }
        for name, title in heads
    ]


def month_switch(asked: Asked) -> dict[str, object]:
    """The month before and after, for the switch."""
    before = period_of(asked.month.start - timedelta(days=1), "month")
    after = period_of(asked.month.end, "month")
    return {
        "month": asked.month,
        "before": _month(asked, before.start),
        "after": _month(asked, after.start) if after.start <= asked.days.as_of else None,
    }


def _month(asked: Asked, start: date) -> dict[str, object]:
    return {"start": start, "query": asked.query(month=f"{start:%Y-%m}")}


def choice_words(asked: Asked) -> str:
    """What was chosen, in words."""
    parts = [month_words(asked.month.start)]
    if asked.no_town:
        parts.append(_("the county itself"))
    if asked.town:
        parts.append(asked.town.name)
    if asked.village:
        parts.append(place(asked.village.name))
    if asked.no_village:
        parts.append(_("the township itself"))
    if asked.rule:
        parts.append(rule_title(asked.reader, asked.rule))
    if asked.person:
        parts.append(asked.person.name)
    if asked.state is not None:
        parts.append(say(STATE_TITLES[asked.state]))
    return " · ".join(parts)


def numbers_of(found: Iterable[Line]) -> set[int]:
    """The registry numbers that lines are about."""
    return {line.key for line in found if isinstance(line.key, int) and line.key}


def titles_of(
    found: Iterable[Line], names: Mapping[int, Named], reader: Reader
) -> dict[int | str, str]:
    """What each line is called."""
    titles: dict[int | str, str] = {}
    for line in found:
        if isinstance(line.key, str):
            titles[line.key] = rule_title(reader, line.key)
        else:
            known = names.get(line.key)
            titles[line.key] = place(known.name) if known else _("the township itself")
    return titles
