"""What a person may ask of the ledger: to see it, to have it corrected, to have it erased."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from bangfu.records import actions, disclosure, queries
from bangfu.records.models import Fact
from tests.cast import Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text

HERE = f"/desk/of/{uid('head')}"
NUMBER, RIGHT = "41990019610502001X", "419900196105020272"


def paper(client: Client, name: str, *, how: str = "paper") -> str:
    sent = {"purpose": "request", "how": how, "uid": uid(name)}
    answer = client.post(f"{HERE}/own", sent)
    assert answer.status_code == 200, text(answer)
    if how == "file":
        assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert "<style>" in answer.content.decode() and "<script" not in answer.content.decode()
    return text(answer)


def test_seen_corrected_erased_and_the_chain_still_holds(cast: Cast, browser: SignIn) -> None:
    profile = cast.draft(
        "member_profile", subject="head", by="officer", values={"health": ["chronic"]}
    )  # fmt: skip
    actions.record([profile], by=cast.policy("officer"), now=datetime.now(UTC))
    client = browser("registrar")
    assert f"{HERE}/own" in links(client.get(HERE))

    # Without a purpose nothing is shown, and nothing is noted.
    before = queries.sequence()
    refused = client.post(f"{HERE}/own", {"uid": uid("no purpose")})
    assert refused.status_code == 422 and "请选择用途" in text(refused)
    assert NUMBER not in text(refused) and queries.sequence() == before

    said = paper(client, "first")
    for word in (NUMBER, "1961", "长期慢性病", "谷大有 户主", "尚无他人", "本人要求"):
        assert word in said, word
    [noted] = [
        fact.fact for fact in disclosure.disclosures(cast.policy("auditor"), start=0, most=9)[0]
    ]
    assert (noted.subject, noted.values["what"]) == (uid("head"), "本人信息查阅件")
    again = client.post(f"{HERE}/own", {"purpose": "request", "uid": uid("first")})
    assert again.status_code == 409 and NUMBER not in text(again)

    # He says that the number is wrong: a later fact corrects it, the paper shows both.
    founding = queries.card(cast.policy("registrar"), uid("head"))
    assert founding is not None and founding.founding is not None
    values = {**founding.founding.values, "id_number": RIGHT}
    correction = cast.draft(
        "registry.person", subject="head", by="registrar", on=founding.founding.occurred_on,
        values=values, amends=founding.founding.uid, reason="本人指出号码有误",
    )  # fmt: skip
    actions.correct(draft=correction, by=cast.policy("registrar"), now=datetime.now(UTC))
    said = paper(client, "second", how="file")
    assert RIGHT in said and "本人指出号码有误" in said and "此后已作废或更正" in said
    assert "计安平 · 本人信息查阅件 · 本人要求" in said, "who printed the first one"

    # He wants it erased: the paper says so and has nothing left to show; the chain holds.
    erased = client.post(
        f"{HERE}/erase", {"reason": "本人申请", "sure": "yes", "uid": uid("erasing")}, follow=True
    )
    assert "已删除" in text(erased)
    said = paper(client, "third")
    assert "个人信息已应要求销毁" in said
    # The household has the same name, and a key of its own.
    for word in (NUMBER, RIGHT, "1961", "长期慢性病"):
        assert word not in said, word
    assert queries.verify().ok
    assert Fact.objects.filter(kind="export", subject__uid=uid("head")).count() == 3


def test_only_whoever_registers_people_and_sees_the_party_can_print_it(browser: SignIn) -> None:
    for who in ("helper", "secretary", "auditor", "west officer"):
        assert browser(who).get(f"{HERE}/own").status_code in (403, 404), who
    assert browser("registrar").get(f"/desk/of/{uid('stone bridge')}/own").status_code == 404
