"""What follows from posts and statuses alone, kept beside small tables: no fact changes it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from typing import TypeVar

from bangfu.core.rules import Handbook
from bangfu.engine.tables import Tables

Made = TypeVar("Made", bound=Sized)

# A county's weigh as much as its facts, and are asked for once.
MOST_ROWS = 512
MOST_FRAMES = 128


def framed(tables: Tables, handbook: Handbook, key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave before for the same handbook and `key`; it may read posts and
    statuses of the tables, and no facts.
    """
    kept = tables.frames.get(key)
    if isinstance(kept, tuple) and kept[0] is handbook:
        return kept[1]  # type: ignore[no-any-return]
    made = make()
    if len(made) <= MOST_ROWS:
        if len(tables.frames) >= MOST_FRAMES:
            tables.frames.clear()
        tables.frames[key] = (handbook, made)
    return made
