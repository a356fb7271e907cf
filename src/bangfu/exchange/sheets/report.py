"""What an import found, row by row, in a form that can be kept and shown."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import orjson

from bangfu.core.text import Text
from bangfu.exchange.sheets.lines import Change, Line, Problem
from bangfu.records.ledger import portions

A_PAGE = 200
_MARK_BYTES = 12

Verdict = Literal["new", "changed", "same", "doubtful", "refused", "absent"]
VERDICTS: tuple[Verdict, ...] = ("new", "changed", "same", "doubtful", "refused", "absent")
# Rows that are not recorded, and come back with the reason.
LEFT_OUT: tuple[Verdict, ...] = ("refused", "doubtful", "absent")
VERDICT_TITLES: Mapping[Verdict, Text] = {
    "new": Text("新增", "New"),
    "changed": Text("有变化", "Changed"),
    "same": Text("无变化", "Unchanged"),
    "doubtful": Text("待确认", "Doubtful"),
    "refused": Text("不通过", "Refused"),
    "absent": Text("本台账没有", "Not found here"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one row: `about` says whom it means, `candidates` whom it may mean; `mark`
    stands for all that it would record, "" where that is nothing.
    """

    sheet: int
    number: int
    verdict: str
    about: str = ""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    candidates: tuple[tuple[str, Text], ...] = ()
    mark: str = ""

    @property
    def row(self) -> str:
        """The row as a choice names it."""
        return f"{self.sheet}:{self.number}"

    def packed(self) -> list[Any]:
        """As plain values for JSON."""
        return [
            self.sheet, self.number, self.verdict, self.about,
            [[c.header, c.before, c.now] for c in self.changes],
            [[p.cell, p.text.zh, p.text.en] for p in self.problems],
            [[uid, text.zh, text.en] for uid, text in self.candidates],
        ]  # fmt: skip


def unpacked(values: list[Any]) -> Outcome:
    """The outcome that `packed` made plain."""
    sheet, number, verdict, about, changes, problems, candidates = values
    return Outcome(
        sheet, number, verdict, about,
        tuple(Change(*one) for one in changes),
        tuple(Problem(cell, Text(zh, en)) for cell, zh, en in problems),
        tuple((uid, Text(zh, en)) for uid, zh, en in candidates),
    )  # fmt: skip


def outcome(line: Line) -> Outcome:
    """The outcome of a line that has its verdict."""
    keys = line.keys
    parts = (keys.get(key, "") for key in ("household", "head", "name", "unit", "village"))
    return Outcome(
        line.sheet, line.number, line.verdict, " ".join(part for part in parts if part),
        tuple(line.changes), tuple(line.problems), tuple(line.candidates), mark(line),
    )  # fmt: skip


def mark(line: Line) -> str:
    """A short word for what a line would record and what that replaces: two of the same word say
    the same. A line that is not `alone` is compared with earlier ones of its file, once these are
    written: of such a one the word says only what stands in it, and whom it is about.
    """
    if not line.drafts:
        return ""
    if not line.alone:
        row = [line.sheet, line.number, line.subject, line.values, line.statuses]
        return hashlib.blake2b(orjson.dumps(row), digest_size=_MARK_BYTES).hexdigest()
    drafts = [
        (d.kind, d.subject, d.occurred_on, d.performed_by, d.participants, d.more_subjects)
        for d in line.drafts
    ]
    row = [line.sheet, line.number, line.verdict, line.changes, line.values, line.statuses, drafts]
    return hashlib.blake2b(orjson.dumps(row), digest_size=_MARK_BYTES).hexdigest()


@dataclass(slots=True)
class SheetReport:
    """One sheet: its name, its headers' row, kinds by id, rows, and headers that mean nothing."""

    number: int
    name: str
    head: int = 0
    kinds: list[str] = field(default_factory=list)
    rows: int = 0
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """All of it: counts by verdict, facts that it makes, sheets, and the outcomes in order.

    `span`: once recorded, the ledger's ends before and after it. A report that was kept has
    `pages` in place of outcomes: by verdict, the outcomes as JSON, `A_PAGE` in each; and `marks`,
    those of all its outcomes, a space between.
    """

    sheets: list[SheetReport] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    facts: int = 0
    recorded: bool = False
    span: tuple[int, int] = (0, 0)
    outcomes: list[Outcome] = field(default_factory=list)
    pages: dict[str, list[str]] = field(default_factory=dict)
    marks: str = ""

    def rows(self, verdict: str, start: int = 0, end: int | None = None) -> list[Outcome]:
        """The outcomes of a verdict from one place up to another, counted from 0; no others are
        unpacked.
        """
        if not self.pages:
            return [one for one in self.outcomes if one.verdict == verdict][start:end]
        pages = self.pages.get(verdict, [])
        first = start // A_PAGE
        last = len(pages) if end is None else -(-end // A_PAGE)
        found = [unpacked(one) for page in pages[first:last] for one in orjson.loads(page)]
        skipped = first * A_PAGE
        return found[start - skipped : None if end is None else end - skipped]


def packed(report: Report) -> bytes:
    """A report as it is kept."""
    rows: dict[str, list[list[Any]]] = {}
    for one in report.outcomes:
        rows.setdefault(one.verdict, []).append(one.packed())
    pages = {
        verdict: [orjson.dumps(page).decode() for page in portions(some, A_PAGE)]
        for verdict, some in rows.items()
    }
    marks = " ".join(one.mark for one in report.outcomes if one.mark)
    values = asdict(replace(report, outcomes=[], pages=pages, marks=marks))
    return zlib.compress(orjson.dumps(values), 1)


def kept(content: bytes) -> Report:
    """The report that `packed` made plain, with pages in place of outcomes."""
    values = orjson.loads(zlib.decompress(content))
    values["sheets"] = [SheetReport(**one) for one in values["sheets"]]
    values["span"] = tuple(values.get("span", (0, 0)))
    values["outcomes"] = [
        unpacked(one) for one in values["outcomes"]
    ]  # kept before there were pages
    return Report(**values)
