"""A handbook with the kinds that a roster needs, and workbooks made for one test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import xlsxwriter
from pytest_django import Settings

from bangfu.core.disclosure import EXPORT_KIND
from bangfu.core.rules import FactKind, Field, FieldType, ParticipantRole, Recorder, StatusKind
from bangfu.core.text import Text
from bangfu.exchange.sheets.importing import Asked, Import
from bangfu.exchange.sheets.report import Report
from bangfu.records import queries
from bangfu.records.handbooks import use_handbook
from tests.cast import NOW, TODAY, Cast
from tests.records.rulebook import ALWAYS, RULEBOOK

RECORDERS = (Recorder("registrar", "county"), Recorder("township_officer", "place"))
_HEALTH = {"well": Text("健康", "Well"), "ill": Text("长期慢性病", "Long ill")}


def column(name: str, zh: str, kind: FieldType = "text", **more: Any) -> Field:
    """A field with the header of the national export."""
    return Field(name, Text(zh, name), kind, header=zh, **more)


MEMBER = FactKind(
    "member_profile", Text("人员情况", "Member profile"), "person", ALWAYS, "work", RECORDERS,
    fields=(
        column("health", "健康状况", "choice", personal=True, options=_HEALTH),
        column("school", "文化程度"),
        column("insured", "参加城乡居民基本医疗保险", "boolean"),
        column("months", "务工时间(月)", "integer", minimum=0, maximum=12),
        column("pay", "务工月收入(元)", "money", personal=True),
        column("found", "识别时间", "date"),
    ),
    latest=True,
)  # fmt: skip
HOUSEHOLD = FactKind(
    "household_profile", Text("农户情况", "Household profile"), "household", ALWAYS, "work",
    RECORDERS,
    fields=(
        column("size", "家庭人口数", "integer"),
        column("bank", "开户银行账号", identifier=True, personal=True),
        column("land", "耕地面积(亩)", "number", decimals=2),
    ),
    latest=True,
)  # fmt: skip
MEASURE = FactKind(
    "measure", Text("帮扶措施", "Measure"), "household", ALWAYS, "work", RECORDERS,
    fields=(
        column("what", "措施名称", required=True),
        column("amount", "金额(元)", "money"),
    ),
)  # fmt: skip
HEADERS = {
    ("registry.person", "phone"): "联系电话",
    ("registry.household", "address"): "家庭住址",
}
KINDS = {
    kind.id: replace(
        kind, fields=tuple(replace(f, header=f.header or f.title.zh) for f in kind.fields)
    )
    for kind in RULEBOOK.kinds.values()
}
_VISIT = KINDS["household_visit"]
VISIT = replace(
    _VISIT, recorders=(*_VISIT.recorders, Recorder("registrar", "county")),
    participants=(*_VISIT.participants, ParticipantRole("host", Text("接待人", "Host"), "person")),
)  # fmt: skip
TYPE = StatusKind(
    "household_type", Text("户类型", "Household type"), "household", "choice",
    {"lifted": Text("脱贫户", "Lifted"), "ordinary": Text("一般农户", "Ordinary")},
)  # fmt: skip
SHEETBOOK = replace(
    RULEBOOK,
    kinds={
        **KINDS,
        EXPORT_KIND.id: EXPORT_KIND,
        VISIT.id: VISIT,
        MEMBER.id: MEMBER,
        HOUSEHOLD.id: HOUSEHOLD,
        MEASURE.id: MEASURE,
    },
    statuses={**RULEBOOK.statuses, TYPE.id: TYPE},
)

Rows = Iterable[Sequence[object]]


def workbook(path: Path, sheets: dict[str, Rows], *, merge: str = "") -> Path:
    """A workbook with these sheets; texts, numbers and days are written as what they are."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(number, place, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(number, place, cell)
                    elif cell is not None:
                        sheet.write(number, place, cell)
            if merge:
                first = next(iter(rows), [""])
                sheet.merge_range(merge, str(first[0]) if first else "")
    return path


def asked(path: Path | bytes, cast: Cast, *, by: str = "registrar", **more: Any) -> Asked:
    """An import of that file by somebody of the cast."""
    return Asked(path, more.pop("uid", uuid4()), TODAY, cast.policy(by), **more)


def tried(path: Path, cast: Cast, **more: Any) -> Report:
    """What the import would do."""
    return Import(asked(path, cast, **more), queries.handbook()).tried(now=NOW)


def accepted(path: Path, cast: Cast, **more: Any) -> Report:
    """The import done."""
    return Import(asked(path, cast, **more), queries.handbook()).accepted(now=NOW)


def wrong(report: Report) -> dict[str, list[str]]:
    """The problems of the refused rows, in Chinese, by cell."""
    found: dict[str, list[str]] = {}
    for one in report.outcomes:
        for problem in one.problems:
            found.setdefault(problem.cell, []).append(problem.text.zh)
    return found


ANY = UUID(int=7)


@pytest.fixture(autouse=True)
def rules(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.BANGFU_DATA = tmp_path / "data"
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "data/keys/master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "data/outside"
    with use_handbook(SHEETBOOK):
        yield
