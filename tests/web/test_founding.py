"""A real county begins with its places and four people who watch each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import accounts, actions, queries
from bangfu.records.access import policy_for
from bangfu.records.account_rights import rights_of
from bangfu.records.founding import found_county
from bangfu.records.models import Account, Fact, Subject
from tests.cast import NOW, uid

pytestmark = pytest.mark.django_db
PEOPLE = {
    "registrar": "甲登记",
    "system_admin": "乙系统",
    "security_admin": "丙安全",
    "auditor": "丁审计",
}
SINCE = date(2014, 1, 1)


def test_from_nothing_to_a_person_with_a_post_and_an_account() -> None:
    opened = found_county(PEOPLE, since=SINCE, now=NOW)
    assert {one.person for one in opened} == set(PEOPLE.values())
    assert (Subject.objects.filter(type="township").count(),
            Subject.objects.filter(type="village").count()) == (16, 448)  # fmt: skip
    assert queries.verify().ok
    by = {one.username: policy_for(Account.objects.get(username=one.username),
                                   as_of=NOW.date()) for one in opened}  # fmt: skip
    opening = {name for name, policy in by.items() if rights_of(policy).opens}
    assert opening == {"registrar", "system"}
    village = Subject.objects.filter(type="village").order_by("id")[0]
    person = Draft(uid("new"), "registry.person", NOW.date(), uid("new"),
                   str(by["registrar"].person_uid),
                   {"name": "云一秀", "place": village.uid})  # fmt: skip
    post = Draft(uid("her post"), "registry.assignment", NOW.date(), village.uid,
                 str(by["registrar"].person_uid), {"role": "group_member"},
                 (("holder", uid("new")),))  # fmt: skip
    actions.record([person, post], by=by["registrar"], now=NOW)
    assert accounts.open_accounts({uid("new"): "yun"}, by=by["system"], now=NOW)


def test_a_county_is_founded_once() -> None:
    found_county(PEOPLE, since=SINCE, now=NOW)
    before = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        found_county(PEOPLE, since=SINCE, now=NOW)
    assert caught.value.code == "founded_already"
    assert Fact.objects.count() == before


@pytest.mark.parametrize(("changed", "code"), [
    ({"auditor": "甲登记"}, "one_person"), ({"auditor": " "}, "no_name"),
])  # fmt: skip
def test_four_persons_or_none(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as caught:
        found_county({**PEOPLE, **changed}, since=SINCE, now=NOW)
    assert caught.value.code == code
    assert not Fact.objects.exists()


TOWNS = "code,name\n999001001,东镇\n999001002,西镇\n"


@pytest.mark.parametrize(("towns", "villages", "said"), [
    (TOWNS, "code,name,town_code\n1,一村,999001009\n", "第 2 行：没有代码为“999001009”的乡镇"),
    (TOWNS, "code,name,town_code\n999001001001,,999001001\n", "第 2 行：name 没有填"),
    (TOWNS, "code,name\n1,一村\n", "应有这些列并至少一行"),
    (TOWNS + "999001001,又东镇\n", "code,name,town_code\n1,一村,999001001\n", "前面已经有了"),
    (TOWNS + "888001001,别县镇\n", "code,name,town_code\n1,一村,999001001\n", "前 6 位应相同"),
])  # fmt: skip
def test_files_that_do_not_fit_are_refused_by_row(
    towns: str, villages: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(towns, encoding="utf-8")
    (tmp_path / "v.csv").write_text(villages, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        found_county(PEOPLE, since=SINCE, now=NOW, towns=tmp_path / "t.csv",
                     villages=tmp_path / "v.csv")  # fmt: skip
    assert said in caught.value.say("zh")
    assert not Fact.objects.exists()


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TOWNS, encoding="gb18030")
    with pytest.raises(Refused) as caught:
        found_county(PEOPLE, since=SINCE, now=NOW, towns=tmp_path / "t.csv")
    assert "UTF-8" in caught.value.say("zh")


def test_other_places_than_the_handbooks(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeff" + TOWNS, encoding="utf-8")
    (tmp_path / "v.csv").write_text("code,name,town_code\n999001001001,一村,999001001\n")
    found_county(PEOPLE, since=SINCE, now=NOW, towns=tmp_path / "t.csv",
                 villages=tmp_path / "v.csv")  # fmt: skip
    assert set(Subject.objects.exclude(type="person").values_list("name", flat=True)) == {
        queries.handbook().title.zh, "东镇", "西镇", "一村",
    }  # fmt: skip
