"""The page of a fact, its correction, its withdrawal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from bangfu.core.facts import Fact, Value
from bangfu.records import actions, queries
from bangfu.records.models import Fact as Row
from bangfu.web.shown import value_lines
from tests.cast import NOW, TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import text


@pytest.fixture
def visit(cast: Cast) -> Fact:
    values: dict[str, Value] = {
        "mode": "door",
        "minutes": 30,
        "need": "想学修车",
        "water_trouble": False,
    }
    return actions.record([cast.draft(values=values)], by=cast.policy("helper"), now=NOW)[0]


def correction(**changed: object) -> dict[str, object]:
    form = {"uid": uid("correction"), "occurred_on": "2017-07-20", "subject": uid("household"),
            "performed_by": uid("helper"), "v.mode": "door", "v.minutes": "45",
            "reason": "时长记错了"}  # fmt: skip
    return {**form, **changed}


def test_the_page_says_what_who_and_when(visit: Fact, browser: SignIn) -> None:
    page = text(browser("helper").get(f"/fact/{visit.uid}"))
    for words in ("入户走访", "谷大有", "2017年7月20日 周四", "方式 上门", "时长 30 分钟",
                  "诉求和情况 想学修车", "饮水出现安全问题 否", "办理人 云淑兰", "记录人 云淑兰",
                  "记录时刻 2017年7月31日 18:00"):  # fmt: skip
        assert words in page


def test_a_households_troubles_lie_sealed_in_the_ledger(visit: Fact) -> None:
    kept = Row.objects.get(uid=visit.uid).values
    assert "minutes" in kept
    assert "trouble" not in kept
    kind = queries.handbook().kinds["household_visit"]
    troubles = [item for item in kind.fields if item.id.endswith("_trouble")]
    assert len(troubles) == 4
    assert all(item.personal for item in troubles)


def test_the_ledgers_number_and_hash_are_for_auditors(visit: Fact, browser: SignIn) -> None:
    page = f"/fact/{visit.uid}"
    assert "校验值" in text(browser("auditor").get(page))
    for who in ("helper", "officer", "registrar"):
        assert "校验值" not in text(browser(who).get(page))


def test_a_correction_replaces_it_and_every_page_agrees(visit: Fact, browser: SignIn) -> None:
    client = browser("helper")
    form = client.get(f"/fact/{visit.uid}/correct").content.decode()
    assert "对象选错了？" in form, "whom it is about stands fixed: it is said what to do instead"
    assert f'href="/fact/{visit.uid}/void"' in form
    assert 'name="v.minutes" value="30"' in form
    assert "想学修车" in form
    response = client.post(f"/fact/{visit.uid}/correct", correction(), follow=True)
    page = text(response)
    assert "时长 45 分钟" in page
    assert "时长：30 分钟 → 45 分钟" in page
    assert "时长记错了" in page
    before = text(client.get(f"/fact/{visit.uid}"))
    assert "已更正：以后来的一条为准" in before
    assert "更正经过" in before
    assert "45 分钟" in before
    assert client.get(f"/fact/{visit.uid}/correct")["Location"] == f"/fact/{visit.uid}"


def test_a_second_correction_of_the_first_is_a_conflict(visit: Fact, browser: SignIn) -> None:
    client = browser("helper")
    client.post(f"/fact/{visit.uid}/correct", correction())
    page = f"/fact/{visit.uid}/correct"
    assert client.post(page, correction()).status_code == 302
    again = client.post(page, correction(uid=uid("another")))
    assert again.status_code == 409
    assert f"/fact/{uid('correction')}" in again.content.decode()


def test_a_withdrawal_needs_its_reason(visit: Fact, browser: SignIn) -> None:
    client = browser("helper")
    refused = client.post(f"/fact/{visit.uid}/void", {"uid": uid("withdrawal"), "reason": " "})
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)


def test_a_withdrawal_puts_the_duty_back_on_the_list(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    visit = actions.record([cast.draft(on=TODAY)], by=cast.policy("helper"), now=NOW)[0]
    done = text(client.get("/today"))
    page = client.post(
        f"/fact/{visit.uid}/void", {"uid": uid("withdrawal"), "reason": "记错了户"}, follow=True
    )
    assert "已作废：这一条不再计数" in text(page)
    assert "记错了户" in text(page)
    assert "每月走访帮扶户" not in done.partition("已错过")[0]
    assert "每月走访帮扶户" in text(client.get("/today")).partition("已错过")[0]
    assert client.get(f"/fact/{visit.uid}/void")["Location"] == f"/fact/{visit.uid}"
    withdrawal = text(client.get(f"/fact/{uid('withdrawal')}"))
    assert "这一条用来作废前面的一条" in withdrawal


def test_sent_twice_a_withdrawal_is_one(visit: Fact, browser: SignIn) -> None:
    client = browser("helper")
    form = {"uid": uid("withdrawal"), "reason": "记错了户"}
    assert client.post(f"/fact/{visit.uid}/void", form).status_code == 302
    assert client.post(f"/fact/{visit.uid}/void", form).status_code == 302
    assert len(queries.history(Cast().policy("helper"), visit.uid)) == 2


def test_who_may_not_amend_is_not_offered_it(visit: Fact, browser: SignIn) -> None:
    page = f"/fact/{visit.uid}"
    assert f"{page}/void" in browser("officer").get(page).content.decode()
    assert f"{page}/void" not in browser("auditor").get(page).content.decode()
    assert browser("secretary").get(f"{page}/void").status_code == 404
    assert browser("secretary").post(f"{page}/void", {"reason": "x"}).status_code == 404


def test_what_is_erased_reads_so(visit: Fact) -> None:
    kind = queries.handbook().kinds["household_visit"]
    erased = replace(visit, values={"mode": "door"}, erased=1)
    with translation.override("zh-hans"):
        lines = {line.label: line for line in value_lines(kind, erased, {})}
        assert lines["诉求和情况"].value == "已删除"
        assert lines["诉求和情况"].mood == "erased"
        assert "诉求和情况" not in {
            line.label for line in value_lines(kind, replace(erased, erased=0), {})
        }
