"""The commands about the ledger, its database, and the first administrators' accounts.

`bangfu database migrate` and `roles` are for the owner of a PostgreSQL database; `bangfu account
open` is for a county that is no demonstration.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from bangfu.records import screening_command
from bangfu.records.folder import DATA
from bangfu.records.starting import (
    Subcommands,
    data_option,
    migrate,
    open_county,
    start,
    subcommand,
)


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `verify`, `checkpoint`, `database`, `account` and `checks`."""
    verify = subcommand(subcommands, "verify", _verify, "check the ledger, fact by fact")
    verify.add_argument(
        "--checkpoints", type=Path, metavar="FILE", help="the copy that an auditor keeps elsewhere"
    )
    subcommand(
        subcommands, "checkpoint", _checkpoint, "write down the ledger's end for an auditor to keep"
    )
    _add_database(subcommands)
    _add_account(subcommands)
    screening_command.register(subcommands)


# -- the ledger --------------------------------------------------------------------------------


def _verify(given: argparse.Namespace) -> int:
    """Check chain, digests and projections; 1 and the first broken fact if anything is amiss."""
    open_county(given.data)
    from bangfu.records import queries

    verdict = queries.verify(given.checkpoints)
    for text in (verdict.text, *verdict.warnings):
        print(text.zh, text.en, sep="\n")
    return 0 if verdict.ok else 1


def _checkpoint(given: argparse.Namespace) -> int:
    """Write a checkpoint and print it, and where the file to take away lies."""
    open_county(given.data)
    from bangfu.records import checkpoints

    point = checkpoints.checkpoint(now=datetime.now(UTC))
    print(f"{point.sequence} {point.hash} {point.at}")
    print(f"另行保管 Keep elsewhere: {checkpoints.outside_file()}")
    return 0


# -- the database's roles, and accounts --------------------------------------------------------


def _add_database(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    parser = subcommands.add_parser(
        "database", help="prepare a PostgreSQL database", description="数据库 / the database"
    )
    what = parser.add_subparsers(required=True, metavar="WHAT")
    summary = "print the SQL that gives the server and imports what they need, and no more"
    roles = what.add_parser("roles", help=summary, description=summary)
    roles.set_defaults(run=_roles)
    summary = "bring tables, triggers and the second wall to this version, as their owner"
    renew = what.add_parser("migrate", help=summary, description=summary)
    data_option(renew)
    renew.set_defaults(run=_migrate)


def _migrate(given: argparse.Namespace) -> int:
    start(given.data)
    migrate()
    return 0


def _roles(given: argparse.Namespace) -> int:
    start(DATA)
    from bangfu.records.roles import script

    print(script(), end="")
    return 0


def _add_account(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    parser = subcommands.add_parser("account", help="open the first administrators' accounts")
    inner = parser.add_subparsers(required=True, metavar="WHAT")
    summary = (
        "open the first account of an administrator, whose password is shown once; "
        "开第一个管理员账号，密码只显示一次"
    )
    first = inner.add_parser("open", help=summary, description=summary)
    first.add_argument("--role", required=True, help="system_admin, security_admin or auditor")
    first.add_argument("--name", required=True, help="whose account it is / 姓名")
    first.add_argument("--username", required=True, help="to sign in with / 账号名")
    data_option(first)
    first.set_defaults(run=_open_first)


def _open_first(given: argparse.Namespace) -> int:
    """Open an administrator's first account and show its password this once."""
    open_county(given.data)
    from bangfu.records.first_accounts import open_first

    opened = open_first(
        role=given.role, name=given.name, username=given.username, now=datetime.now(UTC)
    )
    print(f"账号 Account: {opened.username} ({opened.person})")
    print(
        f"密码（只显示这一次，首次登录要改） Password, shown this once, to be changed at the "
        f"first sign-in: {opened.password}"
    )
    return 0
