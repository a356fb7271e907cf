"""The tables of readers of few subjects: kept, and carried on as the ledger grows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

from bangfu.core.rules import Handbook
from bangfu.engine import reads
from bangfu.engine.tables import Tables
from bangfu.records import since
from bangfu.records.access import Scope
from bangfu.records.ledger import Head
from bangfu.records.mirror.sources import DatabaseSource
from bangfu.records.mirror.tables import Question, Reading, tables

# Beyond, even a reader of single subjects (who took part in very much) reads the mirror.
MOST_BY_INDEX = 5000

# The rows of so many readers are kept, of readers with at most so many facts.
MOST_FEW = 2048
MOST_KEPT_FACTS = 1000


@dataclass(frozen=True, slots=True)
class _Few:
    """A reader's rows as they stood at `seen`, and what was made of them by day."""

    source: DatabaseSource
    seen: Head
    readings: Mapping[date, Reading]


_kept: dict[Hashable, _Few] = {}


def few_tables(scope: Scope, rules: Handbook, question: Question, *, end: Head) -> Tables | None:
    """The tables of a scope of single subjects; None where they have so many facts that the mirror
    is quicker.
    """
    key = (scope, f"{rules.digest} {id(rules)}")
    few = _carried_on(_kept.get(key), end)
    wanted = reads.usual(rules).union(question.kinds)
    if few is None:
        few = _Few(DatabaseSource(scope, rules, sorted(wanted)), end, {})
        # Where another fact came while this is read, the next to ask looks at it again.
        since.follow(end)
    elif not wanted <= set(few.source.kinds):
        few = _Few(few.source.reading(wanted), few.seen, {})
    if len(few.source.sequences) > MOST_BY_INDEX:
        return None
    if question.known_at != end.sequence:
        return tables(few.source, scope, rules, question)
    reading = few.readings.get(question.as_of)
    if reading is None:
        reading = Reading(few.source, scope, rules, question)
        few = _Few(few.source, few.seen, {question.as_of: reading})
    if len(few.source.sequences) <= MOST_KEPT_FACTS:
        _kept[key] = few
        while len(_kept) > MOST_FEW:
            _kept.pop(next(iter(_kept)), None)
    return reading.tables(question.kinds)


def forget() -> None:
    """Let go of all that is kept."""
    _kept.clear()


def _carried_on(few: _Few | None, end: Head) -> _Few | None:
    """What is kept, with the facts that have come since; None where it must be read anew."""
    if few is None or few.seen == end:
        return few
    new = since.concerning(few.source.whom, few.seen, end, few.source.kinds)
    if new is None:
        return None
    if not new:
        return _Few(few.source, end, few.readings)
    source = few.source.extended(new)
    readings = {
        day: reading.later(source, known_at=end.sequence, changed=set(new.values()))
        for day, reading in few.readings.items()
    }
    return _Few(source, end, readings)
