"""Whatever is recorded, corrected and voided in whatever order, the ledger and the rows agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.text import Refused
from bangfu.records import actions, ledger, queries
from bangfu.records.access import FOUNDER, founder
from bangfu.records.mirror.current import tables_for
from bangfu.records.models import Fact, Participant
from bangfu.records.plans import Entry
from bangfu.records.verify import verify
from tests.cast import NOW, TODAY, Cast, uid
from tests.records.compare import plain

PEOPLE = ("helper", "outsider", "secretary", "newcomer")
HOMES = ("household", "second household", "west household")
VALUES = ("registered_poor", "lifted", "ordinary", "")


@dataclass
class History:
    """Drafts made one after the other, each of which may name any one before it."""

    cast: Cast
    choose: Callable[[st.SearchStrategy[object]], object]
    made: list[Draft] = field(default_factory=list)

    def pick(self, *options: str) -> str:
        return str(self.choose(st.sampled_from(options)))

    def day(self) -> date:
        return date(2016, 1, 4) + timedelta(days=int(str(self.choose(st.integers(-2, 560)))))

    def next(self) -> Draft:
        """A draft of any sort, sensible or not."""
        makers = (self.visit, self.status, self.post, self.end, self.member, self.leave, self.place)
        if self.made and self.choose(st.booleans()):
            return self.amend()
        maker = self.choose(st.sampled_from(makers))
        return maker()  # type: ignore[operator,no-any-return]

    def draft(self, kind: str, subject: str, values: dict[str, Value], *parts: str) -> Draft:
        participants = tuple((parts[0], uid(name)) for name in parts[1:])
        made = self.cast.draft(
            kind,
            subject=subject,
            values=values,
            on=self.day(),
            by="registrar" if kind.startswith("registry.") else self.pick("helper", "outsider"),
            participants=participants,
        )
        self.made.append(made)
        return made

    def visit(self) -> Draft:
        return self.draft("household_visit", self.pick(*HOMES), {"mode": "door", "need": "水"},
                          "companion", self.pick(*PEOPLE))  # fmt: skip

    def status(self) -> Draft:
        values: dict[str, Value] = {"status": "category", "value": self.pick(*VALUES)}
        return self.draft("registry.status", self.pick(*HOMES), values)

    def post(self) -> Draft:
        return self.draft("registry.assignment", self.pick(*HOMES), {"role": "helper"},
                          "holder", self.pick(*PEOPLE))  # fmt: skip

    def end(self) -> Draft:
        posts = [d for d in self.made if d.kind == "registry.assignment"]
        if not posts or self.choose(st.booleans()):
            values: dict[str, Value] = {"assignment": uid(self.pick("helps", "west helps"))}
            return self.draft("registry.assignment_end", self.pick(*HOMES), values)
        post: Draft = self.choose(st.sampled_from(posts))  # type: ignore[assignment]
        made = self.draft("registry.assignment_end", "household", {"assignment": post.uid})
        self.made[-1] = Draft(made.uid, made.kind, made.occurred_on, post.subject, uid("registrar"),
                              made.values)  # fmt: skip
        return self.made[-1]

    def member(self) -> Draft:
        return self.draft("registry.membership", self.pick(*HOMES), {"relation": "子"},
                          "member", self.pick("head", "west head", "newcomer"))  # fmt: skip

    def leave(self) -> Draft:
        values: dict[str, Value] = {
            "membership": uid(self.pick("head lives there", "west head lives there"))
        }
        return self.draft(
            "registry.membership_end", self.pick("household", "west household"), values
        )

    def place(self) -> Draft:
        code = self.pick("419900101001", "419900101901", "419900102001")
        return self.draft("registry.place_name", self.pick("stone bridge", "reed pond"),
                          {"name": self.pick("石桥", "苇塘"), "code": code})  # fmt: skip

    def amend(self) -> Draft:
        """A withdrawal of some draft before, or the same with another day."""
        old: Draft = self.choose(st.sampled_from(self.made))  # type: ignore[assignment]
        void = bool(self.choose(st.booleans()))
        self.cast.counter += 1
        made = Draft(
            uid(f"draft {self.cast.counter}"), VOID if void else old.kind, self.day(), old.subject,
            old.performed_by, {} if void else old.values, () if void else old.participants,
            amends=old.uid, reason="核对" if void else "",
        )  # fmt: skip
        self.made.append(made)
        return made


def state() -> tuple[int, int, str]:
    return Fact.objects.count(), Participant.objects.count(), ledger.head().hash


def what_is_known(sequence: int | None = None) -> object:
    """All that the engine would read, as known at a sequence."""
    scope = founder(TODAY).scope
    return plain(tables_for(scope, as_of=TODAY, known_at=sequence, kinds=None))


@pytest.fixture
def county(cast: Cast) -> Cast:
    newcomer = Draft(
        uid("newcomer"), "registry.person", date(2016, 1, 4), uid("newcomer"), FOUNDER,
        {"name": "新来者", "place": uid("stone bridge")},
    )  # fmt: skip
    actions.record_batch([Entry(newcomer, FOUNDER, NOW, founder=True)], as_of=TODAY)
    return cast


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), together=st.booleans())
def test_any_history_verifies_and_what_is_refused_leaves_nothing(
    county: Cast, data: st.DataObject, together: bool
) -> None:
    history = History(Cast(), data.draw)
    drafts = [history.next() for _ in range(data.draw(st.integers(1, 14)))]
    mark = transaction.savepoint()
    try:
        taken: list[Entry] = []
        seen: dict[int, object] = {}
        for draft in drafts:
            before = state()
            entry = Entry(draft, draft.performed_by, NOW)
            try:
                actions.record_batch([entry], as_of=TODAY)
            except Refused:
                assert state() == before
            else:
                taken.append(entry)
                seen[queries.sequence()] = what_is_known()
        verdict = verify()
        assert verdict.ok, verdict.text
        for sequence, then in seen.items():
            assert what_is_known(sequence) == then
        one_by_one = state()
        if together and taken:
            transaction.savepoint_rollback(mark)
            # The same facts in one batch give the same chain but for the seals' chance.
            actions.record_batch(taken, as_of=TODAY)
            assert state()[:2] == one_by_one[:2]
            assert verify().ok
    finally:
        transaction.savepoint_rollback(mark)
