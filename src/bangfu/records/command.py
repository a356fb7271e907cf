"""The commands about the ledger, its database, and the first administrators' accounts.

`bangfu found` begins a real county.
`bangfu database migrate` and `roles` are for the owner of a PostgreSQL database; `bangfu account
open` is for a county that is no demonstration; `bangfu pairing` proposes plans of pairs, and works
out those that pages ask for.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from bangfu.core.text import Refused
from bangfu.records import screening_command
from bangfu.records.folder import DATA
from bangfu.records.starting import (
    Subcommands,
    data_option,
    iso_day,
    migrate,
    open_county,
    start,
    subcommand,
)

FIRST_DAY = date(2014, 1, 1)


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `verify`, `checkpoint`, `database`, `account`, `checks` and `pairing`."""
    verify = subcommand(subcommands, "verify", _verify, "check the ledger, fact by fact")
    verify.add_argument(
        "--checkpoints", type=Path, metavar="FILE", help="the copy that an auditor keeps elsewhere"
    )
    subcommand(
        subcommands, "checkpoint", _checkpoint, "write down the ledger's end for an auditor to keep"
    )
    _add_found(subcommands)
    _add_database(subcommands)
    _add_account(subcommands)
    screening_command.register(subcommands)
    _add_pairing(subcommands)


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


# -- a county begins --------------------------------------------------------------------------


def _add_found(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    summary = "found a real county: its places, and its first four accounts"
    parser = subcommand(subcommands, "found", _found, summary)
    for option, words in (
        ("registrar", "who enters people and posts / 登记员姓名"),
        ("system", "who opens accounts / 系统管理员姓名"),
        ("security", "who sets passwords / 安全管理员姓名"),
        ("audit", "who only reads / 审计员姓名"),
    ):
        parser.add_argument(f"--{option}", required=True, metavar="NAME", help=words)
    words = "CSV with code, name; by default the handbook's / 乡镇表"
    parser.add_argument("--towns", type=Path, metavar="FILE", help=words)
    words = "CSV with code, name, town_code; by default the handbook's / 村表"
    parser.add_argument("--villages", type=Path, metavar="FILE", help=words)
    words = "the day before which nothing of the places is entered (2014-01-01) / 最早的日期"
    parser.add_argument("--since", type=iso_day, metavar="YYYY-MM-DD", help=words)


def _found(given: argparse.Namespace) -> int:
    """Found a county and show the first passwords, this once."""
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    start(given.data)
    migrate()
    from bangfu.records import checkpoints, founding
    from bangfu.records.first_accounts import administrators
    from bangfu.records.handbooks import handbook

    pages = administrators()
    asked = {role: getattr(given, page) for role, page in pages.items()}
    asked[founding.entering_role()] = given.registrar
    opened = founding.found_county(
        asked, since=given.since or FIRST_DAY, now=datetime.now(UTC), towns=given.towns,
        villages=given.villages,
    )  # fmt: skip
    checkpoints.checkpoint(now=datetime.now(UTC))
    print(f"{handbook().title.zh}：已建好，从此由下面四人分头进来。")
    print(f"{handbook().title.en}: founded. These four sign in first:")
    for one in opened:
        print(f"  {one.username:12} {one.password}  {one.person}")
    print("密码只显示这一次，首次登录要改。 The passwords are shown this once; each is changed at "
          "the first sign-in.")  # fmt: skip
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
    words = "besides one who holds the post already / 已有一人时再开一个副手"
    first.add_argument("--deputy", action="store_true", help=words)
    data_option(first)
    first.set_defaults(run=_open_first)
    summary = "end an administrator's post, and with it the access; 结束管理员的岗位，随即不能再进"
    end = inner.add_parser("end", help=summary, description=summary)
    end.add_argument("--username", required=True, help="whose post ends / 账号名")
    data_option(end)
    end.set_defaults(run=_end_administrator)


def _open_first(given: argparse.Namespace) -> int:
    """Open an administrator's first account and show its password this once."""
    open_county(given.data)
    from bangfu.records.first_accounts import open_first

    opened = open_first(
        role=given.role, name=given.name, username=given.username, now=datetime.now(UTC),
        deputy=given.deputy,
    )  # fmt: skip
    print(f"账号 Account: {opened.username} ({opened.person})")
    print(
        f"密码（只显示这一次，首次登录要改） Password, shown this once, to be changed at the "
        f"first sign-in: {opened.password}"
    )
    return 0


def _end_administrator(given: argparse.Namespace) -> int:
    """End what posts of an administrator somebody holds."""
    open_county(given.data)
    from bangfu.records.first_accounts import end_administrator

    ended, tomorrow = end_administrator(username=given.username, now=datetime.now(UTC))
    print(f"账号已停用 Account closed: {given.username}")
    for words, roles in (("岗位已结束 Post ended", ended),
                         ("今天才任职，明天起再结束一次 Begun today, to be ended from tomorrow",
                          tomorrow)):  # fmt: skip
        if roles:
            print(f"{words}: {', '.join(roles)}")
    return 0


# -- plans of pairs ----------------------------------------------------------------------------


def _add_pairing(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `pairing propose`, `list`, `run` and `carry`."""
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
    summary = "carry out what a page has approved, or finish what broke off"
    carry = what.add_parser("carry", help=summary, description=summary)
    carry.add_argument("uid", help="of the plan")
    does_what = ((new, _propose), (every, _list_plans), (run, _run_plan), (carry, _carry))
    for one, does in does_what:
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
    return _say_plan(uid, given.language)


def _run_plan(given: argparse.Namespace) -> int:
    open_county(given.data)
    from bangfu.records import queries
    from bangfu.records.pairing import actions
    from bangfu.records.starting import planner

    actions.work(planner(queries.today()), given.uid, clock=_now)
    return 0


def _carry(given: argparse.Namespace) -> int:
    """Carry an approval out as the person who gave it."""
    open_county(given.data)
    from bangfu.records.pairing import approving

    def told(done: int, whole: int) -> None:
        print(f"{done:,} / {whole:,} 户 households", file=sys.stderr, flush=True)

    approving.carry(given.uid, clock=_now, progress=told)
    return 0


def _list_plans(given: argparse.Namespace) -> int:
    open_county(given.data)
    from bangfu.records.pairing_rows import PairingPlan

    for row in PairingPlan.objects.defer("answer").order_by("id"):
        households, changed = row.told.get("households", 0), row.told.get("changed", 0)
        print(f"{row.number:<14}{row.rule:<22}{row.state:<9}{households:>7,} 户（村） rows, "
              f"{changed:,} 换人 changed, {len(row.approved):,} 已批准 approved")  # fmt: skip
    return 0


def _say_plan(uid: str, language: str) -> int:
    from bangfu.records.pairing_rows import PairingPlan

    row = PairingPlan.objects.get(uid=uid)
    told = row.told
    if row.state != "done":
        raise Refused("no_plan", str(told.get("zh", row.state)), str(told.get("en", row.state)))
    for text in told["blocked"]:
        print(text[language])
    if told["open"]:
        print(_without(language, told["open"]))
        return 1
    of = {"zh": ("户", "帮扶人"), "en": ("households", "helper")}[language]
    if told.get("villages"):
        of = {"zh": ("个村", "分包领导"), "en": ("villages", "leader")}[language]
    words = {
        "zh": "方案 {number}：{households:,} {of[0]}，换{of[1]} {changed:,} {of[0]}；"
        "总费用 {objective:,}，任何方案不低于 {bound:,}，差距 {gap:.2%}"
        "（比较了 {pairs:,} 对，{seconds} 秒）。",
        "en": "Plan {number}: {households:,} {of[0]}, {changed:,} with another {of[1]}; cost "
        "{objective:,}, no plan costs less than {bound:,}, gap {gap:.2%} ({pairs:,} pairs "
        "compared, {seconds} s).",
    }[language]
    gap = (told["objective"] - told["bound"]) / max(1, told["objective"])
    print(words.format(number=row.number, of=of, gap=gap, **told))
    return 0


def _without(language: str, count: int) -> str:
    """How many households stay without a helper."""
    if language == "en":
        return f"{count:,} would have nobody."
    return f"有 {count:,} 个没有人选。"


def _now() -> datetime:
    return datetime.now(UTC)
