"""The desk's pages for births, deaths, splits, merges, and undoing them in one go."""

from __future__ import annotations

import re

from bangfu.records import queries
from bangfu.records.models import Fact, Subject
from tests.cast import Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import text

HOME = uid("household")
CHILD = {"on": "2017-07-20", "v.name": "谷新芽", "v.sex": "female", "v.birth": "2017-07-19",
         "relation": "之女"}  # fmt: skip


def tie(name: str) -> str:
    return uid(f"{name} lives there")


def test_each_thing_that_happens_has_its_page(cast: Cast, browser: SignIn) -> None:
    page = text(browser("officer").get(f"/desk/of/{HOME}"))
    for said in ("新增成员", "户主变更、成员减少", "分户、迁移", "并户", "一户一档"):
        assert said in page
    for what in ("add", "head", "split", "merge"):
        assert browser("officer").get(f"/desk/of/{HOME}/change/{what}").status_code == 200
        assert browser("west officer").get(f"/desk/of/{HOME}/change/{what}").status_code == 404
        assert browser("helper").get(f"/desk/of/{HOME}/change/{what}").status_code == 403
    assert browser("officer").get(f"/desk/of/{HOME}/change/vanish").status_code == 404


def test_a_birth_is_entered_and_undone_in_one_go(cast: Cast, browser: SignIn) -> None:
    client = browser("officer")
    page = client.post(f"/desk/of/{HOME}/change/add", CHILD, follow=True).content.decode()
    assert "谷新芽" in page
    undo = re.search(r'href="(/desk/undo/[0-9a-f-]+)"', page)
    assert undo
    assert "家庭成员" in text(client.get(undo[1]))
    assert client.post(undo[1], {"reason": ""}).status_code == 422
    client.post(undo[1], {"reason": "报错了"})
    assert not Subject.objects.filter(name="谷新芽", voided_seq=None).exists()
    assert client.get(undo[1]).status_code == 404, "there is nothing left to undo"


def test_what_is_wrong_is_said_and_nothing_is_stored(cast: Cast, browser: SignIn) -> None:
    client, before = browser("officer"), Fact.objects.count()
    for what, sent, said in (
        ("add", {**CHILD, "v.name": ""}, "没有填写"),
        ("add", {**CHILD, "on": "2017-12-01"}, "不晚于今天"),
        ("add", {**CHILD, "relation": "户主"}, "一户要有一个户主"),
        ("split", {"on": "2017-07-20"}, "请勾选分出去的成员"),
        ("merge", {"on": "2017-07-20", "into": ""}, "没有"),
        ("head", {"on": "2017-07-20"}, "没有变动"),
    ):
        answer = client.post(f"/desk/of/{HOME}/change/{what}", sent)
        assert answer.status_code == 422, what
        assert said in text(answer), (what, text(answer)[:300])
    assert Fact.objects.count() == before


def test_households_merge_through_the_page(cast: Cast, browser: SignIn) -> None:
    sent = {"on": "2017-07-20", "into": uid("second household"),
            f"relation.{tie('head')}": "之父"}  # fmt: skip
    answer = browser("officer").post(f"/desk/of/{HOME}/change/merge", sent)
    assert answer.status_code == 302
    card = queries.card(cast.policy("registrar"), uid("second household"))
    assert card is not None
    assert [(one.person.name, one.what) for one in card.members] == [("谷大有", "之父")]


def test_nobody_merges_into_a_household_elsewhere(cast: Cast, browser: SignIn) -> None:
    before = Fact.objects.count()
    sent = {"on": "2017-07-20", "into": uid("west household")}
    assert browser("officer").post(f"/desk/of/{HOME}/change/merge", sent).status_code == 422
    assert Fact.objects.count() == before


def test_the_form_sent_twice_enters_one_child(cast: Cast, browser: SignIn) -> None:
    client = browser("officer")
    address = f"/desk/of/{HOME}/change/add"
    form = client.get(address).content.decode()
    chosen = re.search(r'name="uid" value="([0-9a-f-]{36})"', form)
    assert chosen
    for _ in range(2):
        assert client.post(address, {**CHILD, "uid": chosen[1]}).status_code == 302
    assert Subject.objects.filter(name="谷新芽").count() == 1
    assert client.post(address, {**CHILD, "uid": "no uid"}).status_code == 302
    assert Subject.objects.filter(name="谷新芽").count() == 2, "a form of its own is another"
