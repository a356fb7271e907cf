"""The desk erases a party at its wish: who may, what is asked first, what pages say after."""

from __future__ import annotations

import pytest

from bangfu.records.models import Fact, Subject
from tests.cast import Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text

SENT = {"reason": "本人申请", "sure": "yes", "uid": uid("an erasure")}


def address(who: str) -> str:
    return f"/desk/of/{uid(who)}/erase"


def test_the_registrar_erases_a_person_and_every_page_says_so(cast: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    assert address("head") in links(client.get(f"/desk/of/{uid('head')}"))
    assert "永久删除" in text(client.get(address("head")))
    done = client.post(address("head"), SENT, follow=True)
    page = text(done)
    assert "已删除：密钥已销毁" in page
    assert "1961" not in page
    found = client.get("/desk/find?q=谷大有")
    assert found["Location"] == f"/desk/of/{uid('household')}", "the only one of that name left"
    assert address("head") not in links(done)
    again = client.post(address("head"), SENT)
    assert again.status_code == 302, "a form sent twice is one erasure"
    assert Fact.objects.filter(kind="registry.erasure").count() == 1
    household = text(client.get(f"/desk/of/{uid('household')}"))
    assert "已删除" in household, "the member whose name is gone"
    assert "谷大有" in household, "the household has a key of its own"


@pytest.mark.parametrize(("missing", "said"), [("reason", "写明删除的理由"), ("sure", "请勾选")])
def test_reason_and_tick_are_asked_for(missing: str, said: str, browser: SignIn) -> None:
    sent = {name: value for name, value in SENT.items() if name != missing}
    page = browser("registrar").post(address("head"), sent)
    assert page.status_code == 422
    assert said in text(page)
    assert Subject.objects.get(uid=uid("head")).name


def test_whoever_may_not_erase_finds_no_page(browser: SignIn) -> None:
    client = browser("officer")
    assert address("head") not in links(client.get(f"/desk/of/{uid('head')}"))
    for who in ("head", "west head", "nothing", "stone bridge"):
        assert client.get(address(who)).status_code == 404
        assert client.post(address(who), SENT).status_code == 404
    assert browser("registrar").get(address("stone bridge")).status_code == 404


def test_a_person_in_a_post_keeps_the_name(browser: SignIn) -> None:
    page = browser("registrar").post(address("helper"), SENT)
    assert page.status_code == 422
    assert "先登记任职结束" in text(page)
