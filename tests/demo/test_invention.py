"""The stream of lines: the same for the same seed, in order, of real places and invented people."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from bangfu.demo.lines import Line
from bangfu.demo.scale import SMALL, TOWN, Scale
from tests.demo.invented import DAYS, invented

PEOPLE = ("registry.person", "registry.household")


@pytest.fixture(scope="module", params=DAYS, ids=str)
def lines(request: pytest.FixtureRequest) -> list[Line]:
    return invented(SMALL, as_of=request.param, seed=7)


def test_the_same_seed_invents_the_same_county(lines: list[Line]) -> None:
    day = lines[-1].recorded_at.date()
    as_of = min(DAYS, key=lambda d: abs(d - day))
    assert invented(SMALL, as_of=as_of, seed=7) == lines
    assert invented(SMALL, as_of=as_of, seed=8) != lines


def test_no_uid_comes_twice(lines: list[Line]) -> None:
    assert len({line.draft.uid for line in lines}) == len(lines)


def test_lines_come_in_the_order_of_their_recording_and_never_before_their_day(
    lines: list[Line],
) -> None:
    moments = [line.recorded_at for line in lines]
    assert moments == sorted(moments)
    assert all(line.draft.occurred_on <= line.recorded_at.date() for line in lines)


def test_every_reference_is_to_a_line_before(lines: list[Line]) -> None:
    known = {"founder"}
    for line in lines:
        draft = line.draft
        known.add(draft.uid)
        named = {draft.subject, draft.performed_by, line.recorded_by, *draft.more_subjects}
        named |= {uid for _, uid in draft.participants} | (
            {draft.amends} if draft.amends else set()
        )
        assert named <= known, draft


def test_all_places_are_there_with_the_names_and_codes_of_their_time(lines: list[Line]) -> None:
    levels = Counter(
        line.draft.values["level"] for line in lines if line.draft.kind == "registry.place"
    )
    assert levels == {"county": 1, "township": 16, "village": 448}
    renamed = [line for line in lines if line.draft.kind == "registry.place_name"]
    assert len(renamed) == (0 if lines[-1].recorded_at.year < 2023 else 144 + 14 + 3)


def test_a_year_has_lateness_mistakes_leave_and_changes_of_helper() -> None:
    kinds = Counter(line.draft.kind for line in invented(TOWN, as_of=DAYS[0], seed=1))
    assert {"void", "leave", "registry.assignment_end", "registry.membership_end"} <= set(kinds)
    assert kinds["registry.household"] > 500
    lines = invented(TOWN, as_of=DAYS[0], seed=1)
    assert any(line.draft.amends and line.draft.kind == "household_visit" for line in lines)
    delays = [
        (line.recorded_at.date() - line.draft.occurred_on).days
        for line in lines
        if line.draft.kind == "household_visit"
    ]
    assert min(delays) == 0
    assert max(delays) > 7


@pytest.mark.parametrize("scale", [SMALL, TOWN])
def test_names_have_three_characters_and_nobody_s_phone_rings(scale: Scale) -> None:
    for line in invented(scale, as_of=DAYS[0], seed=3):
        if line.draft.kind in PEOPLE:
            assert len(str(line.draft.values["name"])) == 3
            assert str(line.draft.values.get("phone", "100")).startswith("100")
            assert "id_number" not in line.draft.values


def test_nobody_visits_a_household_that_is_not_his(lines: list[Line]) -> None:
    """The helper of the day, or the village's first secretary."""
    posts: dict[str, list[tuple[str, str, date]]] = {}
    ended: dict[str, date] = {}
    home: dict[str, str] = {}
    for line in lines:
        draft = line.draft
        if draft.kind == "registry.assignment":
            holder = (draft.uid, draft.participants[0][1], draft.occurred_on)
            posts.setdefault(draft.subject, []).append(holder)
        elif draft.kind == "registry.assignment_end":
            ended[str(draft.values["assignment"])] = draft.occurred_on
        elif draft.kind == "registry.household":
            home[draft.uid] = str(draft.values["place"])
        elif draft.kind == "household_visit":
            answering = posts[draft.subject] + posts[home[draft.subject]]
            assert any(
                person == draft.performed_by
                and start <= draft.occurred_on < ended.get(uid, date.max)
                for uid, person, start in answering
            ), draft
