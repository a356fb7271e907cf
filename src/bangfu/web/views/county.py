"""全县: the townships beside each other, and the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.results import FigureValue
from bangfu.core.rules import Handbook
from bangfu.engine.obligations import Owed
from bangfu.records import queries
from bangfu.web import clock, words
from bangfu.web.audience import audience
from bangfu.web.board import Line, Places, lines, sorted_by, total
from bangfu.web.county_map import SHADES, Shade, draw
from bangfu.web.decisions import (
    coverage_by_town,
    empty_posts,
    longest_overdue,
    proposed_steps,
)
from bangfu.web.lead import (
    NOWHERE,
    Asked,
    BoardLine,
    asked_of,
    cells,
    columns,
    month_switch,
    numbers_of,
    owed_in,
    share,
    titles_of,
)
from bangfu.web.reader import days_of, reader_of
from bangfu.web.rules import part_words
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.views.township import frame
from bangfu.web.words import say

# So many facts, the latest, stand under each proposed step.
A_STEP = 10


@audience("county", "audit")
@require_GET
def county(request: HttpRequest) -> HttpResponse:
    """One line for each township; a name opens the township's page."""
    asked = asked_of(request)
    shade: Shade = "late" if request.GET.get("shade") == "late" else "met"
    call = ("county", asked.query(), asked.days, shade, get_language())
    body = queries.kept(
        asked.reader.policy, call, lambda: _body(asked, shade), as_of=asked.reader.today
    )
    return render(request, "pages/county.html", {**frame(asked), "body": body})


def _body(asked: Asked, shade: Shade) -> str:
    """The page inside its frame, but for the time that it was asked at."""
    owed, places = owed_in(asked)
    found = lines(owed, "township", places)
    names = queries.names(asked.reader.policy, numbers_of(found))
    titles = {**titles_of(found, names, asked.reader), 0: _("the county itself")}
    drawn, urls = [], {}
    for line in sorted_by(found, asked.sort or "overdue", titles):
        named = names.get(int(line.key))
        town = named.uid if named else NOWHERE
        url = urls[line.key] = f"{reverse('township')}?{asked.query(town=town, sort='')}"
        drawn.append(BoardLine(titles[line.key], url, cells(line, asked, town=town), share(line)))
    context = {
        **frame(asked),
        **month_switch(asked),
        "county": say(asked.reader.handbook.title),
        "totals": cells(total(owed), asked),
        "columns": columns(asked, _("Township")),
        "lines": drawn,
        **_map(asked, found, titles=titles, urls=urls, shade=shade),
        **_first(asked, owed, places, titles),
    }
    return render_to_string("parts/county.html", context)


def _map(
    asked: Asked,
    found: Sequence[Line],
    *,
    titles: Mapping[int | str, str],
    urls: Mapping[int | str, str],
    shade: Shade,
) -> dict[str, object]:
    """The map, shaded as asked, and how else it may be shaded."""
    words_of = {"met": _("by what is met"), "late": _("by what is overdue")}
    tabs = [
        {"title": words_of[one], "here": one == shade, "url": f"?{asked.query()}&shade={one}"}
        for one in SHADES
    ]
    drawn = draw(asked.reader.handbook.county, found, titles=titles, urls=urls, shade=shade)
    return {"map": drawn, "shade": shade, "shades": tabs}


def _first(
    asked: Asked, owed: Owed, places: Places, titles: Mapping[int | str, str]
) -> dict[str, object]:
    """What needs a decision first, coverage by township, and the figures."""
    policy, handbook, days = asked.reader.policy, asked.reader.handbook, asked.days
    towns = {int(key): title for key, title in titles.items() if key}
    steps, steps_in_all = proposed_steps(asked)
    values = queries.figures(policy, as_of=days.as_of, known_at=days.known_at)
    return {
        "overdue_first": longest_overdue(asked, owed, places),
        "empty_posts": empty_posts(asked),
        "steps": steps,
        "steps_in_all": steps_in_all,
        "steps_url": reverse("steps") + days.query if len(steps) < steps_in_all else "",
        "reached": coverage_by_town(asked, towns, titles[0]),
        "figures": [_line(handbook, value, days.query) for value in values.values()],
    }


@audience("county", "audit")
@require_GET
def steps(request: HttpRequest) -> HttpResponse:
    """Every proposed step: towards whom, on which grounds, and the latest facts under it."""
    asked = asked_of(request)
    found, _count = proposed_steps(asked, most=None)
    policy, handbook, days = asked.reader.policy, asked.reader.handbook, asked.days
    latest = [sorted(step.facts)[-A_STEP:] for step in found]
    facts = queries.facts(policy, {one for some in latest for one in some}, known_at=days.known_at)
    lines = fact_lines(handbook, facts, names_in(policy, facts), query=days.query)
    line_of = {fact.sequence: line for fact, line in zip(facts, lines, strict=True)}
    shown = [
        {"step": step, "facts": [line_of[one] for one in reversed(some) if one in line_of]}
        for step, some in zip(found, latest, strict=True)
    ]
    return render(request, "pages/steps.html", {**frame(asked), "steps": shown})


@audience("county", "audit")
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of the handbook with its value; each opens its trace."""
    reader, days = reader_of(request), days_of(request)
    values = queries.figures(reader.policy, as_of=days.as_of, known_at=days.known_at)
    context = {
        "county": say(reader.handbook.title),
        "days": days,
        "today": reader.today,
        "now": clock.now(),
        "lines": [_line(reader.handbook, value, days.query) for value in values.values()],
    }
    return render(request, "pages/figures.html", context)


def _line(handbook: Handbook, value: FigureValue, query: str) -> dict[str, str]:
    rule = handbook.figures[value.figure]
    parts = part_words(handbook, value)
    return {
        "title": say(rule.title),
        "value": words.figure(value.value) if value.value is not None or not parts else "",
        "unit": say(rule.unit),
        "parts": pgettext("list", ", ").join(parts),
        "url": reverse("trace", args=[f"figure:{value.figure}"]) + query,
    }
