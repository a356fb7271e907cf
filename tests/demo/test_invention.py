"""The stream of lines: the same for the same seed, in order, of real places and invented people."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from bangfu.core.roster import ROSTER
from bangfu.demo.lines import Line
from bangfu.demo.scale import FULL, SMALL
from tests.demo.invented import DAYS, handbook, invented

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


@pytest.fixture(scope="module")
def whole() -> list[Line]:
    """The whole county, as lines only."""
    return invented(FULL, as_of=DAYS[0], seed=1)


def test_the_county_has_lateness_mistakes_leave_and_changes_of_helper(whole: list[Line]) -> None:
    lines = whole
    kinds = Counter(line.draft.kind for line in lines)
    assert {"void", "leave", "registry.assignment_end", "registry.membership_end"} <= set(kinds)
    assert any(line.draft.amends and line.draft.kind == "household_visit" for line in lines)
    delays = [
        (line.recorded_at.date() - line.draft.occurred_on).days
        for line in lines
        if line.draft.kind == "household_visit"
    ]
    assert min(delays) == 0
    assert max(delays) > 7


def test_the_whole_county_is_as_large_as_the_article_s(whole: list[Line]) -> None:
    kinds = Counter(line.draft.kind for line in whole)
    assert 14_500 <= kinds["registry.household"] <= 15_500
    assert 44_000 <= kinds["registry.membership"] <= 46_500
    surveyed = [line for line in whole if line.draft.kind in ROSTER]
    assert 50_000 <= len(surveyed) <= 60_000
    work = [
        line.draft
        for line in whole
        if not line.draft.kind.startswith("registry.") and line.draft.kind not in ROSTER
    ]
    assert 175_000 <= len(work) <= 215_000
    assert sum(len(d.participants) + len(d.more_subjects) for d in work) <= 600_000
    posts = [line.draft for line in whole if line.draft.kind == "registry.assignment"]
    drawn = [d for d in posts if str(d.values.get("basis", "")).endswith("抽调")]
    assert len({d.participants[0][1] for d in drawn}) == FULL.helpers
    assert len({d.values["basis"] for d in drawn}) == 2


def test_names_have_three_characters_and_nobody_s_phone_rings(whole: list[Line]) -> None:
    for line in whole:
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
            answering = posts.get(draft.subject, []) + posts.get(home[draft.subject], [])
            assert any(
                person == draft.performed_by
                and start <= draft.occurred_on < ended.get(uid, date.max)
                for uid, person, start in answering
            ), draft


def test_the_reminder_of_the_party_day_is_in_the_handbook_s_words(lines: list[Line]) -> None:
    reminders = [line.draft for line in lines if line.draft.kind == "party_day_reminder"]
    assert reminders
    for draft in reminders:
        party_day = date.fromisoformat(str(draft.values["party_day_on"]))
        words = handbook().word("party_day_words", draft.occurred_on)
        assert words
        assert draft.occurred_on < party_day
        told = words.zh.format(month=party_day.month, day=party_day.day)
        assert draft.values["words"] == told


def test_what_is_learned_online_feeds_no_rule() -> None:
    """国办函〔2026〕12号: hours of study are no ground for assessment."""
    book = handbook()
    online = {kind.id for kind in book.kinds.values() if kind.evidence == "online"}
    assert "micro_lesson" in online
    duties = {name for duty in book.duties.values() for name in duty.facts}
    indicators = {
        one.fact
        for score in book.scores.values()
        for term in score.terms
        for one in term.indicators
    }
    covered = {coverage.fact for coverage in book.coverage.values()}
    assert not online & (duties | indicators | covered)
