"""A post that a rule forbids is refused with the rule, and allowed once an exception is granted."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.models import Assignment, Fact
from bangfu.web import clock
from tests.cast import BEGIN, TODAY, Cast, as_registrar, founding, post, status, uid
from tests.story.conftest import Walks
from tests.story.walking import Walker
from tests.web.reading import text

POND = uid("reed pond")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """A cadre more, of whom the registry says nothing yet."""
    newcomer = founding("person", "newcomer", name="新来客", unit=uid("bureau"))
    put(cast, as_registrar(newcomer), as_registrar(status("pond", "reed pond", "has_poor", "yes")))
    return cast


def put(cast: Cast, *drafts: Draft) -> None:
    actions.record(drafts, by=cast.policy("registrar"), now=clock.now())


def appoint(at: Walker, who: str, role: str) -> str:
    """Take up a post for Reed Pond on the registry's page; what the page then says."""
    at.open(f"/desk/of/{POND}/registry.assignment")
    page = at._page().forms[0]
    sent = {**page.values, "v.role": role, "p.holder": uid(who), "occurred_on": "2017-07-24"}
    sent.pop("csrfmiddlewaretoken", None)
    answer = at.client.post(at.address, sent, follow=True)
    return f"{answer.status_code} {text(answer)}"


def test_refused_with_the_rule_and_allowed_with_an_exception(cast: Cast, walks: Walks) -> None:
    registrar, office = walks("registrar"), walks("organiser")
    before = Fact.objects.count()
    said = appoint(registrar, "newcomer", "group_head")
    assert said.startswith("422")
    assert "违反“责任组组长”" in said
    assert "此人还没有登记职级、所在单位级别" in said, "a grade unknown is no grade"
    assert "均成立由乡镇副科级以上干部任组长" in said, "the rule's own words"
    assert "由县委组织部干部先记“任职例外”" in said, "and who may grant it"
    assert Fact.objects.count() == before
    address = f"/record/post_exception?subject={uid('newcomer')}"
    assert registrar.client.get(address).status_code == 404, "not the registrar's to grant"
    office.open(address)
    office.send(occurred_on="2017-07-20", subject=uid("newcomer"), v__post="group_head",
                v__reason="该乡镇暂无副科级干部", v__document="襄组〔2017〕3号")  # fmt: skip
    assert appoint(registrar, "newcomer", "village_lead").startswith("422"), "another post"
    assert appoint(registrar, "newcomer", "group_head").startswith("200")
    held = Assignment.objects.get(role="group_head", subject__uid=POND, retired_seq=None)
    assert held.person.name == "新来客"
    said = office.open("/staffing")
    assert "不符合任职条件 新来客 经批准的例外" in said, "and stays listed against the rule"
    assert "襄组〔2017〕3号" in office.follow("经批准的例外")


def test_two_heads_for_one_group_are_refused(cast: Cast, walks: Walks) -> None:
    put(cast, *(as_registrar(one) for one in (
        status("a deputy", "newcomer", "grade", "section_deputy"),
        status("of a town", "newcomer", "unit_level", "township"),
    )))  # fmt: skip
    registrar = walks("registrar")
    assert appoint(registrar, "newcomer", "group_head").startswith("200")
    said = appoint(registrar, "group head", "group_head")
    assert said.startswith("422")
    assert "“村级责任组组长”在这段时间已有人担任" in said


def test_nobody_gets_more_households_than_the_cap(cast: Cast) -> None:
    homes = [founding("household", f"home {n}", name=f"户{n}", place=POND) for n in range(16)]
    put(cast, *(as_registrar(home) for home in homes))
    posts = [as_registrar(post(f"helps {n}", "helper", "newcomer", f"home {n}")) for n in range(16)]
    with pytest.raises(Refused, match="一人最多 15 个，此人同期已有 15 个") as refused:
        put(cast, *posts)
    assert refused.value.code == "against_staffing"
    assert not Assignment.objects.filter(person__uid=uid("newcomer")).exists(), "nothing half"
    put(cast, *posts[:15])
    with pytest.raises(Refused, match="一人最多 15 个"):
        put(cast, posts[15])


def test_an_exception_holds_until_its_day_and_not_when_withdrawn(cast: Cast) -> None:
    by = cast.policy("organiser")
    granted = cast.draft("post_exception", subject="newcomer", by="organiser",
                         on=date(2017, 7, 3), name="granted",
                         values={"post": "village_lead", "reason": "人手不够",
                                 "until": "2017-07-10"})  # fmt: skip
    actions.record([granted], by=by, now=clock.now())
    late = as_registrar(post("late", "village_lead", "newcomer", "reed pond", start=TODAY))
    early = as_registrar(
        post("early", "village_lead", "newcomer", "reed pond", start=date(2017, 7, 5))
    )
    before = as_registrar(post("before", "village_lead", "newcomer", "reed pond", start=BEGIN))
    for draft in (late, before):
        with pytest.raises(Refused, match="违反“有贫困户的村由科级干部分包”"):
            put(cast, draft)
    actions.void(uid=uid("granted"), reason="撤销", by=by, now=clock.now())
    with pytest.raises(Refused, match="违反"):
        put(cast, early)
    values = {"post": "village_lead", "reason": "人手不够"}
    again = cast.draft("post_exception", subject="newcomer", by="organiser",
                       on=date(2017, 7, 3), values=values)  # fmt: skip
    actions.record([again], by=by, now=clock.now())
    put(cast, early)
    found = queries.vacancies(cast.policy("registrar"), as_of=TODAY, rules={"village_lead"})
    assert [one.kind for one in found if one.person == cast.number("newcomer")] == ["unfit"]


def test_a_weak_branch_needs_its_four_posts(cast: Cast, walks: Walks) -> None:
    put(cast, as_registrar(status("weak", "branch", "weak", "soft", start=BEGIN)))
    by = cast.policy("registrar")
    rules = {f"rectification_{one}" for one in ("leader", "member", "secretary", "unit")}

    def vacant() -> set[str]:
        return {one.rule for one in queries.vacancies(by, as_of=TODAY, rules=rules)}

    assert vacant() == rules
    said = walks("registrar").open("/staffing")
    assert "1名乡镇班子成员包村" in said, "each rule by its words"
    with pytest.raises(Refused, match="软弱涣散村都有县级领导联村"):
        put(cast, as_registrar(post("leads it", "rectification_leader", "newcomer", "branch")))
    people = (("level", "county"), ("grade", "section_deputy"))
    put(cast, *(as_registrar(status(f"is {value}", "newcomer", kind, value))
                for kind, value in people))  # fmt: skip
    put(cast, as_registrar(post("leads it", "rectification_leader", "newcomer", "branch")))
    put(cast, as_registrar(post("lives there", "rectification_secretary", "secretary", "branch")))
    assert vacant() == {"rectification_member", "rectification_unit"}
    with pytest.raises(Refused, match="已有人担任"):
        put(cast, as_registrar(post("too", "rectification_secretary", "newcomer", "branch")))


def test_a_group_without_its_parts_is_listed_with_what_it_lacks(cast: Cast, walks: Walks) -> None:
    said = walks("registrar").open("/staffing")
    for part in ("组里缺：村“两委”干部", "组里缺：挂钩单位"):
        assert part in said
    assert "驻村第一书记、帮扶责任人为成员的村级脱贫责任组" in said, "the rule's words"
    put(cast, *(
        cast.draft("unit_link", subject=village, by="registrar", on=date(2017, 7, 3),
                   values={"unit": uid("bureau")})
        for village in ("reed pond", "stone bridge")
    ))  # fmt: skip
    assert "组里缺：挂钩单位" not in walks("registrar").open("/staffing")
