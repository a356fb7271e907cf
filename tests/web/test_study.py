"""五学: what is announced and must be known, one's own study, hours by unit, lists taken away."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from bangfu.core.facts import Draft, Value
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from tests.cast import NOW, TODAY, Cast, as_registrar, founding, post, status, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text

NOTICE = uid("notice")


def entered(*drafts: Draft, by: str = "registrar") -> None:
    """Write them as an import brings them."""
    done = [draft if by != "registrar" else as_registrar(draft) for draft in drafts]
    actions.record_batch([actions.Entry(one, uid(by), NOW) for one in done], as_of=TODAY)


@pytest.fixture
def county(cast: Cast) -> Cast:
    """Three cadres of the bureau, one class held and two announced; a notice told in the east."""
    entered(
        founding("unit", "school", name="县委党校", place=uid("county")),
        founding("person", "organiser", name="组文浩", unit=uid("bureau")),
        post("organises", "organisation_officer", "organiser", "county"),
        post("the helper's unit", "cadre", "helper", "bureau"),
        post("the registrar's unit", "cadre", "registrar", "bureau"),
        post("the officer's unit", "cadre", "officer", "bureau"),
        status("helper level", "helper", "level", "grassroots"),
        status("registrar level", "registrar", "level", "section"),
        status("officer level", "officer", "level", "grassroots"),
        status("east has poor", "stone bridge", "has_poor", "yes"),
        status("west has poor", "reed pond", "has_poor", "yes"),
    )
    held = cast.draft(
        "class_session", subject="school", by="organiser", on=date(2017, 3, 6), name="a class",
        values={"title": "精准扶贫政策专题班", "category": "special", "channel": "school",
                "hours": "24.0"},
        participants=(("attendee", uid("helper")),),
    )  # fmt: skip
    plans = [
        plan(cast, "for section", "科级干部轮训班", "2017-08-08", levels=["section"]),
        plan(cast, "for the west", "西乡培训班", "2017-08-10", town="west"),
        plan(cast, "past", "过了期的班", "2017-07-29"),
    ]
    told = cast.draft(
        "must_know_notice", subject="county", by="organiser", on=date(2017, 7, 3), name="notice",
        values={"title": "汛期安全须知", "text": "转移路线见明白纸。", "pushed_by": ["group"]},
    )  # fmt: skip
    actions.record([held, *plans, told], by=cast.policy("organiser"), now=NOW)
    read = cast.draft(
        "notice_read_out", subject="stone bridge", by="secretary", on=date(2017, 7, 6),
        values={"notice": NOTICE, "how": "meeting", "households": 12}, name="read out",
        participants=(("told", uid("head")),),
    )  # fmt: skip
    actions.record([read], by=cast.policy("secretary"), now=NOW)
    return cast


def plan(
    cast: Cast, name: str, title: str, on: str, *, levels: list[str] | None = None, town: str = ""
) -> Draft:
    values: dict[str, Value] = {"title": title, "class_on": on, "place": "县委党校第一教室",
                                 "channel": "school", "hours": "24.0"}  # fmt: skip
    if levels:
        values["levels"] = levels
    return cast.draft(
        "class_plan", subject="school", by="organiser", on=date(2017, 7, 25), name=name,
        values=values, participants=(("township", uid(town)),) if town else (),
    )  # fmt: skip


def test_those_not_reached_are_listed_with_unit_and_the_next_class_for_each(
    county: Cast, browser: SignIn
) -> None:
    page = text(browser("registrar").get("/coverage/class_coverage"))
    missing = page.partition("还没覆盖到的")[2]
    assert "科级干部轮训班 8月8日" in missing
    assert "其中 1 人的下一期" in missing
    assert "其中 1 人还没有预告的班次。" in missing
    assert "计安平 县试验局 8月8日 科级干部轮训班" in missing
    assert "温士明 县试验局 还没有预告" in missing
    assert "云淑兰" not in missing
    assert "过了期的班" not in missing


def test_the_next_class_follows_what_is_announced_and_is_stored_nowhere(
    county: Cast, browser: SignIn
) -> None:
    client = browser("registrar")
    kinds = set(Fact.objects.values_list("kind", flat=True))
    actions.void(uid=uid("for section"), reason="不办了", by=county.policy("organiser"), now=NOW)
    actions.record([plan(county, "for all", "全员班", "2017-08-20")],
                   by=county.policy("organiser"), now=NOW)  # fmt: skip
    page = text(client.get("/coverage/class_coverage"))
    assert "计安平 县试验局 8月20日 全员班" in page
    assert "科级干部轮训班" not in page
    assert set(Fact.objects.values_list("kind", flat=True)) - kinds == {"void"}


def test_the_numbers_of_a_group_open_the_group_and_those_of_all_the_trace(
    county: Cast, browser: SignIn
) -> None:
    found = links(browser("registrar").get("/coverage/class_coverage"))
    assert found.count("/trace/coverage:class_coverage") == 2
    assert found.count("/coverage/class_coverage?split=level&group=section#missing") >= 2


def test_the_list_leaves_as_a_file_for_a_purpose_and_that_is_a_fact(
    county: Cast, browser: SignIn
) -> None:
    client, address = browser("registrar"), reverse("reached-export", args=["class_coverage"])
    page = client.get("/coverage/class_coverage?split=level&group=section")
    assert f"{address}?split=level&group=section" in links(page)
    asked = f"{address}?split=level&group=section"
    assert client.post(asked, {"uid": uid("taken")}).status_code == 422
    assert not Fact.objects.filter(kind="export").exists()
    file = client.post(asked, {"uid": uid("taken"), "purpose": "meeting"})
    assert file["Content-Disposition"] == 'attachment; filename="class_coverage.csv"'
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0] == ["培训覆盖面 还没覆盖到的 科级干部 2017-07-31"]
    assert (rows[1][0], rows[1][2:]) == ("计安平", ["会议使用", "1", uid("taken")])
    assert rows[2:] == [
        ["姓名", "单位或所在地", "下一期", "开班日期"],
        ["计安平", "县试验局", "科级干部轮训班", "2017-08-08"],
    ]
    fact = Fact.objects.get(kind="export")
    assert fact.performer and fact.performer.uid == uid("registrar")
    assert client.get(reverse("reached-export", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("who", ["helper", "secretary", "officer", "outsider", "auditor"])
def test_whoever_works_here_reads_what_is_announced(
    who: str, county: Cast, browser: SignIn
) -> None:
    client = browser(who)
    page = client.get("/study")
    assert "科级干部轮训班" in text(page)
    assert "汛期安全须知" in text(page)
    assert f"/study/notices/{NOTICE}" in links(page)
    assert "转移路线见明白纸。" in text(client.get(f"/study/notices/{NOTICE}"))
    assert client.get(f"/fact/{uid('for section')}").status_code == 200


def test_a_notice_says_which_villages_were_told_and_by_whom(county: Cast, browser: SignIn) -> None:
    said = text(browser("registrar").get(f"/study/notices/{NOTICE}"))
    missing, _, told = said.partition("还没传达的")[2].partition("已传达")
    assert "苇塘村" in missing
    assert "石桥村" not in missing
    assert "石桥村 7月6日 东乡 · 会上念 · 12 户 · 舒长青" in told
    assert "已传达 1 / 2 个村" in text(browser("registrar").get("/study"))
    # A township knows of its own villages only; a helper of none.
    assert "已传达 1 / 1 个村" in text(browser("officer").get("/study"))
    assert "都传达到了" in text(browser("officer").get(f"/study/notices/{NOTICE}"))
    assert "个村" not in text(browser("helper").get("/study"))


def test_a_village_notes_whom_it_told_from_the_notice_itself(county: Cast, browser: SignIn) -> None:
    page = browser("west officer").get(f"/study/notices/{NOTICE}")
    form = f"/record/notice_read_out?subject={uid('reed pond')}&v.notice={NOTICE}"
    assert form in links(page)
    client = browser("west officer")
    opened = client.get(form).content.decode()
    assert f'name="v.notice" value="{NOTICE}" data-label="汛期安全须知" checked' in opened
    sent = {"uid": uid("sent"), "occurred_on": "2017-07-20", "subject": uid("reed pond"),
            "v.notice": NOTICE, "v.how": "visit", "performed_by": uid("west officer")}  # fmt: skip
    assert client.post("/record/notice_read_out", sent).status_code == 302
    assert "都传达到了" in text(browser("registrar").get(f"/study/notices/{NOTICE}"))
    # The entry names the notice in words, not by its uid.
    assert "哪一条 汛期安全须知" in text(client.get(f"/fact/{uid('sent')}"))


def test_what_is_no_notice_is_not_there(county: Cast, browser: SignIn) -> None:
    for name in ("read out", "for section", "nothing"):
        assert browser("registrar").get(f"/study/notices/{uid(name)}").status_code == 404


def test_the_channels_are_the_figure_and_the_closed_ones_stand_below(
    county: Cast, browser: SignIn
) -> None:
    opened = [
        county.draft("study_channel_opened", subject="county", by="organiser",
                     on=date(2017, 1, 5), values={"type": kind, "name": name})
        for kind, name in (("account", "试验组工"), ("group", "书记群"), ("group", "旧群"))
    ]  # fmt: skip
    closed = county.draft("study_channel_closed", subject="county", by="organiser",
                          on=date(2017, 5, 2), values={"name": "旧群"})  # fmt: skip
    actions.record([*opened, closed], by=county.policy("organiser"), now=NOW)
    said = text(browser("helper").get("/study/channels"))
    used, _, gone = said.partition("已停用")
    assert "2 在用" in used
    assert "试验组工" in used
    assert "书记群" in used
    assert "旧群" in gone
    value = queries.figure(county.policy("registrar"), "channels", as_of=TODAY)
    assert value.value == 2
    assert "/trace/figure:channels" in links(browser("helper").get("/study/channels"))


def test_my_study_shows_hours_classes_and_what_i_noted_for_myself(
    county: Cast, browser: SignIn
) -> None:
    client = browser("helper")
    form = client.get("/record/micro_lesson")
    assert "云淑兰" in text(form)
    sent = {"uid": uid("lesson"), "occurred_on": "2017-07-20", "subject": uid("helper"),
            "v.title": "小额信贷怎样办", "v.minutes": "12", "v.hours": "0.25"}  # fmt: skip
    assert client.post("/record/micro_lesson", sent).status_code == 302
    said = text(client.get("/study/mine"))
    assert "24 / 90 学时" in said
    assert "精准扶贫政策专题班" in said.partition("今年参加的培训班")[2]
    assert "小额信贷怎样办" in said.partition("网络自学（自己的记录）")[2]
    assert "今年共 0.25 学时" in said
    assert "您的下一期培训" not in said
    assert "您的下一期培训 科级干部轮训班" in text(browser("registrar").get("/study/mine"))


def test_what_one_notes_for_oneself_stands_on_nobody_else_s_page(
    county: Cast, browser: SignIn
) -> None:
    lesson = county.draft("micro_lesson", subject="helper", by="helper",
                          values={"title": "金丝雀课", "hours": "2.00"})  # fmt: skip
    actions.record([lesson], by=county.policy("helper"), now=NOW)
    for who in ("registrar", "officer", "organiser"):
        for address in (
            "/study", "/study/mine", "/study/hours", f"/study/hours?unit={uid('bureau')}",
            "/coverage/class_coverage", f"/desk/of/{uid('helper')}",
        ):  # fmt: skip
            page = browser(who).get(address)
            assert "金丝雀课" not in page.content.decode(), (who, address)
            if address.startswith("/desk"):
                assert "微课和网络自学" not in text(page), who
    assert "云淑兰 全年 24 / 90 学时" in text(
        browser("registrar").get(f"/study/hours?unit={uid('bureau')}")
    )


def test_hours_by_level_and_unit_are_in_no_order_of_hours(county: Cast, browser: SignIn) -> None:
    said = text(browser("registrar").get(f"/study/hours?unit={uid('bureau')}"))
    assert "科级干部 1 0 1 0 0" in said
    assert "基层干部 2 0 2 24 12" in said
    assert "县试验局 3 0 3 24 8" in said
    names = [said.index(f"{name} 全年") for name in sorted(("云淑兰", "温士明", "计安平"))]
    assert names == sorted(names)
    assert "县试验局" not in text(browser("west officer").get("/study/hours"))
    assert browser("helper").get("/study/hours").status_code == 403


def test_the_first_pages_lead_to_study(county: Cast, browser: SignIn) -> None:
    for who, address in (
        ("helper", "/today"), ("secretary", "/today"), ("officer", "/township"),
        ("officer", "/today"), ("registrar", "/county"),
    ):  # fmt: skip
        assert "/study" in links(browser(who).get(address)), (who, address)
    today = browser("secretary").get("/today")
    assert f"/study/notices/{NOTICE}" not in links(today), "told in his village already"
    assert "科级干部轮训班" not in text(today)
    assert f"/study/notices/{NOTICE}" in links(browser("west officer").get("/today"))


def test_towns_where_nobody_is_left_to_reach_are_counted(county: Cast, browser: SignIn) -> None:
    rules = queries.handbook().coverage
    classes = replace(
        queries.handbook(), coverage={"class_coverage": rules["class_coverage"]}, figures={}
    )
    with queries.use_handbook(classes):
        said = text(browser("registrar").get("/county")).partition("各乡镇覆盖面")[2]
    listed, _, after = said.partition("总覆盖率")
    left = 2 - sum(name in listed for name in ("东乡", "西乡"))
    assert left
    assert f"没有列出的 {left} 个乡镇已全部覆盖。" in after
