"""Whether the tables are those of this program: older, its own, or a newer one's."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from bangfu.core.text import Refused


def newer() -> list[str]:
    """The migrations that the database has and this program does not know."""
    loader = _loader()
    return _names(set(loader.applied_migrations) - set(loader.disk_migrations))


def waiting() -> list[str]:
    """The migrations that this program has and the database lacks."""
    loader = _loader()
    return _names(set(loader.disk_migrations) - set(loader.applied_migrations))


def check_age() -> None:
    """Raise `Refused` if a newer program than this one has changed the tables."""
    if unknown := newer():
        names = ", ".join(unknown)
        raise Refused(
            "newer_data",
            f"数据由更新的版本所写（{names}）。请先更新程序。",
            f"A newer version has written these data ({names}). Bring the program up to date.",
        )


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)


def _names(found: set[tuple[str, str]]) -> list[str]:
    return [f"{app}.{name}" for app, name in sorted(found)]
