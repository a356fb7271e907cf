"""The page of an import says what a department's list changed; the page of leads lists them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bangfu.records import actions
from bangfu.records.handbooks import handbook, use_handbook
from tests.cast import NOW, Cast, uid
from tests.exchange.sheetbook import Rows, workbook
from tests.web.conftest import SignIn
from tests.web.reading import links, text
from tests.web.test_sheets import act, send

HOUSES: Rows = [
    ["户主姓名", "户主证件号码", "鉴定等级"],
    ["谷大有", "41990019610502001X", "D级"],
    ["别处人", "419900196502030023", "C级"],
]


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    return workbook(tmp_path / "houses.xlsx", {"危房": HOUSES})


def test_the_page_tells_leads_and_every_doubt_with_who_can_mend_it(
    cast: Cast, browser: SignIn, houses: Path
) -> None:
    profile = cast.draft(
        "household_profile", by="officer", on=date(2017, 7, 2), values={"size": 1}
    )  # fmt: skip
    actions.record([profile], by=cast.policy("officer"), now=NOW)
    rules = handbook()
    check = rules.checks["listed_house"]
    terms = (replace(check.terms[0], start=date(2014, 1, 1)),)
    lead = replace(check, terms=terms, proposes=replace(check.proposes, fact="household_visit"))  # type: ignore[type-var]
    with use_handbook(replace(rules, checks={**rules.checks, check.id: lead})):
        client = browser("officer")
        page = send(client, houses)
        assert "本台账没有 1" in text(page)
        assert "这次导入带来的变化" not in text(page), "nothing is recorded yet"
        done = act(client, page, "accept")
        said = text(done)
        assert "1 建议的线索 0 消除的疑点 1 新增的疑点" in said
        assert "住房鉴定为 C、D 级 · 住房鉴定为 （不显示）" in said, "what is personal is not said"
        assert "云淑兰 · 帮扶责任人" in said and "档案里是安全住房" in said
        assert f"/doubts/of/{uid('household')}" in links(done)
        listed = browser("helper").get("/income")
        assert "住房鉴定为 C、D 级" in text(listed)
        [form] = [one for one in links(listed) if one.startswith("/record/household_visit?")]
        assert "v.source=department" in form and "housing" not in form
        assert "住房鉴定" not in text(browser("outsider").get("/income"))
