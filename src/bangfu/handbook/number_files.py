"""coverage, figures, scores and ladders/*.toml: what is counted, summed and proposed."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, NamedTuple, get_args

from bangfu.core.periods import CADENCES
from bangfu.core.rules import (
    Announced,
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
    Term,
)
from bangfu.core.text import Text
from bangfu.handbook.duty_files import MOST, MOST_DAYS, condition
from bangfu.handbook.grammar import SUBJECTS, read_id, read_terms, read_title
from bangfu.handbook.reader import Table, duplicates

Measure = Literal["count", "sum", "share", "median", "distinct"]
Level = Literal["person", "village", "township"]
ShownTo = Literal["office", "own", "phone"]
Normalise = Literal["none", "minmax"]
When = Literal["bottom", "repeats", "overdue", "over"]
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_BIG = 1e6
_ANNOUNCED = 'announced = {fact = "…", day = "…", for = {level = "levels"}}'


def read_coverage(table: Table, stem: str) -> Coverage:
    """The share of a population that a fact reached."""
    coverage = Coverage(
        id=read_id(table, stem),
        title=read_title(table),
        population=table.choice("population", SUBJECTS),
        where=condition(table, "where"),
        fact=table.name("fact"),
        via=table.name("via", required=False),
        by=table.names("by", example='by = ["level", "township"]'),
        each=table.name("each", required=False),
        filters=condition(table, "filters"),
        announced=_announced(table),
        terms=read_terms(table, _coverage_term),
    )
    table.close()
    return coverage


def _announced(table: Table) -> Announced | None:
    if not table.has("announced"):
        table.take("announced")
        return None
    inner = table.table("announced", example=_ANNOUNCED)
    if inner is None:
        return None
    limits = inner.take("for")
    known = isinstance(limits, dict) and all(isinstance(name, str) for name in limits.values())
    if limits is not None and not known:
        inner.wrong("announced_for", "for")
    found = Announced(
        fact=inner.name("fact"),
        day=inner.name("day"),
        limits=dict(limits) if isinstance(limits, dict) and known else {},
    )
    inner.close()
    return found


def _coverage_term(table: Table, dates: Term) -> CoverageTerm:
    every = table.choice("every", CADENCES, "year")
    return CoverageTerm(dates.start, dates.end, dates.source, every=every)


def read_figure(table: Table, stem: str) -> Figure:
    """A named number."""
    figure = Figure(
        id=read_id(table, stem),
        title=read_title(table),
        of=table.text("of"),
        measure=table.choice("measure", get_args(Measure)),
        unit=read_title(table, "unit"),
        field=table.name("field", required=False),
        performed_by=table.name("performed_by", required=False),
        each=table.name("each", required=False),
        persons=table.count("persons", 2, MOST, default=0),
        terms=read_terms(table, _figure_term),
    )
    table.close()
    return figure


def _figure_term(table: Table, dates: Term) -> FigureTerm:
    parts = _parts(table)
    return FigureTerm(
        dates.start,
        dates.end,
        dates.source,
        where=condition(table, "where"),
        since=_since(table),
        parts={name: part.where for name, part in parts.items() if not part.figure},
        part_titles={name: part.title for name, part in parts.items()},
        figures={name: part.figure for name, part in parts.items() if part.figure},
    )


def _since(table: Table) -> str:
    """ "year", "all" or a day, which may stand with or without quotes."""
    raw = table.take("since")
    if raw is None:
        return "year"
    if isinstance(raw, date):
        day = table.day("since")
        return day.isoformat() if day else "year"
    text = table.text("since")
    if text in ("year", "all"):
        return text
    try:
        return date.fromisoformat(text if _ISO.fullmatch(text) else "").isoformat()
    except ValueError:
        known = "year, all, 2017-01-01"
        table.wrong("choice", "since", found=text, known=known, suggestion_zh="", suggestion_en="")
        return "year"


class _Part(NamedTuple):
    """A part of a composite: a condition, or another figure."""

    title: Text
    where: str
    figure: str


def _parts(table: Table) -> dict[str, _Part]:
    """Each part by its id."""
    found: dict[str, _Part] = {}
    for entry in table.tables("parts"):
        name = entry.name("id")
        if name and name in found:
            entry.wrong("duplicate", "id", found=name)
        figure = entry.name("figure", required=False)
        if figure and entry.has("where"):
            entry.wrong("one_of", "where", one="where", other="figure")
        where = "" if figure else entry.text("where")
        found[name] = _Part(read_title(entry), where, figure)
        entry.close()
    return found


def read_score(table: Table, stem: str) -> Score:
    """A sum of lines."""
    score = Score(
        id=read_id(table, stem),
        title=read_title(table),
        level=table.choice("level", get_args(Level)),
        shown_to=table.choice("shown_to", get_args(ShownTo), "office"),
        terms=read_terms(table, _score_term),
    )
    table.close()
    return score


def _score_term(table: Table, dates: Term) -> ScoreTerm:
    indicators = tuple(_indicator(entry) for entry in table.tables("indicators", required=True))
    for name in sorted(duplicates(indicator.id for indicator in indicators)):
        table.wrong("duplicate", "indicators", found=name)
    return ScoreTerm(
        dates.start,
        dates.end,
        dates.source,
        every=table.choice("every", CADENCES, "month"),
        normalise=table.choice("normalise", get_args(Normalise), "none"),
        indicators=indicators,
    )


def _indicator(table: Table) -> Indicator:
    late = table.number("late_worth", 0, 1)
    indicator = Indicator(
        id=table.name("id"),
        title=read_title(table),
        duty=table.name("duty", required=False),
        weight=table.number("weight", 0, _BIG) or 0.0,
        late_worth=0.5 if late is None else late,
        fact=table.name("fact", required=False),
        points=table.number("points", -_BIG, _BIG) or 0.0,
        cap=table.number("cap", -_BIG, _BIG),
        floor=table.number("floor", -_BIG, _BIG),
    )
    if table.has("duty") == table.has("fact"):
        table.wrong("one_of", "duty", one="duty", other="fact")
    else:
        _go_with(table, "duty" if table.has("duty") else "fact")
    low, high = indicator.floor, indicator.cap
    if low is not None and high is not None and low > high:
        table.wrong("bounds", "floor", low=f"{low:g}", high=f"{high:g}")
    table.close()
    return indicator


def _go_with(table: Table, source: str) -> None:
    """A duty has a weight, a fact has points; the other's words have no effect."""
    own, idle = (
        ("weight", ("points",)) if source == "duty" else ("points", ("weight", "late_worth"))
    )
    if not table.has(own):
        table.wrong(
            "field_needed", own, why_zh=f"有 {source} ", why_en=source, example=f"{own} = 10"
        )
    for key in idle:
        if table.has(key):
            table.wrong("field_idle", key, why_zh=f"有 {source} ", why_en=source)


def read_ladder(table: Table, stem: str) -> Ladder:
    """The rungs that are proposed, mildest first."""
    ladder = Ladder(
        id=read_id(table, stem),
        title=read_title(table),
        score=table.name("score", required=False),
        terms=read_terms(table, _ladder_term),
    )
    table.close()
    return ladder


def _ladder_term(table: Table, dates: Term) -> LadderTerm:
    rungs: list[Rung] = []
    for entry in table.tables("rungs", required=True):
        rungs.append(_rung(entry, [rung.id for rung in rungs]))
    for name in sorted(duplicates(rung.id for rung in rungs)):
        table.wrong("duplicate", "rungs", found=name)
    return LadderTerm(dates.start, dates.end, dates.source, rungs=tuple(rungs))


def _rung(table: Table, before: list[str]) -> Rung:
    rung = Rung(
        id=table.name("id"),
        title=read_title(table),
        when=table.choice("when", get_args(When)),
        number=table.count("number", 1, MOST, default=1, required=True),
        to=table.name("to"),
        reply_days=table.count("reply_days", 1, MOST_DAYS, default=1, required=True),
        duty=table.name("duty", required=False),
        rung=table.name("rung", required=False),
        case=table.name("case", required=False),
    )
    needed = {"repeats": "rung", "overdue": "duty", "over": "duty"}.get(rung.when)
    why = {"why_zh": f'when = "{rung.when}"', "why_en": f'when = "{rung.when}"'}
    if needed and not table.has(needed):
        table.wrong("field_needed", needed, example=f'{needed} = "…"', **why)
    for key in ("duty", "rung"):
        if key != needed and table.has(key):
            table.wrong("field_idle", key, **why)
    if needed == "rung" and rung.rung and rung.rung not in before:
        table.wrong("rung_order", "rung", found=rung.rung, known=", ".join(before) or "-")
    table.close()
    return rung
