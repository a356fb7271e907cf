"""The `bangfu` command: makes the demo county, serves it, prints figures, traces and checks."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.core.text import Refused

if TYPE_CHECKING:
    from bangfu.core.results import FigureValue
    from bangfu.demo.accounts import Credentials
    from bangfu.demo.scale import Options
    from bangfu.records.access import Policy

DATA = Path(os.environ.get("BANGFU_DATA", "data"))
DATABASE = "bangfu.sqlite3"
HOST = "127.0.0.1"
PORT = 8000
WORKERS = 2
THREADS = 4
PATIENCE = 3  # seconds that a worker has to end by itself

_TRACE = (
    "Of a figure: the facts that define what it counts, one for each row counted, each printed "
    "once. That is the fact itself, the founding fact of a subject, the assignment of a post. "
    "Of obligations it is the facts that met them, and of one that none met the assignment, or "
    "the fact that set its deadline off; two overdue obligations of one post share its "
    "assignment, so that fewer lines than obligations are printed. By what else something "
    "counts, such as a household's category, --tree shows. 每个数字下面，每数一行印一件事实："
    "事实本身、对象的登记、任职；应办印办到它的事实，没有的印任职或起算的事实；同一件事实只印一次。"
)

Subcommands = argparse._SubParsersAction  # argparse names its public result so


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 if all is well, 1 if a check failed, 2 if it was refused."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given) or 0)
    except Refused as refused:
        print(refused.text.zh, refused.text.en, sep="\n", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read along has seen enough; the interpreter must not flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    """Every subcommand with its options."""
    from bangfu.exchange import command as exchange
    from bangfu.handbook import command as handbook
    from bangfu.records import command as records

    parser = argparse.ArgumentParser(prog="bangfu", description="帮扶一本账 Bangfu")
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = _subcommand(subcommands, "demo", _demo, "make the invented county and serve it")
    _as_of(demo, "the county's today (2017-07-31)")
    demo.add_argument("--seed", type=int, help="another seed invents another county (1)")
    demo.add_argument("--small", action="store_true", help="three villages, in seconds")
    demo.add_argument("--no-serve", action="store_true", help="make it only")
    demo.add_argument("--new-passwords", action="store_true", help="for the demo's accounts")
    serve = _subcommand(subcommands, "serve", _serve, "serve the county in the data folder")
    for each in (demo, serve):
        each.add_argument("--port", type=int, default=PORT, help=f"on this machine only ({PORT})")
    figures = _subcommand(subcommands, "figures", _figures, "print the handbook's figures")
    _as_of(figures, "the day they speak of (today)")
    figures.add_argument("--json", action="store_true", help="for another program")
    trace = _subcommand(
        subcommands, "trace", _trace, "print the uids of the facts under a number", rule=_TRACE
    )
    trace.add_argument(
        "target", help="such as figure:visits, or the last part of an address /trace/…"
    )
    _as_of(trace, "the day it speaks of (today)")
    trace.add_argument("--tree", action="store_true", help="what lies under it, with titles")
    verify = _subcommand(subcommands, "verify", _verify, "check the ledger, fact by fact")
    verify.add_argument(
        "--checkpoints", type=Path, metavar="FILE", help="the copy that an auditor keeps elsewhere"
    )
    _subcommand(
        subcommands, "checkpoint", _checkpoint, "write down the ledger's end for an auditor to keep"
    )
    handbook.register(subcommands)
    exchange.register(subcommands, data=DATA, start=_start, open_county=_open)
    records.register(subcommands, DATA, _open)
    return parser


def _subcommand(
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
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help=f"({DATA})")
    return parser


def _as_of(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--as-of", type=_iso_day, metavar="YYYY-MM-DD", help=text)


def _iso_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期，请写成 2017-07-31。 “{text}” is no day; write it as 2017-07-31."
        ) from None


# -- the data folder ---------------------------------------------------------------------------


def _start(data: Path) -> None:
    """Start Django over a data folder; the settings read it from the environment."""
    os.umask(0o077)  # what lies in a data folder is for its owner only
    os.environ["BANGFU_DATA"] = str(data.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()


def _open(data: Path) -> None:
    """Start Django over a folder that holds a county already; refused if it does not."""
    there = bool(os.environ.get("BANGFU_DATABASE")) or (data / DATABASE).is_file()
    if there:
        _start(data)
    if not there or not _founded():
        raise Refused(
            "no_county",
            f"“{data}”里没有县的数据。先运行 bangfu demo，或用 --data 指明文件夹。",
            f"There is no county in “{data}”. Run `bangfu demo` first, or name its folder: --data.",
            place=str(data),
        )


def _founded() -> bool:
    """Whether the database has its tables and a county in them."""
    from django.db import DatabaseError

    from bangfu.records import queries

    try:
        return queries.founded() is not None
    except DatabaseError:
        return False


def _operator(as_of: date) -> Policy:
    """Who runs commands on the machine that holds the data sees what it holds."""
    from bangfu.records.access import Policy, Scope

    return Policy(None, "", (), Scope(county=True), as_of, office=True, auditor=True)


def _day(given: argparse.Namespace) -> date:
    """The day asked for, else the county's today."""
    from bangfu.records import queries

    day: date | None = given.as_of
    return day or queries.today()


# -- demo and serve ----------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> int:
    """Make the demo county, or find it made; print the accounts; serve it."""
    from bangfu.demo.scale import AS_OF, SEED, Options

    options = Options(
        as_of=given.as_of or AS_OF,
        seed=SEED if given.seed is None else given.seed,
        small=given.small,
    )
    options.check()
    if not given.no_serve:
        _check_port(given.port)
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _start(given.data)
    from bangfu.demo import accounts, making
    from bangfu.records.command import migrate

    migrate()
    opened = making.make(options, progress=_progress, place=_typed(given.data))
    if not opened and given.new_passwords:
        opened = accounts.new_passwords()
    _print_demo(given, options, opened)
    return 0 if given.no_serve else _run_server(given.port)


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


def _print_demo(given: argparse.Namespace, options: Options, opened: Sequence[Credentials]) -> None:
    """The address, and the accounts where their passwords are known."""
    from bangfu.records import queries

    if sys.stderr.isatty():
        print(file=sys.stderr)
    roles = queries.handbook().roles
    print(f"{queries.handbook().title}  {options.as_of.isoformat()}")
    if not given.no_serve:
        print(f"网址 Address: http://{HOST}:{given.port}/")
    wanted = os.environ.get("BANGFU_SECOND_FACTOR") or "off"
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


def _serve(given: argparse.Namespace) -> int:
    """Serve the county in the data folder on this machine only."""
    _check_port(given.port)
    _open(given.data)
    from bangfu.records import guard
    from bangfu.records.command import migrate

    migrate()
    guard.must_stand()
    _daily_checkpoint()
    print(f"网址 Address: http://{HOST}:{given.port}/")
    return _run_server(given.port)


def _check_port(port: int) -> None:
    """Refuse a port that another program uses, before anything else takes time."""
    other = port % 60_000 + 1 if port >= PORT else PORT
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise Refused(
                "port_taken",
                f"端口 {port} 不能用（可能已有程序在用）。换一个：--port {other}。",
                f"Port {port} cannot be used; another program may hold it. Try --port {other}.",
                place=str(port),
            ) from None


def _run_server(port: int) -> int:
    """Serve until interrupted; the workers find the data folder in the environment, and in it
    a mirror that is up to date, which no page then has to wait for.
    """
    from django.conf import settings
    from django.db import connections
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from bangfu.records import guard
    from bangfu.records.mirror.current import refresh

    guard.must_stand()
    refresh()
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    connections.close_all()
    sys.stdout.flush()
    Server(
        "bangfu.web.wsgi:application",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
        # A terminal interrupts the workers too, and one that is waiting then never ends by itself.
        workers_kill_timeout=PATIENCE,
    ).serve()
    return 0


# -- numbers -----------------------------------------------------------------------------------


def _figures(given: argparse.Namespace) -> int:
    """Print every figure, for people or, with --json, for programs."""
    _open(given.data)
    from bangfu.records import queries

    day = _day(given)
    found = queries.figures(_operator(day), as_of=day)
    if given.json:
        values = {name: {"value": _value(figure)} for name, figure in found.items()}
        print(json.dumps({"as_of": day.isoformat(), "figures": values}, ensure_ascii=False))
        return 0
    rules = queries.handbook().figures
    for name, figure in found.items():
        unit = rules[name].unit
        words = unit.zh if unit.zh == unit.en else str(unit)
        print(f"{name:<20}{_plain(_value(figure))} {words}  {rules[name].title}")
    return 0


def _plain(value: object) -> str:
    """A value as a person reads it, to two places."""
    if isinstance(value, dict):
        return ", ".join(f"{part} {_plain(each)}" for part, each in value.items())
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _value(figure: FigureValue) -> object:
    """A number, or the parts of a composite."""
    return dict(figure.parts) or figure.value


def _trace(given: argparse.Namespace) -> int:
    """Print the whole uid of every fact under a number, one a line."""
    _open(given.data)
    from bangfu.records import queries
    from bangfu.web import command

    day = _day(given)
    policy = _operator(day)
    root = queries.trace(policy, command.target_of(policy, given.target), as_of=day)
    facts = root.counted()
    if given.tree:
        for line in command.tree(root):
            print(line)
    else:
        print(f"{root.title}: {root.value} ({len(facts)})", file=sys.stderr)
        for fact in queries.facts(policy, facts):
            print(fact.uid)
    return 0


def _verify(given: argparse.Namespace) -> int:
    """Check chain, digests and projections; 1 and the first broken fact if anything is amiss."""
    _open(given.data)
    from bangfu.records import queries

    verdict = queries.verify(given.checkpoints)
    for text in (verdict.text, *verdict.warnings):
        print(text.zh, text.en, sep="\n")
    return 0 if verdict.ok else 1


def _checkpoint(given: argparse.Namespace) -> int:
    """Write a checkpoint and print it, and where the file to take away lies."""
    _open(given.data)
    from bangfu.records import checkpoints

    point = checkpoints.checkpoint(now=datetime.now(UTC))
    print(f"{point.sequence} {point.hash} {point.at}")
    print(f"另行保管 Keep elsewhere: {checkpoints.outside_file()}")
    return 0


def _daily_checkpoint() -> None:
    """Write a checkpoint if the last one is a day old."""
    from bangfu.records import checkpoints

    checkpoints.daily(now=datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main())
