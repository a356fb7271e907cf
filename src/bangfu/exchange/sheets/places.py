"""What rows are found by besides the registry: places by any of their words, and fresh subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bangfu.core.registry import PLACE_LEVELS
from bangfu.records import ledger, sheet_queries
from bangfu.records.access import Policy
from bangfu.records.sheet_queries import Known


class Before(NamedTuple):
    """What there was as an import began: the ledger's last sequence, the types registered by then,
    the names of all persons.

    An import looks for whom its rows mean there, and among what it brings itself: never among
    what it has just written, which a trial has not.
    """

    sequence: int
    types: frozenset[str]
    persons: frozenset[str]


def before(policy: Policy) -> Before:
    """What there is now."""
    return Before(
        ledger.head().sequence, sheet_queries.types(policy), sheet_queries.person_names(policy)
    )


@dataclass(slots=True)
class Fresh:
    """Subjects that the file itself registers, so that its later rows find them."""

    before: Before
    numbers: dict[str, tuple[str, int]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)


# No place has a longer name, those around it written before it included.
LONGEST = 60


class Places:
    """All places that the reader may name, by any of their words."""

    def __init__(self, policy: Policy) -> None:
        self._words: dict[str, list[Known]] = {}
        self.by_id: dict[int, Known] = {}
        self.by_uid: dict[str, Known] = {}
        for word, place in sheet_queries.places(policy):
            self._words.setdefault(word, []).append(place)
            self.by_id[place.id] = self.by_uid[place.uid] = place
        self._kept: dict[tuple[str, ...], list[Known]] = {}

    def find(self, words: Sequence[str], levels: Sequence[str] = PLACE_LEVELS) -> list[Known]:
        """The places that these words mean together, the narrowest word last."""
        asked = tuple(word.strip() for word in words if word.strip())
        if any(len(word) > LONGEST for word in asked):
            return []
        mark = (*asked, "|", *levels)
        if mark not in self._kept:
            self._kept[mark] = self._find(asked, levels)
        return self._kept[mark]

    def _find(self, asked: Sequence[str], levels: Sequence[str]) -> list[Known]:
        if not asked:
            return []
        found = self._named(asked[-1], levels, len(PLACE_LEVELS))
        for outer in asked[:-1]:
            around = {place.id for place in self._named(outer, PLACE_LEVELS, len(PLACE_LEVELS))}
            if around:
                inside = [p for p in found if {int(n) for n in p.path.split("/") if n} & around]
                found = inside
        return found

    def _named(self, word: str, levels: Sequence[str], deep: int) -> list[Known]:
        """The places of that name, or of a name behind those of what lies around it, so deep."""
        found = [place for place in self._words.get(word, []) if place.type in levels]
        if found:
            return list(dict.fromkeys(found))
        # 东乡石桥村, 试验县东乡石桥村: the name behind those of what lies around it.
        for cut in range(1, len(word) if deep > 1 else 0):
            outer, inner = word[:cut], word[cut:]
            around = {place.id for place in self._words.get(outer, [])}
            if around:
                inside = self._named(inner, levels, deep - 1)
                inside = [p for p in inside if {int(n) for n in p.path.split("/") if n} & around]
                if inside:
                    return inside
        return []
