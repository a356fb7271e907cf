"""Results kept by what they depend on, so that nothing ever needs to be thrown away by hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """All that a result depends on.

    The last `sequence` of the ledger, the handbook's digest, the two days of the question
    (`known_at` as a sequence), what its reader may see, and the question itself.
    """

    sequence: int
    handbook: str
    as_of: date
    known_at: int | None
    scope: Hashable
    call: Hashable


class Cache:
    """The results asked for last (缓存), at most `size` of them; safe to share between threads.

    Results are frozen, so they are handed out as they are. Two threads that ask for the same
    at once both compute it, and the first result stays.
    """

    def __init__(self, size: int = 256) -> None:
        self.size = size
        self.hits = 0
        self.misses = 0
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._turn = threading.Lock()

    def clear(self) -> None:
        """Forget everything, as after an erasure."""
        with self._turn:
            self._kept.clear()

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result kept under `key`, else the one that `compute` gives; errors are not kept."""
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                self.hits += 1
                return self._kept[key]  # type: ignore[return-value]
            self.misses += 1
        found = compute()
        with self._turn:
            kept = self._kept.setdefault(key, found)
            self._kept.move_to_end(key)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return kept  # type: ignore[return-value]

    def __len__(self) -> int:
        return len(self._kept)
