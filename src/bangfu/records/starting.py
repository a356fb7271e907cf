"""What every command over a data folder begins with: its parser, and Django started there."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.core.text import Refused
from bangfu.records import variables
from bangfu.records.folder import DATA, DATABASE

if TYPE_CHECKING:
    from bangfu.records.access import Policy

DAMAGED = "damaged_database"
Subcommands = argparse._SubParsersAction  # argparse names its public result so


def subcommand(
    subcommands: Subcommands[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    *,
    rule: str = "",
) -> argparse.ArgumentParser:
    """A subcommand over one data folder; `rule` tells more below its options."""
    parser = subcommands.add_parser(name, help=summary, description=summary, epilog=rule or None)
    parser.set_defaults(run=run)
    data_option(parser)
    return parser


def data_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the data folder."""
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help=f"({DATA})")


def as_of_option(parser: argparse.ArgumentParser, text: str) -> None:
    """The option that names the day a command speaks of."""
    parser.add_argument("--as-of", type=iso_day, metavar="YYYY-MM-DD", help=text)


def iso_day(text: str) -> date:
    """A day as an option takes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期，请写成 2017-07-31。 “{text}” is no day; write it as 2017-07-31."
        ) from None


def start(data: Path) -> None:
    """Start Django over a data folder; the settings read it from the environment."""
    os.umask(0o077)  # what lies in a data folder is for its owner only
    os.environ["BANGFU_DATA"] = str(data.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables to this program's version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def open_county(data: Path, *, any_version: bool = False) -> None:
    """Start Django over a folder that holds a county already; refused if it does not.

    Also refused where its tables are another version's, unless `any_version`.
    """
    there = bool(variables.given("BANGFU_DATABASE")) or (data / DATABASE).is_file()
    if there:
        start(data)
    if not there or not _founded():
        raise Refused(
            "no_county",
            f"“{data}”里没有县的数据。先运行 bangfu found（真实的县）或 bangfu demo（演示），"
            "或用 --data 指明文件夹。",
            f"There is no county in “{data}”. Run `bangfu found` (a real county) or `bangfu demo` "
            "first, or name its folder: --data.",
            place=str(data),
        )
    if not any_version:
        from bangfu.records import versions

        versions.check_age()
        if names := versions.waiting():
            raise Refused(
                "older_data",
                f"数据还是旧版本的（缺 {', '.join(names)}）。先停下服务，运行 bangfu upgrade。",
                f"The data are still an older version's ({', '.join(names)} wait). Stop serving "
                "and run `bangfu upgrade`.",
            )


def _founded() -> bool:
    """Whether the database has its tables and a county in them; refused if it is damaged."""
    from django.db import DatabaseError, OperationalError, ProgrammingError

    from bangfu.records import county

    try:
        return county.founded() is not None
    except (OperationalError, ProgrammingError):
        return False
    except DatabaseError as problem:
        raise Refused(
            DAMAGED,
            f"数据库文件已损坏：{problem}。停止使用，从最近一份好的备份恢复（docs/deploy.md）。",
            f"The database file is damaged: {problem}. Stop, and restore the last good backup "
            "(docs/deploy.md).",
        ) from problem


def operator(as_of: date) -> Policy:
    """Who runs commands on the machine that holds the data sees what it holds."""
    from bangfu.records.access import Policy, Scope

    return Policy(None, "", (), Scope(county=True), as_of, office=True, auditor=True)


def day_of(given: argparse.Namespace) -> date:
    """The day asked for, else the county's today."""
    from bangfu.records import county

    day: date | None = given.as_of
    return day or county.today()


def planner(as_of: date) -> Policy:
    """Who works plans out on the machine: he sees the county and enters posts for it."""
    from bangfu.records.access import Held, Policy, Scope
    from bangfu.records.founding import entering_role

    return Policy(None, "", (Held(entering_role(), 0, ""),), Scope(county=True), as_of, office=True)
