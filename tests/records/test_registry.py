"""The registry: each change is a fact, and the rows that are searched follow from the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.models import Assignment, Membership, Person, PlaceName, Status, Subject
from bangfu.records.verify import verify
from tests.cast import BEGIN, NOW, Cast, uid


def new(cast: Cast, kind: str, name: str, *, on: date = date(2017, 7, 1), **values: Any) -> Draft:
    """A founding fact that the registrar writes."""
    return Draft(
        uid(name), f"registry.{kind}", on, uid(name), uid("registrar"), {**values, "name": name}
    )


def code_of(cast: Cast, draft: Draft, *, by: str = "registrar") -> str:
    """The code by which a draft is refused."""
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=cast.policy(by), now=NOW)
    assert caught.value.text.zh
    return caught.value.code


def write(cast: Cast, *drafts: Draft, by: str = "registrar") -> None:
    actions.record(drafts, by=cast.policy(by), now=NOW)
    assert verify().ok, verify().text


def test_a_place_knows_what_it_lies_in(cast: Cast) -> None:
    write(
        cast,
        new(
            cast, "place", "group", level="group", code="4199001010011", parent=uid("stone bridge")
        ),
    )
    group = Subject.objects.get(uid=uid("group"))
    numbers = [cast.number(name) for name in ("county", "east", "stone bridge")]
    assert group.path == "/" + "/".join(map(str, [*numbers, group.id])) + "/"
    assert (group.township, group.village) == (numbers[1], numbers[2])


BAD_PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "a second county": ({"level": "county", "code": "1"}, "second_county"),
    "a village without a township": ({"level": "village", "code": "1"}, "bad_parent"),
    "a village in a county": (
        {"level": "village", "code": "1", "parent": uid("county")}, "bad_parent",
    ),
    "a township in a township": (
        {"level": "township", "code": "1", "parent": uid("east")}, "bad_parent",
    ),
    "a parent that is no place": (
        {"level": "village", "code": "1", "parent": uid("helper")}, "bad_reference",
    ),
    "a parent that is not there": (
        {"level": "village", "code": "1", "parent": uid("x")}, "bad_reference",
    ),
    "a code that is taken": (
        {"level": "village", "code": "419900101001", "parent": uid("west")}, "code_taken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_PLACES)
def test_places_that_fit_nowhere_are_refused(cast: Cast, case: str) -> None:
    values, code = BAD_PLACES[case]
    assert code_of(cast, new(cast, "place", "new place", **values)) == code


def test_a_name_longer_than_any_register_is_refused(cast: Cast) -> None:
    long = replace(
        new(cast, "unit", "x", place=uid("east")), values={"name": "长" * 201, "place": uid("east")}
    )
    assert code_of(cast, long) == "too_long"


def test_a_renamed_place_keeps_its_old_name_for_its_days(cast: Cast) -> None:
    renamed = cast.draft(
        "registry.place_name", subject="stone bridge", by="registrar", on=date(2017, 3, 1),
        values={"name": "石桥社区", "code": "419900101901"},
    )  # fmt: skip
    write(cast, renamed)
    assert Subject.objects.get(uid=uid("stone bridge")).name == "石桥社区"
    rows = PlaceName.objects.filter(subject__uid=uid("stone bridge"), retired_seq=None)
    assert list(rows.order_by("start").values_list("name", "end")) == [
        ("石桥村", date(2017, 3, 1)), ("石桥社区", None),
    ]  # fmt: skip
    # The old code is free again from that day on, not before.
    taken = {"level": "village", "code": "419900101001", "parent": uid("west")}
    assert code_of(cast, new(cast, "place", "other", on=date(2017, 2, 1), **taken)) == "code_taken"
    write(cast, new(cast, "place", "other", on=date(2017, 3, 1), **taken))
    write(cast, cast.draft(VOID, subject="other", by="registrar", values={}, amends=uid("other")))
    void = cast.draft(VOID, subject="stone bridge", by="registrar", values={}, amends=renamed.uid)
    write(cast, void)
    assert Subject.objects.get(uid=uid("stone bridge")).name == "石桥村"


def test_a_place_put_elsewhere_takes_all_that_lies_in_it_along(cast: Cast) -> None:
    moved = cast.draft(
        "registry.place", subject="stone bridge", by="registrar", on=date(2016, 1, 4),
        amends=uid("stone bridge"),
        values={
            "level": "village", "name": "石桥村", "code": "419900101001", "parent": uid("west"),
        },
    )  # fmt: skip
    assert cast.number("household") not in {
        one.id for one in queries.find(cast.policy("west officer"), "谷大有", types=("household",))
    }
    write(cast, moved)
    household = Subject.objects.get(uid=uid("household"))
    assert household.township == cast.number("west")
    assert queries.subject(cast.policy("west officer"), uid("household")) is not None
    assert queries.subject(cast.policy("officer"), uid("household")) is None
    level = replace(
        moved, uid=uid("level"), amends=moved.uid, values={**moved.values, "level": "group"}
    )
    assert code_of(cast, level) == "level_changed"


def test_posts_must_exist_fit_and_not_overlap(cast: Cast) -> None:
    def post(role: str, *, subject: str, holder: str, on: date = date(2017, 7, 1)) -> Draft:
        return cast.draft(
            "registry.assignment", subject=subject, by="registrar", on=on,
            values={"role": role}, participants=(("holder", uid(holder)),),
        )  # fmt: skip

    assert code_of(cast, post("king", subject="county", holder="helper")) == "unknown_post"
    assert code_of(cast, post("helper", subject="head", holder="helper")) == "wrong_post_type"
    assert code_of(cast, post("helper", subject="household", holder="outsider")) == "post_taken"
    write(cast, post("village_lead", subject="stone bridge", holder="helper"))
    write(cast, post("village_lead", subject="stone bridge", holder="outsider"))
    again = post("village_lead", subject="stone bridge", holder="helper")
    assert code_of(cast, again) == "post_taken"


def test_a_post_ends_once_after_it_began_and_may_then_be_taken_up_by_another(cast: Cast) -> None:
    def end(on: date, *, subject: str = "household", what: str = "helps") -> Draft:
        return cast.draft(
            "registry.assignment_end", subject=subject, by="registrar", on=on,
            values={"assignment": uid(what)},
        )  # fmt: skip

    assert code_of(cast, end(date(2016, 1, 4))) == "end_before_start"
    assert code_of(cast, end(date(2017, 7, 1), subject="second household")) == "bad_reference"
    assert code_of(cast, end(date(2017, 7, 1), what="poor")) == "bad_reference"
    assert code_of(cast, end(date(2017, 7, 1), what="x")) == "bad_reference"
    ended = end(date(2017, 7, 1))
    write(cast, ended)
    assert code_of(cast, end(date(2017, 7, 2))) == "already_ended"
    heir = cast.draft(
        "registry.assignment", by="registrar", on=date(2017, 7, 1), values={"role": "helper"},
        participants=(("holder", uid("outsider")),),
    )  # fmt: skip
    assert (
        code_of(cast, replace(heir, uid=uid("early"), occurred_on=date(2017, 6, 30)))
        == "post_taken"
    )
    write(cast, heir)
    # To take the end back would give the household two helpers.
    void = cast.draft(VOID, by="registrar", values={}, amends=ended.uid, on=date(2017, 7, 31))
    assert code_of(cast, void) == "post_taken"
    later = replace(ended, uid=uid("later"), amends=ended.uid, occurred_on=date(2017, 7, 3))
    assert code_of(cast, later) == "post_taken"
    earlier = replace(later, occurred_on=date(2017, 6, 20))
    write(cast, earlier)
    post = Assignment.objects.get(subject__uid=uid("household"), start=BEGIN, retired_seq=None)
    assert post.end == date(2017, 6, 20)


def test_a_corrected_post_keeps_its_end(cast: Cast) -> None:
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 1),
        values={"assignment": uid("helps")},
    )  # fmt: skip
    corrected = cast.draft(
        "registry.assignment", by="registrar", on=date(2016, 2, 1), amends=uid("helps"),
        values={"role": "helper", "basis": "县委发〔2016〕1号"},
        participants=(("holder", uid("helper")),), name="corrected",
    )  # fmt: skip
    write(cast, end, corrected)
    rows = Assignment.objects.filter(subject__uid=uid("household"), role="helper", retired_seq=None)
    [post] = rows
    assert (post.start, post.end, post.basis) == (
        date(2016, 2, 1),
        date(2017, 7, 1),
        "县委发〔2016〕1号",
    )
    again = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 5), amends=end.uid,
        values={"assignment": uid("corrected")},
    )  # fmt: skip
    write(cast, again)
    assert rows.get().end == date(2017, 7, 5)
    write(cast, cast.draft(VOID, by="registrar", values={}, amends=uid("corrected")))
    assert not rows.all().exists()


def test_a_person_lives_in_one_household_at_a_time(cast: Cast) -> None:
    joins = cast.draft(
        "registry.membership", subject="second household", by="registrar", on=date(2017, 7, 1),
        values={"relation": "子"}, participants=(("member", uid("head")),),
    )  # fmt: skip
    assert code_of(cast, joins) == "already_member"
    leaves = cast.draft(
        "registry.membership_end", by="registrar", on=date(2017, 7, 1),
        values={"membership": uid("head lives there"), "why": "迁出"},
    )  # fmt: skip
    write(cast, leaves, joins)
    assert set(Membership.objects.filter(retired_seq=None).values_list("subject__uid", "end")) >= {
        (uid("household"), date(2017, 7, 1)), (uid("second household"), None),
    }  # fmt: skip
    assert cast.number("head") in cast.policy("helper").scope.subjects


def test_statuses_must_exist_fit_and_be_among_their_options(cast: Cast) -> None:
    def status(name: str, value: str | None, *, subject: str = "household") -> Draft:
        values: dict[str, Value] = {"status": name}
        if value is not None:
            values["value"] = value
        return cast.draft("registry.status", subject=subject, by="registrar", values=values)

    assert code_of(cast, status("mood", "fine")) == "unknown_status"
    assert code_of(cast, status("category", "rich")) == "bad_status_value"
    assert code_of(cast, status("poor_village", "no", subject="stone bridge")) == "bad_status_value"
    assert code_of(cast, status("category", "lifted", subject="head")) == "wrong_status_type"
    write(cast, status("poor_village", "yes", subject="stone bridge"))
    write(cast, status("grade", "一级", subject="helper"), status("category", None))
    found = queries.tables(cast.policy("helper"), as_of=date(2017, 7, 31)).statuses["category"]
    assert found.value.tolist() == ["registered_poor"]
    assert found.end.tolist() != []


def test_statuses_recorded_out_of_order_are_in_order(cast: Cast) -> None:
    for day, value in ((date(2017, 6, 1), "lifted"), (date(2017, 3, 1), "ordinary")):
        write(
            cast,
            cast.draft(
                "registry.status",
                by="registrar",
                on=day,
                values={"status": "category", "value": value},
            ),
        )
    rows = Status.objects.filter(subject__uid=uid("household"), retired_seq=None).order_by("start")
    assert list(rows.values_list("value", "start", "end")) == [
        ("registered_poor", date(2016, 1, 4), date(2017, 3, 1)),
        ("ordinary", date(2017, 3, 1), date(2017, 6, 1)),
        ("lifted", date(2017, 6, 1), None),
    ]


def test_what_others_speak_of_cannot_be_voided(cast: Cast) -> None:
    for name in ("county", "stone bridge", "household", "head", "helper", "bureau"):
        void = cast.draft(VOID, subject=name, by="registrar", values={}, amends=uid(name))
        assert code_of(cast, void) == "in_use", name
    write(cast, new(cast, "person", "mistake", place=uid("east")))
    write(
        cast, cast.draft(VOID, subject="mistake", by="registrar", values={}, amends=uid("mistake"))
    )
    assert queries.subject(cast.policy("registrar"), uid("mistake")) is None
    visit = cast.draft(participants=(("companion", uid("mistake")),))
    assert code_of(cast, visit, by="helper") == "bad_participant"


def test_a_township_registers_its_own_and_nobody_elses(cast: Cast) -> None:
    def person(name: str, **values: Any) -> Draft:
        return replace(new(cast, "person", name, **values), performed_by=uid("officer"))

    write(cast, person("ours", place=uid("stone bridge")), by="officer")
    for elsewhere in ("reed pond", "nowhere"):
        theirs = person("theirs", place=uid(elsewhere))
        assert code_of(cast, theirs, by="officer") == "bad_reference"
    assert code_of(cast, person("nowhere"), by="officer") == "needs_place"
    assert code_of(cast, person("hers", place=uid("stone bridge")), by="helper") == "no_subject"
    write(cast, person("nowhere"), by="registrar")


def test_a_corrected_person_keeps_number_and_uid(cast: Cast) -> None:
    number = cast.number("head")
    corrected = cast.draft(
        "registry.person", subject="head", by="officer", on=date(2016, 1, 4), amends=uid("head"),
        values={
            "name": "谷大友", "sex": "male", "birth": "1961-05-20", "place": uid("stone bridge"),
        },
    )  # fmt: skip
    write(cast, corrected, by="officer")
    row = Subject.objects.get(uid=uid("head"))
    assert (row.id, row.name) == (number, "谷大友")
    person = Person.objects.get(subject=row)
    assert (person.birth, person.id_digest) == (date(1961, 5, 20), "")
    other = replace(corrected, uid=uid("o"), amends=corrected.uid, subject=uid("helper"))
    assert code_of(cast, other) == "no_subject"
