"""The only writes: facts come in here, from form, sheet, API, registry page and demo alike."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Literal

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID, Draft, Fact
from bangfu.core.registry import ERASURE
from bangfu.core.text import Refused
from bangfu.records import (
    checkpoints,
    erasures,
    guard,
    ledger,
    reading,
    referring,
    refusals,
)
from bangfu.records.access import FOUNDER, Policy, founder
from bangfu.records.batch import Batch
from bangfu.records.county import made_reason
from bangfu.records.following import following
from bangfu.records.handbooks import handbook
from bangfu.records.models import Account, Meta, Subject
from bangfu.records.plans import Entry
from bangfu.records.sealing import KeyProblem, vault
from bangfu.records.turn import roomy, turn

__all__ = [
    "Entry", "Outcome", "correct", "erase", "found", "open_account", "record", "record_batch",
    "record_each", "record_sheet", "void",
]  # fmt: skip

FORMAT = "1"
_SHEET_ROOM = 64 * 1024  # kibibytes: a workbook is read beside


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft of several; `refused` says why it was not stored."""

    uid: str
    state: Literal["stored", "already", "refused"]
    refused: Refused | None = None


def record(
    drafts: Sequence[Draft], *, by: Policy, now: datetime, then: Callable[[], None] | None = None
) -> list[Fact]:
    """Record facts in one transaction, all or none; the facts in the order of the drafts.

    A repeated uid with the same body gives the stored fact again. Raises `Refused` with a stable
    code for the first draft that breaks a rule, `Conflict` for a uid with another body. `then`,
    called last inside the transaction, may raise to undo all of it.
    """
    with guard.lifted(by):
        entries = _entries(drafts, by, now)
        sequences = _write(entries, latest=by.as_of, day=by.as_of, by=by, then=then)
    return reading.by_sequence(by, sequences[: len(drafts)])


def _entries(drafts: Sequence[Draft], by: Policy, now: datetime) -> list[Entry]:
    """The drafts, and at the end what follows from them."""
    mine = [Entry(draft, by.person_uid, now, by.founder) for draft in drafts]
    found = following(drafts) if not by.founder else ()
    return mine + [Entry(draft, by.person_uid, now, follows=True) for draft in found]


def record_each(drafts: Sequence[Draft], *, by: Policy, now: datetime) -> list[Outcome]:
    """Record what can be recorded, each draft on its own merits and in order (ADR 0015).

    For senders that wait for a network: one draft that is refused holds up none behind it.
    Registry changes, disclosures and withdrawals are refused: they have pages of their own.
    Raises `Refused` only for what is wrong with the server.
    """
    with guard.lifted(by):
        known = set(ledger.existing([draft.uid for draft in drafts]))
    # Nearly every batch is sound: one transaction, one wait for the disk.
    together = [_tried(drafts, by, now)] * len(drafts)
    if together[0] is not None and len(drafts) > 1:
        together = [_tried([draft], by, now) for draft in drafts]
    found = []
    for draft, refused in zip(drafts, together, strict=True):
        if refused is not None:
            found.append(Outcome(draft.uid, "refused", refused))
            continue
        found.append(Outcome(draft.uid, "already" if draft.uid in known else "stored"))
        known.add(draft.uid)
    return found


def _tried(drafts: Sequence[Draft], by: Policy, now: datetime) -> Refused | None:
    """Record all of these or none; what was said against it."""
    try:
        for draft in drafts:
            kind = handbook().kind(draft.kind)
            if kind is not None and (kind.registry or kind.id in {VOID, *DISCLOSURES}):
                raise refusals.has_a_page(kind)
        with guard.lifted(by):
            _write(_entries(drafts, by, now), latest=by.as_of, day=by.as_of, by=by)
    except KeyProblem:
        raise
    except Refused as refused:
        return refused
    return None


def record_batch(
    entries: Iterable[Entry], *, as_of: date, progress: Callable[[int], None] | None = None
) -> int:
    """Record many entries, each by its own recorder at its own time, in one transaction.

    The same checks and the same chain as `record`; posts are those of each entry's day of
    recording, and no fact may lie after that day or after `as_of`. Entries must come in the
    order of `recorded_at`. `progress` is told how many are done. Returns how many there were.
    """
    with roomy():
        return len(_write(_counted(entries, progress), latest=as_of, day=None))


def record_sheet(
    drafts: Iterable[Draft],
    *,
    by: Policy,
    now: datetime,
    refuse: Callable[[Draft, Refused], None],
    trial: bool = False,
    then: Callable[[], None] | None = None,
) -> int:
    """Record a sheet's drafts in one transaction, as `record` does, without reading them again.

    What is refused is told to `refuse` and left out; `then`, called last inside the transaction,
    may raise to undo all of it. A `trial` checks and writes nothing, and keeps nobody waiting.
    Returns how many facts there were, those of repeated uids included.
    """
    entries = (Entry(draft, by.person_uid, now, by.founder) for draft in drafts)
    day = by.as_of
    with guard.lifted(by), roomy(_SHEET_ROOM):
        if trial:
            batch = _batch(latest=day, day=day, by=by, refuse=refuse, trial=True)
            return len(batch.write(entries))
        return len(_write(entries, latest=day, day=day, by=by, refuse=refuse, then=then))


def correct(*, draft: Draft, by: Policy, now: datetime) -> Fact:
    """Replace the standing fact that `draft.amends` names (更正)."""
    if draft.amends is None:
        raise refusals.nothing_to_void()
    return record([draft], by=by, now=now)[0]


def void(*, uid: str, reason: str, by: Policy, now: datetime, void_uid: str | None = None) -> Fact:
    """Withdraw the standing fact of that uid (作废); `void_uid` makes a repeat harmless."""
    name = void_uid or str(uuid.uuid4())
    draft = Draft(
        uid=name,
        kind=VOID,
        occurred_on=by.as_of,
        # A fact that does not exist is refused by the same words as a foreign one.
        subject=reading.subject_uid(uid) or name,
        performed_by=by.person_uid,
        amends=uid,
        reason=reason,
    )
    return record([draft], by=by, now=now)[0]


def erase(*, party: str, reason: str, by: Policy, now: datetime, uid: str | None = None) -> Fact:
    """Destroy the personal values of a person or household (删除个人信息), for good.

    The fact of it, the key and the registry's rows go in one transaction, after the list kept
    outside has its line; then what lay in journal, mirror and memory. A repeat under the same
    `uid` finishes what was interrupted. Raises `Refused`: `not_recorder`, `no_reason`,
    `holds_posts`.
    """
    from bangfu.records import sweeping  # with it comes the engine, which nothing else here needs

    draft = Draft(
        uid or str(uuid.uuid4()), ERASURE, by.as_of, party, by.person_uid, reason=reason.strip()
    )
    line = erasures.Erasure(party, draft.uid, ledger.moment_text(now))
    entry = Entry(draft, by.person_uid, now, by.founder)
    with guard.lifted(by):
        sequences = _write(
            [entry], latest=by.as_of, day=by.as_of, by=by, then=partial(erasures.carry_out, line)
        )
        sweeping.sweep(party)
        # The list's new end is written down at once: a line taken off it would not be missed else.
        checkpoints.checkpoint(now=now)
    return reading.by_sequence(by, sequences)[0]


def found(
    drafts: Sequence[Draft],
    *,
    as_of: date | None,
    now: datetime,
    options: Mapping[str, object] | None = None,
) -> list[Fact]:
    """Begin a county: its first facts, written by the founder before anybody holds a post.

    `as_of` is the day that the county takes for today, None for the real one; `options` say how
    the county was made, so that a folder made otherwise is recognised. Both go into the reason
    of the first fact too, where the chain holds them. Raises `Refused` where there is a county
    already.
    """
    meta = {
        "county": handbook().county,
        "as_of": as_of.isoformat() if as_of else "",
        "options": json.dumps(dict(options or {}), sort_keys=True),
        "format": FORMAT,
    }
    first = [replace(draft, reason=made_reason(meta)) for draft in drafts[:1]]
    day = as_of or now.date()
    policy = founder(day)
    with turn(), transaction.atomic():
        if Meta.objects.filter(key="county").exists():
            raise founded_already()
        Meta.objects.bulk_create([Meta(key=key, value=value) for key, value in meta.items()])
        batch = _batch(latest=day, day=day)
        sequences = batch.write(
            Entry(draft, FOUNDER, now, founder=True) for draft in (*first, *drafts[1:])
        )
    return reading.by_sequence(policy, sequences)


def founded_already() -> Refused:
    """A data folder holds one county."""
    return Refused(
        "founded_already",
        "这个数据目录里已经有一个县。",
        "This data folder holds a county already.",
    )


def open_account(
    *, username: str, person_uid: str | None, password: str, language: str = "zh"
) -> Account:
    """Open an account (开户) for a person, or for nobody in particular; refused if taken."""
    name = username.strip()
    if not 1 <= len(name) <= 150 or not name.isprintable():  # noqa: PLR2004
        raise Refused(
            "bad_username", "账号名不能用。", "This username cannot be used.", place="username"
        )
    person = None
    if person_uid is not None:
        person = Subject.objects.filter(uid=person_uid, type="person", voided_seq=None).first()
        if person is None:
            raise refusals.no_subject("person")
    account = Account(username=name, person=person, language=language)
    _set_password(account, password)
    with transaction.atomic():
        if Account.objects.filter(username=name).exists():
            raise Refused(
                "username_taken",
                f"账号名“{name}”已有人用。",
                f"The username “{name}” is taken.",
                place="username",
            )
        account.save()
    return account


def reset_password(*, username: str, password: str) -> Account:
    """Give an account another password (改密); where it is signed in, it no longer is."""
    account = Account.objects.filter(username=username).first()
    if account is None:
        raise Refused(
            "no_account",
            f"没有账号“{username}”。",
            f"There is no account “{username}”.",
            place="username",
        )
    _set_password(account, password)
    account.save(update_fields=["password"])
    return account


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as problem:
        text = " ".join(problem.messages)
        raise Refused("bad_password", text, text, place="password") from None
    account.set_password(password)


def _write(
    entries: Iterable[Entry],
    *,
    latest: date,
    day: date | None,
    by: Policy | None = None,
    refuse: Callable[[Draft, Refused], None] | None = None,
    then: Callable[[], None] | None = None,
) -> list[int]:
    """Write in one transaction, `then` included."""
    try:
        with turn(), transaction.atomic(durable=True):
            sequences = _batch(latest=latest, day=day, by=by, refuse=refuse).write(entries)
            if then is not None:
                then()
            return sequences
    finally:
        ledger.look_again()


def _batch(
    *,
    latest: date,
    day: date | None,
    by: Policy | None = None,
    refuse: Callable[[Draft, Refused], None] | None = None,
    trial: bool = False,
) -> Batch:
    return Batch(
        handbook(),
        vault(),
        latest=latest,
        day=day,
        hidden=partial(referring.hidden, by) if by is not None else None,
        opens=partial(referring.opens, by) if by is not None else None,
        refuse=refuse,
        trial=trial,
    )


def _counted(entries: Iterable[Entry], progress: Callable[[int], None] | None) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress is not None and number % 1000 == 0:
            progress(number)
