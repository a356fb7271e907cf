"""Nothing typed is lost: over a reload, a cut connection, a lost answer; and it leaves no trace."""

from __future__ import annotations

import re
from typing import cast

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.conftest import Opens

pytestmark = pytest.mark.browser
FORM = "/record/household_visit"
NEED = "井水近来发浑，想请人看看。"


def fill(page: Page, *, minutes: str = "25", person: int = 0) -> str:
    """Fill in a visit; whom it was to."""
    page.goto(FORM)
    choices = page.locator(".pick label")
    choice = choices.nth(person % choices.count())
    name = choice.inner_text().split()[0]
    choice.click()
    page.get_by_text("电话", exact=True).click()
    page.get_by_label("时长").fill(minutes)
    page.get_by_label("诉求和情况").fill(NEED)
    expect(page.locator("[data-state]")).to_have_text("正在填的内容已在本机留了草稿。")
    return name


def kept(page: Page) -> int:
    """How many drafts lie on this device."""
    return cast("int", page.evaluate("window.bangfu.vault.list().then((drafts) => drafts.length)"))


def entries(page: Page, minutes: str) -> int:
    """How many stored visits of that length the month has."""
    page.goto("/month")
    found = 0
    for address in {a.get_attribute("href") for a in page.locator(".list a").all()}:
        page.goto(str(address))
        found += f"{minutes} 分钟" in page.locator("dl").inner_text()
    return found


def test_a_draft_survives_a_reload_and_is_gone_once_it_is_sent(opens: Opens) -> None:
    phone = opens("helper")
    name = fill(phone)
    phone.goto(FORM)
    expect(phone.locator("#restored")).to_be_visible()
    expect(phone.get_by_label(name)).to_be_checked()
    expect(phone.get_by_label("时长")).to_have_value("25")
    expect(phone.get_by_label("诉求和情况")).to_have_value(NEED)
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/today")
    assert kept(phone) == 0
    phone.goto(FORM)
    expect(phone.locator("#restored")).to_be_hidden()


def test_a_draft_can_be_dropped(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone)
    phone.goto(FORM)
    phone.get_by_role("button", name="放弃，重新填写").click()
    phone.wait_for_load_state()
    expect(phone.get_by_label("时长")).to_have_value("")
    assert kept(phone) == 0


def test_what_lies_on_the_device_is_sealed_with_a_key_that_stays_there(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone)
    look = """async () => {
      const base = await new Promise((done) => {
        const asked = indexedDB.open("bangfu", 1);
        asked.onsuccess = () => done(asked.result);
      });
      const all = (store) => new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      const [drafts, keys] = [await all("drafts"), await all("keys")];
      const bytes = drafts.map((row) => new TextDecoder().decode(row.sealed)).join();
      const open = drafts.map(({ sealed, iv, ...rest }) => JSON.stringify(rest)).join();
      return { bytes, open, key: keys[0].extractable, count: drafts.length };
    }"""
    found = cast("dict[str, object]", phone.evaluate(look))
    assert found["count"] == 1
    assert found["key"] is False
    for text in (str(found["bytes"]), str(found["open"])):
        assert "井水" not in text
        assert "minutes" not in text
        assert "household" not in text


def test_with_the_connection_cut_it_stays_says_so_and_is_delivered_once(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="61")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-state]")).to_contain_text("没有网络。内容已存在本机")
    expect(phone.locator("#unsent")).to_contain_text("1 条记录等待发出")
    expect(phone.get_by_label("诉求和情况")).to_have_value(NEED)
    phone.context.set_offline(False)
    phone.wait_for_url("**/today")
    expect(phone.locator("#notes")).to_contain_text("已保存：入户走访")
    assert kept(phone) == 0
    assert entries(phone, "61") == 1


def test_what_waits_can_be_looked_at_without_a_network(opens: Opens) -> None:
    phone = opens("helper")
    name = fill(phone, minutes="64")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    waits = phone.locator("#unsent ul")
    expect(waits).to_be_hidden()
    phone.get_by_role("link", name="看看是哪些").click()
    expect(waits).to_have_text(re.compile(f"入户走访.*{name}"))
    expect(phone.get_by_label("诉求和情况")).to_have_value(NEED)
    phone.context.set_offline(False)
    phone.wait_for_url("**/today")


def test_a_page_closed_while_it_waited_is_delivered_by_the_next_one(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="62", person=1)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("#unsent")).to_be_visible()
    context = phone.context
    phone.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/today")
    expect(again.locator("#notes")).to_contain_text("已保存：入户走访")
    assert kept(again) == 0
    assert entries(again, "62") == 1


def test_an_answer_that_got_lost_does_not_make_a_second_fact(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="63", person=2)

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route(re.compile(FORM), lose_the_answer)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-state]")).to_contain_text("没有网络")
    phone.unroute(re.compile(FORM))
    phone.evaluate("window.bangfu.flush()")
    phone.wait_for_url("**/today")
    assert entries(phone, "63") == 1


def test_what_conflicts_waits_where_it_can_be_seen(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="74", person=3)

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route(re.compile(FORM), lose_the_answer)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-state]")).to_contain_text("没有网络")
    phone.unroute(re.compile(FORM))
    phone.get_by_label("时长").fill("75")
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/tray")
    waiting = phone.locator(".waiting")
    expect(waiting).to_contain_text("台账里是另一个版本")
    expect(waiting).to_contain_text("入户走访")
    stored = waiting.get_by_role("link", name="看已存的那条").get_attribute("href")
    waiting.get_by_role("button", name="作为新的一条发送").click()
    expect(phone.locator("#tray-empty")).to_be_visible()
    assert entries(phone, "74") == 1
    assert entries(phone, "75") == 1
    phone.goto(str(stored))
    expect(phone.locator("dl")).to_contain_text("74 分钟")


def test_signed_out_meanwhile_it_waits_for_signing_in(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="66", person=4)
    cookies = phone.context.cookies()
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-state]")).to_contain_text("重新登录后自动发出")
    assert kept(phone) == 1
    phone.context.add_cookies([c for c in cookies if c["name"] == "sessionid"])  # type: ignore[misc]
    phone.goto("/today")
    expect(phone.locator("#notes")).to_contain_text("已保存：入户走访")
    assert kept(phone) == 0


def test_signing_out_with_a_draft_asks_and_leaves_nothing_behind(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="67")
    phone.goto("/month")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        (dialog.dismiss if len(asked) == 1 else dialog.accept)()

    phone.on("dialog", answer)
    phone.get_by_role("button", name="退出").click()
    expect(phone.locator("h1")).to_have_text("我的这个月")
    assert kept(phone) == 1
    phone.get_by_role("button", name="退出").click()
    phone.wait_for_url("**/sign-in")
    assert "没发出的记录" in asked[0]
    left = """async () => {
      const base = await new Promise((done) => {
        const asked = indexedDB.open("bangfu", 1);
        asked.onsuccess = () => done(asked.result);
      });
      const count = (store) => new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).count();
        asked.onsuccess = () => done(asked.result);
      });
      return (await count("drafts")) + (await count("keys"));
    }"""
    assert phone.evaluate(left) == 0


def test_a_mistake_is_shown_beside_its_field_without_losing_the_rest(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="9999")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator(".field.bad")).to_contain_text("“时长”不能大于 600")
    expect(phone.get_by_label("诉求和情况")).to_have_value(NEED)
    phone.get_by_label("时长").fill("68")
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/today")
    assert kept(phone) == 0


def test_what_was_wrong_is_no_longer_marked_once_the_mended_entry_waits(opens: Opens) -> None:
    phone = opens("helper")
    fill(phone, minutes="9999")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator(".wrong")).to_be_visible()
    phone.get_by_label("时长").fill("26")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-state]")).to_contain_text("没有网络")
    expect(phone.locator(".wrong, .bad:not([data-state])")).to_have_count(0)
    phone.context.set_offline(False)
    phone.wait_for_url("**/today")
