"""What lies beside the ledger is bound to it: the county's own facts, and who signs in as whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from bangfu.records import accounts, actions, second_factor
from bangfu.records.models import Account
from bangfu.records.verify import verify
from tests.cast import NOW, Cast, uid
from tests.records.tampering import tampered

PASSWORD = "a long enough word"

META_EDITS = {
    "another today": "UPDATE records_meta SET value = '2018-01-01' WHERE key = 'as_of'",
    "the real day": "DELETE FROM records_meta WHERE key = 'as_of'",
    "another county": "UPDATE records_meta SET value = 'elsewhere' WHERE key = 'county'",
    "another making": "UPDATE records_meta SET value = '{\"seed\": 2}' WHERE key = 'options'",
    "no county": "DELETE FROM records_meta WHERE key = 'county'",
}


@pytest.mark.parametrize("edit", META_EDITS)
def test_what_the_county_was_made_with_cannot_be_edited_unseen(cast: Cast, edit: str) -> None:
    assert verify().ok
    with tampered(META_EDITS[edit]):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == "meta"
    assert META_EDITS[edit].split("key = ")[1].strip("'") in verdict.text.en


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """Two accounts: the helper's in use, the outsider's closed."""
    for name in ("helper", "outsider"):
        actions.open_account(username=name, person_uid=uid(name), password=PASSWORD)
    accounts.close_accounts([uid("outsider")], by=cast.policy("registrar"), now=NOW)
    return cast


ACCOUNT_EDITS = {
    "another person": "person_id = (SELECT id FROM records_subject WHERE uid = '{auditor}')",
    "nobody": "person_id = NULL",
    "open again": "is_active = true",
    "another password": "password = (SELECT a.password FROM records_account a "
    "WHERE a.username = 'helper') || 'x'",
    "no change asked for": "must_change = NOT must_change",
    "another name": "username = 'somebody'",
    "a factor that is none": "second_since = '2017-07-31 00:00:00'",
    "no seal": "seal = ''",
}


@pytest.mark.parametrize("edit", ACCOUNT_EDITS)
def test_an_account_that_was_edited_directly_is_named(opened: Cast, edit: str) -> None:
    assert verify().ok, verify().text
    change = ACCOUNT_EDITS[edit].format(auditor=uid("auditor"))
    with tampered(f"UPDATE records_account SET {change} WHERE username = 'outsider'"):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == "account"
    assert ("somebody" if edit == "another name" else "outsider") in verdict.text.zh


def test_an_account_that_was_put_in_directly_is_named(opened: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_account (username, password, language, large, is_active, "
            "must_change, second_step, recovery, seal, person_id) SELECT 'ghost', password, "
            "language, large, is_active, must_change, 0, '[]', seal, person_id "
            "FROM records_account WHERE username = 'helper'"
        )
    assert "ghost" in verify().text.en


def test_what_the_program_does_to_accounts_keeps_them_in_order(opened: Cast) -> None:
    registrar = opened.policy("registrar")
    accounts.reopen_accounts([uid("outsider")], by=registrar, now=NOW)
    account = Account.objects.get(username="helper")
    accounts.change_password(account, old=PASSWORD, new="another long word", now=NOW)
    second_factor.begin(account)
    account.last_login = NOW + timedelta(days=1)
    account.save(update_fields=["last_login"])
    assert verify().ok, verify().text


def test_a_copy_read_before_does_not_undo_a_closing(opened: Cast) -> None:
    stale = Account.objects.get(username="helper")
    accounts.close_accounts([uid("helper")], by=opened.policy("registrar"), now=NOW)
    stale.recovery = []
    stale.save(update_fields=["recovery"])
    assert verify().ok, verify().text
    assert not Account.objects.get(username="helper").is_active


def test_a_later_sign_in_does_not_cover_an_edit_up(opened: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_account SET is_active = true WHERE username = 'outsider'")
    account = Account.objects.get(username="outsider")
    account.set_password("yet another long word")
    account.save(update_fields=["password"])
    assert "outsider" in verify().text.en
