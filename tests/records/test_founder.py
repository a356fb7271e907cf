"""Nobody becomes the founder by taking his uid: that he writes is said by the code, not a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import actions
from bangfu.records.access import FOUNDER
from bangfu.records.models import Fact
from bangfu.records.plans import Entry
from tests.cast import NOW, TODAY, Cast, uid


def newcomer(name: str, by: str = "registrar") -> Draft:
    """A person whom the registrar enters."""
    return Draft(
        name, "registry.person", date(2017, 7, 1), name, uid(by),
        {"name": "新来者", "place": uid("stone bridge")},
    )  # fmt: skip


def test_the_founders_uid_is_nobodys_to_register(cast: Cast) -> None:
    before = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record([newcomer(FOUNDER)], by=cast.policy("registrar"), now=NOW)
    assert (caught.value.code, caught.value.place) == ("bad_uid", "uid")
    assert Fact.objects.count() == before


@pytest.mark.parametrize("place", ["subject", "performed_by"])
def test_no_draft_names_the_founder(cast: Cast, place: str) -> None:
    draft = replace(cast.draft(), **{place: FOUNDER})  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=cast.policy("helper"), now=NOW)
    assert (caught.value.code, caught.value.place) == ("bad_uid", place)


def test_a_policy_that_bears_his_uid_writes_nothing(cast: Cast) -> None:
    bearer = replace(cast.policy("helper"), person_uid=FOUNDER)
    draft = newcomer(uid("newcomer"), by="helper")
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=bearer, now=NOW)
    assert caught.value.code == "not_recorder"


def test_an_entry_that_bears_his_uid_writes_nothing(cast: Cast) -> None:
    entry = Entry(newcomer(uid("newcomer")), FOUNDER, NOW)
    with pytest.raises(Refused) as caught:
        actions.record_batch([entry], as_of=TODAY)
    assert caught.value.code == "not_recorder"
    assert actions.record_batch([entry._replace(founder=True)], as_of=TODAY) == 1
