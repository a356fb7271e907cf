"""What a correction carries over: sealed values that whoever corrects may not see (更正时保留).

A form shows only what its reader may see, so that what he sends says nothing of the rest. The
rest stays as it was, under the key of the party that it was sealed for, unless said anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping

from bangfu.core.facts import VOID, Draft, Value
from bangfu.records import ledger
from bangfu.records.ledger import SEALED
from bangfu.records.models import Fact
from bangfu.records.sealing import unseal

Carried = dict[str, dict[str, Value]]


def corrected(draft: Draft) -> str | None:
    """The uid of the fact that the draft corrects, None if it corrects none."""
    return draft.amends if draft.kind != VOID else None


def sealed_texts(uids: Collection[str]) -> dict[str, str]:
    """The values, as the ledger keeps them, of those of these facts that hold sealed ones."""
    found: dict[str, str] = {}
    for some in ledger.portions(uids, 5000):
        rows = Fact.objects.filter(uid__in=some).values_list("uid", "values")
        found.update((uid, text) for uid, text in rows if SEALED in text)
    return found


def sealed(text: str) -> Mapping[str, str]:
    """The sealed values in a fact's text, by party."""
    found: Mapping[str, str] = json.loads(text).get(SEALED, {})
    return found


def carried(
    uid: str, text: str, *, shown: Callable[[str], bool], key: Callable[[str], bytes | None]
) -> Carried:
    """The values of that fact whose party is not shown, by party; destroyed ones are gone."""
    found: Carried = {}
    for party, blob in sealed(text).items():
        opens = None if shown(party) else key(party)
        if opens is not None:
            found[party] = unseal(opens, blob, uid, party)
    return found


def without(kept: Carried, names: Collection[str]) -> Carried:
    """What is carried over, without the values of these names; parties left bare are left out."""
    rest = {
        party: {name: value for name, value in values.items() if name not in names}
        for party, values in kept.items()
    }
    return {party: values for party, values in rest.items() if values}
