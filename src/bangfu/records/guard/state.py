"""Who is being served, and whether the wall stands: what every part of the guard asks first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from django.db import DatabaseError


class Closed(DatabaseError):
    """A request went round the records: a fault of the program, whatever it was after."""


class Bounds(Protocol):
    """How far somebody sees; `access.Scope` is one."""

    @property
    def county(self) -> bool:
        """Whether everything."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything under these place paths."""

    @property
    def subjects(self) -> frozenset[int]:
        """These subjects."""


class Reader(Protocol):
    """Whom the wall is raised for; `access.Policy` is one."""

    @property
    def person(self) -> int | None:
        """The person's number."""

    @property
    def auditor(self) -> bool:
        """Whether checkpoints are seen."""

    @property
    def scope(self) -> Bounds:
        """How far he sees."""


@dataclass(frozen=True, slots=True)
class Held:
    """The wall as it stands in this context."""

    reader: Reader | None
    lifted: bool = False


# Nobody served and nothing raised: a command, or a test outside any request.
DOWN = Held(None, lifted=True)
# The default of a process that serves pages: nobody known, nothing to see.
SHUT = Held(None)
HELD: ContextVar[Held | None] = ContextVar("bangfu_guard", default=None)


_default = [DOWN]


def held() -> Held:
    """The wall as it stands for the code that asks."""
    return HELD.get() or _default[-1]


def otherwise(default: Held) -> None:
    """Say what holds where nobody is being served."""
    _default[0] = default


def holder() -> Reader | None:
    """Who is being served, None where the wall is down or nobody is known."""
    now = held()
    return None if now.lifted else now.reader


def raised() -> bool:
    """Whether the wall stands and is not lifted."""
    return not held().lifted


def permit(reader: Reader) -> None:
    """Raise `Closed` if `reader` sees what the one who is being served does not."""
    now = held()
    if now.lifted:
        return
    if now.reader is None or not _within(reader, now.reader):
        raise Closed("asked with another reader's rights than the one who is being served")


def _within(inner: Reader, outer: Reader) -> bool:
    if inner is outer:
        return True
    scope, bounds = inner.scope, outer.scope
    if inner.person is not None and inner.person != outer.person:
        return False
    if bounds.county:
        return True
    return (
        not scope.county
        and scope.subjects <= bounds.subjects
        and all(path.startswith(bounds.paths or ("\0",)) for path in scope.paths)
    )


@contextmanager
def without() -> Iterator[None]:
    """Work without the wall for the guard's own sake."""
    token = HELD.set(Held(held().reader, lifted=True))
    try:
        yield
    finally:
        HELD.reset(token)
