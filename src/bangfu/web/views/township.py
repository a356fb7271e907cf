"""乡镇: what a township owes, by village, duty and person, and who is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from bangfu.core.results import STATE_TITLES, State
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import clock
from bangfu.web.audience import OFFICE, audience
from bangfu.web.board import By, Line, lines, sorted_by, total, worst_first
from bangfu.web.duties import rows_of
from bangfu.web.lead import (
    NOWHERE,
    Asked,
    BoardLine,
    asked_of,
    cells,
    choice_words,
    choose,
    columns,
    month_switch,
    numbers_of,
    owed_in,
    rule_title,
    share,
    titles_of,
)
from bangfu.web.reader import Reader, count_in
from bangfu.web.words import place, say

MOST_LATE = 12
A_PAGE = 60


@audience(*OFFICE)
@require_GET
def township(request: HttpRequest) -> HttpResponse:
    """The table of the township's duties."""
    asked = asked_of(request)
    if asked.reader.policy.scope.county and asked.town is None and not asked.no_town:
        return redirect("county")
    everything, places = owed_in(asked)
    within = choose(asked, everything, places, narrow=False)
    owed = choose(asked, everything, places)
    by: By = "rule" if asked.by == "rule" else "person" if asked.by == "person" else "village"
    found = lines(owed, by, places)
    late = [line for line in lines(owed, "person", places) if line.of(State.OVERDUE)]
    options = {by: lines(within, by, places) for by in ("village", "rule", "person")}
    wanted = set().union(*(numbers_of(group) for group in options.values()))
    names = queries.names(asked.reader.policy, wanted)
    first = {"rule": _("Duty"), "person": _("Person")}.get(by, _("Village"))
    context = {
        **frame(asked),
        **month_switch(asked),
        "inside_only": _inside_only(asked),
        "chosen_words": choice_words(asked),
        "filters": _filters(asked, options, names),
        "totals": cells(total(owed), asked),
        "groupings": _groupings(asked, by),
        "columns": columns(asked, first),
        "lines": board_lines(asked, found, names, by),
        "late_people": _late_people(asked, late, names),
        "carried": [(name, value) for name, value in (("by", asked.by), ("sort", asked.sort),
                    ("as_of", request.GET.get("as_of", "")), ("town", request.GET.get("town", "")),
                    ("known_at", request.GET.get("known_at", ""))) if value],
        "export_url": f"{reverse('export')}?{asked.query(by='', sort='')}",
        "month_asked": request.GET.get("month", ""),
    }  # fmt: skip
    return render(request, "pages/township.html", context)


@audience(*OFFICE)
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The obligations behind one number of the table, each opening its trace."""
    asked = asked_of(request)
    owed, places = owed_in(asked)
    owed = choose(asked, owed, places)
    start = count_in(request, "from")
    page = worst_first(owed, start, A_PAGE)
    obligations = page.rows()
    wanted = {item.subject for item in obligations} | {item.person for item in obligations}
    names = queries.names(asked.reader.policy, wanted)
    end = start + len(page)
    further = f"?{asked.query()}&from={end}"
    context = {
        **frame(asked),
        "heading": how_many(len(owed), asked.state),
        "inside_only": _inside_only(asked),
        "choice": choice_words(asked),
        "back": f"{reverse('township')}?{asked.query(state='')}",
        "back_title": _("Township duties"),
        "rows": rows_of(
            obligations, names=names, handbook=asked.reader.handbook, today=asked.days.as_of,
            days=asked.days.query,
        ),
        "more": further if end < len(owed) else "",
        "shown": _("%(end)s of %(all)s") % {"end": f"{end:,}", "all": f"{len(owed):,}"},
        "part": len(page) < len(owed) and _part(start, end, len(owed)),
    }  # fmt: skip
    return render(request, "pages/duty_rows.html", context)


def _part(start: int, end: int, count: int) -> str:
    """Which rows a page holds that does not hold all; a print says no more than it has."""
    return _("Only %(start)s to %(end)s of %(all)s are listed here.") % {
        "start": f"{start + 1:,}", "end": f"{end:,}", "all": f"{count:,}",
    }  # fmt: skip


def how_many(count: int, state: State | None) -> str:
    """The heading over rows: how many, and how they stand where one state was asked for."""
    if state is None:
        return _("%(n)s obligations") % {"n": f"{count:,}"}
    return _("%(n)s obligations: %(state)s") % {
        "n": f"{count:,}",
        "state": say(STATE_TITLES[state]),
    }


def _inside_only(asked: Asked) -> bool:
    """Whether to say that one person's list ends at the township; said of everybody alike, since
    whether there is more elsewhere is not the reader's to know.
    """
    return asked.person is not None and not asked.reader.policy.scope.county


def frame(asked: Asked) -> dict[str, object]:
    """What every page of the township has."""
    town = asked.town
    kept = [("town", town.uid)] if town else []
    return {
        "days": asked.days,
        "today": asked.reader.today,
        "now": clock.now(),
        "kept": kept,
        "town_query": f"?town={town.uid}" if town else "",
        "place_name": town.name if town else _places_held(asked.reader),
    }


def _places_held(reader: Reader) -> str:
    """The townships that the reader answers for, or the county."""
    policy = reader.policy
    if policy.scope.county:
        return say(reader.handbook.title)
    held = {post.subject for post in policy.roles}
    names = queries.names(policy, held)
    return pgettext("list", ", ").join(
        item.name for item in names.values() if item.type == "township"
    )


def board_lines(
    asked: Asked, found: Sequence[Line], names: Mapping[int, Named], by: By
) -> list[BoardLine]:
    """The lines of the table, sorted as asked; a name opens the same page for it alone."""
    titles = titles_of(found, names, asked.reader)
    drawn = []
    for line in sorted_by(list(found), asked.sort or "overdue", titles):
        named = names.get(line.key) if isinstance(line.key, int) else None
        value = line.key if isinstance(line.key, str) else named.uid if named else NOWHERE
        parameter = {"village": "village", "rule": "rule", "person": "person"}.get(by, "town")
        narrowed = {parameter: str(value)}
        then = {"village": "rule", "person": "rule"}.get(by, "")
        url = f"{reverse('township')}?{asked.query(**{'by': then, 'sort': '', **narrowed})}"
        drawn.append(
            BoardLine(
                title=titles[line.key],
                url=url,
                cells=cells(line, asked, **narrowed),
                share=share(line),
                where=place(named.place) if named and by == "person" else "",
            )
        )
    return drawn


def _groupings(asked: Asked, by: By) -> list[dict[str, object]]:
    titles = {"village": _("By village"), "rule": _("By duty"), "person": _("By person")}
    return [
        {
            "title": title,
            "here": key == by,
            "url": "?" + asked.query(by="" if key == "village" else key, sort=""),
        }
        for key, title in titles.items()
    ]


def _filters(
    asked: Asked, options: Mapping[str, Sequence[Line]], names: Mapping[int, Named]
) -> list[dict[str, object]]:
    chosen = {
        "village": NOWHERE if asked.no_village else asked.village.uid if asked.village else "",
        "rule": asked.rule,
        "person": asked.person.uid if asked.person else "",
    }
    words = {
        "village": (_("Village"), _("all villages")),
        "rule": (_("Duty"), _("all duties")),
        "person": (_("Person"), _("everybody")),
    }
    found: list[dict[str, object]] = []
    for name, (label, everything) in words.items():
        values = [
            (str(line.key), rule_title(asked.reader, line.key))
            if isinstance(line.key, str)
            else (names[line.key].uid, place(names[line.key].name))
            for line in options[name]
            if isinstance(line.key, str) or line.key in names
        ]
        if name == "village" and any(line.key == 0 for line in options[name]):
            values.append((NOWHERE, _("the township itself")))
        values.sort(key=lambda item: item[1])
        choices = [
            {"value": value, "label": label, "chosen": value == chosen[name]}
            for value, label in values
        ]
        found.append({"name": name, "label": label, "all": everything, "options": choices})
    return found


def _late_people(
    asked: Asked, late: Sequence[Line], names: Mapping[int, Named]
) -> list[dict[str, str]]:
    """Who has most overdue, first."""
    ordered = sorted(late, key=lambda line: -line.of(State.OVERDUE))[:MOST_LATE]
    found = []
    for line in ordered:
        person = names.get(int(line.key))
        if person is None:
            continue
        count = line.of(State.OVERDUE)
        said = ngettext("%(n)d overdue", "%(n)d overdue", count) % {"n": count}
        query = asked.query(person=person.uid, state="overdue", by="", sort="")
        owed = _("%(owed)s owed, %(met)s met") % {
            "owed": line.owed, "met": line.of(State.DONE) + line.of(State.LATE),
        }  # fmt: skip
        found.append(
            {
                "name": person.name,
                "words": said,
                "about": " · ".join(part for part in (place(person.place), owed) if part),
                "url": f"{reverse('duty-rows')}?{query}",
            }
        )
    return found
