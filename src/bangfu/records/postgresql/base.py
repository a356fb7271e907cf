"""Django's PostgreSQL, whose statements each meet the second wall as it stands at that moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that tells the session whom it serves before the next statement asks."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if self.alias == DEFAULT_DB_ALIAS:
            self.execute_wrappers.append(_watch)

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        # What was said to the session in the transaction is taken back with it.
        self.told: Any = None


def _watch(  # noqa: PLR0917 -- as Django gives them
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    # Late: Django asks this module for its features before any table is known.
    from bangfu.records.guard import postgresql

    return postgresql.watch(execute, sql, params, many, context)
