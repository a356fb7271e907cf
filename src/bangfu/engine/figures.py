"""Figures: named numbers for reports, with the facts under each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bangfu.core.results import FigureValue
from bangfu.core.rules import Figure, Handbook, term_on
from bangfu.core.text import Text
from bangfu.engine.counted import Asked, Counted, Mask, Under, counted
from bangfu.engine.obligations import Owed
from bangfu.engine.sets import sets_of
from bangfu.engine.tables import Tables
from bangfu.handbook.columns import figure_rows

Number = int | float | None
# Of whom a row is, by the source; of others by the row itself.
_WHO: Mapping[str, str] = {
    "facts": "subject",
    "participants": "participant",
    "assignments": "person",
    "duty": "person",
}
_SAME_VALUE = Text("同值的其他各行", "Further rows of the same values")


def figure(handbook: Handbook, tables: Tables, figure_id: str, *, as_of: date) -> FigureValue:
    """A figure (数字) on a day, with its parts and the facts under it.

    Facts and participants count from `since` to the day, once for each subject of a fact; a sum
    or a median takes each fact once. Obligations count by the first day of their period.
    Subjects, assignments, coverage and staffing are as they stand on the day. Of a coverage
    those reached count, of a staffing the subjects with as many fit holders as asked for.

    A share is in percent: of a coverage or staffing those that count, of a duty the closed
    obligations that were met, each among those that meet `where`; of other sources the rows
    that meet `where` (a part: among these, those that meet the part). It is None where there is
    nothing to take it of, and so is everything where no term is in force. Where the figure asks
    for several `persons`, groups of fewer are left out of everything; where all are, it is None.

    The facts under it define what was counted, one for each row: the fact itself, the founding
    fact of a subject, the assignment of a post. Of a coverage they are the facts that reached
    the counted, of a duty those that met it, and for rows without such a fact the founding
    fact, the trigger or the assignment. Of different values each is named by its first row.

    Raises `KeyError` for an unknown id, `BadCondition`.
    """
    whole, *parts = measures(handbook, tables, figure_id, as_of=as_of)
    return FigureValue(
        figure=figure_id,
        as_of=as_of,
        value=whole.value,
        parts={part.name: part.value for part in parts},
        because=whole.because,
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure's value (`name` "") or that of one of its parts, with the facts that it counts,
    and `under` it, by what else they count; `owed` are the obligations, where it counts such, and
    `groups` those by the column `each`, by its values.
    """

    name: str
    value: Number
    because: tuple[int, ...]
    under: Sequence[tuple[Text, tuple[int, ...]]] = ()
    owed: Owed | None = None
    groups: Sequence[tuple[object, Measure]] = ()


def measures(handbook: Handbook, tables: Tables, figure_id: str, *, as_of: date) -> list[Measure]:
    """A figure and then its parts, each with the facts under it; raises as `figure` does."""
    rule = handbook.figures[figure_id]
    term = term_on(rule.terms, as_of)
    if term is None:
        return [Measure("", None, ())]
    source = counted(Asked(handbook, tables, rule, term, as_of))
    rows = figure_rows(handbook, rule.of)
    if source is None or rows is None:
        return [Measure(name, None, ()) for name in ("", *term.parts)]
    sets = sets_of(handbook, tables, as_of=as_of)
    meeting = sets.passing(term.where, rows, source.rows)
    asked = [("", meeting, np.ones(len(source.rows), dtype=np.bool_))]
    for name, text in term.parts.items():
        asked.append((name, meeting & sets.passing(text, rows, source.rows), meeting))
    found: list[Measure] = []
    for name, mask, among in asked:
        value, seen = _measured(rule, source, mask, among=among)
        found.append(_with_facts(name, value, rule, source, seen=seen))
    for name, other in term.figures.items():
        found.append(replace(measures(handbook, tables, other, as_of=as_of)[0], name=name))
    return found


def _with_facts(name: str, value: Number, rule: Figure, source: Counted, *, seen: Mask) -> Measure:
    """A value with the facts under it, each once; what is counted is not named once more below."""
    distinct = rule.measure == "distinct"
    named = _first_of_each(source.rows.column(rule.field), seen) if distinct else seen
    because = np.unique(source.because(named))
    further = [Under(_SAME_VALUE, source.because(seen & ~named)), *source.under(seen)]
    under = [(title, np.setdiff1d(facts, because)) for title, facts in further]
    return Measure(
        name,
        value,
        tuple(because.tolist()),
        tuple((title, tuple(facts.tolist())) for title, facts in under if len(facts)),
        source.owed.where(seen) if source.owed is not None and rule.measure == "count" else None,
        _groups(rule, source, seen) if rule.each else (),
    )


def _groups(rule: Figure, source: Counted, seen: Mask) -> list[tuple[object, Measure]]:
    """What is measured of each group, with the facts under it."""
    found: list[tuple[object, Measure]] = []
    column = source.rows.column(rule.each).combine_chunks()
    for key in pc.unique(column.filter(pa.array(seen))).drop_null():
        mine = seen & pc.fill_null(pc.equal(column, key), False).to_numpy(zero_copy_only=False)
        value, counted_ones = _measured(rule, source, mine, among=mine)
        facts = np.unique(source.because(counted_ones))
        found.append((key.as_py(), Measure("", value, tuple(facts.tolist()))))
    return found


def _first_of_each(column: pa.ChunkedArray, seen: Mask) -> Mask:
    """Of the rows that were seen the first with each value; one without a value is none."""
    at = np.flatnonzero(seen)
    codes = column.take(pa.array(at)).combine_chunks().dictionary_encode().indices
    known = np.flatnonzero(codes.is_valid().to_numpy(zero_copy_only=False))
    _, first = np.unique(codes.drop_null().to_numpy(), return_index=True)
    found = np.zeros(len(seen), dtype=np.bool_)
    found[at[known[first]]] = True
    return found


def _measured(rule: Figure, source: Counted, meeting: Mask, *, among: Mask) -> tuple[Number, Mask]:
    """The measure over the rows that meet a condition, and the rows that it was taken of."""
    if rule.measure == "share":
        whole = source.whole & (among if source.part is None else meeting)
        whole = _enough(rule, source, whole)
        part = whole & (meeting if source.part is None else source.part)
        return _percent(int(part.sum()), int(whole.sum())), whole
    seen = _enough(rule, source, meeting & source.counts)
    if rule.persons and not seen.any():
        return None, seen
    if rule.measure == "count":
        return int(seen.sum()), seen
    return _of_column(rule, source, seen), seen


def _enough(rule: Figure, source: Counted, seen: Mask) -> Mask:
    """Of the rows that were seen those of groups with as many persons as are asked for."""
    if not rule.persons:
        return seen
    at = np.flatnonzero(seen)
    who = source.rows.column(_WHO.get(rule.of.partition(":")[0], "id")).to_numpy()[at]
    group = np.zeros(len(at), dtype=np.int64)
    if rule.each:
        column = source.rows.column(rule.each).combine_chunks().dictionary_encode().indices
        group = pc.fill_null(column, -1).to_numpy(zero_copy_only=False)[at]
    pairs = np.unique(np.stack([group, who]), axis=1)
    groups, persons = np.unique(pairs[0], return_counts=True)
    found = np.zeros(len(seen), dtype=np.bool_)
    found[at[np.isin(group, groups[persons >= rule.persons])]] = True
    return found


def _of_column(rule: Figure, source: Counted, seen: Mask) -> Number:
    """A sum, a median or the number of different values of the field."""
    at = np.flatnonzero(seen)
    if rule.measure in {"sum", "median"} and source.fact is not None:
        at = at[np.unique(source.fact[at], return_index=True)[1]]
    column: pa.ChunkedArray = source.rows.column(rule.field).take(pa.array(at)).drop_null()
    if rule.measure == "distinct":
        return int(pc.count_distinct(column).as_py())
    if rule.measure == "sum":
        return _number(pc.sum(column).as_py() or 0)
    if not len(column):
        return None
    return _number(float(np.median(column.cast(pa.float64()).to_numpy())))


def _percent(part: int, whole: int) -> Number:
    return _number(100 * part / whole) if whole else None


def _number(value: int | float | Decimal) -> int | float:
    """A whole number as one, any other as a float."""
    return int(value) if value == int(value) else float(value)
