"""One first secretary from nomination to recall and replacement, through the pages as they are."""

from __future__ import annotations

import uuid

import pytest

from bangfu.core.facts import Draft
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from bangfu.web import clock
from tests.cast import BEGIN, TODAY, Cast, founding, uid
from tests.story.conftest import Walks
from tests.story.walking import Walker
from tests.web.reading import text

POND = uid("reed pond")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Two cadres more, of whom one will be sent to Reed Pond and the other after him."""
    people = [
        founding("person", "first choice", name="穗田川", unit=uid("bureau")),
        founding("person", "second choice", name="砚雨生", unit=uid("bureau")),
    ]
    drafts = [Draft(one.uid, one.kind, BEGIN, one.subject, uid("registrar"), one.values)
              for one in people]  # fmt: skip
    actions.record(drafts, by=cast.policy("registrar"), now=clock.now())
    return cast


def case_of(kind: str) -> str:
    return Fact.objects.get(kind=kind, amends=None).uid


def enter(at: Walker, kind: str, case: str, on: str, **values: str) -> str:
    """Open the form from the case and send it; what the page then says."""
    at.open(f"/record/{kind}?case={case}&subject={POND}")
    sent: dict[str, str | list[str]] = {**values, "occurred_on": f"2017-{on}"}
    return at.send(form=0, **sent)


def wrong(at: Walker, kind: str, case: str, on: str, **values: str) -> str:
    """A wrong turn: the form comes back with the reason, and nothing is stored."""
    before = Fact.objects.count()
    sent = {
        "subject": POND, "v.case": case, "occurred_on": f"2017-{on}",
        "performed_by": uid("organiser"), "uid": str(uuid.uuid4()),
    }  # fmt: skip
    sent |= {name.replace("__", "."): value for name, value in values.items()}
    answer = at.client.post(f"/record/{kind}", sent)
    assert answer.status_code == 422, answer.status_code
    assert Fact.objects.count() == before
    return text(answer)


def people(name: str, role: str = "candidate") -> dict[str, str]:
    return {f"p__{role}": uid(name)}


def test_from_nomination_to_recall_and_replacement(cast: Cast, walks: Walks) -> None:
    office = walks("organiser")
    selected(office)
    posted(cast, "first choice", "06-01", "the first post")
    recalled(cast, office, walks)
    replaced(cast, office)
    page = office.open(f"/case/{case_of('recall_grounds')}")
    assert "已办结" in page
    assert "穗田川" in page
    assert queries.figure(cast.policy("registrar"), "recalls", as_of=TODAY).value == 1
    assert queries.figure(cast.policy("registrar"), "interviews", as_of=TODAY).value == 1


def selected(office: Walker) -> None:
    """The village first, then the person: two are nominated, one fails at a gate."""
    office.open(f"/record/secretary_demand?subject={POND}")
    office.send(occurred_on="2017-05-02", subject=POND, v__ground="heavy", v__wanted="industry")
    case = case_of("secretary_demand")
    said = wrong(office, "gate_political", case, "05-03", v__party_member="true",
                 v__discipline="廉1号", v__result="passed", **people("second choice"))  # fmt: skip
    assert "现在该办的是“推荐人选”，不能办“政治关”" in said
    said = wrong(office, "secretary_nomination", case, "05-05", v__source="young",
                 p__unit=uid("bureau"), **people("second choice"))  # fmt: skip
    assert "“推荐人选”要有“派出单位党委研究意见文号”才算办了" in said
    nominated(office, case, "second choice", "05-05")
    enter(office, "gate_political", case, "05-08", v__party_member="false", v__discipline="廉1号",
          v__result="refused", v__why="预备期未满", **people("second choice"))  # fmt: skip
    assert "下一步 推荐人选" in office.open(f"/case/{case}")
    nominated(office, case, "first choice", "05-10")
    said = wrong(office, "gate_political", case, "05-11", v__party_member="true",
                 v__discipline="廉2号", v__result="passed", **people("second choice"))  # fmt: skip
    assert "“人选”与前面的步骤不一致" in said
    enter(office, "gate_political", case, "05-11", v__party_member="true", v__discipline="廉2号",
          v__result="passed", **people("first choice"))  # fmt: skip
    enter(office, "gate_ability", case, "05-15", v__years="6", v__talk="谈3号",
          v__result="passed", **people("first choice"))  # fmt: skip
    said = wrong(office, "secretary_appointment", case, "05-16", v__document="任1号",
                 **people("first choice"))  # fmt: skip
    assert "现在该办的是“品行关”" in said
    enter(office, "gate_conduct", case, "05-17", v__appraisal="excellent", v__review="评1号",
          v__result="passed", **people("first choice"))  # fmt: skip
    enter(office, "secretary_appointment", case, "05-22", v__document="任1号",
          **people("first choice"))  # fmt: skip
    assert "已办结" in office.open(f"/case/{case}")


def nominated(office: Walker, case: str, who: str, on: str) -> None:
    enter(office, "secretary_nomination", case, on, v__source="backbone", v__document="党1号",
          p__unit=uid("bureau"), **people(who))  # fmt: skip


def posted(cast: Cast, who: str, on: str, name: str) -> None:
    """The registry fact by which somebody takes up the post in Reed Pond."""
    draft = cast.draft(
        "registry.assignment", name=name, subject="reed pond", by="registrar",
        on=TODAY.fromisoformat(f"2017-{on}"), values={"role": "first_secretary"},
        participants=(("holder", uid(who)),),
    )  # fmt: skip
    actions.record([draft], by=cast.policy("registrar"), now=clock.now())


def recalled(cast: Cast, office: Walker, walks: Walks) -> None:
    """Grounds, the interview, his answer, the unit's, a decision by people."""
    inspector = walks("inspector")
    inspector.open(f"/record/recall_grounds?subject={POND}")
    inspector.send(occurred_on="2017-07-24", subject=POND, v__ground="absent",
                   v__details="六月在村九天", p__secretary=uid("first choice"),
                   p__unit=uid("bureau"))  # fmt: skip
    case = case_of("recall_grounds")
    form = f"/record/unit_interview?case={case}&subject={POND}"
    assert inspector.client.get(form).status_code == 404, "it is the department's step"
    said = wrong(office, "recall_decision", case, "07-25", v__result="recall",
                 v__decided_by="部务会")  # fmt: skip
    assert "现在该办的是“约谈派出单位主要负责人”，不能办“研究决定”" in said
    enter(office, "unit_interview", case, "07-25", v__unit=uid("bureau"), v__minutes="谈9号")
    said = wrong(office, "recall_answer", case, "07-26", v__text="没有的事",
                 performed_by=uid("secretary"), **people("first choice", "secretary"))  # fmt: skip
    assert "办理人" in said
    himself = walks("first choice")
    assert "本人陈述申辩" in himself.open("/today")
    owed = himself.client.get("/api/obligations").json()["obligations"]
    [step] = [one for one in owed if one["rule"] == "first_secretary_recall"]
    assert (step["start"], step["due"], step["state"]) == ("2017-07-25", "2017-08-01", "due")
    board = himself.open(f"/board?person={uid('first choice')}")
    assert "等待办理的步骤 本人陈述申辩" in board
    assert "8月1日前" in board
    enter(himself, "recall_answer", case, "07-26", v__text="父亲住院",
                 **people("first choice", "secretary"))  # fmt: skip
    enter(office, "recall_unit_answer", case, "07-27", v__position="agrees")
    said = wrong(office, "recall_decision", case, "07-27", v__result="recall",
                 v__decided_by="部务会")  # fmt: skip
    assert "要满 3 天才能办，最早 2017-07-28" in said
    enter(office, "recall_decision", case, "07-28", v__result="recall", v__decided_by="部务会")
    assert "下一步 召回" in office.open(f"/case/{case}")


def replaced(cast: Cast, office: Walker) -> None:
    """He leaves, another is sent; a step withdrawn by mistake moves the case back."""
    case = case_of("recall_grounds")
    enter(office, "recall_carried_out", case, "07-29", v__handed_over="true",
          **people("first choice", "secretary"))  # fmt: skip
    left = Fact.objects.get(kind="recall_carried_out")
    policy = cast.policy("organiser")
    actions.void(uid=left.uid, reason="还没有交接完", by=policy, now=clock.now())
    assert "下一步 召回" in office.open(f"/case/{case}")
    enter(office, "recall_carried_out", case, "07-30", v__handed_over="true",
          **people("first choice", "secretary"))  # fmt: skip
    ended = cast.draft(
        "registry.assignment_end", subject="reed pond", by="registrar",
        on=TODAY.replace(day=31), values={"assignment": uid("the first post"), "why": "召回"},
    )  # fmt: skip
    actions.record([ended], by=cast.policy("registrar"), now=clock.now())
    posted(cast, "second choice", "07-31", "the second post")
    enter(office, "recall_replacement", case, "07-31", v__document="任2号",
          **people("second choice", "successor"))  # fmt: skip
