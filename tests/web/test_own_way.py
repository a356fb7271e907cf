"""A household's own way in: the card's code, no account; a receipt, a clock, consent."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.test import Client

from bangfu.core.periods import Period
from bangfu.core.text import Refused
from bangfu.records import actions, own_way, queries
from bangfu.records.models import Fact
from bangfu.records.verify import verify
from bangfu.web import clock
from bangfu.web.views.households import drawn
from tests.cast import TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text

HOME = uid("household")


@pytest.fixture
def anybody(cast: Cast) -> Client:
    """A browser of somebody who has not signed in."""
    return Client(headers={"accept-language": "zh-hans"})


def address(household: str = HOME) -> str:
    return f"/own/{household}/{own_way.code_of(household)}"


def report(**values: str) -> dict[str, str]:
    given = {"what": "report", "uid": str(uuid.uuid4()), "v.about": "trouble",
             "v.text": "屋顶漏雨，要人来看", "v.phone": "13711112222"}  # fmt: skip
    return {**given, **values}


def test_the_card_opens_the_household_s_own_page(anybody: Client) -> None:
    page = text(anybody.get(address()))
    assert "谷**" in page
    assert "谷大有" not in page, "a card may be found in the street"
    assert "云淑兰" in page
    assert "帮扶责任人" in page


def test_a_wrong_code_opens_nothing_and_is_counted(anybody: Client) -> None:
    for _ in range(10):
        assert anybody.get(f"/own/{HOME}/{'0' * 26}").status_code == 404
    codes = [anybody.get(f"/own/{HOME}/{'0' * 26}").status_code for _ in range(3)]
    assert 429 in codes
    assert anybody.get(f"/own/{uid('nothing')}/{'0' * 26}").status_code in (404, 429)
    other = own_way.code_of(uid("second household"))
    assert anybody.get(f"/own/{HOME}/{other}").status_code in (404, 429)
    assert anybody.get(address()).status_code == 200, "who has the card is not shut out"


def test_a_trouble_gets_a_receipt_and_a_clock(cast: Cast, anybody: Client, browser: SignIn) -> None:
    page = text(anybody.post(address(), report(), follow=True))
    fact = Fact.objects.get(kind="own_report")
    assert f"回执号 {fact.uid[:8].upper()}" in page
    assert "还没有答复" in page
    assert (fact.performer_id, fact.recorder_id) == (cast.number("head"), cast.number("head"))
    assert "漏雨" not in fact.values, "it is sealed"
    assert "13711112222" not in fact.values
    assert "答复农户反映" in text(browser("helper").get("/today")), "somebody has it on a list"
    file = text(browser("helper").get(f"/household/{HOME}"))
    assert "农户反映" in file
    answer = cast.draft(
        "own_report_answer", on=TODAY,
        values={"report": fact.uid, "result": "solved", "text": "明天派人修"},
    )  # fmt: skip
    actions.record([answer], by=cast.policy("helper"), now=clock.now())
    assert "明天派人修" in text(anybody.get(address()))
    assert verify().ok, verify().text


def test_what_is_missing_is_said(anybody: Client) -> None:
    answer = anybody.post(address(), report(**{"v.text": ""}))
    assert answer.status_code == 422
    assert "没有填写" in text(answer)
    assert not Fact.objects.filter(kind="own_report").exists()


def test_sent_twice_it_is_one_report(anybody: Client) -> None:
    sent = report()
    for _ in range(2):
        anybody.post(address(), sent)
    assert Fact.objects.filter(kind="own_report").count() == 1


def test_other_words_from_a_form_sent_before_are_kept_and_said(anybody: Client) -> None:
    sent = report()
    anybody.post(address(), sent)
    other = anybody.post(address(), {**sent, "v.text": "井水发黄，已有三天"})
    page = other.content.decode()
    assert other.status_code == 422
    assert "再点一次" in page
    assert "井水发黄，已有三天" in page
    assert str(sent["uid"]) not in page, "the form has a uid of its own now"


def test_it_is_no_place_to_be_flooded(anybody: Client) -> None:
    for _ in range(own_way.MOST_A_DAY):
        assert anybody.post(address(), report()).status_code == 302
    answer = anybody.post(address(), report())
    assert answer.status_code == 422
    assert "一天最多提交6次" in text(answer)
    assert Fact.objects.filter(kind="own_report").count() == own_way.MOST_A_DAY


def test_consent_is_given_and_withdrawn(cast: Cast, anybody: Client, browser: SignIn) -> None:
    assert "还没有表示" in text(anybody.get(address()))
    anybody.post(address(), {"what": "consent", "given": "true", "uid": str(uuid.uuid4())})
    assert "已授权" in text(anybody.get(address()))
    anybody.post(address(), {"what": "consent", "given": "false", "uid": str(uuid.uuid4())})
    assert "已撤回授权" in text(anybody.get(address()))
    assert "已撤回：不得再核对其信息" in text(browser("officer").get(f"/household/{HOME}"))
    newest = own_way.consent(cast.policy("officer"), cast.number("household"))
    assert newest is not None
    assert newest.values["given"] is False


def test_a_new_card_closes_the_old_one(cast: Cast, anybody: Client) -> None:
    old = address()
    renewed = cast.draft("card_renewed", on=TODAY, values={"reason": "卡片丢失"}, by="officer")
    actions.record([renewed], by=cast.policy("officer"), now=clock.now())
    assert anybody.get(old).status_code == 404
    assert anybody.get(address()).status_code == 200
    actions.void(uid=renewed.uid, reason="没有丢", by=cast.policy("officer"), now=clock.now())
    assert anybody.get(old).status_code == 404, "a lost card stays closed"
    assert anybody.get(address()).status_code == 200


def test_a_paper_slip_says_the_same(cast: Cast, anybody: Client) -> None:
    slip = cast.draft("own_report", by="officer", on=date(2017, 7, 28),
                      values={"about": "objection", "text": "对公示有意见"})  # fmt: skip
    actions.record([slip], by=cast.policy("officer"), now=clock.now())
    page = text(anybody.get(address()))
    assert "对公示有异议" in page
    assert "对公示有意见" not in page, "what was told is not shown to whoever has the card"


def test_the_card_prints_the_code(cast: Cast, browser: SignIn) -> None:
    assert "<svg" in browser("helper").get(f"/household/{HOME}/card").content.decode()
    assert queries.household_file(cast.policy("helper"), HOME) is not None


def test_a_household_says_nothing_about_another(cast: Cast, anybody: Client) -> None:
    home = own_way.come_in(HOME, own_way.code_of(HOME), as_of=TODAY)
    assert home is not None
    draft = cast.draft("own_report", subject="second household", by="head",
                       values={"about": "trouble", "text": "x"})  # fmt: skip
    with pytest.raises(Refused):
        actions.record([draft], by=home.policy, now=clock.now())
    visit = cast.draft("household_visit", by="head")
    with pytest.raises(Refused):
        actions.record([visit], by=home.policy, now=clock.now())


def test_who_has_signed_in_may_scan_a_card_too(cast: Cast, browser: SignIn) -> None:
    for who in ("outsider", "officer", "registrar"):
        answer = browser(who).get(address())
        assert answer.status_code == 200, who
        assert "谷**" in text(answer)
        assert browser(who).post(address(), report()).status_code == 302


def test_slips_for_letters_carry_each_household_s_own_code(browser: SignIn) -> None:
    client = browser("officer")
    page = client.get(f"/households/slips?in={uid('stone bridge')}")
    assert text(page).count("手机扫码") == 2
    assert "谷大有" in text(page) and "田有余" in text(page) and "苗春生" not in text(page)
    one = client.get(f"/households/slips?of={HOME}")
    assert text(one).count("手机扫码") == 1
    assert str(drawn(f"http://testserver{address()}")) in one.content.decode()
    assert f"/households/slips?of={HOME}" in links(client.get(f"/household/{HOME}"))
    west = uid("west household")
    assert client.get(f"/households/slips?of={west}").status_code == 404
    assert client.get(f"/households/slips?in={uid('reed pond')}").status_code in (200, 404)
    assert "苗春生" not in text(client.get(f"/households/slips?in={uid('reed pond')}"))


def test_a_report_is_due_by_the_deadline_of_the_handbook(anybody: Client, cast: Cast) -> None:
    anybody.post(address(), report())
    home = own_way.come_in(HOME, own_way.code_of(HOME), as_of=TODAY)
    assert home is not None
    [(said, _answer)] = own_way.said(home)
    assert own_way.due(home, said) == date(2017, 8, 7), "five working days after a Monday"
    owed = queries.owed(
        cast.policy("officer"), as_of=TODAY, within=Period(TODAY, date(2017, 8, 1)),
        rules=["own_report_deadline"],
    )  # fmt: skip
    assert [row.due for row in owed.rows()] == [date(2017, 8, 7)], "as the helper's own list says"
