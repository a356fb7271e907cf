"""`bangfu import FILE` and `bangfu export KIND OUT`: what the pages do, on the command line."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.core.disclosure import PURPOSES
from bangfu.core.text import Refused
from bangfu.records.starting import Subcommands, as_of_option, day_of, open_county, subcommand

if TYPE_CHECKING:
    from bangfu.core.results import Doubt
    from bangfu.exchange.sheets.report import Report
    from bangfu.records.access import Policy

_SHOWN = 20


def register(subcommands: Subcommands[argparse.ArgumentParser]) -> None:
    """Add `import` and `export`."""
    taken = subcommand(
        subcommands, "import", _import, "read a workbook, say what it would change; record it",
        rule="Without --accept nothing is written. What is accepted is recorded whole or not at "
        "all; a second time it changes nothing.",
    )  # fmt: skip
    taken.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .xls", nargs="?")
    taken.add_argument("--staged", default="", help=argparse.SUPPRESS)  # by the pages
    taken.add_argument("--accept", action="store_true", help="record what is new or changed")
    taken.add_argument(
        "--refused", type=Path, metavar="OUT", help="write the rows that do not go in, with reasons"
    )
    taken.add_argument("--kind", default="", metavar="KIND", help="what the sheet is of")
    taken.add_argument(
        "--no-doubts", action="store_true", help="do not look for the doubts and leads that came"
    )
    taken.add_argument("--json", action="store_true", help="for another program")
    as_of_option(taken, "the day that the file speaks of (today)")
    given_out = subcommand(
        subcommands, "export", _export, "write the facts of a kind as a workbook, and note it"
    )
    given_out.add_argument("kind", metavar="KIND")
    given_out.add_argument("out", type=Path, metavar="OUT", help="a new file")
    given_out.add_argument(
        "--purpose", default="inspection", choices=tuple(PURPOSES), help="why (inspection)"
    )
    given_out.add_argument(
        "--full", action="store_true", help="id numbers and phones unmasked; that is noted too"
    )
    for each in (taken, given_out):
        each.add_argument(
            "--by", default="", metavar="USERNAME", help="in whose name; the only registrar's"
        )


def _import(given: argparse.Namespace) -> int:
    """Say what the file would change, or record it; 1 if rows were left out."""
    if given.staged:
        return _run_staged(given)
    _refuse_missing(given.file)
    if given.refused:
        _refuse_existing(given.refused)
    open_county(given.data)
    from bangfu.exchange.sheets import writing
    from bangfu.exchange.sheets.importing import Asked, Import
    from bangfu.exchange.sheets.report import LEFT_OUT
    from bangfu.records.handbooks import handbook

    by = _by(given.by)
    asked = Asked(given.file, uuid.uuid4(), day_of(given), by, kind=given.kind)
    run = Import(asked, handbook(), progress=_progress)
    now = datetime.now(UTC)
    report = run.accepted(now=now) if given.accept else run.tried(now=now)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    left_out = report.counts.get("refused", 0) + report.counts.get("doubtful", 0)
    if given.refused and sum(report.counts.get(verdict, 0) for verdict in LEFT_OUT):
        given.refused.write_bytes(writing.refused(given.file, report, given.language))
    _say_report(given, report, by)
    return 1 if left_out else 0


def _run_staged(given: argparse.Namespace) -> int:
    """Work on an import that the pages keep, and on what else its sender has waiting."""
    open_county(given.data)
    from bangfu.exchange.sheets import staging

    staging.work_off(_by(given.by), given.staged, clock=lambda: datetime.now(UTC))
    return 0


def _say_report(given: argparse.Namespace, report: Report, by: Policy) -> None:
    from bangfu.exchange.sheets.report import VERDICT_TITLES, VERDICTS

    counts = {verdict: report.counts.get(verdict, 0) for verdict in VERDICTS}
    if given.json:
        changed = {} if given.no_doubts else _effect(report, by)
        said = {name: len(found) for name, (_title, found) in changed.items()}
        print(json.dumps({**counts, "facts": report.facts, "recorded": report.recorded, **said}))
        return
    for sheet in report.sheets:
        kinds = "、".join(sheet.kinds) or "未识别 not known"
        print(f"{sheet.name}: {kinds}")
        if sheet.unknown:
            print(f"  未用的列 columns not used: {'、'.join(sheet.unknown)}")
    for verdict, count in counts.items():
        print(f"{VERDICT_TITLES[verdict].zh} {VERDICT_TITLES[verdict].en}: {count}")
    shown = [one for one in report.outcomes if one.problems or one.candidates][:_SHOWN]
    for one in shown:
        for problem in one.problems:
            print(f"  {problem.cell}: {problem.text.zh} / {problem.text.en}")
        if one.candidates:
            asked = "; ".join(text.zh for _, text in one.candidates)
            print(f"  {one.number}: 可能是 may be: {asked}")
    done = "已入账 recorded" if report.recorded else "试算，未入账 tried, nothing recorded"
    print(f"{report.facts} 条事实 facts, {done}")
    if not given.no_doubts:
        _say_effect(_effect(report, by))


def _effect(report: Report, by: Policy) -> dict[str, tuple[str, Sequence[Doubt]]]:
    """What came of it: leads and doubts, each with what it is called; nothing of a trial."""
    from bangfu.records import queries

    if not report.recorded:
        return {}
    found = queries.effect_of(by, report.span, as_of=by.as_of)
    return {
        "leads": ("建议的风险线索 leads proposed", found.proposed),
        "closed": ("消除的疑点 doubts closed", found.closed),
        "opened": ("新增的疑点 doubts opened", found.opened),
        "stand": ("涉及对象现有疑点 doubts that stand", found.stand),
    }


def _say_effect(changed: Mapping[str, tuple[str, Sequence[Doubt]]]) -> None:
    """How many of each, by check."""
    from bangfu.records import queries

    rules = queries.handbook().checks
    for title, found in changed.values():
        print(f"{title}: {len(found)}")
        for name, number in Counter(one.check for one in found).most_common():
            print(f"  {number} {rules[name].title.zh} {rules[name].title.en}")


def _export(given: argparse.Namespace) -> int:
    """Write the workbook and say how many rows it has."""
    _refuse_existing(given.out)
    open_county(given.data)
    from bangfu.exchange.sheets import exporting
    from bangfu.records import queries
    from bangfu.records.disclosure import Request

    by, handbook = _by(given.by), queries.handbook()
    kind = next((k for k in exporting.exportable(by, handbook) if k.id == given.kind), None)
    if kind is None:
        raise exporting.no_kind(given.kind)
    names = queries.names(by, [by.person] if by.person else [])
    who = names[by.person].name if by.person in names else ""
    asked = Request(given.purpose, str(uuid.uuid4()), datetime.now(UTC))
    made = exporting.export(
        by, kind, handbook, asked=asked, who=who, about=by.roles[0].subject_uid, full=given.full
    )
    given.out.write_bytes(made)
    print(f"{given.out}: {len(made):,} bytes")
    return 0


def _by(username: str) -> Policy:
    """In whose name: the account named, else the only one that registers for the whole county."""
    from bangfu.records import county, sheet_queries

    today = county.today()
    names = [username] if username else sheet_queries.registrars(as_of=today)
    if len(names) != 1:
        some = ", ".join(names[:_SHOWN]) or "—"
        raise Refused(
            "whose_name",
            f"请用 --by 指明以谁的名义导入（登记人员：{some}）。",
            f"Say with --by in whose name (registrars: {some}).",
        )
    by = sheet_queries.recorder_called(names[0], as_of=today)
    if by.person is None or not by.roles:
        raise Refused(
            "no_such_recorder",
            f"没有账号“{names[0]}”，或其本人今天没有岗位。",
            f"There is no account “{names[0]}”, or its person holds no post today.",
        )
    return by


def _progress(done: int, rows: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} / {rows:,}")
        sys.stderr.flush()


def _refuse_missing(file: Path | None) -> None:
    if file is None or not file.is_file():
        raise Refused("no_file", f"没有文件“{file}”。", f"There is no file “{file}”.")


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise Refused(
            "file_exists", f"“{out}”已经存在，请换个文件名。", f"“{out}” exists. Name a new file."
        )
