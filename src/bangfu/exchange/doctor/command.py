"""`bangfu doctor`: what is not well, why, and what helps."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from bangfu.core.text import Refused
from bangfu.exchange.doctor.findings import Finding, Level, damaged, unreadable, worst
from bangfu.records.starting import DAMAGED, Subcommands, open_county, subcommand

_MARK: dict[Level, str] = {"good": "好 ok", "warning": "注意 warning", "error": "问题 problem"}


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `doctor`."""
    parser = subcommand(
        subcommands, "doctor", _doctor, "look at settings, database, disk, clock, keys and backups"
    )
    parser.add_argument("--json", action="store_true", help="for another program")


def _doctor(given: argparse.Namespace) -> int:
    """Print every finding; 1 if there is an error among them."""
    findings = _findings(given)
    if given.json:
        lines = [one.line() for one in findings]
        print(json.dumps({"level": worst(findings), "findings": lines}, ensure_ascii=False))
    else:
        for one in findings:
            print(f"[{_MARK[one.level]}] {one.check}: {one.said}")
            for zh, en, text in (("原因", "cause", one.cause), ("办法", "cure", one.cure)):
                if text is not None:
                    print(f"    {zh}：{text.zh}", f"    {en}: {text.en}", sep="\n")
    return 1 if worst(findings) == "error" else 0


def _findings(given: argparse.Namespace) -> list[Finding]:
    try:
        open_county(given.data, any_version=True)
    except Refused as refused:
        if refused.code == "bad_setting":
            return [unreadable(refused.text)]
        if refused.code == DAMAGED:
            return [damaged(refused.text)]
        raise
    from bangfu.exchange.doctor.examining import examine

    return examine(now=datetime.now(UTC), whole=True)
