"""A rule in plain words, with its document and that document's own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.handbook import county_folder, load, show
from bangfu.handbook.folders import rules_by_folder
from tests.handbook.minimal import changed, write

RULES = [
    "visit", "leave", "monthly_visit", "days_in_village", "visit_minutes", "first_visit",
    "secretary", "class_coverage", "visits", "township_work", "steps",
    "alarm_case", "ruling",
]  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    return load(write(tmp_path_factory.mktemp("hexi")))


def test_a_duty_reads_as_sentences_in_chinese(book: Handbook) -> None:
    text = show(book, "monthly_visit", "zh")
    assert "2016-01-01 至 2020-12-31：" in text
    assert "任“帮扶责任人”者，对所任的每个户，每月至少 1 次“入户走访”。" in text
    assert "适用于：户类型为“贫困户”、“脱贫户”之一。" in text
    assert "只算：方式 为 “上门”。" in text
    assert "期满后 5 天内办的算补办，再过算逾期。" in text
    assert "依据：本县办法（地方做法）：“按办法办”" in text


def test_a_duty_reads_as_sentences_in_english(book: Handbook) -> None:
    text = show(book, "monthly_visit", "en")
    assert "Whoever is “Helper” for a household owes each month at least 1 visits" in text
    assert "Where Category is one of: “Poor”, “Lifted”." in text
    assert "Late for 5 days after the period, then overdue." in text
    assert "Source: 本县办法 (local practice): “按办法办”" in text


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shape_can_be_shown_with_its_source(book: Handbook, rule: str, language: str) -> None:
    text = show(book, rule, language)
    assert "“按办法办”" in text
    assert not re.search(r"None|Text\(|\{|\}", text)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("days_in_village", "（按不同的日子计），各算各的", "on different days, each for himself"),
        ("visit_minutes", "每周至多 2000 分钟", "each week at most 2000 minutes"),
        ("first_visit", "“登记农户”后 10 个工作日内", "Within 10 working days"),
        ("secretary", "是贫困村", "it is: Poor village"),
        (
            "class_coverage",
            "按“层级”、“户”、“乡镇”分列",
            "Split by “Level”, “Household”, “Township”",
        ),
        ("visits", "只算“第一书记”办理的", "Only what “First secretary” did"),
        ("township_work", "“每月走访”办到的比例 × 60", "share met of “Monthly visit” × 60"),
        ("steps", "连续 2 次“表态发言”", "“Statement” 2 times running"),
        ("alarm_case", "只在严重", "Only where Grave"),
        ("alarm_case", "“查看”满 3 天才能办", "Not before 3 days after “Look”"),
        ("alarm_case", "“再查”的，退回“查看”", "“Look again” sends it back to “Look”"),
        ("alarm_case", "须有记录编号", "It needs: Number of the minutes"),
        ("alarm_case", "有“异议”即中止", "“Objection” stops the case"),
        ("visit", "诉求：文字，个人信息，封存", "Need: text, personal, sealed"),
    ],
)
def test_what_matters_of_each_shape_is_said(book: Handbook, rule: str, zh: str, en: str) -> None:
    assert zh in show(book, rule, "zh")
    assert en in show(book, rule, "en")


def test_a_condition_without_words_stays_sql(book: Handbook) -> None:
    assert "`mode = 'door' AND EXISTS (SELECT 1 FROM household" in show(book, "visits", "zh")


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        ("category = 'poor'", "户类型 为 “贫困户”", "Category is “Poor”"),
        ("category IS NULL", "没有户类型", "Category is unknown"),
        ("category IS NOT NULL", "有户类型", "Category is known"),
        ("NOT category = 'poor'", "并非（户类型 为 “贫困户”）", "not (Category is “Poor”)"),
        ("since < DATE '2017-01-01'", "登记日 早于 2017-01-01", "is before 2017-01-01"),
        ("since BETWEEN DATE '2017-01-01' AND DATE '2017-12-31'",
         "登记日在 2017-01-01 到 2017-12-31 之间",
         "lies from 2017-01-01 to 2017-12-31"),
        ("category = 'poor' OR (since IS NULL AND category = 'lifted')", "，或（没有登记日，且",
         "or (day of registration is unknown and"),
    ],
)  # fmt: skip
def test_conditions_are_said_in_words(tmp_path: Path, condition: str, zh: str, en: str) -> None:
    file = "duties/monthly_visit.toml"
    files = changed(file, "category IN ('poor', 'lifted')", condition)
    book = load(write(tmp_path, files))
    assert zh in show(book, "monthly_visit", "zh")
    assert en in show(book, "monthly_visit", "en")


def test_one_id_in_two_folders_shows_both_or_the_one_named(tmp_path: Path) -> None:
    figure = changed("figures/visits.toml", 'id = "visits"', 'id = "visit"')["figures/visits.toml"]
    book = load(write(tmp_path, {"figures/visit.toml": figure, "figures/visits.toml": None}))
    both = show(book, "visit", "en")
    assert "[Fact visit]" in both
    assert "[Figure visit]" in both
    assert "[Fact visit]" not in show(book, "figures/visit", "en")


def test_an_unknown_rule_is_refused_with_the_nearest(book: Handbook) -> None:
    with pytest.raises(Refused) as caught:
        show(book, "monthly_visits", "en")
    assert "“monthly_visit”" in caught.value.say("en")
    assert "“monthly_visit”" in caught.value.say("zh")


def test_every_rule_of_the_county_can_be_shown() -> None:
    book = load(county_folder("xiangcheng"))
    for folder, rules in rules_by_folder(book).items():
        for rule in rules:
            for language in ("zh", "en"):
                assert "None" not in show(book, f"{folder}/{rule}", language)
