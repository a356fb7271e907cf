"""`bangfu serve | figures | trace`: the pages, their numbers, and what lies under one."""

from __future__ import annotations

import argparse
import json
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
    "counts, such as a household's category, --tree shows."
)


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `serve`, `figures` and `trace`."""
    figures = subcommand(subcommands, "figures", _figures, "print the handbook's figures")
    as_of_option(figures, "the day they speak of (today)")
    figures.add_argument("--json", action="store_true", help="for another program")
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
    from bangfu.records import checkpoints, guard

    guard.must_stand()
    checkpoints.daily(now=datetime.now(UTC))
    print(f"网址 Address: {serving.address(given.port)}")
    return serving.serve(given.port)


def _figures(given: argparse.Namespace) -> int:
    """Print every figure, for people or, with --json, for programs."""
    open_county(given.data)
    from bangfu.records import queries
    from bangfu.web.rules import figure_lines

    day = day_of(given)
    found = queries.figures(operator(day), as_of=day)
    if given.json:
        values = {
            name: {"value": dict(figure.parts) or figure.value} for name, figure in found.items()
        }
        print(json.dumps({"as_of": day.isoformat(), "figures": values}, ensure_ascii=False))
        return 0
    print("\n".join(figure_lines(queries.handbook(), found, given.language)))
    return 0


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

    opening = targets.case_of(typed)
    case = queries.case_of(policy, opening, as_of=policy.as_of) if opening else None
    if case is not None:
        return f"case:{case.case}"
    named = queries.named(policy, typed.split(":"))
    return targets.number_of(typed, lambda uid: named[uid].id if uid in named else None) or typed


def tree(node: Trace, depth: int = 0) -> list[str]:
    """A trace as indented lines."""
    lines = [f"{'  ' * depth}{node.title}: {node.value} ({len(node.counted())})"]
    for child in node.children:
        lines += tree(child, depth + 1)
    return lines
