"""`bangfu database roles`: what the owner of a PostgreSQL database runs there."""

from __future__ import annotations

import argparse
import os
import sys

Subparsers = argparse._SubParsersAction  # argparse names its public result so


def register(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    """Add `database` and what it can do."""
    parser = subparsers.add_parser(
        "database", help="prepare a PostgreSQL database", description="数据库 / the database"
    )
    what = parser.add_subparsers(required=True, metavar="WHAT")
    summary = "print the SQL that gives the server and imports what they need, and no more"
    roles = what.add_parser("roles", help=summary, description=summary)
    roles.set_defaults(run=_roles)


def _roles(given: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    from bangfu.records.roles import script

    sys.stdout.write(script())
    return 0
