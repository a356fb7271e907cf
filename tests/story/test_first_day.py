"""The first day of each of the seventeen posts: first sign-in, main job, a wrong turn, sign-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.test import Client

from bangfu.records import accounts, queries
from bangfu.records.models import Account, Fact
from bangfu.web import clock
from tests.cast import Cast, uid
from tests.story.walking import Walker

OWN_WORD = "stone-bridge-2017"


class Story(NamedTuple):
    """Whose day it is, by which post, on which page it begins; what he does; what is refused."""

    who: str
    role: str
    first: str
    job: Callable[[Walker], None]
    wrong: Callable[[Client], int]


def gets(address: str) -> Callable[[Client], int]:
    return lambda client: client.get(address).status_code


def sends(address: str, **form: str) -> Callable[[Client], int]:
    return lambda client: client.post(address, form).status_code


def stored(kind: str, who: str) -> Fact:
    return Fact.objects.filter(kind=kind, recorder__uid=uid(who)).latest("sequence")


def records(kind: str, who: str, says: str, /, **given: str) -> Callable[[Walker], None]:
    """Opens the form from the list of what may be recorded, sends it and finds it in the month."""

    def job(at: Walker) -> None:
        at.open("/record")
        at.follow("", to=f"/record/{kind}$")
        said = at.send(form=0, occurred_on="2017-07-28", **given)
        assert says in said, said
        fact = stored(kind, who)
        assert "2017年7月28日" in at.open(f"/fact/{fact.uid}")

    return job


def visit(who: str) -> Callable[[Walker], None]:
    return records("household_visit", who, "谷大有", subject=uid("household"), v__mode="door",
                   v__minutes="40")  # fmt: skip


FOREIGN_VISIT = {"uid": uid("a wrong turn"), "occurred_on": "2017-07-28", "v.mode": "door",
                 "subject": uid("west household")}  # fmt: skip


def looks_into_his_village(at: Walker) -> None:
    assert "今日应办" in at.open("/today")
    said = at.open(f"/fact/{uid('a visit')}")
    assert "谷大有" in said
    assert "入户走访" in said


def looks_who_is_late(at: Walker) -> None:
    at.open("/township?month=2017-06")
    at.follow("石桥村", to="village=")
    assert "云淑兰" in at.words
    at.open("/township/rows?month=2017-06&state=overdue")
    at.follow("谷大有", to="/trace/obligation:")
    assert "逾期" in at.words


def goes_from_the_map_to_a_figure(at: Walker) -> None:
    assert "示意图" in at.open("/county?month=2017-06")
    at.follow("东乡", to="/township")
    at.open("/figures")
    at.follow("第一书记入户走访", to="/trace/figure:visits")
    assert "怎么来的" in at.words or "这个数字" in at.words


def pushes_a_notice(at: Walker) -> None:
    at.open("/record")
    at.follow("", to="/record/must_know_notice$")
    at.send(occurred_on="2017-07-28", subject=uid("county"), v__title="医保缴费",
            v__text="年底前缴清。")  # fmt: skip
    assert "医保缴费" in at.open(f"/fact/{stored('must_know_notice', 'organiser').uid}")


def enters_anothers_paper(at: Walker) -> None:
    at.open("/desk")
    at.follow("代录一摞纸质材料")
    at.follow("入户走访")
    at.send(occurred_on="2017-07-12", subject=uid("second household"), v__mode="door",
            performed_by=uid("helper"), next="1")  # fmt: skip
    assert stored("household_visit", "officer").performer.uid == uid("helper")  # type: ignore[union-attr]


def registers_a_person(at: Walker) -> None:
    at.open("/desk")
    at.follow("登记人员")
    at.send(occurred_on="2017-07-20", v__name="任有望", v__place=uid("reed pond"))
    assert "任有望" in at.words


def finds_what_is_empty(at: Walker) -> None:
    at.open("/township/rows?month=2017-06&state=overdue")
    at.follow("谷大有", to="/trace/obligation:")
    assert "配备" in at.open("/staffing")


def reads_the_trail(at: Walker) -> None:
    assert "序号" in at.open(f"/fact/{uid('a visit')}")
    at.open("/audit")
    at.open("/audit/amended")
    assert "账号日志" in at.open("/desk/accounts/log")


def opens_an_account(at: Walker) -> None:
    at.open("/desk/accounts?state=none")
    assert "佘万里" in at.send(person=uid("outsider"), action="open")
    assert Account.objects.get(person__uid=uid("outsider")).must_change


def gives_a_new_password(at: Walker) -> None:
    before = Account.objects.get(username="visitor").password
    at.open("/desk/accounts?state=open")
    assert "佘万里" in at.send(person=uid("outsider"), action="reset")
    assert Account.objects.get(username="visitor").password != before
    assert "visitor 发了临时密码 me" in at.open("/desk/accounts/log")


STORIES = (
    Story("helper", "helper", "/today", visit("helper"),
          sends("/record/household_visit", **FOREIGN_VISIT)),
    Story("secretary", "first_secretary", "/today", visit("secretary"), gets("/desk")),
    Story("branch secretary", "branch_secretary", "/today",
          records("branch_meeting", "branch secretary", "石桥村党支部", subject=uid("branch"),
                  v__type="members", v__topic="学习", v__present="9", v__members="10",
                  v__expected="10", v__minutes_text="学了党章", v__summary="学了党章"),
          gets(f"/branches/{uid('reed pond')}")),
    Story("group head", "group_head", "/today",
          records("group_meeting", "group head", "石桥村", subject=uid("stone bridge"),
                  v__present="5", v__resolved="分头再走一遍"), gets("/county")),
    Story("group member", "group_member", "/today", visit("group member"),
          sends("/record/group_meeting", **FOREIGN_VISIT)),
    Story("village lead", "village_lead", "/today", visit("village lead"),
          sends("/record/household_visit", **FOREIGN_VISIT)),
    Story("county lead", "county_lead", "/today", looks_into_his_village, gets("/township")),
    Story("builder", "project_lead", "/today",
          records("venue_finished", "builder", "石桥村活动场所", subject=uid("venue"),
                  v__accepted_by="乡镇验收组"), gets(f"/fact/{uid('a visit')}")),
    Story("officer", "township_officer", "/township", enters_anothers_paper,
          gets(f"/desk/of/{uid('west household')}")),
    Story("town secretary", "township_secretary", "/township", looks_who_is_late,
          gets(f"/township?town={uid('west')}&village={uid('reed pond')}")),
    Story("leader", "county_leader", "/county", goes_from_the_map_to_a_figure, gets("/desk")),
    Story("organiser", "organisation_officer", "/county", pushes_a_notice, gets("/audit")),
    Story("registrar", "registrar", "/county", registers_a_person, gets("/desk/accounts/log")),
    Story("inspector", "supervisor", "/county", finds_what_is_empty, gets("/desk")),
    Story("auditor", "auditor", "/county", reads_the_trail, gets(f"/fact/{uid('a visit')}/void")),
    Story("system", "system_admin", "/desk/accounts", opens_an_account,
          gets(f"/fact/{uid('a visit')}")),
    Story("security", "security_admin", "/desk/accounts", gives_a_new_password,
          gets(f"/desk/of/{uid('household')}")),
)  # fmt: skip


def test_there_is_a_story_for_every_post_that_has_pages() -> None:
    roles = queries.handbook().roles.values()
    assert {story.role for story in STORIES} == {role.id for role in roles if role.page != "none"}
    assert len(STORIES) == 17


def first_password(story: Story, cast: Cast) -> str:
    """The account that an administrator opens, with the password that is told once."""
    by = cast.policy("system" if story.who != "system" else "registrar")
    opened = accounts.open_accounts({uid(story.who): "me"}, by=by, now=clock.now())
    if story.who == "security":
        accounts.open_accounts({uid("outsider"): "visitor"}, by=by, now=clock.now())
    return opened[0].password


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.role)
def test_the_first_day_of_a_post(story: Story, cast: Cast) -> None:
    told = first_password(story, cast)
    at = Walker(Client(headers={"accept-language": "zh-hans"}))
    assert at.address.startswith("/sign-in")
    at.send(username="me", password=told)
    assert at.address == "/account", "a password that others know is changed first"
    at.send(old=told, new=OWN_WORD, again=OWN_WORD)
    at.open("/")
    assert at.address == story.first
    story.job(at)
    before = Fact.objects.count()
    assert story.wrong(at.client) in (403, 404, 422)
    assert Fact.objects.count() == before
    at.client.post("/sign-out")
    at.open(story.first)
    assert at.address.startswith("/sign-in")
