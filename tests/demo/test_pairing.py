"""`bangfu pairing` on the invented county: proposes, lists, and works out what a page asked for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.demo.command import Made, bangfu, make
from tests.demo.invented import DAYS


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("county") / "data", DAYS[0])


def test_a_plan_is_proposed_with_its_proof_and_listed(county: Made) -> None:
    said = county.ask("pairing", "propose")
    assert said.startswith("方案 2017-07-31-1：")
    cost, bound = (
        said.split(word)[1].split("，")[0].split("（")[0] for word in ("总费用 ", "任何方案不低于 ")
    )
    assert cost == bound
    english = bangfu("--lang", "en", "pairing", "list", "--data", str(county.folder))
    assert "2017-07-31-1  helper                done" in english.stdout


def test_leaders_and_points_are_proposed_by_their_rules(county: Made) -> None:
    for rule, words in (
        ("lead_of_poor_village", "个村，换分包领导"), ("village_lead", "个村，换分包领导"),
        ("helper_by_points", "户，换帮扶人"),
    ):  # fmt: skip
        said = county.ask("pairing", "propose", "--rule", rule)
        assert words in said
        assert ("差距 0.00%" in said) or rule == "helper_by_points"


def test_the_same_county_gives_the_same_plan(county: Made) -> None:
    costs = {county.ask("pairing", "propose").split("：", 1)[1].split("（")[0] for _ in range(2)}
    assert len(costs) == 1


def test_a_plan_that_a_page_asked_for_is_worked_out_apart(county: Made) -> None:
    database = Path(county.folder) / "bangfu.sqlite3"
    county.ask("pairing", "propose")
    with sqlite3.connect(database) as opened:
        [uid] = opened.execute(
            "SELECT uid FROM records_pairingplan ORDER BY id DESC LIMIT 1"
        ).fetchone()
        opened.execute(
            "UPDATE records_pairingplan SET state = 'waiting', answer = NULL WHERE uid = ?", [uid]
        )
    county.ask("pairing", "run", uid)
    with sqlite3.connect(database) as opened:
        state, answer = opened.execute(
            "SELECT state, answer FROM records_pairingplan WHERE uid = ?", [uid]
        ).fetchone()
    assert state == "done"
    assert answer
