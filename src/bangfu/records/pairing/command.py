"""`bangfu pairing`: proposes plans of pairs from the command line, and works out those of pages."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from bangfu.core.text import Refused
from bangfu.records.starting import Subcommands, data_option, open_county


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `pairing propose`, `pairing list` and `pairing run`."""
    parser = subcommands.add_parser(
        "pairing", help="propose who should help whom", description="结对 / pairing"
    )
    what = parser.add_subparsers(required=True, metavar="WHAT")
    summary = "work out the cheapest plan of all pairs, and keep it for the office to decide on"
    new = what.add_parser("propose", help=summary, description=summary)
    new.add_argument("--rule", default="", help="the rule of pairs; by default the first")
    summary = "list the plans that are kept"
    every = what.add_parser("list", help=summary, description=summary)
    summary = "work out a plan that a page has asked for"
    run = what.add_parser("run", help=summary, description=summary)
    run.add_argument("uid", help="of the plan")
    for one, does in ((new, _propose), (every, _list), (run, _run)):
        data_option(one)
        one.set_defaults(run=does)


def _propose(given: argparse.Namespace) -> int:
    """Propose, telling how far it has come; the plan is then on the page 结对 too."""
    open_county(given.data)
    from bangfu.records import queries
    from bangfu.records.pairing import actions
    from bangfu.records.starting import planner

    by = planner(queries.today())
    start = time.monotonic()

    def told(rounds: int, objective: int, bound: int) -> None:
        spent = f"{time.monotonic() - start:5.1f} s"
        words = f"第 {rounds} 轮 round {rounds}: {objective:,} ≥ {bound:,}"
        print(spent, words, file=sys.stderr, flush=True)

    uid = actions.ask_for(
        by, given.rule, now=datetime.now(UTC),
        apart=lambda uid: actions.work(by, uid, clock=_now, progress=told),
    )  # fmt: skip
    return _say(uid, given.language)


def _run(given: argparse.Namespace) -> int:
    open_county(given.data)
    from bangfu.records import queries
    from bangfu.records.pairing import actions
    from bangfu.records.starting import planner

    actions.work(planner(queries.today()), given.uid, clock=_now)
    return 0


def _list(given: argparse.Namespace) -> int:
    open_county(given.data)
    from bangfu.records.pairing_rows import PairingPlan

    for row in PairingPlan.objects.defer("answer").order_by("id"):
        households, changed = row.told.get("households", 0), row.told.get("changed", 0)
        print(f"{row.number:<14}{row.state:<9}{households:>7,} 户 households, "
              f"{changed:,} 换人 changed, {len(row.approved):,} 已批准 approved")  # fmt: skip
    return 0


def _say(uid: str, language: str) -> int:
    from bangfu.records.pairing_rows import PairingPlan

    row = PairingPlan.objects.get(uid=uid)
    told = row.told
    if row.state != "done":
        raise Refused("no_plan", str(told.get("zh", row.state)), str(told.get("en", row.state)))
    for text in told["blocked"]:
        print(text[language])
    if told["open"]:
        print(terminal_line(language, told["open"]))
        return 1
    words = {
        "zh": "方案 {number}：{households:,} 户，换帮扶人 {changed:,} 户；总费用 {objective:,}，"
        "任何方案不低于 {bound:,}（比较了 {pairs:,} 对，{seconds} 秒）。",
        "en": "Plan {number}: {households:,} households, {changed:,} with another helper; cost "
        "{objective:,}, no plan costs less than {bound:,} ({pairs:,} pairs compared, {seconds} s).",
    }[language]
    print(words.format(number=row.number, **told))
    return 0


def terminal_line(language: str, count: int) -> str:
    """How many households stay without a helper."""
    if language == "en":
        return f"{count:,} households would have nobody."
    return f"有 {count:,} 户无人可帮。"


def _now() -> datetime:
    return datetime.now(UTC)
