"""Personal values lie under lock: nothing of them in clear, nothing of them movable."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import actions, ledger, queries, sealing
from bangfu.records.canonical import canonical
from bangfu.records.ledger import FactLine, Uids
from bangfu.records.models import Fact, Meta, Subject, SubjectKey
from bangfu.records.sealing import KeyProblem, seal, unseal, vault
from tests.cast import NOW, Cast, uid


def everything_stored() -> str:
    """Every value of every table as text."""
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")
            texts += [str(row) for row in cursor.fetchall()]
    return "\n".join(texts)


def test_identifiers_and_words_about_people_are_nowhere_in_clear(cast: Cast) -> None:
    draft = cast.draft(
        values={
            "mode": "door", "need": "修房顶", "health": "poor", "account": "6228480402564890018",
        },
        name="visit",
    )  # fmt: skip
    helper = cast.policy("helper")
    [fact] = actions.record([draft], by=helper, now=NOW)
    actions.void(uid=fact.uid, reason="谷家搬走了", by=helper, now=NOW)
    stored = everything_stored()
    for secret in (
        "修房顶", "6228480402564890018", "搬走了", "41990019610502001X", "13900000002",
        "13800000001", "村东头",
    ):  # fmt: skip
        assert secret not in stored
    assert "谷大有" in stored, "names are searchable, in the registry only"
    facts = "\n".join(Fact.objects.values_list("values", flat=True))
    assert "谷大有" not in facts
    assert "1961-05-02" not in facts
    assert "石桥村" in facts


def test_a_value_of_each_party_is_under_its_own_key(cast: Cast) -> None:
    draft = cast.draft(
        values={"mode": "door", "need": "修房顶", "remark": "请他带路"},
        participants=(("companion", uid("officer")),), name="visit",
    )  # fmt: skip
    actions.record([draft], by=cast.policy("helper"), now=NOW)
    values = json.loads(Fact.objects.get(uid=uid("visit")).values)
    assert set(values) == {"mode", "$sealed"}
    assert set(values["$sealed"]) == {uid("household"), uid("officer")}
    assert list(values) == sorted(values), "canonical"


def test_once_a_key_is_destroyed_its_values_read_as_erased_and_are_counted(cast: Cast) -> None:
    draft = cast.draft(values={"mode": "door", "need": "修房顶"}, name="visit")
    actions.record([draft], by=cast.policy("helper"), now=NOW)
    SubjectKey.objects.filter(subject=cast.number("household")).update(wrapped=None)
    seen = queries.fact(cast.policy("helper"), uid("visit"))
    assert seen is not None
    assert seen.values == {"mode": "door"}
    assert seen.erased == 1
    later = cast.draft(values={"mode": "door", "need": "再修"})
    with pytest.raises(Refused) as caught:
        actions.record([later], by=cast.policy("helper"), now=NOW)
    assert caught.value.code == "erased_party"
    actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)


def test_a_sealed_value_opens_only_where_it_was_put() -> None:
    key, other = sealing.new_key(), sealing.new_key()
    sealed = seal(key, canonical({"need": "修房顶"}), "fact", "party")
    assert unseal(key, sealed, "fact", "party") == {"need": "修房顶"}
    assert seal(key, canonical({"need": "修房顶"}), "fact", "party") != sealed
    for wrong in (
        (other, sealed, "fact", "party"), (key, sealed, "other", "party"),
        (key, sealed, "fact", "other"), (key, "x" + sealed[1:], "fact", "party"),
        (key, sealed[:-4], "fact", "party"), (key, "?", "fact", "party"),
    ):  # fmt: skip
        with pytest.raises(KeyProblem):
            unseal(*wrong)


def test_the_master_key_is_made_once_and_only_its_owner_reads_it(cast: Cast, folder: Path) -> None:
    file = folder / "keys" / "master.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["master.key"]
    before = file.read_bytes()
    vault()
    assert file.read_bytes() == before
    assert file.read_bytes().strip() not in everything_stored().encode()


def test_without_its_master_key_the_ledger_says_so_and_makes_no_new_one(
    cast: Cast, folder: Path
) -> None:
    file = folder / "keys" / "master.key"
    kept = file.read_bytes()
    file.unlink()
    with pytest.raises(KeyProblem) as caught:
        vault()
    assert caught.value.code == "no_master_key"
    assert not file.exists()
    file.write_bytes(b"c2hvcnQ=")
    with pytest.raises(KeyProblem) as caught:
        vault()
    assert caught.value.code == "bad_master_key"
    file.write_bytes(b"A" * 43 + b"=")
    with pytest.raises(KeyProblem) as caught:
        vault()
    assert caught.value.code == "other_master_key"
    file.write_bytes(kept)
    assert Meta.objects.filter(key=sealing.LEDGER_KEY).count() == 1
    vault()


def test_an_id_number_is_found_by_a_keyed_digest(cast: Cast) -> None:
    digest = vault().lookup("41990019610502001x ")
    person = Subject.objects.get(uid=uid("head")).person
    assert person.id_digest == digest
    assert len(digest) == 64


texts = st.text(max_size=20)
names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


@given(
    values=texts, reason=texts, role=names, minute=st.none() | st.integers(0, 1439),
    more=st.lists(texts, max_size=3), amends=st.none() | texts,
)  # fmt: skip
def test_the_body_that_is_hashed_is_canonical(
    values: str, reason: str, role: str, minute: int | None, more: list[str], amends: str | None
) -> None:
    line = FactLine(
        7, "u", "k", "2017-07-31", minute, 1, 2, 3, "2017-07-31T08:00:00Z", None, values,
        reason, "d", "p", "h",
    )  # fmt: skip
    uids = Uids("s", more, [(role, values), (role, "b")], "p", "r", amends)
    assert ledger.body(line, uids) == canonical(
        {
            "sequence": 7,
            "uid": "u",
            "kind": "k",
            "occurred_on": "2017-07-31",
            "minute": minute,
            "subject": "s",
            "more_subjects": more,
            "participants": [[role, values], [role, "b"]],
            "performed_by": "p",
            "recorded_by": "r",
            "recorded_at": "2017-07-31T08:00:00Z",
            "amends": amends,
            "values": values,
            "reason": reason,
            "digest": "d",
        }
    )


@given(st.lists(texts, min_size=2, max_size=6))
def test_drafts_that_differ_have_different_bodies(parts: list[str]) -> None:
    from datetime import date

    def body(kind: str, reason: str) -> bytes:
        draft = Draft("u", kind, date(2017, 7, 1), "s", "p", reason=reason)
        return ledger.draft_body(draft, "r", [])

    bodies = {body(one, other) for one in parts for other in parts}
    assert len(bodies) == len(set(parts)) ** 2
