"""What is shown unmasked or handed out: a fact first (查看、导出留痕), then the content, once."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bangfu.core.disclosure import DISCLOSURES, EXPORT, PURPOSES, REVEAL
from bangfu.core.facts import Draft, Value
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.text import Refused
from bangfu.records import actions, ledger, reading, refusals
from bangfu.records.access import Policy
from bangfu.records.checkpoints import Point
from bangfu.records.handbooks import handbook
from bangfu.records.ledger_queries import Seal, fact
from bangfu.records.models import Checkpoint, Fact

MOST_AN_HOUR = 20
# A cell that begins so would be run by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Request:
    """Why something is asked for, by the uid of the form, and when."""

    purpose: str
    uid: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be handed out: its title, the uid of what it is about, heads and rows."""

    title: str
    about: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One line of the auditors' list: the fact and where it stands in the chain."""

    fact: CoreFact
    seal: Seal


def may_reveal(policy: Policy, found: CoreFact) -> list[str]:
    """The identifiers of a fact that the reader sees masked, and may ask for with a purpose."""
    kind = handbook().kind(found.kind)
    if kind is None or policy.person is None or policy.auditor:
        return []
    return [field.id for field in kind.fields if field.identifier and found.values.get(field.id)]


def reveal(policy: Policy, uid: str, field: str, *, asked: Request) -> str:
    """An identifier of the fact of that uid as it is, after the asking was recorded.

    Raises `Refused`: "no_fact" for what is foreign, absent or no identifier, alike; "shown_once"
    for a form sent again; "too_many" beyond `MOST_AN_HOUR` in an hour.
    """
    found = fact(policy, uid)
    if found is None or field not in may_reveal(policy, found):
        raise refusals.no_fact()
    _check_purpose(asked.purpose)
    if fact(policy, asked.uid) is not None:
        raise Refused(
            "shown_once",
            "内容只显示一次。还要看，请重新说明用途。",
            "It is shown once. To see it again, state the purpose again.",
        )
    since = ledger.moment_text(asked.now - timedelta(hours=1))
    recent = Fact.objects.filter(performer=policy.person, kind=REVEAL, recorded_at__gt=since)
    if recent.count() >= MOST_AN_HOUR:
        raise Refused(
            "too_many",
            f"一小时内最多查看{MOST_AN_HOUR}次，请稍后再试。",
            f"At most {MOST_AN_HOUR} an hour may be revealed. Please try again later.",
        )
    values = {"fact": uid, "field": field, "purpose": asked.purpose}
    _record(policy, asked, REVEAL, about=_party(found, field), values=values)
    return str(reading.identifiers(policy, uid)[field])


def export(policy: Policy, table: Table, *, who: str, asked: Request) -> str:
    """The table as CSV text that says who took it, when, why and how long it is, as recorded."""
    _check_purpose(asked.purpose)
    body = _lines([table.heads, *table.rows])
    digest = hashlib.sha256(body.encode()).hexdigest()
    noted = _note_export(policy, table.title, len(table.rows), digest, about=table.about,
                         who=who, asked=asked)  # fmt: skip
    return _lines([[table.title], noted]) + body


def handed_out(
    policy: Policy, title: str, *, about: str, rows: int, digest: str, who: str, asked: Request
) -> str:
    """Record that a workbook is handed out, of which others know the content; what it says of
    itself: who took it, when, why, how long it is, and as which fact.
    """
    _check_purpose(asked.purpose)
    return " ".join(_note_export(policy, title, rows, digest, about=about, who=who, asked=asked))


def _note_export(
    policy: Policy, title: str, rows: int, digest: str, *, about: str, who: str, asked: Request
) -> list[str]:
    values: dict[str, Value] = {
        "what": title, "rows": rows, "purpose": asked.purpose, "digest": digest,
    }  # fmt: skip
    _record(policy, asked, EXPORT, about=about, values=values)
    return [who, ledger.moment_text(asked.now), PURPOSES[asked.purpose].zh, str(rows), asked.uid]


def disclosures(policy: Policy, *, start: int, most: int) -> tuple[list[Disclosed], int]:
    """Reveals and exports from the `start`th on, the newest first, and how many; for auditors."""
    if not policy.auditor:
        return [], 0
    rows = Fact.objects.filter(kind__in=DISCLOSURES).order_by("-sequence")
    seals = {
        row[0]: Seal(*row)
        for row in rows.values_list("sequence", "hash", "previous_hash")[start : start + most]
    }
    facts = reading.by_sequence(policy, list(seals))
    return [Disclosed(found, seals[found.sequence]) for found in facts], rows.count()


def checkpoints(policy: Policy, *, most: int) -> list[Point]:
    """The latest checkpoints, the newest first; for auditors."""
    if not policy.auditor:
        return []
    rows = Checkpoint.objects.order_by("-sequence").values_list("sequence", "count", "hash", "at")
    return [Point(*row) for row in rows[:most]]


def chain_end(policy: Policy) -> ledger.Head | None:
    """Where the chain ends; for auditors."""
    return ledger.head() if policy.auditor else None


def _record(
    policy: Policy, asked: Request, kind: str, *, about: str, values: Mapping[str, Value]
) -> None:
    draft = Draft(asked.uid, kind, policy.as_of, about, policy.person_uid, dict(values))
    actions.record([draft], by=policy, now=asked.now)


def _check_purpose(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Refused("no_purpose", "请选择用途。", "Please choose a purpose.", place="purpose")


def _party(found: CoreFact, field: str) -> str:
    """Whose value it is: the participant whom the field names, else the subject."""
    kind = handbook().kind(found.kind)
    item = kind.field(field) if kind else None
    named = [uid for role, uid in found.participants if item is not None and role == item.party]
    return named[0] if len(named) == 1 else found.subject


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([[_cell(cell) for cell in row] for row in rows])
    return text.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
