"""`bangfu demo`: makes the invented county, prints its accounts, and serves it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.records import variables
from bangfu.records.folder import DATA
from bangfu.records.starting import Subcommands, as_of_option, migrate, start, subcommand

if TYPE_CHECKING:
    from bangfu.demo.accounts import Credentials
    from bangfu.demo.scale import Options


@dataclass(frozen=True, slots=True)
class Serving:
    """How the pages are served, which lie beside this package and not below it."""

    port_option: Callable[[argparse.ArgumentParser], None]
    check_port: Callable[[int], None]
    address: Callable[[int], str]
    serve: Callable[[int], int]


def register(subcommands: Subcommands[argparse.ArgumentParser], serving: Serving) -> None:
    """Add `demo`."""
    parser = subcommand(subcommands, "demo", _demo, "make the invented county and serve it")
    parser.set_defaults(serving=serving)
    as_of_option(parser, "the county's today (2017-07-31)")
    parser.add_argument("--seed", type=int, help="another seed invents another county (1)")
    parser.add_argument("--small", action="store_true", help="three villages, in seconds")
    parser.add_argument("--no-serve", action="store_true", help="make it only")
    parser.add_argument("--new-passwords", action="store_true", help="for the demo's accounts")
    serving.port_option(parser)


def _demo(given: argparse.Namespace) -> int:
    """Make the demo county, or find it made; print the accounts; serve it."""
    from bangfu.demo.scale import AS_OF, SEED, Options

    options = Options(
        as_of=given.as_of or AS_OF,
        seed=SEED if given.seed is None else given.seed,
        small=given.small,
    )
    options.check()
    serving: Serving = given.serving
    if not given.no_serve:
        serving.check_port(given.port)
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    start(given.data)
    migrate()
    from bangfu.demo import accounts, making

    opened = making.make(options, progress=_progress, place=_typed(given.data))
    if not opened and given.new_passwords:
        opened = accounts.new_passwords()
    _print(given, options, opened)
    return 0 if given.no_serve else serving.serve(given.port)


def _typed(data: Path) -> str:
    """The option that names this folder, empty for the usual one."""
    return "" if data == DATA else f"--data {data} "


def _progress(number: int, day: date) -> None:
    """One line that moves on a terminal; now and then a line elsewhere."""
    line = f"造县 / inventing the county: {number:,} 条事实 facts, {day.isoformat()}"
    if sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    elif number % 10_000 == 0:
        print(line, file=sys.stderr, flush=True)


def _print(given: argparse.Namespace, options: Options, opened: Sequence[Credentials]) -> None:
    """The address, and the accounts where their passwords are known."""
    from bangfu.records import queries

    if sys.stderr.isatty():
        print(file=sys.stderr)
    roles = queries.handbook().roles
    print(f"{queries.handbook().title}  {options.as_of.isoformat()}")
    if not given.no_serve:
        print(f"网址 Address: {given.serving.address(given.port)}")
    wanted = variables.text("BANGFU_SECOND_FACTOR") or "off"
    print(f"第二因素 Second factor: {wanted} (BANGFU_SECOND_FACTOR=offices|off)")
    if not opened:
        print("账号 Accounts:", ", ".join(queries.account_names()))
        command = f"bangfu demo {options.words()} {_typed(given.data)}--new-passwords"
        print(f"密码只在造县时显示过；要换新的 Passwords were shown once; for new ones: {command}")
        return
    print("账号和密码（只显示这一次） Accounts and passwords (shown this once):")
    for one in opened:
        who = f", {one.person}" if one.person else ""
        print(f"  {one.username:<21}{one.password}  {roles[one.username].title}{who}")
