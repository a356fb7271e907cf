"""`bangfu checks`: what is implausible in the county today, and who can mend it."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from bangfu.core.text import Text
from bangfu.records.starting import (
    Subcommands,
    as_of_option,
    day_of,
    open_county,
    operator,
    subcommand,
)

if TYPE_CHECKING:
    from datetime import date

    from bangfu.core.results import Screening
    from bangfu.core.rules import Handbook

_LEAST_ROWS = 20  # with fewer subjects a check may well find each of them


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `checks`."""
    parser = subcommand(
        subcommands, "checks", _checks, "say what is implausible, and who can mend it"
    )
    as_of_option(parser, "the day they speak of (today)")
    parser.add_argument("--json", action="store_true", help="every doubt, for another program")
    parser.add_argument("--check", action="append", metavar="ID", help="only this check")


def _checks(given: argparse.Namespace) -> int:
    """Print what the checks find, nothing personal; 1 if one of them could not be run."""
    open_county(given.data)
    from bangfu.records import queries

    day, rules = day_of(given), queries.handbook()
    found = queries.screening(operator(day), as_of=day)
    for name in found.failed:
        said = Text(f"规则“{name}”运行出错，没有结果。", f"The check “{name}” could not be run.")
        sys.stderr.write(f"{said.say(given.language)}\n")
    if given.json:
        found_json = _as_json(rules, found, given, day)
        sys.stdout.write(f"{json.dumps(found_json, ensure_ascii=False)}\n")
    else:
        for line in _lines(rules, found, given, day):
            sys.stdout.write(f"{line}\n")
    return 1 if found.failed else 0


def _as_json(
    rules: Handbook, found: Screening, given: argparse.Namespace, day: date
) -> dict[str, object]:
    from bangfu.engine.checks import message
    from bangfu.records import queries

    policy = operator(day)
    chosen = [one for one in found.doubts if given.check is None or one.check in given.check]
    numbers = {n for one in chosen for n in (one.subject, *one.holders)}
    names = queries.names(policy, numbers)
    rows = [
        {
            "check": one.check,
            "subject": names[one.subject].uid,
            "severity": one.severity,
            "message": message(rules, one, as_of=day, personal=False).say(given.language),
            "role": one.role,
            "holders": [names[who].uid for who in one.holders if who in names],
            "exempt_until": one.until.isoformat() if one.until else None,
        }
        for one in chosen
        if one.subject in names
    ]
    return {"as_of": day.isoformat(), "checks": len(rules.checks), "doubts": rows,
            "failed": list(found.failed)}  # fmt: skip


def _lines(rules: Handbook, found: Screening, given: argparse.Namespace, day: date) -> list[str]:
    """A line for each check that found anything, the most first; then a warning for each that
    found every subject of its type.
    """
    from bangfu.records import queries

    counts = Counter(one.check for one in found.doubts if not one.exempt)
    exempted = Counter(one.check for one in found.doubts if one.exempt)
    lines = []
    for name in sorted(counts.keys() | exempted.keys(), key=lambda one: (-counts[one], one)):
        if given.check is not None and name not in given.check:
            continue
        check = rules.checks[name]
        said = check.title.say(given.language)
        note = Text(f"（豁免 {exempted[name]}）", f" ({exempted[name]} exempted)")
        spare = note.say(given.language) if exempted[name] else ""
        lines.append(f"{counts[name]:>7,}  {said}  [{name}]{spare}")
    total, quiet = sum(counts.values()), len(rules.checks) - len(counts)
    words = Text(
        f"{total:,} 个疑点；{len(rules.checks)} 条规则，{quiet} 条没有查出什么。",
        f"{total:,} doubts; of {len(rules.checks)} checks {quiet} found nothing.",
    )
    lines.append(words.say(given.language))
    tables = queries.tables(operator(day), as_of=day)
    for name, number in counts.items():
        subjects = tables.subjects.get(rules.checks[name].subject)
        if subjects is not None and _LEAST_ROWS <= len(subjects.id) <= number:
            warning = Text(
                f"提醒：“{name}”把每一个对象都查了出来，请核对规则。",
                f"warning: “{name}” finds every one of its subjects; look at the rule.",
            )
            lines.append(warning.say(given.language))
    return lines
