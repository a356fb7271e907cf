"""Raising and lifting the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import DataError, ProgrammingError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from bangfu.core.text import Refused
from bangfu.records.guard import files, sqlite, state
from bangfu.records.guard.state import DOWN, HELD, SHUT, Held, Reader

Action = TypeVar("Action", bound=Callable[..., object])


@contextmanager
def guarded(reader: Reader) -> Iterator[None]:
    """Serve `reader` until the block ends: the database shows what lies in his scope only.

    May be nested; the inner reader counts. Writing to a protected table raises `Closed`.
    """
    files.watch()
    connection.ensure_connection()
    token = HELD.set(Held(reader))
    try:
        _enforce(connection)
        yield
    finally:
        HELD.reset(token)
        if state.held() is DOWN:
            _release(connection)
        else:
            _enforce(connection)


@contextmanager
def lifted(reader: Reader | None = None) -> Iterator[None]:
    """Let the code of the block see and write everything; who may is listed in a test.

    With a `reader` the block works for him: refused if he sees more than who is being served.
    """
    if reader is not None:
        state.permit(reader)
    now = state.held()
    if now.lifted:
        yield
        return
    token = HELD.set(Held(now.reader, lifted=True))
    try:
        yield
    finally:
        HELD.reset(token)


def lifting(action: Action) -> Action:
    """Lift the wall around a function that works for the reader it is given first, or as `by`."""

    @wraps(action)
    def work(*given: Any, **named: Any) -> object:
        with lifted(named["by"] if "by" in named else given[0]):
            return action(*given, **named)

    return cast(Action, work)


def must_stand() -> None:
    """Refuse to serve where the wall cannot be raised: on PostgreSQL the owner has to lay it."""
    token = HELD.set(SHUT)
    try:
        _enforce(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM records_subject LIMIT 1")
    except (state.Closed, ProgrammingError, DataError):
        raise Refused(
            "no_wall",
            "数据库里没有本版程序的第二道墙，不能提供服务。请由表的所有者运行 "
            "bangfu database migrate。",
            "The database has no second wall of this version, so nothing is served. Have the "
            "owner of the tables run `bangfu database migrate`.",
        ) from None
    finally:
        HELD.reset(token)
        if state.held() is DOWN:
            _release(connection)


def closed_by_default() -> None:
    """From now on nothing is seen in this process but for whom the wall is raised."""
    state.otherwise(SHUT)


def opened_by_default() -> None:
    """Undo `closed_by_default`; for tests."""
    state.otherwise(DOWN)
    _release(connection)


def _enforce(database: Any) -> None:
    """Make the connection show what the wall says now; PostgreSQL is told at each statement."""
    if database.vendor != "sqlite":
        return
    database.ensure_connection()
    now = state.held()
    with state.without():
        sqlite.install(database)
        sqlite.fill(database, now.reader)


def _release(database: Any) -> None:
    if database.vendor == "sqlite" and database.connection is not None:
        sqlite.remove(database)


def _connected(
    sender: type[BaseDatabaseWrapper], connection: BaseDatabaseWrapper, **_rest: object
) -> None:
    """A fresh connection in the middle of a request has no wall yet: raise it."""
    if connection.alias == "default" and state.held() is not DOWN:
        _enforce(connection)


connection_created.connect(_connected, dispatch_uid="bangfu.records.guard")
