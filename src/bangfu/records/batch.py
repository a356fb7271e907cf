"""A batch on its way into the ledger: learned of in bulk, checked one by one, written in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from bangfu.core.facts import VOID, Draft, Value, canonical, link
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.records import ledger, projections, refusals
from bangfu.records.access import FOUNDER
from bangfu.records.checks import Checked, Checker, Recording, participant_rows
from bangfu.records.learning import Learner, parties
from bangfu.records.ledger import SEALED, FactLine, Stored, Uids
from bangfu.records.models import PARTICIPANTS_A_FACT, Fact, Participant, SubjectKey
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import Event, SubjectRow
from bangfu.records.sealing import Vault, seal
from bangfu.records.usage import in_use

PORTION = 2000


class Entry(NamedTuple):
    """A draft, the uid of who records it, and when; what a batch is made of."""

    draft: Draft
    recorded_by: str
    recorded_at: datetime


class Batch:
    """Writes entries one after the other inside a transaction that its caller holds."""

    def __init__(self, handbook: Handbook, vault: Vault, *, latest: date, day: date | None) -> None:
        """`latest` is the last day that has come; `day` decides which posts recorders hold,
        None for each entry's own day of recording.
        """
        self._vault = vault
        self._latest = latest
        self._day = day
        self._head = ledger.head()
        self._registry = Registry(vault.lookup)
        self._learner = Learner(self._registry, vault, self._head.sequence)
        self._facts = self._learner.facts
        self._checker = Checker(handbook, self._registry, self._facts, self._in_use)
        self._lines: list[FactLine] = []
        self._participants: list[tuple[int, int, str, int]] = []
        self._keys: list[tuple[int, bytes]] = []
        self._earliest: datetime | None = None
        self._moment: tuple[datetime | None, str, date] = (None, "", date.min)

    def write(self, entries: Iterable[Entry]) -> list[int]:
        """Check and write; the sequences of the facts, those of repeated uids included.

        A refusal of one of several names it in its place: "3" or "3.minutes", counted from 1.
        """
        sequences: list[int] = []
        for portion in ledger.portions(entries, PORTION):
            self._learner.learn(self._checker, portion)
            for entry in portion:
                try:
                    sequences.append(self._take(entry))
                except Refused as refused:
                    if sequences or len(portion) > 1:
                        number = str(len(sequences) + 1)
                        refused.place = f"{number}.{refused.place}" if refused.place else number
                    raise
            self.flush()
        return sequences

    def flush(self) -> None:
        """Write what has been checked; participants first, for a fact that stands is closed."""
        ledger.insert(
            Participant._meta.db_table,
            ("id", "fact_id", "role", "participant_id"),
            self._participants,
        )
        ledger.insert(Fact._meta.db_table, FactLine._fields, self._lines)
        projections.flush(self._registry)
        ledger.insert(SubjectKey._meta.db_table, ("subject_id", "wrapped"), self._keys)
        self._lines, self._participants, self._keys = [], [], []

    def _in_use(self, row: SubjectRow) -> bool:
        self.flush()
        return in_use(row)

    def _take(self, entry: Entry) -> int:
        draft = entry.draft
        values = self._checker.values(draft)
        sealed, keys = self._sealed_parts(draft, values)
        digest = self._digest(entry, values, keys)
        known = self._facts.get(draft.uid)
        if known is not None:
            if known.digest != digest:
                raise refusals.conflict()
            return known.sequence
        checked = self._checker.check(draft, values, self._recording(entry))
        return self._append(entry, checked, sealed, digest)

    def _recording(self, entry: Entry) -> Recording:
        if self._earliest is not None and entry.recorded_at < self._earliest:
            raise refusals.unordered()
        self._earliest = entry.recorded_at
        if self._moment[0] != entry.recorded_at:
            day = timezone.localtime(entry.recorded_at).date()
            self._moment = (entry.recorded_at, ledger.moment_text(entry.recorded_at), day)
        day = self._moment[2]
        recorder = None
        if entry.recorded_by != FOUNDER:
            recorder = self._registry.subjects.get(entry.recorded_by)
            if recorder is None or recorder.voided:
                raise refusals.not_recorder(self._checker.plan(entry.draft.kind).kind)
        if self._day is not None:
            return Recording(recorder, self._day, self._latest)
        return Recording(recorder, day, min(day, self._latest))

    def _sealed_parts(
        self, draft: Draft, values: dict[str, Value]
    ) -> tuple[dict[str, dict[str, Value]], list[bytes]]:
        """The personal values by party, and the parties' keys in order of their uids."""
        grouped = parties(self._checker.plan(draft.kind), draft, values)
        return grouped, [self._learner.key(party) for party in sorted(grouped)]

    def _digest(self, entry: Entry, values: dict[str, Value], keys: list[bytes]) -> str:
        draft = entry.draft
        body = {
            "kind": draft.kind,
            "occurred_on": draft.occurred_on.isoformat(),
            "minute": draft.minute,
            "subject": draft.subject,
            "more_subjects": sorted(draft.more_subjects),
            "participants": sorted(draft.participants),
            "performed_by": draft.performed_by,
            "recorded_by": entry.recorded_by,
            "amends": draft.amends,
            "values": values,
            "reason": draft.reason,
        }
        return self._vault.digest(canonical(body), keys)

    def _append(
        self, entry: Entry, checked: Checked, sealed: dict[str, dict[str, Value]], digest: str
    ) -> int:
        draft, sequence = entry.draft, self._head.sequence + 1
        subject_id = sequence if checked.subject is None else checked.subject.id
        rows = participant_rows(checked)
        recorder = self._registry.subjects.get(entry.recorded_by)
        line = FactLine(
            sequence=sequence,
            uid=draft.uid,
            kind=draft.kind,
            occurred_on=draft.occurred_on.isoformat(),
            minute=draft.minute,
            subject_id=subject_id,
            performer_id=checked.performer.id if checked.performer else None,
            recorder_id=recorder.id if recorder else None,
            recorded_at=max(self._head.recorded_at, self._moment[1]),
            amends_id=checked.amended and checked.amended.sequence,
            values=self._values_text(draft, checked, sealed),
            reason=self._vault.seal_reason(draft.reason, draft.uid),
            digest=digest,
            previous_hash=self._head.hash,
            hash="",
        )
        uids = Uids(
            draft.subject,
            [row.uid for row in checked.more],
            [(role, row.uid) for role, row in checked.participants],
            draft.performed_by,
            entry.recorded_by,
            draft.amends,
        )
        line = line._replace(hash=link(self._head.hash, ledger.body(line, uids)))
        self._lines.append(line)
        first = sequence * PARTICIPANTS_A_FACT
        self._participants += [
            (first + number, sequence, role, row.id) for number, (role, row) in enumerate(rows)
        ]
        self._head = ledger.Head(sequence, line.hash, line.recorded_at)
        self._remember(line, checked)
        return sequence

    def _values_text(
        self, draft: Draft, checked: Checked, sealed: dict[str, dict[str, Value]]
    ) -> str:
        """The values as the ledger keeps them: canonical JSON, each party's under its key."""
        if not sealed:
            return canonical(checked.values).decode()
        personal = checked.plan.personal
        kept: dict[str, object] = {
            name: value for name, value in checked.values.items() if name not in personal
        }
        kept[SEALED] = {
            party: seal(self._learner.key(party), values, draft.uid, party)
            for party, values in sealed.items()
        }
        return canonical(kept).decode()

    def _remember(self, line: FactLine, checked: Checked) -> None:
        """Let the rest of the batch know this fact."""
        self._facts[line.uid] = Stored(
            line.sequence, line.uid, line.kind, line.subject_id, line.performer_id,
            line.recorder_id, line.digest, None,
        )  # fmt: skip
        if checked.amended is not None:
            amended = checked.amended
            self._facts[amended.uid] = amended._replace(amended_by=line.uid)
        if checked.plan.kind.registry or line.kind == VOID:
            draft = checked.draft
            self._registry.apply(
                Event(
                    line.sequence, line.uid, line.kind, draft.occurred_on, draft.subject,
                    checked.values, draft.participants, line.amends_id,
                )
            )  # fmt: skip
        for party, key in self._learner.new_keys().items():
            row = self._registry.subjects[party]
            self._keys.append((row.id, self._vault.wrap(key, party)))
