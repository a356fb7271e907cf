"""A small county in a folder of its own, what its people send, and the judge of what is there."""

from __future__ import annotations

import os
import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bangfu.core.facts import Draft, Fact, Value


def begin(folder: Path) -> None:
    """Start Django on a data folder; once a process, before anything else is imported."""
    os.environ["BANGFU_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()


def found(folder: Path) -> None:
    """The cast's county with its mirror, closed."""
    from django.core.management import call_command
    from django.db import connection

    from bangfu.records.mirror.current import refresh
    from tests.cast import settle

    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    settle()
    refresh()
    connection.close()


def move_to(folder: Path) -> None:
    """Let this process speak to the database and the mirror of another folder; same keys."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = folder / "bangfu.sqlite3"
    settings.BANGFU_DATA = folder
    settings.BANGFU_OUTSIDE = folder / "outside"


@dataclass(slots=True)
class Told:
    """What a client sent, and what it was told of that is stored."""

    sent: dict[str, Draft] = field(default_factory=dict)
    stored: dict[str, Fact] = field(default_factory=dict)


def work(told: Told, rng: random.Random, name: str) -> list[Draft]:
    """The next things to send in one transaction: visits, corrections and withdrawals."""
    from tests.cast import TODAY, Cast, uid

    cast = Cast()
    number = len(told.sent)

    def visit(part: int, **more: str) -> Draft:
        values: dict[str, Value] = {
            "mode": "door",
            "minutes": rng.randint(1, 600),
            "need": "话" * rng.randint(1, 300),
        }
        made = cast.draft(name=f"{name} {number} {part}", values=values)
        return replace(made, **more)  # type: ignore[arg-type]

    taken = {draft.amends for draft in told.sent.values()}
    free = [
        fact for fact in told.stored.values()
        if fact.kind == "household_visit" and fact.uid not in taken
    ]  # fmt: skip
    chance = rng.random()
    if free and chance < 0.15:
        drafts = [visit(0, amends=rng.choice(free).uid, reason="更正")]
    elif free and chance < 0.3:
        gone = rng.choice(free)
        drafts = [
            replace(
                visit(0), kind="void", occurred_on=TODAY, values={},
                subject=gone.subject, performed_by=uid("helper"), amends=gone.uid, reason="作废",
            )
        ]  # fmt: skip
    else:
        drafts = [visit(part) for part in range(rng.choice((1, 1, 1, 4)))]
    told.sent.update((draft.uid, draft) for draft in drafts)
    return drafts


def record(told: Told, drafts: list[Draft]) -> None:
    """Send, and note what was acknowledged only once it was."""
    from bangfu.records import actions
    from tests.cast import Cast

    # The server beside takes the real time too, and the ledger wants no clock behind it.
    for fact in actions.record(drafts, by=Cast().policy("helper"), now=datetime.now(UTC)):
        told.stored[fact.uid] = fact


def bring_in(told: Told, drafts: list[Draft]) -> int:
    """The same as an import of many."""
    from bangfu.records import actions
    from tests.cast import NOW, TODAY

    entries = [
        actions.Entry(draft, draft.performed_by, NOW + timedelta(seconds=number))
        for number, draft in enumerate(drafts)
    ]
    told.sent.update((draft.uid, draft) for draft in drafts)
    return actions.record_batch(entries, as_of=TODAY)


def judge(told: Told) -> list[str]:
    """What is wrong with the database that this process speaks to, in words; nothing if in order.

    No acknowledged fact lost, doubled or changed, nothing there that nobody sent, the chain and
    the registry's rows verified, and the mirror again what the database says.
    """
    from bangfu.records.verify import verify

    wrong: list[str] = []
    verdict = verify()
    if verdict.broken is not None:
        wrong.append(f"not in order: {verdict.broken.what} {verdict.broken.detail}")
    read = as_read(told.stored)
    for uid, fact in told.stored.items():
        now = read.get(uid)
        if now is None:
            wrong.append(f"lost: {uid}")
        elif replace(now, amended_by=None) != replace(fact, amended_by=None):
            wrong.append(f"changed: {uid}")
    there = uids()
    if len(there) != count():
        wrong.append("doubled")
    wrong += [f"from nobody: {uid}" for uid in there - set(told.sent)]
    return wrong + _mirror()


def as_read(wanted: Collection[str]) -> dict[str, Fact]:
    """Those facts as the helper reads them now, by uid; what is not there is missing."""
    from bangfu.records import ledger_queries
    from bangfu.records.models import Fact as Row
    from tests.cast import Cast

    rows = Row.objects.filter(sequence__gt=_founded()).values_list("uid", "sequence")
    found = [sequence for uid, sequence in rows if uid in wanted]
    return {fact.uid: fact for fact in ledger_queries.facts(Cast().policy("helper"), found)}


def _mirror() -> list[str]:
    """Whether what a county office reads, through the mirror, is what the ledger has."""
    from bangfu.records.access import Scope
    from bangfu.records.ledger import head
    from bangfu.records.mirror.current import refresh, tables_for
    from bangfu.records.models import Fact
    from tests.cast import TODAY

    if refresh() != head().sequence:
        return ["the mirror does not reach the ledger's end"]
    county = Scope(county=True)
    read = tables_for(county, as_of=TODAY, known_at=None, kinds=None)
    standing = Fact.objects.filter(kind="household_visit", amended_by__isnull=True).count()
    seen = len(read.facts["household_visit"].fact)
    return [] if seen == standing else [f"the mirror has {seen} visits, the ledger {standing}"]


def repeat(told: Told, drafts: Iterable[Draft]) -> None:
    """Send again, as a client does that was not told; each alone, in the order of sending."""
    for draft in drafts:
        record(told, [draft])


def count() -> int:
    """How many facts were recorded since the county was founded."""
    from bangfu.records.models import Fact

    return Fact.objects.count() - _founded()


def uids() -> set[str]:
    """Their uids."""
    from bangfu.records.models import Fact

    return set(Fact.objects.filter(sequence__gt=_founded()).values_list("uid", flat=True))


def _founded() -> int:
    from tests.cast import LINKS, PLACES, SUBJECTS

    return len([*PLACES, *SUBJECTS, *LINKS])
