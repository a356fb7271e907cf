"""A workbook's way in: every sheet read, matched and compared, then recorded or only tried."""

from __future__ import annotations

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from uuid import UUID, uuid5

from bangfu.core.facts import Draft
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.differing import Differ
from bangfu.exchange.sheets.headers import letter
from bangfu.exchange.sheets.layout import Layout, layout
from bangfu.exchange.sheets.lines import Line, LineReader, Problem
from bangfu.exchange.sheets.matching import SKIP, Matcher
from bangfu.exchange.sheets.places import Fresh, Places, before
from bangfu.exchange.sheets.report import Outcome, Report, SheetReport, mark, outcome
from bangfu.exchange.sheets.workbook import Row, Sheet, Workbook, opened
from bangfu.records import actions, ledger, sheet_queries
from bangfu.records.access import Policy

PORTION = 2000
_TRIES = 5
_REMEMBERED = 40_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One import: the file or its bytes, for which day, by whom.

    `choices` settle doubtful rows ("0:12" → uid, "new" or "skip"); `kind` names what the sheets
    are of, where somebody has said it. `shown` are the marks of the rows that somebody has looked
    at: any other row stays out.
    """

    source: Path | bytes
    uid: UUID
    day: date
    by: Policy
    choices: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    shown: Set[str] | None = None


@dataclass(slots=True)
class SheetFound:
    """What a sheet is: its layout, or none where it holds nothing that we know."""

    number: int
    name: str
    layout: Layout | None
    rows: int = 0


class _Again(Exception):
    """Some rows were refused as they were written: undo, and write without them."""


class Import:
    """One pass after another over a workbook: `tried` writes nothing, `accepted` records."""

    def __init__(
        self, asked: Asked, handbook: Handbook, *, progress: Progress | None = None
    ) -> None:
        """`progress` is told how many rows of how many of a sheet are done."""
        self._asked = asked
        self._handbook = handbook
        self._progress = progress or (lambda done, all_rows: None)
        self._refused: dict[tuple[int, int], list[Problem]] = {}
        self._rows_of: dict[str, tuple[int, int]] = {}
        self._found: list[SheetFound] = []
        self._span = (0, 0)
        self._met: set[tuple[str, str]] = set()

    def tried(self, *, now: datetime) -> Report:
        """Read, match, compare and check everything; nothing is written."""
        held: list[Outcome] = []
        with _unswept():
            count = actions.record_sheet(
                self._drafts(held.append), by=self._asked.by, now=now, refuse=self._refuse,
                trial=True,
            )  # fmt: skip
        return self._report(held, count, recorded=False)

    def accepted(self, *, now: datetime) -> Report:
        """Record what is new or changed, all of it or nothing; doubtful and refused rows stay out.

        Raises `Refused` where the file cannot be read, or where rows are refused again and again.
        """
        for _ in range(_TRIES):
            held: list[Outcome] = []
            try:
                with _unswept():
                    count = actions.record_sheet(
                        self._drafts(held.append), by=self._asked.by, now=now,
                        refuse=self._refuse, then=partial(self._check_whole, len(self._refused)),
                    )  # fmt: skip
            except _Again:
                continue
            return self._report(held, count, recorded=True)
        raise Refused(
            "still_refused",
            "有的行总是不能入账，一行都没有导入。请下载不通过的行，改好再导入。",
            "Some rows are refused again and again, so nothing was recorded. Take the refused "
            "rows, mend them, and import again.",
        )

    def _check_whole(self, known: int) -> None:
        if len(self._refused) > known:
            raise _Again
        self._span = (self._span[0], ledger.head().sequence)

    def _refuse(self, draft: Draft, refused: Refused) -> None:
        row = self._rows_of.get(draft.uid)
        if row is not None:
            place = self._place(row[0], draft, refused.place)
            cell = f"{place}{row[1]}" if place else str(row[1])
            self._refused.setdefault(row, []).append(Problem(cell, refused.text))

    def _place(self, sheet: int, draft: Draft, place: str) -> str:
        chosen = next((one.layout for one in self._found if one.number == sheet), None)
        column = chosen.fields.get(draft.kind, {}).get(place) if chosen else None
        return "" if column is None else letter(column)

    def _report(self, held: list[Outcome], facts: int, *, recorded: bool) -> Report:
        """The outcomes, with what was refused as it was checked."""
        for index, one in enumerate(held):
            problems = self._refused.get((one.sheet, one.number))
            if problems and one.verdict != "refused":
                held[index] = replace(
                    one, verdict="refused", problems=(*one.problems, *problems), mark=""
                )
        counts = Counter(one.verdict for one in held)
        sheets = [
            SheetReport(
                one.number, one.name, one.layout.head if one.layout else 0,
                [kind.id for kind in one.layout.kinds] if one.layout else [],
                one.rows, one.layout.unknown if one.layout else [],
            )
            for one in sorted(self._found, key=lambda one: one.number)
        ]  # fmt: skip
        span = self._span if recorded else (0, 0)
        return Report(sheets, dict(counts), facts, recorded, span, held)

    # The lines of all sheets, in the order in which they build on each other.

    def _drafts(self, hold: Callable[[Outcome], None]) -> Iterator[Draft]:
        self._found = []
        self._rows_of = {}
        self._met = set()
        found_there = before(self._asked.by)
        self._span = (found_there.sequence, 0)  # what follows is written under the turn
        fresh, places = Fresh(found_there), Places(self._asked.by)
        with opened(self._asked.source) as book:
            for sheet, number, chosen in self._sheets(book):
                matcher = Matcher(
                    self._asked.by, chosen, self._handbook, fresh=fresh, places=places,
                    choices=self._asked.choices, namespace=self._namespace(number),
                )  # fmt: skip
                yield from self._sheet_drafts(sheet, number, matcher, hold)
        if not any(one.layout for one in self._found):
            raise no_headers()

    def _namespace(self, number: int) -> UUID:
        return uuid5(self._asked.uid, str(number))

    def _sheets(self, book: Workbook) -> Iterator[tuple[Sheet, int, Layout]]:
        """Those that hold something known; what registers households comes first."""
        later: list[int] = []
        last = len(book.names) - 1
        for number in range(len(book.names)):
            sheet, found = self._opened(book, number)
            first = number == last and not later
            if found.layout is not None and (found.layout.kind.subject != "person" or first):
                yield sheet, number, found.layout
            elif found.layout is not None:
                later.append(number)
            deque(sheet.rows, maxlen=0)  # what was not asked for
        for number in later:
            self._found = [one for one in self._found if one.number != number]
            sheet, found = self._opened(book, number)
            if found.layout is not None:
                yield sheet, number, found.layout

    def _opened(self, book: Workbook, number: int) -> tuple[Sheet, SheetFound]:
        sheet = book.sheet(number)
        head: list[Row] = []
        for row in sheet.rows:
            head.append(row)
            if len(head) > limits.HEAD_ROWS:
                break
        able = sheet_queries.kinds_for(self._asked.by)
        wanted = self._asked.kind
        chosen = layout(head, sheet.merged, self._handbook, able, wanted=wanted)
        found = SheetFound(number, sheet.name, chosen, sheet.count)
        self._found.append(found)
        sheet.rows = chain(head, sheet.rows)
        return sheet, found

    def _sheet_drafts(
        self, sheet: Sheet, number: int, matcher: Matcher, hold: Callable[[Outcome], None]
    ) -> Iterator[Draft]:
        chosen = matcher.layout
        reader = LineReader(chosen, number, self._handbook)
        differ = Differ(
            self._asked.by, chosen, self._handbook, day=self._asked.day,
            namespace=self._namespace(number),
        )  # fmt: skip
        done, rows = 0, max(sheet.count - chosen.head, 0)
        for lines in reader.portions(sheet.rows, PORTION):
            self._settle(lines)
            matcher.match(lines)
            self._meet(lines, chosen)
            differ.differ(lines)
            self._keep_out(lines)
            for line in lines:
                hold(outcome(line))
                yield from self._known(line)
            done += len(lines)
            self._progress(done, max(rows, done))
            gc.freeze()  # what an import knows only grows: not to be gone through again and again

    def _settle(self, lines: list[Line]) -> None:
        for line in lines:
            if self._asked.choices.get(f"{line.sheet}:{line.number}") == SKIP:
                line.refuse(None, "已选择不导入这一行", "this row was left out by choice")
            if problems := self._refused.get((line.sheet, line.number)):
                line.problems += problems
                line.verdict = "refused"

    def _meet(self, lines: list[Line], chosen: Layout) -> None:
        """Tell which lines an earlier portion was about, in the same kinds."""
        kinds = [kind.id for kind in chosen.kinds] + (
            ["registry.status"] if chosen.statuses else []
        )
        for line in lines:
            line.alone = all((kind, line.subject) not in self._met for kind in kinds)
        self._met.update((kind, line.subject) for line in lines for kind in kinds if line.subject)

    def _keep_out(self, lines: list[Line]) -> None:
        """Refuse what is not as its sender was shown it: others go on recording meanwhile."""
        if self._asked.shown is None:
            return
        for line in lines:
            if line.drafts and mark(line) not in self._asked.shown:
                line.refuse(
                    None,
                    "您查看之后，台账里的情况变了，这一行没有导入。请核对现在的内容，再导入这一行",
                    "what is recorded has changed since you looked, so this row was left out; "
                    "compare it with what stands now, then import it again",
                )
                line.drafts = []

    def _known(self, line: Line) -> Iterator[Draft]:
        if (line.sheet, line.number) in self._refused:
            return
        for draft in line.drafts:
            self._rows_of[draft.uid] = (line.sheet, line.number)
            yield draft
        if len(self._rows_of) > _REMEMBERED:  # long since recorded
            for uid in list(self._rows_of)[: _REMEMBERED // 2]:
                del self._rows_of[uid]


@contextmanager
def _unswept() -> Iterator[None]:
    """Until the block ends, what was frozen is passed over by the collector of garbage."""
    try:
        yield
    finally:
        gc.unfreeze()


def no_headers() -> Refused:
    """What is said of a workbook in which no sheet has headers that we know."""
    return Refused(
        "no_headers",
        "没有找到认识的表头。请用下载的空表填写，或核对表头文字（如“户编号”“姓名”“证件号码”）。",
        "No headers that are known were found. Fill in an empty sheet taken from here, or check "
        "the headers (such as 户编号, 姓名, 证件号码).",
    )
