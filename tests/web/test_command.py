"""`bangfu trace` takes what a page's address says; a bad day is told in both languages."""

from __future__ import annotations

import pytest

from bangfu.__main__ import main
from bangfu.engine.trace import UnknownTarget
from bangfu.records import queries
from bangfu.web import command
from tests.cast import TODAY, Cast, uid


@pytest.mark.parametrize("target", [
    "obligation:household_visit:{household}:2017-07-01",
    "obligation:days_in_village:{village}:2017-07-01",
    "score:township_work:{town}", "figure:visits",
])  # fmt: skip
def test_a_target_copied_from_an_address_opens(target: str, cast: Cast) -> None:
    policy = cast.policy("registrar")
    typed = target.format(household=uid("household"), village=uid("stone bridge"), town=uid("east"))
    found = command.target_of(policy, typed)
    assert queries.trace(policy, found, as_of=TODAY).title
    # The engine's own numbers go on being understood.
    assert command.target_of(policy, found) == found


def test_a_target_that_names_nothing_says_how_to_write_one(cast: Cast) -> None:
    policy = cast.policy("registrar")
    typed = f"obligation:household_visit:{uid('nobody')}:2017-07-01"
    with pytest.raises(UnknownTarget) as refused:
        queries.trace(policy, command.target_of(policy, typed), as_of=TODAY)
    assert "/trace/" in refused.value.text.zh
    assert "/trace/" in refused.value.text.en


def test_a_bad_day_is_told_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["figures", "--as-of", "31.7.2017"])
    told = capsys.readouterr().err
    assert "不是日期" in told
    assert "is no day" in told


def test_an_unknown_rule_is_told_in_both_languages_with_ids(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["handbook", "show", "nope"]) == 1
    told = capsys.readouterr().err
    assert "手册里没有“nope”" in told
    assert "The handbook has no rule “nope”" in told
    assert "annual_leave" in told
    assert main(["handbook", "show", "household_visits"]) == 1
    assert "household_visit”？" in capsys.readouterr().err
