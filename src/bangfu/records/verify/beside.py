"""What lies beside the ledger and is bound to it: how it was made, accounts, and tokens."""

from __future__ import annotations

from bangfu.records import county
from bangfu.records.account_seals import first_unsealed
from bangfu.records.models import Fact, Meta
from bangfu.records.sealing import KeyProblem, vault
from bangfu.records.tokens import first_unsealed_token
from bangfu.records.verify.verdict import Broken


def bound() -> bool:
    """Whether the ledger's first fact says how the county was made, as it does since 0004."""
    return bool(_first()[1])


def broken_beside() -> Broken | None:
    """The first thing beside the ledger that is not as it was written."""
    uid, sealed = _first()
    if sealed:
        try:
            said = county.made_of(vault().open_reason(sealed, uid))
        except KeyProblem:
            return Broken("sealed", 1, uid)
        there = dict(Meta.objects.filter(key__in=county.MADE).values_list("key", "value"))
        differ = [key for key in county.MADE if said.get(key) != there.get(key)]
        if differ:
            return Broken("meta", 0, detail=", ".join(differ))
    for what, first in (("account", first_unsealed), ("token", first_unsealed_token)):
        username = first()
        if username is not None:
            return Broken(what, 0, detail=username)
    return None


def _first() -> tuple[str, str]:
    """Uid and sealed reason of the ledger's first fact."""
    row = Fact.objects.filter(sequence=1).values_list("uid", "reason").first()
    return row or ("", "")
