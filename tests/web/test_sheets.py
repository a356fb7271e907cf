"""A workbook dropped on the page: read, looked at, settled, accepted or thrown away."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from bangfu.exchange.sheets import folders, staging, starting
from bangfu.records import ledger
from bangfu.records.models import Fact
from tests.cast import Cast, uid
from tests.exchange.sheetbook import Rows, workbook
from tests.web.conftest import SignIn
from tests.web.reading import text

MEASURES: Rows = [
    ["户编号", "日期", "帮扶措施", "金额(元)"],
    ["001", "2017-07-01", "产业帮扶", 1200],
    ["404", "2017-07-01", "产业帮扶", 1200],
]
PERSONS: Rows = [
    ["姓名", "证件号码", "出生日期", "行政村"],
    ["谷大有", "419900196105020299", "1961-05-02", "石桥村"],
]


def send(client: Client, path: Path, **more: str) -> HttpResponse:
    file = SimpleUploadedFile("登记表.xlsx", path.read_bytes())
    sent = client.post("/sheets", {"file": file, "day": "2017-07-20", **more})
    assert sent.status_code == 302, text(sent)
    return client.get(sent["Location"])  # type: ignore[return-value]


def act(client: Client, page: HttpResponse, action: str, **more: str) -> HttpResponse:
    address = page.request["PATH_INFO"]  # type: ignore[attr-defined]
    return client.post(address, {"action": action, **more}, follow=True)  # type: ignore[return-value]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return workbook(tmp_path / "people.xlsx", {"人员": PERSONS})


@pytest.fixture
def measures(tmp_path: Path) -> Path:
    return workbook(tmp_path / "measures.xlsx", {"措施": MEASURES})


def test_a_file_is_read_and_nothing_recorded_before_it_is_accepted(
    browser: SignIn, measures: Path
) -> None:
    client, before = browser("officer"), ledger.head()
    page = send(client, measures)
    assert "1 行是新的" in text(page) and "没有登记这个户（404）" in text(page)
    assert ledger.head() == before
    done = act(client, page, "accept")
    assert "已入账：1 条事实" in text(done)
    assert Fact.objects.filter(kind="measure").count() == 1
    again = send(client, measures)
    assert "没有要入账的内容" in text(again)


def test_refused_rows_are_a_file_and_only_their_sender_has_it(
    browser: SignIn, measures: Path
) -> None:
    client = browser("officer")
    page = send(client, measures)
    address = page.request["PATH_INFO"] + "/refused"  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    rows = list(book.worksheets[0].values)
    assert rows[0][-1] == "不通过原因" and rows[1][0] == "404" and len(rows) == 2
    for other in ("registrar", "west officer"):
        assert browser(other).get(address).status_code == 404
        assert "登记表" not in text(browser(other).get("/sheets"))
    assert "登记表" in text(client.get("/sheets"))


def test_what_is_kept_of_a_recorded_import_can_be_deleted(
    browser: SignIn, measures: Path, folder: Path
) -> None:
    client = browser("officer")
    done = act(client, send(client, measures), "accept")
    assert "删除留存的文件和明细" in text(done)
    assert done.request["PATH_INFO"] + "/refused" in done.content.decode()  # type: ignore[attr-defined]
    page = act(client, done, "throw")
    assert "已入账：1 条事实" in text(page)
    assert "删除留存的文件和明细" not in text(page) and "/refused" not in page.content.decode()
    assert {path.name for path in folder.glob("imports/*/*")} == {"key", "meta", "lock"}


def test_a_doubtful_row_is_settled_on_the_page(browser: SignIn, people: Path) -> None:
    client = browser("registrar")
    page = send(client, people)
    assert "谷大有（东乡石桥村，1961-05-02）" in text(page)
    settled = act(client, page, "choose", **{"row-0:2": uid("head")})
    assert "1 行有变化" in text(settled)
    assert "已入账：1 条事实" in text(act(client, settled, "accept"))


def test_what_is_thrown_away_leaves_nothing_behind(
    browser: SignIn, people: Path, folder: Path
) -> None:
    client, before = browser("registrar"), ledger.head()
    page = act(client, send(client, people), "throw")
    assert "没有入账任何内容" in text(page)
    assert ledger.head() == before
    kept = {path.name for path in folder.glob("imports/*/*")}
    assert kept == {"key", "meta", "lock"}


def test_nothing_of_a_file_lies_on_the_disk_in_the_clear(
    browser: SignIn, people: Path, folder: Path
) -> None:
    send(browser("registrar"), people)
    files = list(folder.glob("imports/*/*"))
    assert {"workbook", "report", "meta"} <= {path.name for path in files}
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        content = path.read_bytes()
        assert not content.startswith(b"PK")
        for word in ("谷大有", "登记表", "419900196105020299"):
            assert word.encode() not in content


def test_a_broken_file_says_why(browser: SignIn, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nothing of the kind")
    page = send(browser("officer"), tmp_path / "a.xlsx")
    assert "这不是 Excel 工作簿" in text(page)
    assert "没有收到文件" in text(browser("officer").post("/sheets"))


def test_work_that_was_interrupted_goes_on_and_records_once(
    cast: Cast, browser: SignIn, measures: Path
) -> None:
    client, by = browser("officer"), cast.policy("officer")
    page = send(client, measures)
    [one] = staging.staged(by, now=starting_now())
    # As after a kill between saying so and doing it.
    staging.begin_recording(by, one)
    stopped = client.get(page.request["PATH_INFO"])  # type: ignore[attr-defined]
    assert "处理中断" in text(stopped)
    assert "已入账：1 条事实" in text(act(client, page, "again"))
    # As after a kill between the ledger's commit and the note of it.
    ended = staging.import_of(by, one.uid)
    assert ended is not None
    facts = Fact.objects.count()
    folders.save(replace(ended, state="recording"))
    starting.go_on(by, ended, now=starting_now())
    assert Fact.objects.count() == facts


def starting_now() -> datetime:
    from bangfu.web import clock

    return clock.now()


def test_sheets_are_taken_out_empty_or_with_a_purpose(browser: SignIn) -> None:
    client = browser("officer")
    empty = client.get("/sheets/empty/measure")
    book = openpyxl.load_workbook(io.BytesIO(empty.content))
    assert "帮扶措施" in [cell.value for cell in book.worksheets[0][1]]
    assert book.worksheets[0].data_validations.dataValidation
    asked = client.post("/sheets/export/registry.household", {"uid": uid("taken")})
    assert asked.status_code == 422
    made = client.post(
        "/sheets/export/registry.household", {"uid": uid("taken"), "purpose": "meeting"}
    )
    rows = list(openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0].values)
    assert "谷大有" in str(rows) and "苗春生" not in str(rows) and "13900000002" not in str(rows)
    assert Fact.objects.filter(kind="export").count() == 1
    assert client.get("/sheets/export/reveal").status_code == 404


def test_whoever_only_helps_has_no_sheets(browser: SignIn) -> None:
    assert browser("helper").get("/sheets").status_code == 403


def test_many_rows_are_shown_a_page_at_a_time(browser: SignIn, tmp_path: Path) -> None:
    rows: Rows = [
        ["户编号", "日期", "帮扶措施"],
        *([f"X{n}", "2017-07-01", "其他"] for n in range(120)),
    ]
    client = browser("officer")
    page = send(client, workbook(tmp_path / "many.xlsx", {"措施": rows}))
    assert "第 1 至 50 行，共 120 行" in text(page) and "上一页" not in text(page)
    address = page.request["PATH_INFO"]  # type: ignore[attr-defined]
    last = client.get(f"{address}?show=refused&from=100")
    assert "第 101 至 120 行" in text(last) and "X119" in text(last) and "X99" not in text(last)
    assert "上一页" in text(last) and "下一页" not in text(last)
