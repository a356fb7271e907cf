"""A day of each role: its main job, walked through the pages as they are."""

from __future__ import annotations

from typing import Any

from bangfu.records import queries
from bangfu.records.models import Fact
from tests.cast import Cast, uid
from tests.story.conftest import Walks


def test_a_helper_records_a_visit_and_mends_it(cast: Cast, walks: Walks) -> None:
    at = walks("helper")
    assert at.address == "/today"
    assert "谷大有" in at.words
    at.open(f"/record/household_visit?subject={uid('second household')}")
    said = at.send(occurred_on="2017-07-28", v__mode="door", v__minutes="40")
    assert "田有余" in said
    at.open("/month")
    at.follow("田有余")
    at.follow("更正")
    said = at.send(v__minutes="45", reason="看错了表")
    assert "45" in said
    assert Fact.objects.filter(kind="household_visit", amends=None).count() == 2


def test_a_first_secretary_visits_a_household_of_his_village(cast: Cast, walks: Walks) -> None:
    at = walks("secretary")
    assert "石桥村" in at.words
    at.open("/record")
    at.follow("入户走访")
    at.send(occurred_on="2017-07-28", subject=uid("household"), v__mode="door", v__minutes="50")
    visits = Fact.objects.filter(kind="household_visit", performer__uid=uid("secretary"))
    assert visits.count() == 1
    at.open("/month")
    assert "谷大有" in at.words


def test_a_branch_secretary_holds_the_party_day(cast: Cast, walks: Walks) -> None:
    at = walks("branch secretary")
    assert "党支部" in at.words
    at.open("/record")
    at.follow("主题党日", to="party_day$")
    values = {"v__topic": "学习", "v__present": "9", "v__expected": "10", "v__members": "10"}
    known = {f"v__{item.id}" for item in queries.handbook().kinds["party_day"].fields}
    sent = {name: value for name, value in values.items() if name in known}
    for item in queries.handbook().kinds["party_day"].fields:
        if item.required and f"v__{item.id}" not in sent:
            sent[f"v__{item.id}"] = {
                "choice": next(iter(item.options), ""), "integer": "9", "number": "9",
                "boolean": "true", "date": "2017-07-05",
            }.get(item.type, "学习党章")  # fmt: skip
    at.send(occurred_on="2017-07-05", **sent)  # type: ignore[arg-type]
    fact = Fact.objects.get(kind="party_day")
    assert fact.performer and fact.performer.uid == uid("branch secretary")
    assert "主题党日" in at.open(f"/fact/{fact.uid}")


def test_a_township_officer_sees_who_is_late_and_enters_his_paper(cast: Cast, walks: Walks) -> None:
    at = walks("officer")
    assert at.address == "/township"
    at.follow("石桥村", to="village=")
    assert "云淑兰" in at.words
    at.open("/desk")
    at.follow("代录一摞纸质材料")
    at.follow("入户走访")
    at.send(occurred_on="2017-07-12", subject=uid("second household"), v__mode="door",
            performed_by=uid("helper"), next="1")  # fmt: skip
    assert at.address.startswith("/record/household_visit?on=2017-07-12")
    assert Fact.objects.filter(recorder__uid=uid("officer"), performer__uid=uid("helper")).exists()
    at.open("/desk/accounts?state=none")
    said = at.send(person=uid("helper"), action="open")
    assert "云淑兰" in said, "a temporary password to hand over"


def test_a_registrar_registers_a_household_and_undoes_it(cast: Cast, walks: Walks) -> None:
    at = walks("registrar")
    at.open("/desk")
    at.follow("登记农户")
    at.send(occurred_on="2017-07-20", v__name="任有望", v__place=uid("reed pond"))
    assert "任有望" in at.words
    at.follow("家庭成员")
    at.follow("先登记人员")
    at.send(occurred_on="2017-07-20", v__name="任有望", v__place=uid("reed pond"))
    at.send(occurred_on="2017-07-20", v__relation="户主")
    assert "户主" in at.words
    at.follow("任职分工")
    at.send(occurred_on="2017-07-20", v__role="helper", p__holder=uid("outsider"))
    assert "佘万里" in at.words
    at.follow("更正、撤回: 佘万里")
    at.follow("作废")
    assert "作废" in at.send(reason="分错了户")
    assert (
        "佘万里"
        not in at.open(f"/desk/of/{Fact.objects.latest('sequence').subject.uid}").split(
            "登记的变动"
        )[0]
    )


def test_an_organisation_officer_hands_a_village_over(cast: Cast, walks: Walks) -> None:
    at = walks("organiser")
    at.open("/desk/find?q=舒长青&type=person")
    at.follow("交接岗位")
    span: dict[str, Any] = {"for": "good"}
    at.send(to=uid("helper"), on="2017-07-25", basis="轮换", **span)
    assert "交接了 1 个岗位" in at.words
    at.open(f"/desk/of/{uid('stone bridge')}")
    assert "云淑兰 驻村第一书记" in at.words


def test_an_organisation_officer_announces_a_class_and_enters_who_came(
    cast: Cast, walks: Walks
) -> None:
    at = walks("organiser")
    at.open("/county")
    at.follow("学习", to="/study")
    at.follow("写一条：培训班预告")
    at.send(occurred_on="2017-07-28", subject=uid("bureau"), v__title="扶贫政策轮训班",
            v__class_on="2017-08-09", v__place="县委党校", v__channel="school", v__hours="24",
            performed_by=uid("organiser"))  # fmt: skip
    assert "扶贫政策轮训班 8月9日 县委党校" in at.open("/study")
    at.open("/coverage/class_coverage")
    at.open("/record/class_session")
    at.send(occurred_on="2017-07-27", subject=uid("bureau"), v__title="专题班",
            v__category="special", v__channel="school", v__hours="8",
            performed_by=uid("organiser"),
            paste__attendee="姓名\t单位\n云淑兰\t东乡\n领千山\t县试验局")  # fmt: skip
    held = Fact.objects.get(kind="class_session")
    said = at.open(f"/fact/{held.uid}")
    assert "云淑兰、领千山" in said or "领千山、云淑兰" in said
    helper = walks("helper")
    helper.follow("学习", to="/study")
    assert "扶贫政策轮训班" in helper.words
    helper.follow("我的学习")
    assert "专题班" in helper.words


def test_a_first_secretary_tells_his_village_what_it_must_know(cast: Cast, walks: Walks) -> None:
    at = walks("organiser")
    at.open("/study")
    at.follow("写一条：应知应会内容")
    at.send(occurred_on="2017-07-28", subject=uid("county"), v__title="汛期安全须知",
            v__text="转移路线见明白纸。", performed_by=uid("organiser"))  # fmt: skip
    village = walks("secretary")
    village.open("/today")
    village.follow("汛期安全须知", to="/study/notices/")
    assert "转移路线见明白纸。" in village.words
    village.follow("石桥村", to="/record/notice_read_out")
    village.send(occurred_on="2017-07-30", v__how="meeting", v__households="12")
    assert "汛期安全须知 未传达" not in village.open("/today")
    notice = Fact.objects.get(kind="must_know_notice").uid
    assert "石桥村 7月30日" in at.open(f"/study/notices/{notice}")


def test_a_county_leader_goes_from_the_map_to_a_fact(cast: Cast, walks: Walks) -> None:
    at = walks("leader")
    assert at.address == "/county"
    assert "示意图" in at.words
    at.open("/county?month=2017-06")
    at.follow("东乡", to="/township")
    at.open("/figures")
    at.follow("", to="/trace/figure:")
    assert at.response.status_code == 200


def test_a_supervisor_opens_a_late_row_down_to_its_rule(cast: Cast, walks: Walks) -> None:
    at = walks("inspector")
    at.open("/township/rows?month=2017-06&state=overdue")
    at.follow("谷大有", to="/trace/obligation:")
    assert "入户" in at.words or "走访" in at.words or "联" in at.words
    at.open("/staffing")
    assert "配备" in at.words
    assert at.client.get("/desk").status_code == 403, "who checks does not enter"


def test_an_auditor_reads_chain_and_log_and_changes_nothing(cast: Cast, walks: Walks) -> None:
    at = walks("auditor")
    assert at.address == "/county"
    said = at.open(f"/fact/{uid('a visit')}")
    assert "账本序号" in said or "序号" in said
    assert "更正" not in said
    assert "账号日志" in at.open("/desk/accounts/log")
    before = Fact.objects.count()
    for address in ("/record/household_visit", f"/fact/{uid('a visit')}/void", "/desk"):
        assert at.client.post(address, {"reason": "x"}).status_code in (403, 404)
    assert Fact.objects.count() == before
