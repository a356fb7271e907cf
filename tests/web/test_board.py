"""The board of who answers for what: down to the household, by initials, within one's walls."""

from __future__ import annotations

from bangfu.records import actions
from bangfu.records.responsibility import initials
from bangfu.web import clock
from tests.cast import Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text


def test_it_goes_from_the_county_down_to_the_household(browser: SignIn) -> None:
    client = browser("registrar")
    assert "东乡" in text(client.get("/board"))
    town = client.get(f"/board?place={uid('east')}")
    assert "乡镇专干 温士明" in text(town)
    assert "石桥村" in text(town)
    village = text(client.get(f"/board?place={uid('stone bridge')}"))
    assert "驻村第一书记 舒长青" in village
    assert "谷大有 云淑兰" in village


def test_one_is_found_by_name_by_initials_and_by_unit(browser: SignIn) -> None:
    assert initials("云淑兰") == "ysl"
    client = browser("registrar")
    for asked in ("云淑", "ysl", "YSL"):
        assert "云淑兰" in text(client.get(f"/board?q={asked}"))
    assert "计安平 县试验局" in text(client.get("/board?q=试验局"))
    assert "没有这个名字" in text(client.get("/board?q=zzzz"))


def test_whom_i_answer_for_and_who_answers_for_me(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    own = client.get(f"/board?person={uid('helper')}")
    assert "谷大有" in text(own)
    above = text(own).split("谁对我负责")[1]
    assert "石桥村" in above
    assert "舒长青" in above
    assert "温士明" in above
    assert "明察之" not in above, "an auditor answers for nobody's help"


def test_what_lies_elsewhere_is_not_there(browser: SignIn) -> None:
    client = browser("helper")
    assert client.get(f"/board?place={uid('reed pond')}").status_code == 404
    assert client.get(f"/board?place={uid('nowhere')}").status_code == 404
    assert client.get(f"/board?person={uid('outsider')}").status_code == 404
    assert client.get(f"/board/{uid('west')}/wall").status_code == 404
    for asked in ("佘万里", "swl", "苗春生", "mcs"):
        assert "没有这个名字" in text(client.get(f"/board?q={asked}")), asked
    west = text(browser("outsider").get(f"/board?place={uid('reed pond')}"))
    assert "苗春生 佘万里" in west


def test_the_wall_sheet_has_every_village_with_its_households(browser: SignIn) -> None:
    client = browser("officer")
    page = client.get(f"/board?place={uid('east')}")
    assert f"/board/{uid('east')}/wall" in links(page)
    sheet = text(client.get(f"/board/{uid('east')}/wall"))
    assert "东乡责任作战图" in sheet
    assert "谷大有 云淑兰" in sheet
    assert client.get(f"/board/{uid('county')}/wall").status_code == 404


def test_a_persons_page_tells_what_is_owed_and_what_was_done(cast: Cast, browser: SignIn) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=clock.now())
    page = text(browser("helper").get(f"/board?person={uid('helper')}"))
    assert "本月应办" in page
    assert "每月走访帮扶户 1 / 1" in page
    assert "三帮一联 0 / 1" in page
    assert "2017 年已办 入户走访 1" in page
    assert "2017 年已办" not in text(browser("outsider").get(f"/board?person={uid('outsider')}"))
