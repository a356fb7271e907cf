"""支部: what is due in a branch, the text for its chat group, and who sees which."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bangfu.core.rules import Field
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from tests.cast import NOW, Cast, as_registrar, founding, post, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text

SECRETARY = "chen"


@pytest.fixture
def county(cast: Cast) -> Cast:
    """The branch of Stone Bridge has a secretary since January, and a meeting in July."""
    drafts = [
        founding("person", SECRETARY, name="陈守拙", place=uid("stone bridge")),
        founding("branch", "west branch", name="苇塘村党支部", place=uid("reed pond")),
        post("leads the branch", "branch_secretary", SECRETARY, "branch"),
    ]
    actions.record_batch(
        [actions.Entry(one, uid("registrar"), NOW) for one in map(as_registrar, drafts)],
        as_of=date(2017, 7, 31),
    )
    meeting = cast.draft(
        "branch_meeting", subject="branch", by=SECRETARY, on=date(2017, 7, 5),
        values={"type": "committee", "present": 4, "resolved": "定下本月的事。"}, name="meeting",
        participants=(("attendee", uid("secretary")),),
    )  # fmt: skip
    actions.record([meeting], by=cast.policy(SECRETARY), now=NOW)
    return cast


def announce(cast: Cast, *, on: str = "2017-08-05", **values: str) -> str:
    draft = cast.draft(
        "party_day_plan", subject="branch", by=SECRETARY, on=date(2017, 7, 30),
        values={"party_day_on": on, **values},
    )  # fmt: skip
    actions.record([draft], by=cast.policy(SECRETARY), now=NOW)
    return draft.uid


def test_the_secretary_of_one_branch_comes_to_it_at_once(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    assert f"/branches/{uid('branch')}" in links(client.get("/today"))
    assert client.get("/branches")["Location"] == f"/branches/{uid('branch')}"


def test_the_page_says_what_is_due_and_leads_to_its_form(county: Cast, browser: SignIn) -> None:
    page = browser(SECRETARY).get(f"/branches/{uid('branch')}")
    said = text(page)
    due, _, done = said.partition(" 已办 ")
    assert "党小组会每月一次" in due
    assert "支委会每月一次" in done
    assert "支委会每月一次" not in due.partition("已错过")[0]
    assert "支部会议" in said.partition("这几周记下的")[2]
    assert any(one.startswith("/record/branch_meeting?row=obligation") for one in links(page))


def test_what_is_put_down_moves_from_due_to_done(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    before = text(client.get(f"/branches/{uid('branch')}"))
    draft = county.draft(
        "party_day", subject="branch", by=SECRETARY, on=date(2017, 7, 10),
        values={"topic": "清扫村道", "present": 9},
    )  # fmt: skip
    actions.record([draft], by=county.policy(SECRETARY), now=NOW)
    after = text(client.get(f"/branches/{uid('branch')}"))
    # That of June is missed and stays so.
    assert "主题党日每月一次" in before.partition("已错过")[0]
    assert "主题党日每月一次" not in after.partition("已错过")[0]
    assert "主题党日每月一次 已办 7月 · 1 / 1 次" in after


def test_the_announced_party_day_gives_a_text_to_paste(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    assert "写一条：主题党日预告" in text(client.get(f"/branches/{uid('branch')}"))
    fact = announce(county, place="村部会议室", topic="清扫村道")
    for page in (client.get(f"/branches/{uid('branch')}"), client.get(f"/fact/{fact}")):
        pasted = re.search(
            r'<p class="paste-text"[^>]*>(.*?)</p>', page.content.decode(), re.DOTALL
        )
        assert pasted
        assert pasted[1].split("<br>") == [
            "【主题党日】石桥村党支部定于2017年8月5日开展主题党日，请各位党员准时参加。",
            "地点：村部会议室",
            "主题：清扫村道",
        ]
        assert "data-copy" in page.content.decode()


def test_what_gives_a_text_shows_it_as_soon_as_it_is_stored(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    asked = text(client.get("/record/party_day_plan"))
    assert "发出日 必填" in asked, "two days are asked for: each says which it is"
    assert "哪一天过主题党日" in asked
    assert "发生日" in text(client.get("/record/party_day"))
    form = {"uid": uid("a plan"), "occurred_on": "2017-07-30", "subject": uid("branch"),
            "v.party_day_on": "2017-08-05", "v.topic": "清扫村道"}  # fmt: skip
    answer = client.post("/record/party_day_plan", form, follow=True)
    assert answer.redirect_chain[-1][0] == f"/fact/{uid('a plan')}"
    assert "主题：清扫村道" in text(answer)
    assert "data-copy" in answer.content.decode()


def test_a_meeting_that_is_due_is_of_its_kind_already(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    page = client.get(f"/branches/{uid('branch')}")
    [way, *_more] = [one for one in links(page) if "obligation%3Aparty_group_meeting" in one]
    assert 'value="group" checked' in client.get(way).content.decode()
    assert 'value="group" checked' not in client.get("/record/branch_meeting").content.decode()


def test_the_text_is_english_for_an_english_reader(county: Cast, browser: SignIn) -> None:
    announce(county, topic="Sweeping")
    page = browser(SECRETARY, language="en").get(f"/branches/{uid('branch')}").content.decode()
    assert "holds its Party day on 5 August 2017" in page
    assert "Place:" not in page


def test_a_party_day_that_is_past_is_told_no_more(county: Cast, browser: SignIn) -> None:
    announce(county, on="2017-07-30")
    assert "paste-text" not in browser(SECRETARY).get(f"/branches/{uid('branch')}").content.decode()


def test_the_township_lists_its_branches_with_what_is_late(county: Cast, browser: SignIn) -> None:
    page = browser("officer").get("/branches")
    assert "石桥村党支部" in text(page)
    assert "苇塘村党支部" not in text(page)
    assert f"/branches/{uid('branch')}" in links(page)
    assert "/branches" in links(browser("officer").get("/township"))
    everywhere = text(browser("registrar").get("/branches"))
    assert "石桥村党支部" in everywhere
    assert "苇塘村党支部" in everywhere


def test_another_township_s_branch_is_not_there(county: Cast, browser: SignIn) -> None:
    assert browser("officer").get(f"/branches/{uid('west branch')}").status_code == 404
    assert browser("officer").get(f"/branches/{uid('stone bridge')}").status_code == 404
    assert browser(SECRETARY).get(f"/branches/{uid('west branch')}").status_code == 404


def test_an_earlier_day_shows_what_was_due_then(county: Cast, browser: SignIn) -> None:
    client = browser(SECRETARY)
    then = text(client.get(f"/branches/{uid('branch')}?as_of=2017-07-04"))
    assert "支委会每月一次" in then
    assert "支部会议 " not in then.partition("这几周记下的")[2]


def test_nothing_in_branch_life_asks_for_a_photo(cast: Cast) -> None:
    kinds = [kind for kind in queries.handbook().kinds.values() if kind.subject == "branch"]
    assert kinds
    for kind in kinds:
        assert kind.evidence in ("work", "attendance"), kind.id
        assert not [field for field in kind.fields if _pictured(field)], kind.id


def _pictured(field: Field) -> bool:
    return any(word in field.title.zh for word in ("照片", "图片", "视频"))


def test_who_was_present_is_ticked_among_the_branch_s_own(county: Cast, browser: SignIn) -> None:
    joins = post("joins", "party_member", "head", "branch")
    actions.record_batch([actions.Entry(as_registrar(joins), uid("registrar"), NOW)],
                         as_of=date(2017, 7, 31))  # fmt: skip
    client = browser(SECRETARY)
    page = client.get("/record/branch_meeting").content.decode()
    for name in ("head", SECRETARY):
        assert f'type="checkbox" name="p.attendee" value="{uid(name)}"' in page
    assert 'data-finder="p.attendee"' in page, "a guest is still searched for"
    form = {"uid": uid("a meeting"), "occurred_on": "2017-07-20", "subject": uid("branch"),
            "v.type": "members", "v.present": "2", "v.resolved": "选了代表。",
            "p.attendee": [uid("head"), uid(SECRETARY)]}  # fmt: skip
    assert client.post("/record/branch_meeting", form).status_code == 302
    said = text(client.get(f"/fact/{uid('a meeting')}"))
    assert "到会 谷大有、陈守拙" in said or "到会 陈守拙、谷大有" in said


def test_nobody_is_offered_from_a_branch_that_one_does_not_see(
    county: Cast, browser: SignIn
) -> None:
    policy = county.policy(SECRETARY)
    assert [one.uid for one in queries.holders(policy, uid("branch"))] == [uid(SECRETARY)]
    assert queries.holders(policy, uid("west")) == []
    page = browser(SECRETARY).get(f"/record/branch_meeting?subject={uid('west branch')}")
    assert 'type="checkbox" name="p.attendee"' not in page.content.decode()


def test_a_party_day_that_is_over_is_not_announced(county: Cast) -> None:
    with pytest.raises(Refused) as caught:
        announce(county, on="2017-07-29")
    assert (caught.value.code, caught.value.place) == ("not_ahead", "party_day_on")
    assert "2017-07-30" in caught.value.say("zh")
    announce(county, on="2017-07-30")
