"""What a handbook is once it is loaded."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from bangfu.core.procedures import Clock, Outcome
from bangfu.core.registry import REGISTRY_KINDS
from bangfu.core.text import Refused, Text
from bangfu.handbook import county_folder, lint, load
from tests.handbook.minimal import FILES, changed, write


def test_every_shape_arrives_as_its_rule(tmp_path: Path) -> None:
    book = load(write(tmp_path))
    assert book.title == Text("河西县", "Hexi County")
    assert book.duties["monthly_visit"].facts == ("visit",)
    assert book.duties["visit_minutes"].terms[0].at_most == 2000
    assert book.deadlines["first_visit"].terms[0].unit == "working_days"
    assert book.staffing["secretary"].terms[0].cap == 1
    assert book.coverage["class_coverage"].via == "attendee"
    assert book.figures["visits"].performed_by == "first_secretary"
    assert book.figures["visits"].terms[0].parts == {"long": "minutes > 60"}
    assert book.scores["township_work"].terms[0].indicators[1].points == 2
    assert book.ladders["steps"].terms[0].rungs[1].rung == "statement"
    [walked] = book.procedures["alarm_case"].terms
    assert [step.id for step in walked.steps] == ["look", "look_again", "rule", "mend"]
    assert walked.steps[2].within == Clock(5, "working_days", "look")
    assert walked.steps[2].outcomes["again"] == Outcome(back_to="look")
    assert walked.within == Clock(30, "days", "opened")
    assert book.kinds["leave"].span == ("from", "to")
    assert book.statuses["category"].options["poor"].zh == "贫困户"


def test_terms_come_in_the_order_of_their_start(tmp_path: Path) -> None:
    text = FILES["duties/monthly_visit.toml"]
    head, first, second = text.split("[[terms]]\n")
    turned = head + "[[terms]]\n" + second + "\n[[terms]]\n" + first
    book = load(write(tmp_path, {"duties/monthly_visit.toml": turned}))
    assert [term.start.year for term in book.duties["monthly_visit"].terms] == [2016, 2021]


def test_every_term_carries_its_source(tmp_path: Path) -> None:
    source = load(write(tmp_path)).duties["monthly_visit"].terms[0].source
    assert (source.title, source.quote, source.standing) == ("本县办法", "按办法办", "local")


def test_registry_kinds_and_withdrawal_are_built_in(tmp_path: Path) -> None:
    kinds = load(write(tmp_path)).kinds
    assert {kind.id for kind in REGISTRY_KINDS} | {"void"} <= set(kinds)


def test_a_field_keeps_the_header_of_the_national_export(tmp_path: Path) -> None:
    need = load(write(tmp_path)).kinds["visit"].field("need")
    assert need is not None
    assert need.header == "诉求内容"


def test_a_kind_of_which_the_newest_holds_says_so(tmp_path: Path) -> None:
    assert not load(write(tmp_path)).kinds["visit"].latest
    said = changed("facts/visit.toml", 'evidence = "work"', 'evidence = "work"\nlatest = true')
    assert load(write(tmp_path, said)).kinds["visit"].latest


def test_the_calendar_counts(tmp_path: Path) -> None:
    calendar = load(write(tmp_path)).calendar
    assert calendar.is_working(date(2017, 9, 30))
    assert not calendar.is_working(date(2017, 10, 2))


def test_a_word_follows_the_day(tmp_path: Path) -> None:
    book = load(write(tmp_path))
    names = [book.word("body", date(year, 6, 1)) for year in (2017, 2022)]
    assert [name.zh for name in names if name] == ["扶贫办", "乡村振兴局"]


def test_an_identifier_is_personal_without_saying_so(tmp_path: Path) -> None:
    book = load(
        write(tmp_path, changed("facts/visit.toml", "personal = true", "identifier = true"))
    )
    field = book.kinds["visit"].field("need")
    assert field
    assert field.personal


def test_money_is_counted_in_yuan_unless_it_says_otherwise(tmp_path: Path) -> None:
    old = 'type = "integer"\nunit = {zh = "分钟", en = "minutes"}'
    book = load(write(tmp_path, changed("facts/visit.toml", old, 'type = "money"')))
    field = book.kinds["visit"].field("minutes")
    assert field
    assert field.unit == Text("元", "yuan")


def test_the_same_files_give_the_same_handbook_wherever_they_lie(tmp_path: Path) -> None:
    assert load(write(tmp_path / "a")) == load(write(tmp_path / "b"))


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_byte_in_any_file_changes_the_digest(tmp_path: Path, name: str) -> None:
    before = load(write(tmp_path / "before")).digest
    after = load(write(tmp_path / "after", {name: FILES[name] + "#"})).digest
    assert before != after


def test_a_rule_more_changes_the_digest_and_maps_beside_the_rules_do_not(tmp_path: Path) -> None:
    before = load(write(tmp_path / "before")).digest
    write(tmp_path / "maps", {"places/villages.csv": "1,2", "NOTICE": "x", ".hidden.toml": "["})
    assert load(tmp_path / "maps").digest == before


def test_the_texts_of_its_files_come_along(tmp_path: Path) -> None:
    assert load(write(tmp_path)).files == FILES


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    name = "facts/visit.toml"
    assert load(write(tmp_path, {name: "\ufeff" + FILES[name]})).kinds["visit"]


def test_two_files_more_are_a_kind_and_a_duty_more(tmp_path: Path) -> None:
    fact = FILES["facts/day_in_village.toml"].replace("day_in_village", "flood_check")
    duty = FILES["duties/days_in_village.toml"]
    duty = duty.replace("days_in_village", "flood_checks").replace("day_in_village", "flood_check")
    files = {"facts/flood_check.toml": fact, "duties/flood_checks.toml": duty}
    book = load(write(tmp_path, files))
    assert book.duties["flood_checks"].facts == ("flood_check",)


@pytest.mark.parametrize("name", ["nowhere", "", "..", "../counties", "xiangcheng/", "/"])
def test_only_a_county_that_ships_with_the_program_has_a_folder(name: str) -> None:
    with pytest.raises(Refused) as caught:
        county_folder(name)
    assert caught.value.code == "unknown_county"
    assert "xiangcheng" in caught.value.say("en")


def test_the_county_that_ships_loads_and_lint_finds_no_error() -> None:
    folder = county_folder("xiangcheng")
    assert (folder / "county.toml").is_file()
    assert [finding.say("en") for finding in lint(load(folder)) if finding.level == "error"] == []


def test_sixty_files_load_in_half_a_second() -> None:
    folder = county_folder("xiangcheng")
    load(folder)
    begun = time.process_time()
    load(folder)
    assert time.process_time() - begun < 0.5


def test_the_roster_of_the_county_has_the_headers_and_codes_of_the_national_export() -> None:
    kinds = load(county_folder("xiangcheng")).kinds
    household, member, measure = (
        kinds[name] for name in ("household_profile", "member_profile", "measure")
    )
    headers = {field.header for field in (*household.fields, *member.fields)}
    assert {"致贫/返贫风险1", "是否解决安全饮用水", "健康状况", "劳动技能", "在校生状况"} <= headers
    assert household.latest
    assert member.latest
    category = measure.field("category")
    assert category is not None
    assert len(category.options) == 14


def test_what_the_roster_says_of_health_and_money_is_sealed() -> None:
    kinds = load(county_folder("xiangcheng")).kinds
    health, phone = (
        kinds["member_profile"].field("health"), kinds["household_profile"].field("contact_phone")
    )  # fmt: skip
    assert health is not None
    assert health.personal
    assert phone is not None
    assert phone.identifier
    sealed = {field.id for field in kinds["income_account"].fields if field.personal}
    lines = {
        f"{group}{n}"
        for group, n in zip("aaaaabbbbcccccddddddeeee", "123451234123451234561234", strict=True)
    }
    assert lines <= sealed
