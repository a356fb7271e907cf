"""Facts as a reader may see them: values unsealed where the party is in scope, else absent.

Which ones they are, and what opens of a foreign one, `visible.py` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from bangfu.core.facts import Fact as CoreFact
from bangfu.core.facts import Value
from bangfu.records import guard, ledger
from bangfu.records.access import FOUNDER, Policy, mask
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import MORE, SEALED
from bangfu.records.models import PARTICIPANTS_A_FACT, Fact, Subject, SubjectKey
from bangfu.records.sealing import KeyProblem, Vault, unseal, vault
from bangfu.records.visible import (
    EVERYBODY,
    HIDDEN,
    PERFORMER,
    SUBJECT,
    Then,
    needs,
    parts_of,
)


class Raw(NamedTuple):
    """A fact's row with the uids of what it refers to."""

    sequence: int
    uid: str
    kind: str
    occurred_on: str
    minute: int | None
    subject: int
    subject_uid: str
    subject_path: str
    performer: int | None
    performer_uid: str | None
    recorder: int | None
    recorder_uid: str | None
    recorded_at: str
    amends: str | None
    values: str
    reason: str
    amended_by: str | None
    amended_seq: int | None


class Part(NamedTuple):
    """A participant's row with what a reader needs to place it."""

    fact: int
    role: str
    uid: str
    number: int
    path: str


COLUMNS = (
    "sequence", "uid", "kind", "occurred_on", "minute", "subject", "subject__uid",
    "subject__path", "performer", "performer__uid", "recorder", "recorder__uid", "recorded_at",
    "amends__uid", "values", "reason", "amended_by__uid", "amended_by__sequence",
)  # fmt: skip


def subject_uid(uid: str) -> str | None:
    """The uid of the subject of the fact of that uid."""
    return Fact.objects.filter(uid=uid).values_list("subject__uid", flat=True).first()


def by_sequence(
    policy: Policy, sequences: Sequence[int], *, known_at: int | None = None
) -> list[CoreFact]:
    """The facts of these sequences that the reader may see, in the order asked for."""
    found: dict[int, CoreFact] = {}
    for some in ledger.portions(dict.fromkeys(sequences), 5000):
        facts = select(policy, Q(sequence__in=some), known_at=known_at)
        found.update((fact.sequence, fact) for fact in facts)
    return [found[sequence] for sequence in sequences if sequence in found]


def select(
    policy: Policy, condition: Q, *, known_at: int | None = None, own_file: bool = False
) -> list[CoreFact]:
    """The facts that meet a condition and that the reader may see, in the ledger's order;
    with `own_file` for the file of a household, where alone some values show.
    """
    through = _let_through(condition)
    with guard.lifted(policy):
        return _select(policy, through, known_at=known_at, own_file=own_file)


def _let_through(condition: Q) -> Q:
    """The facts that the wall shows; what they refer to, and their parties' keys, lie beyond it."""
    if not guard.raised():
        return condition
    return Q(sequence__in=list(Fact.objects.filter(condition).values_list("sequence", flat=True)))


def _select(
    policy: Policy, condition: Q, *, known_at: int | None, own_file: bool
) -> list[CoreFact]:
    rows = Fact.objects.filter(condition).order_by("sequence").values_list(*COLUMNS)
    if known_at is not None:
        rows = rows.filter(sequence__lte=known_at)
    admission = Admission(policy, known_at)
    admission.learn([Raw(*row) for row in rows])
    opener = Opener(policy, own_file=own_file)
    opener.learn(admission.full)
    return [
        _fact(opener, raw, admission.parts.get(raw.sequence, ()), known_at)
        if full
        else _foreign(admission, raw, known_at)
        for raw, full in admission.admitted()
    ]


def participants(sequences: Sequence[int]) -> dict[int, list[Part]]:
    """The participants of these facts, further subjects included, by fact in their order."""
    found: dict[int, list[Part]] = {}
    for some in ledger.portions(sequences, 5000):
        marks = ", ".join(["%s"] * len(some))
        with connection.cursor() as cursor:
            # A participant's key says whose it is, so that the join is a range of the key.
            cursor.execute(
                "SELECT f.sequence, p.role, s.uid, s.id, s.path FROM records_fact f "  # noqa: S608
                f"JOIN records_participant p ON p.id >= f.sequence * {PARTICIPANTS_A_FACT} "
                f"AND p.id < (f.sequence + 1) * {PARTICIPANTS_A_FACT} "
                "JOIN records_subject s ON s.id = p.participant_id "
                f"WHERE f.sequence IN ({marks}) ORDER BY p.id",
                some,
            )
            for row in cursor.fetchall():
                found.setdefault(row[0], []).append(Part(*row))
    return found


def identifiers(policy: Policy, uid: str) -> dict[str, Value]:
    """The id numbers and phones of a fact as they are, for its correction and nothing else."""
    through = _let_through(Q(uid=uid))
    with guard.lifted(policy):
        return _identifiers(policy, through)


def _identifiers(policy: Policy, condition: Q) -> dict[str, Value]:
    raws = [Raw(*row) for row in Fact.objects.filter(condition).values_list(*COLUMNS)]
    seen = [raw for raw in raws if policy.scope.covers(raw.subject, raw.subject_path)]
    opener = Opener(policy)
    opener.learn(seen)
    found: dict[str, Value] = {}
    for raw in seen:
        kind = handbook().kind(raw.kind)
        values, _erased = opener.open(raw, masked=False)
        names = {field.id for field in kind.fields if field.identifier} if kind else set()
        found.update({name: value for name, value in values.items() if name in names})
    return found


class Admission:
    """Which of some facts open for a reader, in full or as foreign ones (`visible.py`)."""

    def __init__(self, policy: Policy, known_at: int | None) -> None:
        self._policy = policy
        self._then = Then(policy.scope, known_at)
        self._needed = needs(handbook()).parts
        self._raws: list[Raw] = []
        self.parts: dict[int, list[Part]] = {}
        self.full: list[Raw] = []
        self._foreign: set[int] = set()

    def learn(self, raws: Sequence[Raw]) -> None:
        """Find out about these facts."""
        self._raws = list(raws)
        closed = self._sort(self._raws)
        # What amends a fact that opens is seen with it, or the fact would seem to stand.
        amending = {raw.amends: raw for raw in closed if raw.amends}
        if amending:
            rows = Fact.objects.filter(uid__in=list(amending)).values_list(*COLUMNS)
            amended = [Raw(*row) for row in rows]
            before = len(self.full)
            shut = {raw.sequence for raw in self._sort(amended)}
            del self.full[before:]
            self._foreign |= {amending[o.uid].sequence for o in amended if o.sequence not in shut}

    def admitted(self) -> list[tuple[Raw, bool]]:
        """Those that open, and whether in full, in the order they came in."""
        full = {raw.sequence for raw in self.full}
        seen = full | self._foreign
        return [(raw, raw.sequence in full) for raw in self._raws if raw.sequence in seen]

    def _sort(self, raws: Sequence[Raw]) -> list[Raw]:
        """Note which ones open; the rest is returned."""
        self.parts.update(participants([raw.sequence for raw in raws]))
        self._then.learn(raw.subject for raw in raws)
        self._then.learn(p.number for raw in raws for p in self.parts.get(raw.sequence, ()))
        mine = [raw for raw in raws if self._full(raw)]
        self.full += mine
        known = {raw.sequence for raw in mine}
        others = [raw for raw in raws if raw.sequence not in known]
        self._then.learn_answering(one for raw in others for one in self._counting(raw))
        opening = {raw.sequence for raw in others if self._needs(raw)}
        self._foreign |= opening
        return [raw for raw in others if raw.sequence not in opening]

    def _counting(self, raw: Raw) -> set[int]:
        parts = self.parts.get(raw.sequence, ())
        fact = (raw.kind, raw.subject, raw.performer)
        return parts_of(fact, parts, wanted=self._needed)

    def _full(self, raw: Raw) -> bool:
        """Whether a subject lies in scope, the reader did or wrote it himself, or it is public."""
        if self._policy.person is not None and EVERYBODY in self._needed.get(raw.kind, ()):
            return True
        if self._then.covers(raw.subject, raw.subject_path):
            return True
        if self._policy.person is not None and self._policy.person in (raw.performer, raw.recorder):
            return True
        parts = self.parts.get(raw.sequence, ())
        return any(
            part.role == MORE and self._then.covers(part.number, part.path) for part in parts
        )

    def _needs(self, raw: Raw) -> bool:
        """Whether somebody in scope took part, or it counts for who answers for something there."""
        return any(self.sees(raw, part) for part in self.parts.get(raw.sequence, ())) or any(
            self._then.answers(person) for person in self._counting(raw)
        )

    def sees(self, raw: Raw, part: Part) -> bool:
        """Whether a foreign fact shows who took part in it."""
        if self._then.covers(part.number, part.path):
            return True
        return part.role in self._needed.get(raw.kind, ()) and self._then.answers(part.number)

    def subject(self, raw: Raw) -> str:
        """The subject's uid in a foreign fact, if it is who is needed."""
        answers = SUBJECT in self._needed.get(raw.kind, ()) and self._then.answers(raw.subject)
        return raw.subject_uid if answers else HIDDEN

    def performer(self, raw: Raw) -> str:
        """The performer's uid in a foreign fact, if he is who is needed."""
        if PERFORMER in self._needed.get(raw.kind, ()) and self._then.answers(raw.performer):
            return raw.performer_uid or HIDDEN
        return HIDDEN


class Opener:
    """Opens sealed values for one reader: only of parties that he may see, identifiers masked,
    and what shows in the file of a household alone only for that.
    """

    def __init__(self, policy: Policy, *, own_file: bool = False) -> None:
        self._policy = policy
        self._own_file = own_file
        self._vault: Vault | None = None
        self._keys: dict[str, bytes | None] = {}
        self._seen: dict[str, bool] = {}

    def learn(self, raws: Iterable[Raw]) -> None:
        """Load the keys of all parties whose values these facts hold."""
        uids: set[str] = set()
        for raw in raws:
            if SEALED in raw.values:
                uids.update(json.loads(raw.values).get(SEALED, {}))
        for some in ledger.portions(uids, 5000):
            rows = Subject.objects.filter(uid__in=some).values_list("id", "uid", "path")
            self._seen.update((uid, self._policy.scope.covers(n, path)) for n, uid, path in rows)
            wrapped = SubjectKey.objects.filter(subject__uid__in=some)
            for uid, blob in wrapped.values_list("subject__uid", "wrapped"):
                self._keys[uid] = None if blob is None else self.vault.unwrap(blob, uid)

    @property
    def vault(self) -> Vault:
        """The vault, fetched when something is sealed at all."""
        if self._vault is None:
            self._vault = vault()
        return self._vault

    def open(self, raw: Raw, *, masked: bool = True) -> tuple[dict[str, Value], int]:
        """The values, and how many parties' values are erased."""
        values = json.loads(raw.values)
        sealed: Mapping[str, str] = values.pop(SEALED, {})
        erased = 0
        for party, blob in sealed.items():
            key = self._keys.get(party)
            if key is None:
                erased += 1
            elif self._seen.get(party):
                values.update(unseal(key, blob, raw.uid, party))
        kind = handbook().kind(raw.kind)
        for field in kind.fields if kind and sealed and masked else ():
            if field.identifier and field.id in values:
                values[field.id] = mask(str(values[field.id]))
            elif field.own_file and not self._own_file:
                values.pop(field.id, None)
        return values, erased

    def reason(self, raw: Raw) -> str:
        """Why it was amended; empty where it does not open."""
        try:
            return self.vault.open_reason(raw.reason, raw.uid) if raw.reason else ""
        except KeyProblem:
            return ""


def _fact(opener: Opener, raw: Raw, parts: Iterable[Part], known_at: int | None) -> CoreFact:
    values, erased = opener.open(raw)
    parts = list(parts)
    return CoreFact(
        uid=raw.uid,
        sequence=raw.sequence,
        kind=raw.kind,
        occurred_on=date.fromisoformat(raw.occurred_on),
        subject=raw.subject_uid,
        performed_by=raw.performer_uid or FOUNDER,
        recorded_by=raw.recorder_uid or FOUNDER,
        recorded_at=ledger.moment_of(raw.recorded_at),
        values=values,
        participants=tuple((part.role, part.uid) for part in parts if part.role != MORE),
        more_subjects=tuple(part.uid for part in parts if part.role == MORE),
        minute=raw.minute,
        amends=raw.amends,
        reason=opener.reason(raw),
        amended_by=_amended_by(raw, known_at),
        erased=erased,
    )


def _amended_by(raw: Raw, known_at: int | None) -> str | None:
    later = known_at is not None and raw.amended_seq is not None and raw.amended_seq > known_at
    return None if later else raw.amended_by


def _foreign(admission: Admission, raw: Raw, known_at: int | None) -> CoreFact:
    """What a number in scope needs of a fact elsewhere: kind, day, whom it counts for, recorder."""
    values = json.loads(raw.values)
    kept = needs(handbook()).fields.get(raw.kind, frozenset())
    parts = admission.parts.get(raw.sequence, ())
    return CoreFact(
        uid=raw.uid,
        sequence=raw.sequence,
        kind=raw.kind,
        occurred_on=date.fromisoformat(raw.occurred_on),
        subject=admission.subject(raw),
        performed_by=admission.performer(raw),
        recorded_by=raw.recorder_uid or FOUNDER,
        recorded_at=ledger.moment_of(raw.recorded_at),
        values={name: value for name, value in values.items() if name in kept},
        participants=tuple((p.role, p.uid) for p in parts if admission.sees(raw, p)),
        amends=raw.amends,
        amended_by=_amended_by(raw, known_at),
    )
