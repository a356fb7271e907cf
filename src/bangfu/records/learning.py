"""What a batch must know before it is checked, fetched in a few queries for all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.registry import ERASURE, FOUNDING
from bangfu.core.text import Refused
from bangfu.records import carrying, ledger, projections
from bangfu.records.case_book import CaseBook
from bangfu.records.checks import Checker
from bangfu.records.consents import homes_of
from bangfu.records.ledger import Stored
from bangfu.records.models import Assignment, Membership, Person, SubjectKey
from bangfu.records.plans import UID, Entry, Plan
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import ASSIGNMENT, MEMBERSHIP, PLACE_NAME, STATUS, Line
from bangfu.records.sealing import Vault, new_key


def parties(plan: Plan, draft: Draft, values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """The personal values by the uid of the party whose key seals them.

    A field names the subject or a participants' role; where that role has nobody, or several,
    the subject's key stands in.
    """
    grouped: dict[str, dict[str, Value]] = {}
    personal, owners = plan.personal, dict[str, str]()
    if not personal:
        return grouped
    if not draft.participants:
        own = {name: values[name] for name in personal.keys() & values.keys()}
        return {draft.subject: own} if own else grouped
    for name, value in values.items():
        party = personal.get(name)
        if party is None:
            continue
        uid = owners.get(party)
        if uid is None:
            named = [uid for role, uid in draft.participants if role == party]
            uid = owners[party] = named[0] if len(named) == 1 else draft.subject
        grouped.setdefault(uid, {})[name] = value
    return grouped


class Learner:
    """Loads subjects, posts, lines, keys and facts that the drafts of a portion refer to."""

    def __init__(self, registry: Registry, vault: Vault, before: int, *, book: CaseBook) -> None:
        """`before` is the ledger's end as the batch begins: later subjects are only here.

        `book` is where the facts of the cases that the drafts belong to are kept.
        """
        self._book = book
        self.facts: dict[str, Stored] = {}
        self._registry = registry
        self._vault = vault
        self._before = before
        self._loaded: set[tuple[str, str, object]] = set()
        self._keys: dict[str, bytes | None] = {}
        self.new_keys: dict[str, bytes] = {}  # made since they were last written
        self.texts: dict[str, str] = {}  # of facts that are corrected here, where they seal values

    def learn(self, checker: Checker, entries: Sequence[Entry]) -> None:
        """Load what the checks of these entries will ask for."""
        drafts = [entry.draft for entry in entries]
        known = [draft for draft in drafts if checker.handbook.kind(draft.kind)]
        references = [
            str(draft.values[field.id])
            for draft in known
            for field in checker.plan(draft.kind).references
            if UID.match(str(draft.values.get(field.id)))
        ]
        self._learn_facts(drafts, references)
        corrected = {uid for draft in drafts if (uid := carrying.corrected(draft))}
        self.texts |= carrying.sealed_texts(corrected)
        self._learn_subjects(entries, references)
        self._learn_posts(entries)
        self._learn_homes(
            entry.recorded_by for entry in entries
            if checker.handbook.kind(entry.draft.kind) and checker.plan(entry.draft.kind).members
        )  # fmt: skip
        subjects = self._registry.subjects
        self._book.learn(
            subjects[draft.subject].id
            for draft in drafts
            if draft.kind in self._book.kinds and draft.subject in subjects
        )
        matched = [draft for draft in known if checker.plan(draft.kind).kind.consent]
        self._book.learn(home for one in matched for home in homes_of(self._registry, one))
        opening = {draft.subject for draft in drafts if draft.kind in self._book.openings}
        self._lines(STATUS, "subject", [subjects[uid].id for uid in opening if uid in subjects])
        self._learn_keys(checker, known)
        if registry := [d for d in drafts if d.kind.startswith("registry.") or d.kind == VOID]:
            self._learn_registry(checker, registry)

    def key(self, party: str) -> bytes:
        """The key of a party, made now if it has none; refused if it was destroyed."""
        if party in self._keys:
            key = self._keys[party]
            if key is None:
                raise Refused(
                    "erased_party",
                    "该户（人）的个人信息已应要求删除，不能再登记个人信息。",
                    "This party's personal data were erased; nothing personal can be recorded.",
                )
            return key
        key = self._keys[party] = self.new_keys[party] = new_key()
        return key

    def drop_new_keys(self) -> None:
        """Forget the keys made for a draft that was then refused."""
        for party in self.new_keys:
            del self._keys[party]
        self.new_keys.clear()

    def known_key(self, party: str) -> bytes | None:
        """The key of a party, None if it has none or it was destroyed."""
        return self._keys.get(party)

    def _kept_parties(self, draft: Draft) -> Iterable[str]:
        """The parties of the sealed values in the fact that the draft corrects."""
        text = self.texts.get(carrying.corrected(draft) or "")
        return carrying.sealed(text) if text else ()

    def _learn_facts(self, drafts: Sequence[Draft], references: Sequence[str]) -> None:
        """Facts under the drafts' own uids, those they amend, and what amended those."""
        asked = {draft.uid for draft in drafts} | set(references)
        asked |= {draft.amends for draft in drafts if draft.amends}
        missing = asked - self.facts.keys()
        while missing:
            found = ledger.stored(missing)
            self.facts.update(found)
            followers = {fact.amended_by for fact in found.values() if fact.amended_by}
            missing = followers - self.facts.keys()

    def _learn_subjects(self, entries: Sequence[Entry], references: Sequence[str]) -> None:
        uids: set[str] = set(references)
        amended: set[int] = set()
        for entry in entries:
            draft = entry.draft
            uids.update((draft.subject, draft.performed_by, entry.recorded_by))
            uids.update(draft.more_subjects)
            if draft.participants:
                uids.update([uid for _, uid in draft.participants])
            if draft.amends:
                uids.update(self._kept_parties(draft))
                if draft.amends in self.facts:
                    amended.add(self.facts[draft.amends].subject_id)
        projections.load_uids(self._registry, uids)
        projections.load_numbers(self._registry, amended)

    def _learn_posts(self, entries: Sequence[Entry]) -> None:
        """The posts of recorders and performers, and the households of persons written about."""
        subjects = self._registry.subjects
        people = {entry.recorded_by for entry in entries}
        people |= {entry.draft.performed_by for entry in entries}
        people |= {entry.draft.subject for entry in entries if entry.draft.kind == ERASURE}
        persons = [subjects[uid].id for uid in people if uid in subjects]
        posts = self._lines(ASSIGNMENT, "person", persons)
        projections.load_numbers(self._registry, (post.subject for post in posts))
        about = {entry.draft.subject for entry in entries}
        about.update(uid for entry in entries for uid in self._kept_parties(entry.draft))
        written = [subjects[uid] for uid in about if uid in subjects]
        self._lines(MEMBERSHIP, "person", [row.id for row in written if row.type == "person"])

    def _learn_homes(self, people: Iterable[str]) -> None:
        """The households of recorders who may write about their own."""
        subjects = self._registry.subjects
        self._lines(MEMBERSHIP, "person", [subjects[p].id for p in set(people) if p in subjects])

    def _learn_keys(self, checker: Checker, drafts: Sequence[Draft]) -> None:
        wanted: set[str] = set()
        for draft in drafts:
            plan = checker.plan(draft.kind)
            if plan.personal:
                wanted.update(parties(plan, draft, draft.values))
                wanted.update(self._kept_parties(draft))
        subjects = self._registry.subjects
        numbers = {
            subjects[uid].id: uid
            for uid in wanted - self._keys.keys()
            if uid in subjects and subjects[uid].id <= self._before
        }
        for some in ledger.portions(numbers, projections.PORTION):
            rows = SubjectKey.objects.filter(subject__in=some).values_list("subject", "wrapped")
            for number, wrapped in rows:
                uid = numbers[number]
                self._keys[uid] = None if wrapped is None else self._vault.unwrap(wrapped, uid)

    def _learn_registry(self, checker: Checker, drafts: Sequence[Draft]) -> None:
        """The lines that registry facts will check against or change."""
        subjects = self._registry.subjects
        about = [subjects[d.subject].id for d in drafts if d.subject in subjects]
        self._lines(ASSIGNMENT, "subject", about)
        self._lines(STATUS, "subject", about)
        self._lines(PLACE_NAME, "subject", about)
        people = {uid for d in drafts for _, uid in d.participants}
        self._lines(MEMBERSHIP, "person", [subjects[u].id for u in people if u in subjects])
        codes = [str(d.values["code"]).strip() for d in drafts if d.values.get("code")]
        self._lines(PLACE_NAME, "code", [code for code in codes if code.isprintable()])
        self._learn_id_numbers(drafts)
        self._learn_ends(drafts)
        amended = [self.facts[d.amends] for d in drafts if d.amends in self.facts]
        if amended:
            self._learn_amended(amended)
        self._learn_apart(checker, drafts)
        self._learn_limited(checker, drafts)
        if any(d.kind == "registry.place" and d.values.get("level") == "county" for d in drafts):
            projections.load_subjects(self._registry, Q(type="county"))

    def _learn_id_numbers(self, drafts: Sequence[Draft]) -> None:
        """Who has the id numbers of the persons that are registered."""
        given = [str(d.values["id_number"]) for d in drafts if d.values.get("id_number")]
        registry = self._registry
        known: set[int] = set()
        for some in ledger.portions({registry.digest(one) for one in given}, projections.PORTION):
            rows = Person.objects.filter(id_digest__in=some, subject__voided_seq=None)
            for digest, number in rows.values_list("id_digest", "subject"):
                registry.numbered.setdefault(digest, set()).add(number)
                known.add(number)
        projections.load_numbers(registry, known)

    def _learn_apart(self, checker: Checker, drafts: Sequence[Draft]) -> None:
        """What else those hold who take up, or get back, a post that is kept apart from others."""
        subjects = self._registry.subjects
        lines = self._registry.lines.values() if any(d.amends for d in drafts) else ()
        named = {
            uid
            for d in drafts
            for _, uid in d.participants
            if d.values.get("role") in checker.apart
        }
        again = {line.person for line in lines if line.key in checker.apart and line.end}
        people = {subjects[uid].id for uid in named if uid in subjects} | again
        held = self._lines(ASSIGNMENT, "person", people)
        projections.load_numbers(self._registry, (post.subject for post in held))

    def _learn_limited(self, checker: Checker, drafts: Sequence[Draft]) -> None:
        """What those hold and are who take up a post that not everybody may."""
        subjects = self._registry.subjects
        taken = [d for d in drafts if d.values.get("role") in checker.limited]
        people = {subjects[uid].id for d in taken for _, uid in d.participants if uid in subjects}
        self._lines(ASSIGNMENT, "person", people)
        self._lines(STATUS, "subject", people)

    def _learn_ends(self, drafts: Sequence[Draft]) -> None:
        """Posts and memberships named by the uid of any fact in their chain."""
        for table, model in ((ASSIGNMENT, Assignment), (MEMBERSHIP, Membership)):
            uids = {str(d.values[table]) for d in drafts if d.values.get(table)}
            sequences = {
                self.facts[uid].sequence: uid
                for uid in uids
                if uid in self.facts and uid not in self._registry.sequences
            }
            for some in ledger.portions(sequences, projections.PORTION):
                roots = model._default_manager.filter(fact__in=some).values_list("fact", "root")
                for fact, root in roots:
                    self._registry.sequences[sequences[fact]] = fact
                    self._registry.aliases[fact] = root
                self._lines(table, "root", [root for _, root in roots])

    def _learn_amended(self, amended: Sequence[Stored]) -> None:
        sequences = [fact.sequence for fact in amended]
        for table in projections.LINE_TABLES:
            lines = self._lines(table, "fact", sequences)
            if table in (ASSIGNMENT, MEMBERSHIP):
                lines += self._lines(table, "ended_by", sequences)
            if table == PLACE_NAME:
                self._lines(table, "subject", [line.subject for line in lines])
            self._lines(MEMBERSHIP, "person", [line.person for line in lines if line.person])
        self._lines(STATUS, "subject", [fact.subject_id for fact in amended])
        for fact in amended:
            row = self._registry.numbers.get(fact.subject_id)
            if fact.kind == "registry.place" and row is not None:
                self._learn_places(row.path)
            if row is not None and fact.kind in FOUNDING:
                self._registry.founded[row.fact] = row

    def _learn_places(self, path: str) -> None:
        """All that lies in a place that may be put elsewhere, and the places themselves."""
        from bangfu.records.access import under

        projections.load_subjects(self._registry, under(path))
        projections.load_subjects(
            self._registry, Q(type__in=("county", "township", "village", "group"))
        )

    def _lines(self, table: str, column: str, keys: Iterable[object]) -> list[Line]:
        """Live lines by one column, each key asked for once in a batch."""
        fresh = []
        for key in keys:
            if isinstance(key, int) and key > self._before:
                continue
            mark = (table, column, key)
            if mark not in self._loaded:
                self._loaded.add(mark)
                fresh.append(key)
        return projections.load_lines(self._registry, table, column, fresh) if fresh else []
