"""A decision changes the registry with it: once, and corrected or withdrawn with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from bangfu.core.facts import Draft
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.handbook import county_folder, load
from bangfu.records import actions, queries
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, founding, post, settle, uid
from tests.cast import status as status_of
from tests.exchange.test_lists import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shipped() -> Handbook:
    """The county's rules; of the monitoring procedure only the lead and the decision."""
    book = load(county_folder("xiangcheng"))
    rule = book.procedures["monitoring"]
    terms = tuple(
        replace(term, steps=tuple(replace(s, not_before=None) for s in term.steps if s.sets))
        for term in rule.terms
    )
    return replace(book, procedures={**book.procedures, "monitoring": replace(rule, terms=terms)})


@pytest.fixture
def cast(shipped: Handbook, settings: Settings, tmp_path: Path) -> Iterator[Cast]:
    settings.BANGFU_DATA = tmp_path / "data"
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "data/keys/master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "data/outside"
    with use_handbook(shipped):
        cast = settle(as_of=DAY)
        more = [
            founding("person", "leader", name="领千山", unit=uid("bureau")),
            post("leads the county", "county_leader", "leader", "county"),
            status_of("once lifted", "household", "category", "lifted"),
        ]
        by = cast.policy("registrar", as_of=DAY)
        actions.record(
            [replace(one, performed_by=uid("registrar")) for one in more], by=by, now=NOW
        )
        lead = cast.draft("risk_lead", on=DAY - timedelta(days=9), values={"source": "check"},
                          name="lead")  # fmt: skip
        actions.record([lead], by=cast.policy("helper", as_of=DAY), now=NOW)
        yield cast


def decision(
    cast: Cast, *, result: str = "monitored", kind: str = "marginal", **more: str
) -> Draft:
    """The county leader's decision, whoever enters it."""
    values = {"case": uid("lead"), "kind": kind, "document": "定1号", "result": result}
    return cast.draft(
        "risk_decision", by="leader", on=DAY - timedelta(days=2), values=values, **more
    )  # fmt: skip


def category(cast: Cast) -> str:
    found = queries.card(cast.policy("registrar", as_of=DAY), uid("household"))
    assert found is not None
    held = [one for one in found.statuses if one.name == "category" and one.end is None]
    return held[-1].value if len(held) == 1 else max(held, key=lambda one: one.start).value


def test_a_decision_sets_the_category_by_the_leader_s_own_hand(cast: Cast) -> None:
    """He may not enter a status by itself: the decision lets him, and only what it says."""
    leader = cast.policy("leader", as_of=DAY)
    told = actions.record([one := decision(cast)], by=leader, now=NOW)
    assert [fact.kind for fact in told] == ["risk_decision"]
    assert category(cast) == "marginal"
    end = queries.sequence()
    actions.record([one], by=leader, now=NOW)
    assert queries.sequence() == end, "sent twice it is entered once"
    assert queries.verify().ok


def test_one_that_says_no_sets_nothing(cast: Cast) -> None:
    before = Fact.objects.filter(kind="registry.status").count()
    actions.record([decision(cast, result="refused")], by=cast.policy("leader", as_of=DAY), now=NOW)
    assert Fact.objects.filter(kind="registry.status").count() == before
    assert category(cast) == "lifted"


def test_it_is_corrected_and_withdrawn_with_the_decision(cast: Cast) -> None:
    leader = cast.policy("leader", as_of=DAY)
    actions.record([decision(cast, name="decision")], by=leader, now=NOW)
    right = replace(decision(cast, kind="sudden"), amends=uid("decision"), reason="类别写错了")
    actions.correct(draft=right, by=leader, now=NOW)
    assert category(cast) == "sudden"
    actions.void(uid=right.uid, reason="重新审定", by=leader, now=NOW)
    assert category(cast) == "lifted"
    assert queries.verify().ok


def test_what_somebody_changed_by_hand_since_stays(cast: Cast) -> None:
    leader, registrar = cast.policy("leader", as_of=DAY), cast.policy("registrar", as_of=DAY)
    actions.record([decision(cast, name="decision")], by=leader, now=NOW)
    set_by = Fact.objects.get(kind="registry.status", performer=cast.number("leader"))
    by_hand = cast.draft(
        "registry.status", by="registrar", on=DAY - timedelta(days=2),
        values={"status": "category", "value": "unstable"}, amends=set_by.uid, reason="核对后改",
    )  # fmt: skip
    actions.correct(draft=by_hand, by=registrar, now=NOW)
    actions.void(uid=uid("decision"), reason="重新审定", by=leader, now=NOW)
    assert category(cast) == "unstable"


@pytest.mark.parametrize("changed", [{"uid": "no uid"}, {"amends": "no uid", "reason": "更正"}])
def test_a_decision_under_no_uid_is_refused_and_nothing_follows(
    changed: dict[str, str], cast: Cast
) -> None:
    before = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record([replace(decision(cast), **changed)],  # type: ignore[arg-type]
                       by=cast.policy("leader", as_of=DAY), now=NOW)  # fmt: skip
    assert caught.value.code in {"bad_uid", "no_fact"}
    assert Fact.objects.count() == before
