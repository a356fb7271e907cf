"""The registry's desk: find, open, enter, undo; handing posts over; a pile of paper for others."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from bangfu.core.facts import Draft
from bangfu.records import actions, queries
from bangfu.records.models import Assignment, Fact, Subject
from bangfu.web import clock
from tests.cast import BEGIN, NOW, TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text, value_of

LATER = NOW + timedelta(hours=1)


def sends(client: Client, address: str, name: str, **values: str | list[str]) -> HttpResponse:
    sent = {"uid": uid(name), "occurred_on": "2017-07-03"}
    data = {key.replace("__", "."): value for key, value in values.items()}
    return client.post(address, {**sent, **data})  # type: ignore[return-value]


def about(subject: str, kind: str, query: str = "") -> str:
    return f"/desk/of/{uid(subject)}/registry.{kind}{query}"


def test_the_desk_leads_to_what_is_looked_for(browser: SignIn) -> None:
    client = browser("officer")
    assert "/desk/new/registry.household" in links(client.get("/desk"))
    page = client.get("/desk/find?type=household")
    assert "谷大有" in text(page)
    assert "苗春生" not in text(page), "another township's"
    found = client.get("/desk/find?q=谷大有&type=household")
    assert found["Location"] == f"/desk/of/{uid('household')}", "one match opens itself"
    assert "没有找到" in text(client.get("/desk/find?q=苗春生"))
    assert client.get(f"/desk/find?in={uid('west')}").status_code == 404
    assert client.get(f"/desk/find?in={uid('nowhere')}").status_code == 404


def test_a_households_page_says_what_it_is_who_answers_and_what_happened(
    cast: Cast, browser: SignIn
) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    page = text(browser("officer").get(f"/desk/of/{uid('household')}"))
    for words in ("谷大有", "石桥村", "村东头", "139****0002", "建档立卡贫困户", "云淑兰",
                  "帮扶责任人", "户主", "入户走访"):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("who", ["west household", "nothing"])
def test_a_foreign_subject_is_not_there(who: str, browser: SignIn) -> None:
    client = browser("officer")
    assert client.get(f"/desk/of/{uid(who)}").status_code == 404
    assert client.get(about(who, "status")).status_code == 404


def test_a_household_is_registered_corrected_and_withdrawn(browser: SignIn) -> None:
    client = browser("officer")
    new = "/desk/new/registry.household"
    assert uid("stone bridge") in client.get(f"{new}?in={uid('stone bridge')}").content.decode()
    done = sends(client, new, "new home", v__name="新来户", v__place=uid("stone bridge"),
                 v__phone="13912345678")  # fmt: skip
    assert done["Location"] == f"/desk/of/{uid('new home')}"
    page = client.get(done["Location"])
    assert "新来户" in text(page)
    assert "139****5678" in text(page)

    correct = f"/desk/correct/{uid('new home')}"
    form = client.get(correct)
    assert "139****5678" not in form.content.decode(), "a mask is never sent back as a value"
    no_reason = sends(client, correct, "corrected", v__name="新来者", v__place=uid("stone bridge"))
    assert no_reason.status_code == 422
    sends(client, correct, "corrected", v__name="新来者", v__place=uid("stone bridge"),
          reason="写错了名字")  # fmt: skip
    page = client.get(f"/desk/of/{uid('new home')}")
    assert "新来者" in text(page)
    assert "139****5678" in text(page), "what was left empty stays"
    again = client.get(f"/fact/{uid('corrected')}/correct")
    assert again["Location"] == f"/desk/correct/{uid('corrected')}"
    assert client.get(correct).status_code == 404, "what stands is corrected, not what was"

    client.post(f"/fact/{uid('corrected')}/void", {"reason": "重复登记"})
    assert client.get(f"/desk/of/{uid('new home')}").status_code == 404


def test_the_next_one_keeps_day_and_place(browser: SignIn) -> None:
    client = browser("officer")
    done = sends(client, "/desk/new/registry.household", "one", v__name="甲", next="1",
                 v__place=uid("stone bridge"))  # fmt: skip
    form = client.get(done["Location"]).content.decode()
    assert "2017-07-03" in form
    assert uid("stone bridge") in form
    assert 'name="next" value="1" checked' in form


def test_a_new_person_becomes_a_member_of_the_household(browser: SignIn) -> None:
    client = browser("officer")
    form = client.get(about("household", "membership"))
    new = next(link for link in links(form) if "registry.person" in link)
    done = sends(client, new, "child", v__name="谷小有", v__place=uid("stone bridge"))
    assert done["Location"].endswith(f"person={uid('child')}")
    assert "谷小有" in client.get(done["Location"]).content.decode()
    sends(client, about("household", "membership"), "is member", v__relation="之子",
          p__member=uid("child"))  # fmt: skip
    assert "谷小有 之子" in text(client.get(f"/desk/of/{uid('household')}"))
    end = about("household", "membership_end", f"?line={uid('is member')}")
    assert "谷小有" in text(client.get(end))
    client.post(end, {"uid": uid("left"), "occurred_on": "2017-07-20", "v.why": "分户"})
    assert "2017年7月3日至2017年7月20日" in text(client.get(f"/desk/of/{uid('household')}"))


def test_a_post_that_breaks_a_staffing_rule_is_refused_with_the_rule(
    cast: Cast, browser: SignIn
) -> None:
    client = browser("registrar")
    form = client.get(about("reed pond", "assignment"))
    assert "第一书记" in text(form)
    assert "帮扶责任人" not in text(form), "only posts for villages"
    refused = sends(client, about("reed pond", "assignment"), "leads pond",
                    v__role="first_secretary", p__holder=uid("secretary"))  # fmt: skip
    assert refused.status_code == 422
    assert "违反“派驻第一书记的村”：一人最多 1 个，此人同期已有 1 个" in text(refused)


def test_a_post_is_given_from_the_persons_page_too(browser: SignIn) -> None:
    client = browser("registrar")
    address = about("head", "assignment")
    assert "谷大有" in text(client.get(address))
    done = sends(client, address, "heads", subject=uid("stone bridge"), v__role="group_member",
                 p__holder=uid("head"))  # fmt: skip
    assert done["Location"] == f"/desk/of/{uid('head')}"
    wrong = sends(client, address, "wrong", subject=uid("bureau"), v__role="helper",
                  p__holder=uid("head"))  # fmt: skip
    assert wrong.status_code == 422


def test_a_status_is_chosen_from_its_values(browser: SignIn) -> None:
    client = browser("officer")
    address = about("household", "status", "?status=category")
    assert "脱贫户" in text(client.get(address))
    sends(client, address, "lifted", v__value="lifted")
    assert "脱贫户" in text(client.get(f"/desk/of/{uid('household')}"))


def test_the_organisation_officer_keeps_posts_but_a_leader_and_a_helper_do_not(
    cast: Cast, browser: SignIn
) -> None:
    by = cast.policy("registrar")
    actions.record(
        [Draft(uid("organises"), "registry.assignment", BEGIN, uid("county"), uid("registrar"),
               {"role": "organisation_officer"}, (("holder", uid("secretary")),)),
         Draft(uid("leads county"), "registry.assignment", BEGIN, uid("county"), uid("registrar"),
               {"role": "county_leader"}, (("holder", uid("outsider")),))],
        by=by, now=LATER,
    )  # fmt: skip
    done = sends(browser("secretary"), about("bureau", "assignment"), "joins", v__role="cadre",
                 p__holder=uid("helper"))  # fmt: skip
    assert done.status_code == 302
    for who in ("outsider", "helper"):
        assert browser(who).get("/desk").status_code == 403
        address = about("bureau", "assignment")
        assert sends(browser(who), address, "no", v__role="cadre").status_code == 403


# ---- handing over ---------------------------------------------------------------------------


def test_all_posts_go_to_another_at_once_and_what_was_done_stays(
    cast: Cast, browser: SignIn
) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    client = browser("officer")
    address = f"/desk/handover?person={uid('helper')}"
    assert "谷大有" in text(client.get(address))
    done = client.post(address, {
        "post": [uid("helps"), uid("helps too")], "to": uid("secretary"), "for": "good",
        "on": "2017-07-25", "basis": "调动",
    })  # fmt: skip
    assert done.status_code == 302
    held = Assignment.objects.filter(retired_seq=None, role="helper", end=None)
    assert held.filter(person__uid=uid("secretary")).count() == 2
    assert not held.filter(person__uid=uid("helper")).exists()
    assert browser("helper").get("/today").status_code == 403
    assert browser("secretary").get("/today").status_code == 200
    assert Fact.objects.filter(kind="household_visit", performer__uid=uid("helper")).exists()


def test_during_leave_another_stands_in_and_gives_the_post_back(
    cast: Cast, browser: SignIn
) -> None:
    client = browser("officer")
    address = f"/desk/handover?person={uid('secretary')}"
    asked = {"post": uid("leads"), "to": uid("officer"), "for": "while", "on": "2017-07-20"}
    assert client.post(address, asked).status_code == 422, "until when is asked"
    client.post(address, {**asked, "until": "2017-07-28", "leave": "annual"})
    leave = Fact.objects.get(kind="leave")
    assert (leave.performer and leave.performer.uid) == uid("secretary")
    policy = cast.policy("officer")
    found = queries.stand_ins(policy)
    assert [(one.absent.name, one.person.name) for one in found] == [("舒长青", "温士明")]
    assert found[0].until == date(2017, 7, 28)
    page = client.get("/desk/handover")
    assert "已到期" in text(page)
    client.post("/desk/handover", {"post": found[0].post, "on": "2017-07-29"})
    assert not queries.stand_ins(policy)
    back = Assignment.objects.get(retired_seq=None, role="first_secretary", end=None)
    assert (back.person.uid, back.start) == (uid("secretary"), date(2017, 7, 29))


def test_nobody_hands_over_what_is_not_in_his_care(browser: SignIn) -> None:
    client = browser("officer")
    assert client.get(f"/desk/handover?person={uid('outsider')}").status_code == 404
    sent = {"post": uid("west helps"), "to": uid("officer"), "for": "good", "on": "2017-07-25"}
    page = client.post(f"/desk/handover?person={uid('helper')}", sent)
    assert page.status_code == 422
    assert Assignment.objects.filter(person__uid=uid("outsider"), end=None).exists()


@pytest.mark.parametrize("span", ["good", "while"])
def test_nobody_takes_over_his_own_posts(span: str, browser: SignIn) -> None:
    address = f"/desk/handover?person={uid('helper')}"
    sent = {"post": uid("helps"), "to": uid("helper"), "for": span, "on": "2017-07-25",
            "until": "2017-07-28"}  # fmt: skip
    page = browser("officer").post(address, sent)
    assert page.status_code == 422
    assert "接手的人不能就是原来任职的人" in text(page)
    held = Assignment.objects.filter(person__uid=uid("helper"), retired_seq=None)
    assert not held.filter(start=date(2017, 7, 25)).exists()


# ---- a pile of paper ------------------------------------------------------------------------


def test_a_township_enters_a_pile_of_paper_for_those_who_did_the_work(
    cast: Cast, browser: SignIn
) -> None:
    client = browser("officer")
    form = client.get("/record/household_visit")
    assert "接着录下一张" in text(form)
    found = client.get("/find/household_visit?for=performed_by&q=云")
    assert "云淑兰" in found.content.decode(), "before it is said whom it is about"
    address = "/record/household_visit"
    for name, about_whom in (("first sheet", "household"), ("second sheet", "second household")):
        sent = {"uid": uid(name), "occurred_on": "2017-07-11", "subject": uid(about_whom),
                "performed_by": uid("helper"), "v.mode": "door", "next": "1"}  # fmt: skip
        done = client.post(address, sent)
        address = done["Location"]
        page = client.get(address).content.decode()
        assert "2017-07-11" in page
        assert "云淑兰" in page
        assert value_of(client.get(address), "uid") != uid(name)
    for fact in Fact.objects.filter(kind="household_visit"):
        assert fact.performer and fact.performer.uid == uid("helper")
        assert fact.recorder and fact.recorder.uid == uid("officer")


def test_every_change_of_the_desk_is_a_fact_of_whoever_made_it(browser: SignIn) -> None:
    before = Fact.objects.count()
    client = browser("officer")
    sends(client, "/desk/new/registry.unit", "school", v__name="石桥小学", v__place=uid("east"))
    fact = Fact.objects.latest("sequence")
    assert Fact.objects.count() == before + 1
    assert fact.recorder and fact.recorder.uid == uid("officer")
    assert Subject.objects.get(uid=uid("school")).name == "石桥小学"


def test_no_number_of_the_registry_stands_on_the_desk(browser: SignIn) -> None:
    client = browser("registrar")
    for page in ("/desk", "/desk/find?type=person", f"/desk/of/{uid('east')}"):
        for link in links(client.get(page)):
            assert not re.search(r"[/=]\d+(?:[/?&]|$)", link), link


def test_a_day_ahead_is_refused_on_the_form(browser: SignIn) -> None:
    ahead = (datetime.combine(TODAY, datetime.min.time()) + timedelta(days=1)).date().isoformat()
    page = browser("officer").post(
        "/desk/new/registry.unit",
        {"uid": uid("ahead"), "occurred_on": ahead, "v.name": "未来", "v.place": uid("east")},
    )
    assert page.status_code == 422
    assert 'id="e-occurred_on"' in page.content.decode()


def test_a_status_ends_only_where_that_is_said(browser: SignIn) -> None:
    client = browser("officer")
    address = about("household", "status", "?status=category")
    assert sends(client, address, "nothing chosen").status_code == 422
    sends(client, address, "ends", v__value="-")
    assert "户类型 —" in text(client.get(f"/desk/of/{uid('household')}"))


def test_a_posts_fact_and_a_statuss_are_told_in_words(cast: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    assert "岗位 帮扶责任人" in text(client.get(f"/fact/{uid('helps')}"))
    poor = text(client.get(f"/fact/{uid('poor')}"))
    assert "状态 户类型" in poor
    assert "建档立卡贫困户" in poor
    assert "Post Helper" in text(browser("registrar", "en").get(f"/fact/{uid('helps')}"))


def test_the_same_person_is_not_registered_twice(browser: SignIn) -> None:
    client, west = browser("registrar"), browser("west officer")
    asked = {"v__name": "谷大有", "v__id_number": "41990019610502001X", "sure": "1"}
    address = f"/desk/new/registry.person?in={uid('stone bridge')}"
    refused = sends(client, address, "again", subject="", v__place=uid("stone bridge"), **asked)
    assert refused.status_code == 422
    assert "这个证件号码的人已经登记过" in text(refused)
    address = f"/desk/new/registry.person?in={uid('reed pond')}"
    unseen = sends(west, address, "elsewhere", subject="", v__place=uid("reed pond"), **asked)
    assert unseen.status_code == 302, "whether somebody elsewhere has the number is not told"


def test_a_post_is_not_expected_to_end_before_it_begins(browser: SignIn) -> None:
    client = browser("registrar")
    days = {"occurred_on": "2017-07-20", "v__until": "2017-07-01"}
    refused = sends(client, about("reed pond", "assignment"), "odd", v__role="group_member",
                    p__holder=uid("head"), **days)  # fmt: skip
    assert refused.status_code == 422
    assert "预计到的日子不能早于任职开始日" in text(refused)


def test_a_cadres_page_has_the_newest_of_his_particulars(cast: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    address = f"/desk/of/{uid('helper')}"
    assert "干部信息 还没有登记" in text(client.get(address))
    for day, capacity in ((3, "6"), (20, "4")):
        draft = cast.draft("cadre_profile", subject="helper", by="registrar",
                           on=date(2017, 7, day),
                           values={"home": uid("stone bridge"), "skills": ["farming"],
                                   "capacity": int(capacity), "health": "膝伤"})  # fmt: skip
        actions.record([draft], by=cast.policy("registrar"), now=clock.now())
    page = text(client.get(address))
    assert "籍贯所在村 石桥村 专长 种养技术 最多可帮扶户数 4 户 身体情况和限制 膝伤" in page
    assert f"/record/cadre_profile?subject={uid('helper')}" in links(client.get(address))
    west = browser("west officer").get(address)
    assert "膝伤" not in west.content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("id_number", "4199001961050200", "证件号码应为 18 位"),
        ("id_number", "419900196105020011", "证件号码应为 18 位"),
        ("phone", "12abc", "电话应为 11 位手机号"),
    ],
)
def test_a_number_typed_wrongly_is_asked_about_and_kept_only_by_who_is_sure(
    field: str, typed: str, said: str, browser: SignIn
) -> None:
    client = browser("registrar")
    address = "/desk/new/registry.person"
    asked = {"v__name": "谷大有", "v__place": uid("stone bridge"), f"v__{field}": typed}
    refused = sends(client, address, "again", **asked)
    assert refused.status_code == 422
    assert said in text(refused)
    assert 'name="sure"' in refused.content.decode()
    assert not Fact.objects.filter(uid=uid("again"))
    assert sends(client, address, "again", sure="1", **asked).status_code == 302


def test_nobody_is_born_after_today(browser: SignIn) -> None:
    asked = {"v__name": "谷大有", "v__place": uid("stone bridge"), "v__birth": "2018-01-01"}
    refused = sends(browser("registrar"), "/desk/new/registry.person", "early", **asked)
    assert refused.status_code == 422
    assert "出生日期不能晚于今天" in text(refused)
