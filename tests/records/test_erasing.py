"""Whoever asks to be erased is: in rows, journal, mirror and memory, while the chain holds."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from bangfu.core.facts import Fact
from bangfu.core.text import Refused
from bangfu.records import actions, checkpoints, erasures, queries
from bangfu.records.mirror import current
from bangfu.records.mirror.files import Mirror, read_manifest
from bangfu.records.models import Person, Subject, SubjectKey
from tests.cast import NOW, Cast, uid

WHY = "本人申请（2017年7月31日）"


def erase(cast: Cast, party: str, *, by: str = "registrar", reason: str = WHY) -> Fact:
    return actions.erase(party=uid(party), reason=reason, by=cast.policy(by), now=NOW)


def test_name_birth_and_id_number_are_gone_and_the_chain_still_verifies(cast: Cast) -> None:
    fact = erase(cast, "head")
    row = Subject.objects.get(uid=uid("head"))
    detail = Person.objects.get(subject=row)
    assert (row.name, detail.birth, detail.sex, detail.id_digest) == ("", None, "", "")
    assert SubjectKey.objects.get(subject=row).wrapped is None
    assert fact.kind == "registry.erasure"
    assert fact.reason == WHY
    verdict = queries.verify()
    assert verdict.ok, verdict.text
    registrar = cast.policy("registrar")
    named = queries.subject(registrar, uid("head"))
    assert named is not None
    assert named.name == "已删除"
    founding = queries.fact(registrar, uid("head"))
    assert founding is not None
    assert founding.erased == 1
    assert "name" not in founding.values


def test_what_was_said_of_the_erased_still_counts(cast: Cast) -> None:
    visit = cast.draft(values={"mode": "door", "minutes": 40, "need": "修房顶"}, name="visit")
    actions.record([visit], by=cast.policy("helper"), now=NOW)
    registrar = cast.policy("registrar")
    before = {n: f.value for n, f in queries.figures(registrar, as_of=registrar.as_of).items()}
    erase(cast, "household")
    after = {n: f.value for n, f in queries.figures(registrar, as_of=registrar.as_of).items()}
    assert before == after
    assert any(before.values())
    seen = queries.fact(cast.policy("helper"), uid("visit"))
    assert seen is not None
    assert seen.erased == 1
    assert "need" not in seen.values


def test_it_is_listed_beside_the_checkpoints_once_however_often_it_is_sent(cast: Cast) -> None:
    registrar = cast.policy("registrar")
    for _ in range(2):
        actions.erase(party=uid("head"), reason=WHY, by=registrar, now=NOW, uid=uid("erasure"))
    (line,) = erasures.read_list(erasures.list_file())
    assert (line.party, line.fact) == (uid("head"), uid("erasure"))


def test_a_line_taken_off_the_list_or_changed_is_missed(cast: Cast) -> None:
    for party in ("head", "household"):
        erase(cast, party)
    assert queries.verify().ok
    file, points = erasures.list_file(), checkpoints.outside_file()
    lines = file.read_text("utf-8").splitlines(keepends=True)
    another = lines[0].replace(uid("head"), uid("west head"))
    for spoilt in (lines[:1], lines[1:], [], lines[::-1], [another, lines[1]]):
        file.write_text("".join(spoilt), "utf-8")
        verdict = queries.verify()
        assert verdict.broken is not None
        assert verdict.broken.what == "erasures"
        assert "删除清单" in verdict.text.zh
    file.unlink()
    assert not queries.verify().ok
    file.write_text("".join(lines), "utf-8")
    assert queries.verify().ok
    # Without the checkpoints' word the ledger's own still misses it.
    points.write_text("".join(
        json.dumps({k: v for k, v in json.loads(line).items() if "erasures" not in k}) + "\n"
        for line in points.read_text("utf-8").splitlines()
    ), "utf-8")  # fmt: skip
    assert queries.verify().ok
    file.write_text(lines[1], "utf-8")
    assert not queries.verify().ok


@pytest.mark.parametrize("by", ["helper", "officer", "outsider", "auditor"])
def test_only_who_the_handbook_names_may_erase(cast: Cast, by: str) -> None:
    with pytest.raises(Refused) as caught:
        erase(cast, "head", by=by)
    assert caught.value.code in ("not_recorder", "no_subject")
    assert not erasures.list_file().exists()
    assert Subject.objects.get(uid=uid("head")).name


def test_a_foreign_party_and_an_absent_one_are_refused_alike(cast: Cast) -> None:
    codes = []
    for party in ("west head", "nobody at all"):
        with pytest.raises(Refused) as caught:
            erase(cast, party, by="officer")
        codes.append((caught.value.code, str(caught.value)))
    assert codes[0] == codes[1]


def test_a_reason_is_asked_for_and_whoever_holds_a_post_keeps_the_name(cast: Cast) -> None:
    for party, reason, code in (("head", " ", "no_reason"), ("helper", WHY, "holds_posts")):
        with pytest.raises(Refused) as caught:
            erase(cast, party, reason=reason)
        assert caught.value.code == code


def test_a_place_is_no_party(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        erase(cast, "stone bridge")
    assert caught.value.code == "wrong_type"


def test_an_erasure_is_neither_corrected_nor_withdrawn(cast: Cast) -> None:
    fact = erase(cast, "head")
    registrar = cast.policy("registrar")
    with pytest.raises(Refused) as caught:
        actions.void(uid=fact.uid, reason="x", by=registrar, now=NOW + timedelta(minutes=1))
    assert caught.value.code == "not_yours"
    assert not queries.may_amend(registrar, fact)


def test_nothing_personal_can_be_said_of_the_erased_again(cast: Cast) -> None:
    erase(cast, "household")
    again = cast.draft(values={"mode": "door", "minutes": 5, "need": "x"})
    with pytest.raises(Refused) as caught:
        actions.record([again], by=cast.policy("helper"), now=NOW)
    assert caught.value.code == "erased_party"


def test_the_mirror_loses_the_values_and_the_files_that_held_them(cast: Cast, folder: Path) -> None:
    said = {"mode": "door", "income": "1200.00", "health": "poor"}
    visits = [
        cast.draft(values=said),
        cast.draft(values={**said, "income": "7700.00"}, subject="second household"),
    ]
    actions.record(visits, by=cast.policy("helper"), now=NOW)
    current.refresh()
    assert incomes(folder) == [120_000, 770_000]
    before = set((folder / "mirror").glob("*.parquet"))
    erase(cast, "household")
    assert incomes(folder) == [None, 770_000]
    after = set((folder / "mirror").glob("*.parquet"))
    assert {file.name for file in after} == set(read_manifest(folder / "mirror").files)
    assert before - after
    current.refresh()
    assert incomes(folder) == [None, 770_000]


def test_a_mirror_of_before_is_not_read_after_an_interrupted_erasure(
    cast: Cast, folder: Path
) -> None:
    said = {"mode": "door", "income": "1200.00"}
    actions.record([cast.draft(values=said)], by=cast.policy("helper"), now=NOW)
    current.refresh()
    with transaction.atomic():
        erasures.destroy(cast.number("household"))
    current.refresh()
    assert incomes(folder) == [None]


def incomes(folder: Path) -> list[int | None]:
    """What the mirror says of incomes, in fen."""
    table = Mirror(folder / "mirror", read_manifest(folder / "mirror")).kind("household_visit")
    found: list[int | None] = [] if table is None else table["v_income"].to_pylist()
    return found
