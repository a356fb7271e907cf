"""The commands about the database itself: its roles, and the first administrators' accounts.

`bangfu database migrate` and `roles` are for the owner of a PostgreSQL database; `bangfu account
open` is for a county that is no demonstration.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

Subparsers = argparse._SubParsersAction  # argparse names its public result so


def register(
    subparsers: Subparsers[argparse.ArgumentParser], data: Path, opens: Callable[[Path], None]
) -> None:
    """Add `database` and `account` and what they can do; `opens` starts the program over a data
    folder.
    """
    _add_database(subparsers, data)
    _add_account(subparsers, data, opens)


def _add_database(subparsers: Subparsers[argparse.ArgumentParser], data: Path) -> None:
    parser = subparsers.add_parser(
        "database", help="prepare a PostgreSQL database", description="数据库 / the database"
    )
    what = parser.add_subparsers(required=True, metavar="WHAT")
    summary = "print the SQL that gives the server and imports what they need, and no more"
    roles = what.add_parser("roles", help=summary, description=summary)
    roles.set_defaults(run=_roles)
    summary = "bring tables, triggers and the second wall to this version, as their owner"
    renew = what.add_parser("migrate", help=summary, description=summary)
    renew.add_argument("--data", type=Path, default=data, metavar="DIR", help=f"({data})")
    renew.set_defaults(run=_migrate)


def _start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables, and what stands before them, to this program's version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _migrate(given: argparse.Namespace) -> int:
    os.environ["BANGFU_DATA"] = str(given.data.resolve())
    _start()
    migrate()
    return 0


def _roles(given: argparse.Namespace) -> int:
    _start()
    from bangfu.records.roles import script

    sys.stdout.write(script())
    return 0


def _add_account(
    subparsers: Subparsers[argparse.ArgumentParser], data: Path, opens: Callable[[Path], None]
) -> None:
    parser = subparsers.add_parser("account", help="open the first administrators' accounts")
    inner = parser.add_subparsers(required=True, metavar="WHAT")
    summary = (
        "open the first account of an administrator, whose password is shown once; "
        "开第一个管理员账号，密码只显示一次"
    )
    first = inner.add_parser("open", help=summary, description=summary)
    first.add_argument("--role", required=True, help="system_admin, security_admin or auditor")
    first.add_argument("--name", required=True, help="whose account it is / 姓名")
    first.add_argument("--username", required=True, help="to sign in with / 账号名")
    first.add_argument("--data", type=Path, default=data, metavar="DIR", help=f"({data})")

    def run(given: argparse.Namespace) -> int:
        opens(given.data)
        from bangfu.records.first_accounts import open_first

        opened = open_first(
            role=given.role, name=given.name, username=given.username, now=datetime.now(UTC)
        )
        sys.stdout.write(
            f"账号 Account: {opened.username} ({opened.person})\n"
            f"密码（只显示这一次，首次登录要改） Password, shown this once, to be changed at the "
            f"first sign-in: {opened.password}\n"
        )
        return 0

    first.set_defaults(run=run)
