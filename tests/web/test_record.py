"""The form that follows from a fact kind, and what becomes of what is sent."""

from __future__ import annotations

import json

from django.test import Client

from bangfu.core.facts import Fact
from bangfu.core.periods import Period, period_of
from bangfu.records import actions, queries
from bangfu.records.access import FOUNDER
from tests.cast import NOW, TODAY, Cast, post, uid
from tests.web.conftest import SignIn
from tests.web.reading import text, value_of

VISIT = "/record/household_visit"


def sent(**changed: object) -> dict[str, object]:
    """A visit as the form sends it."""
    form: dict[str, object] = {
        "uid": uid("a visit"),
        "occurred_on": "2017-07-30",
        "subject": [uid("household")],
        "v.mode": "door",
        "v.minutes": "40",
        "v.need": "院里的路想修一修",
    }
    return {**form, **changed}


def stored(cast: Cast, who: str = "helper", month: Period | None = None) -> list[Fact]:
    return queries.own_facts(cast.policy(who), month or period_of(TODAY, "month"))


def test_the_list_has_what_the_posts_may_record(browser: SignIn) -> None:
    helper, officer = (text(browser(who).get("/record")) for who in ("helper", "officer"))
    assert "入户走访" in helper
    assert "主题党日提醒" not in helper
    assert "主题党日提醒" in officer
    assert "登记人员" not in officer


def test_the_form_asks_what_the_kind_asks(browser: SignIn) -> None:
    page = text(browser("helper").get(VISIT))
    for words in ("方式 必填", "上门 电话 视频", "时长", "分钟", "收入变化",
                  "这一户的话，封存保存。", "住房出现安全问题", "同行", "今天 昨天"):  # fmt: skip
        assert words in page


def test_the_form_speaks_english_too(browser: SignIn) -> None:
    page = text(browser("helper", "en").get(VISIT))
    for words in ("How required", "At their home", "Duration", "minutes", "Change of income",
                  "Their own words; kept sealed.", "Companion", "Today Yesterday"):  # fmt: skip
        assert words in page


def test_what_is_sent_becomes_a_fact_and_the_list_says_so(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    response = client.post(VISIT, sent(), follow=True)
    assert response.redirect_chain[-1][0] == "/today"
    page = text(response)
    assert "已保存：入户走访，谷大有，7月30日。" in page
    assert "更正" in page
    assert "作废" in page
    fact = stored(cast)[0]
    assert fact.values == {"mode": "door", "minutes": 40, "need": "院里的路想修一修"}
    assert fact.performed_by == fact.recorded_by == uid("helper")


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_stored(
    cast: Cast, browser: SignIn
) -> None:
    form = sent(**{"occurred_on": "", "v.mode": "", "v.minutes": "9999", "subject": []})
    response = browser("helper").post(VISIT, form)
    page = text(response)
    assert response.status_code == 422
    assert "请填发生的日期" in page
    assert "请选对象" in page
    assert page.index("“方式”没有填写") < page.index("事由") < page.index("“时长”不能大于 600")
    assert "院里的路想修一修" in page
    assert not stored(cast)


def test_a_day_that_has_not_come_is_refused_at_the_day(cast: Cast, browser: SignIn) -> None:
    response = browser("helper").post(VISIT, sent(occurred_on="2017-08-01"))
    assert response.status_code == 422
    assert "2017-08-01 还没有到" in text(response)
    english = browser("helper", "en").post(VISIT, sent(occurred_on="2017-08-01"))
    assert "2017-08-01 has not come yet" in text(english)


def test_a_day_ahead_and_a_wrong_value_are_told_together(cast: Cast, browser: SignIn) -> None:
    form = sent(**{"occurred_on": "2017-08-01", "v.minutes": "9999"})
    page = text(browser("helper").post(VISIT, form))
    assert "2017-08-01 还没有到" in page
    assert "“时长”不能大于 600" in page


def test_sent_twice_it_is_stored_once(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    client.post(VISIT, sent())
    client.post(VISIT, sent())
    assert len(stored(cast)) == 1


def test_the_same_number_with_other_words_is_a_conflict(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    client.post(VISIT, sent())
    page = client.post(VISIT, sent(**{"v.minutes": "50"}))
    assert page.status_code == 409
    assert "编号已用于另一条" in text(page)
    script = client.post(VISIT, sent(**{"v.minutes": "50"}), headers={"x-draft": uid("a visit")})
    assert script.status_code == 409
    assert json.loads(script.content)["stored"] == f"/fact/{uid('a visit')}"
    assert [fact.values["minutes"] for fact in stored(cast)] == [40]


def test_a_number_that_is_taken_elsewhere_loses_nothing(cast: Cast, browser: SignIn) -> None:
    theirs = cast.draft(name="west visit", subject="west household", by="outsider")
    actions.record([theirs], by=cast.policy("outsider"), now=NOW)
    client = browser("helper")
    page = client.post(VISIT, sent(uid=uid("west visit")))
    assert page.status_code == 422
    assert "请换一个新的编号再送" in text(page)
    fresh = value_of(page, "uid")
    assert fresh != uid("west visit")
    assert 'name="v.minutes" value="40"' in page.content.decode(), "what was typed is still there"
    assert client.post(VISIT, sent(uid=fresh)).status_code == 302
    script = client.post(VISIT, sent(uid=uid("west visit")), headers={"x-draft": "x"})
    assert script.status_code == 409, "it waits in the tray, to be sent under a new number"
    assert json.loads(script.content)["stored"] == ""


def test_a_village_says_which_notice_it_read_out(cast: Cast, browser: SignIn) -> None:
    organises = post("organises", "organisation_officer", "registrar", "county")
    notice = cast.draft(
        "must_know_notice", name="notice", subject="county", by="registrar",
        values={"title": "医保缴费", "text": "年底前缴清。"},
    )  # fmt: skip
    actions.record_batch([actions.Entry(organises, FOUNDER, NOW, founder=True)], as_of=TODAY)
    actions.record([notice], by=cast.policy("registrar"), now=NOW)
    client = browser("secretary")
    page = client.get("/record/notice_read_out").content.decode()
    assert f'type="radio" name="v.notice" value="{uid("notice")}"' in page
    assert "医保缴费" in page
    form = {"uid": uid("read out"), "occurred_on": "2017-07-30", "subject": uid("stone bridge"),
            "v.notice": uid("notice"), "v.how": "meeting"}  # fmt: skip
    again = client.post("/record/notice_read_out", form | {"v.households": "0"})
    assert "checked" in again.content.decode().split(f'value="{uid("notice")}"')[1][:80]
    assert client.post("/record/notice_read_out", form).status_code == 302
    assert "医保缴费" in text(client.get(f"/fact/{uid('read out')}"))
    found = client.get("/find/notice_read_out", {"field": "notice", "q": "医保"})
    assert uid("notice") in found.content.decode()


def test_a_script_is_told_where_to_go_and_a_lost_session_is_not_mistaken_for_success(
    browser: SignIn,
) -> None:
    answer = browser("helper").post(VISIT, sent(), headers={"x-draft": uid("a visit")})
    assert json.loads(answer.content) == {"go": "/today", "stored": [uid("a visit")]}
    assert Client().post(VISIT, sent(), headers={"x-draft": "x"}).status_code == 401


def test_one_visit_to_several_households_is_a_fact_for_each(cast: Cast, browser: SignIn) -> None:
    both = [uid("household"), uid("second household")]
    client = browser("helper")
    response = client.post(VISIT, sent(subject=both), follow=True)
    assert "2 个对象" in text(response)
    client.post(VISIT, sent(subject=both))
    facts = stored(cast)
    assert [fact.subject for fact in facts] == both
    assert len({fact.uid for fact in facts}) == 2


def test_all_or_none_of_several_is_stored(cast: Cast, browser: SignIn) -> None:
    mine_and_foreign = [uid("household"), uid("west household")]
    response = browser("helper").post(VISIT, sent(subject=mine_and_foreign))
    assert response.status_code == 422
    assert "不在您的职责范围内" in text(response)
    assert not stored(cast)


def test_a_round_of_contacts_is_one_sheet(cast: Cast, browser: SignIn) -> None:
    both = [uid("household"), uid("second household")]
    form = {"uid": uid("round"), "occurred_on": "2017-07-30", "subject": both, "v.channel": "met"}
    browser("helper").post("/record/household_contact", form)
    fact = stored(cast)[0]
    assert (fact.subject, *fact.more_subjects) == tuple(both)


def test_as_last_time_offers_what_is_not_personal(browser: SignIn) -> None:
    client = browser("helper")
    assert "同上次" not in text(client.get(VISIT))
    client.post(VISIT, sent())
    page = client.get(VISIT).content.decode()
    assert "同上次" in page
    assert "minutes" in page
    assert "院里的路" not in page


def test_a_township_enters_what_a_helper_did(cast: Cast, browser: SignIn) -> None:
    client = browser("officer")
    form = client.get(f"{VISIT}?subject={uid('household')}").content.decode()
    assert f'name="performed_by" value="{uid("helper")}"' in form
    client.post(VISIT, sent(performed_by=uid("helper")))
    fact = stored(cast)[0]
    assert (fact.performed_by, fact.recorded_by) == (uid("helper"), uid("officer"))


def test_who_did_it_is_asked_where_it_cannot_have_been_the_one_who_enters_it(
    browser: SignIn,
) -> None:
    response = browser("officer").post(VISIT, sent())
    assert response.status_code == 422
    assert "不是谷大有的" in text(response)


def test_searching_finds_by_name_whom_one_may_know(browser: SignIn) -> None:
    find = "/find/household_visit"
    assert "谷大有" in text(browser("officer").get(find, {"for": "subject", "q": "谷"}))
    assert "苗春生" not in text(browser("officer").get(find, {"for": "subject", "q": "苗"}))
    assert "没有找到" in text(browser("officer").get(find, {"for": "companion", "q": "没有此人"}))
    assert browser("officer").get(find, {"for": "nonsense", "q": "谷"}).status_code == 404


def test_for_a_week_that_is_over_the_form_says_which_days_would_count(browser: SignIn) -> None:
    row = f"obligation:daily_contact:{uid('household')}:2017-07-24"
    page = browser("helper").get("/record/household_contact", {"row": row})
    assert "7月24日至30日" in text(page)
    assert "或改记： 入户走访" in text(page)


def test_an_unknown_kind_or_one_of_other_posts_is_not_there(browser: SignIn) -> None:
    for kind in ("nonsense", "party_day_reminder", "void", "feedback"):
        assert browser("helper").get(f"/record/{kind}").status_code == 404


def test_the_form_carries_a_number_from_the_start(browser: SignIn) -> None:
    client = browser("helper")
    first, second = (value_of(client.get(VISIT), "uid") for _ in range(2))
    assert first != second


def test_it_is_said_that_one_text_goes_with_each(cast: Cast, browser: SignIn) -> None:
    said = "选多个时，下面填的内容每个对象各存一份"
    assert said in text(browser("helper").get(VISIT))
    assert said not in text(browser("officer").get("/record/branch_meeting"))


def test_the_same_visit_a_second_time_is_stored_and_said(browser: SignIn) -> None:
    client = browser("helper")
    assert "同一天已记过" not in text(client.post(VISIT, sent(), follow=True))
    again = client.post(VISIT, sent(uid=uid("the same again")), follow=True)
    said = text(again)
    assert "同一天已记过：谷大有" in said
    assert f'href="/fact/{uid("a visit")}/void"' in again.content.decode()
    other = sent(uid=uid("the day before"), occurred_on="2017-07-29")
    assert "同一天已记过" not in text(client.post(VISIT, other, follow=True))
