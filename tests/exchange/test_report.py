"""What an import found is kept in pages, of which only those asked for are opened."""

from __future__ import annotations

import zlib
from dataclasses import asdict, replace

import orjson
import pytest

from bangfu.core.text import Text
from bangfu.exchange.sheets.lines import Change, Problem
from bangfu.exchange.sheets.report import A_PAGE, Outcome, Report, SheetReport, kept, packed

NEW = [
    Outcome(0, n, "new", f"云众{n}", (Change("户类型", "", "脱贫户"),))
    for n in range(2, 2 * A_PAGE + 52)
]
BAD = [Outcome(0, 1, "refused", "谷小满", problems=(Problem("C1", Text("缺", "missing")),))]
REPORT = Report(
    [SheetReport(0, "户", 1, ["registry.household"], 451, ["备用"])],
    {"new": len(NEW), "refused": 1}, 450, True, (7, 457), [*BAD, *NEW],
)  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 50), (150, 250), (A_PAGE, A_PAGE + 1), (2 * A_PAGE, None), (0, None), (900, 950)],
)
def test_a_kept_report_gives_the_rows_that_it_was_made_of(start: int, end: int | None) -> None:
    again = kept(packed(REPORT))
    assert again.rows("new", start, end) == NEW[start:end] == REPORT.rows("new", start, end)
    assert again.rows("refused") == BAD
    assert again.rows("same") == []
    assert replace(again, pages={}) == replace(REPORT, outcomes=[])


def test_a_report_kept_before_there_were_pages_opens() -> None:
    values = asdict(replace(REPORT, outcomes=[]))
    del values["pages"]
    values["outcomes"] = [one.packed() for one in REPORT.outcomes]
    assert kept(zlib.compress(orjson.dumps(values))) == REPORT
