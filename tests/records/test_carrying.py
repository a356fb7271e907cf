"""A correction leaves personal values that whoever corrects may not see as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bangfu.core.facts import Draft, Fact, Value
from bangfu.records import actions, queries, reading
from bangfu.records.verify import verify
from tests.cast import NOW, Cast, post, uid

VISIT: dict[str, Value] = {
    "mode": "door",
    "minutes": 30,
    "need": "修房顶",
    "account": "622848001",
    "income": "8.00",
}


def record_and_pass_on(cast: Cast, **more: object) -> Fact:
    """The helper's visit, after which the household is somebody else's."""
    draft = cast.draft(values=VISIT, **more)  # type: ignore[arg-type]
    [fact] = actions.record([draft], by=cast.policy("helper"), now=NOW)
    pass_on(cast)
    return fact


def pass_on(cast: Cast) -> None:
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 25), name="passed on",
        values={"assignment": uid("helps")},
    )  # fmt: skip
    actions.record([end], by=cast.policy("registrar"), now=NOW)


def corrected(cast: Cast, fact: Fact, **values: object) -> Draft:
    """The helper's correction that says no more than these values."""
    given = {"mode": "door", "minutes": 45, **values}
    return cast.draft(values=given, amends=fact.uid, reason="多谈了一会")  # type: ignore[arg-type]


def read(cast: Cast, fact: Fact, who: str = "officer") -> dict[str, object]:
    found = queries.fact(cast.policy(who), fact.uid)
    assert found is not None
    return dict(found.values)


def test_who_may_no_longer_see_a_household_loses_nothing_of_it(cast: Cast) -> None:
    first = record_and_pass_on(cast)
    helper = cast.policy("helper")
    assert "need" not in read(cast, first, "helper")
    second = actions.correct(draft=corrected(cast, first), by=helper, now=NOW)
    assert second.values == {"mode": "door", "minutes": 45}
    assert read(cast, second) == read(cast, first) | {"minutes": 45}
    kept = reading.identifiers(cast.policy("officer"), second.uid)
    assert kept == {"account": "622848001"}
    assert verify().ok


def test_what_is_said_anew_replaces_what_was_not_seen(cast: Cast) -> None:
    first = record_and_pass_on(cast)
    draft = corrected(cast, first, need="修院墙", income="")
    second = actions.correct(draft=draft, by=cast.policy("helper"), now=NOW)
    found = read(cast, second)
    assert (found["need"], found["income"]) == ("修院墙", "8.00")


def test_who_sees_a_value_can_take_it_away(cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft(values=VISIT)], by=helper, now=NOW)
    second = actions.correct(draft=corrected(cast, first), by=helper, now=NOW)
    assert read(cast, second) == {"mode": "door", "minutes": 45}


def test_a_correction_sent_again_is_the_same_whoever_sees_what_by_then(cast: Cast) -> None:
    first = record_and_pass_on(cast)
    draft = corrected(cast, first)
    second = actions.correct(draft=draft, by=cast.policy("helper"), now=NOW)
    back = replace(
        post("helps again", "helper", "helper", "household", start=date(2017, 7, 28)),
        performed_by=uid("registrar"),
    )
    actions.record([back], by=cast.policy("registrar"), now=NOW)
    again = actions.correct(draft=draft, by=cast.policy("helper"), now=NOW + timedelta(hours=1))
    assert again.uid == second.uid
    assert read(cast, again)["need"] == "修房顶"


def test_a_companions_words_stay_under_the_companions_key(cast: Cast) -> None:
    helper = cast.policy("helper")
    first = cast.draft(
        values={"mode": "door", "remark": "老谷身体不好"},
        participants=(("companion", uid("officer")),),
    )
    [stored] = actions.record([first], by=helper, now=NOW)
    assert "remark" not in read(cast, stored, "helper")
    second = actions.correct(draft=corrected(cast, stored), by=helper, now=NOW)
    assert read(cast, second)["remark"] == "老谷身体不好"
    assert "remark" not in read(cast, second, "helper")


def test_a_correction_of_a_fact_of_the_same_batch_keeps_it_too(cast: Cast) -> None:
    first = cast.draft(
        values={"mode": "door", "remark": "老谷身体不好"},
        participants=(("companion", uid("officer")),), name="first",
    )  # fmt: skip
    then = cast.draft(amends=uid("first"), reason="记错时长")
    _, second = actions.record([first, then], by=cast.policy("helper"), now=NOW)
    assert read(cast, second)["remark"] == "老谷身体不好"
