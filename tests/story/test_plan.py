"""A plan of pairs from proposal through edits to approval, as the organisation office does it."""

from __future__ import annotations

import pytest

from bangfu.records.models import Assignment, Fact
from tests.cast import Cast, uid
from tests.pairing.cast import drawn
from tests.story.conftest import Walks
from tests.story.walking import Walker


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The cast with cadres drawn to help, their skills, and what the households need."""
    return drawn(cast)


def helper_of(home: str) -> str:
    [held] = Assignment.objects.filter(
        subject__uid=uid(home), role="helper", retired_seq=None, end=None
    )
    return held.person.name


def test_from_proposal_through_edits_to_approval(cast: Cast, walks: Walks) -> None:
    office = walks("organiser")
    office.open("/staffing")
    assert "还没有方案" in office.follow("结对方案")
    said = office.send(form=0, do="plan")
    assert "没有比这更省的方案" in said
    plan = office.address
    changed_by_hand(office)
    said = office.open(plan)
    assert "云淑兰 → 农广田" in said
    approved(office)
    one_leaves(office)


def changed_by_hand(office: Walker) -> None:
    """Each choice shows what it costs before it is made, and the plan keeps what it did cost."""
    said = office.follow("谷大有")
    assert "次优是" in said
    assert "农广田 · 费用" in said
    said = office.send(form=0, helper=uid("farmer"))
    assert "方案已改：费用" in said
    assert "对口：种养技术" in said
    before = Fact.objects.count()
    answer = office.client.post(office.address, {"found": uid("officer")})
    assert answer.status_code == 422
    assert "不在可以帮扶的人里" in answer.content.decode()
    assert Fact.objects.count() == before


def approved(office: Walker) -> None:
    """One household first, then the rest; the posts follow and name the plan."""
    said = office.send(form=0, do="approve", part="ticked", row=[uid("household")],
                       document="襄组〔2017〕8号", on="2017-07-24")  # fmt: skip
    assert "已批准 1 户，其中 1 户换帮扶人" in said
    assert helper_of("household") == "农广田"
    assert helper_of("second household") == "云淑兰"
    said = office.send(form=0, do="approve", part="all")
    assert "已批准 2 户" in said
    assert helper_of("second household") in said
    page = office.open(f"/desk/of/{uid('household')}")
    assert "结对方案 2017-07-31-1（襄组〔2017〕8号）" in page
    assert "云淑兰" in page, "who was replaced keeps what was done"


def one_leaves(office: Walker) -> None:
    """A patch moves nobody else; beside it the plan anew, with what it saves."""
    office.open("/pairing")
    said = office.send(form=1, do="patch", gone=[uid("farmer")])
    assert "离岗： 农广田" in said
    assert "不动其他户" in said
    patch = office.address
    office.send(form=0, do="again")
    assert "没有比这更省的方案" in office.words
    assert "全部重算的方案 2017-07-31-3 费用少" in office.open(patch)
    office.send(form=0, do="approve", part="all")
    assert helper_of("household") != "农广田"
