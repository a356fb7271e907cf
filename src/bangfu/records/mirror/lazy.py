"""Tables that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Lazy(Mapping[str, Value]):
    """A mapping that makes each value when it is first asked for: most questions read little."""

    def __init__(self, names: tuple[str, ...], make: Callable[[str], Value]) -> None:
        self._names = names
        self._make = make
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def anew(self, names: Collection[str], make: Callable[[str], Value]) -> Lazy[Value]:
        """The same with the values of some names to be made again."""
        found = Lazy(self._names, make)
        found._made = {name: value for name, value in self._made.items() if name not in names}
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
