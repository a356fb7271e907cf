"""Conditions on a subject's dated statuses, asked of one subject on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from bangfu.core.rules import Handbook, SubjectType
from bangfu.core.text import Text
from bangfu.engine.conditions import columns_of, holds, text_values, tree_of
from bangfu.handbook.columns import status_columns
from bangfu.handbook.condition_words import in_words
from bangfu.records.registry_rows import Line


class Condition:
    """A condition as a handbook's rule words it; not an empty one."""

    def __init__(self, handbook: Handbook, subject: SubjectType, text: str) -> None:
        self._text = text
        self._columns = status_columns(handbook.statuses.values(), subject)
        self._tree = tree_of(text, frozenset(self._columns))
        self.asks = columns_of(self._tree)

    @cached_property
    def words(self) -> Text:
        """What it says."""
        return Text(*(in_words(self._text, self._columns, one) for one in ("zh", "en")))

    def holds(self, lines: Iterable[Line], day: date) -> bool:
        """Whether it is true of the subject whose statuses these are, on `day`."""
        now = values_on(lines, day)
        columns = {
            name: text_values(np.array([now.get(name)], dtype=np.object_)) for name in self.asks
        }
        return bool(holds(self._tree, columns, 1)[0])

    def since(self, lines: Iterable[Line], day: date) -> date | None:
        """The first day of the days in a row up to `day` on which it is true; None if it is not."""
        known = list(lines)
        if not self.holds(known, day):
            return None
        for start in sorted({line.start for line in known if line.start <= day}, reverse=True):
            if not self.holds(known, start - timedelta(days=1)):
                return start
        return date.min


def values_on(lines: Iterable[Line], day: date) -> dict[str, str]:
    """The values that a subject's statuses have on `day`, by status; none for one that has none."""
    last = {line.key: line for line in sorted(lines, key=_order) if line.start <= day}
    return {key: line.value for key, line in last.items() if line.value and line.holds(day)}


def _order(line: Line) -> tuple[date, int]:
    return line.start, line.fact
