"""`bangfu serve | trace`: the pages, and what lies under a number as they show it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bangfu.records.starting import (
    Subcommands,
    as_of_option,
    day_of,
    open_county,
    operator,
    subcommand,
)
from bangfu.web import serving

if TYPE_CHECKING:
    from bangfu.core.results import Trace
    from bangfu.records.access import Policy

_RULE = (
    "Of a figure: the facts that define what it counts, one for each row counted, each printed "
    "once. That is the fact itself, the founding fact of a subject, the assignment of a post. "
    "Of obligations it is the facts that met them, and of one that none met the assignment, or "
    "the fact that set its deadline off; two overdue obligations of one post share its "
    "assignment, so that fewer lines than obligations are printed. By what else something "
    "counts, such as a household's category, --tree shows. 每个数字下面，每数一行印一件事实："
    "事实本身、对象的登记、任职；应办印办到它的事实，没有的印任职或起算的事实；同一件事实只印一次。"
)


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `serve` and `trace`."""
    serve = subcommand(subcommands, "serve", _serve, "serve the county in the data folder")
    serving.port_option(serve)
    trace = subcommand(
        subcommands, "trace", _trace, "print the uids of the facts under a number", rule=_RULE
    )
    trace.add_argument(
        "target", help="such as figure:visits, or the last part of an address /trace/…"
    )
    as_of_option(trace, "the day it speaks of (today)")
    trace.add_argument("--tree", action="store_true", help="what lies under it, with titles")


def _serve(given: argparse.Namespace) -> int:
    """Serve the county in the data folder on this machine only."""
    serving.check_port(given.port)
    open_county(given.data)
    from bangfu.records import checkpoints

    checkpoints.daily(now=datetime.now(UTC))
    print(f"网址 Address: {serving.address(given.port)}")
    return serving.serve(given.port)


def _trace(given: argparse.Namespace) -> int:
    """Print the whole uid of every fact under a number, one a line."""
    open_county(given.data)
    from bangfu.records import queries

    day = day_of(given)
    policy = operator(day)
    root = queries.trace(policy, target_of(policy, given.target), as_of=day)
    facts = root.counted()
    if given.tree:
        for line in tree(root):
            print(line)
    else:
        print(f"{root.title}: {root.value} ({len(facts)})", file=sys.stderr)
        for fact in queries.facts(policy, facts):
            print(fact.uid)
    return 0


def target_of(policy: Policy, typed: str) -> str:
    """What the engine calls a target: as typed, or with numbers for the uids of an address."""
    from bangfu.records import queries
    from bangfu.web import targets

    named = queries.named(policy, typed.split(":"))
    return targets.number_of(typed, lambda uid: named[uid].id if uid in named else None) or typed


def tree(node: Trace, depth: int = 0) -> list[str]:
    """A trace as indented lines."""
    lines = [f"{'  ' * depth}{node.title}: {node.value} ({len(node.counted())})"]
    for child in node.children:
        lines += tree(child, depth + 1)
    return lines
