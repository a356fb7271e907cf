"""What a draft may refer to (引用): people, things, posts and facts that its writer may know.

Whatever else a draft names answers as if it were not there, so that nobody learns of it by trying.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import get_language

from bangfu.core.facts import Draft, Value
from bangfu.records import guard, names, reading
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import portions
from bangfu.records.models import Fact, Subject
from bangfu.records.names import Named

MOST_ASKED = 200


def hidden(policy: Policy, drafts: Iterable[Draft]) -> frozenset[str]:
    """The participants and references of these drafts that the writer may not name; whatever
    stood in the fact that a draft corrects may stay.
    """
    drafts = list(drafts)
    if policy.scope.county:
        return frozenset()
    return names.unnamed(policy, drafts) | _unreferable(policy, drafts)


def opens(policy: Policy, uid: str) -> bool:
    """Whether the fact of that uid opens for a reader."""
    return bool(reading.select(policy, Q(uid=uid)))


def facts_to_name(policy: Policy, kind: str, text: str, *, most: int) -> list[Named]:
    """The standing facts of a kind that a draft may refer to and whose words hold `text`, the
    latest first.
    """
    with guard.lifted(policy):
        rows = Fact.objects.filter(kind=kind, amended_by=None).order_by("-occurred_on", "-sequence")
        found: list[Named] = []
        # It may be old, and most of the latest foreign: look on until there are enough.
        for some in portions(rows.iterator(MOST_ASKED), MOST_ASKED):
            wanted = [row for row in some if text in fact_title(kind, json.loads(row.values))]
            found += _facts_named(policy, wanted)
            if len(found) >= most:
                break
    return found[:most]


def facts_named(policy: Policy, uids: Iterable[str]) -> dict[str, Named]:
    """What the facts of these uids are called, of those that a draft of the reader may name."""
    with guard.lifted(policy):
        rows = Fact.objects.filter(uid__in=set(uids)).order_by("sequence")
        return {one.uid: one for one in _facts_named(policy, rows)}


def _facts_named(policy: Policy, rows: Iterable[Fact]) -> list[Named]:
    """Facts by what they are called, with their day for a place."""
    rows = list(rows)
    known = _knowable(policy, [row.uid for row in rows])
    return [
        Named(
            row.sequence,
            row.uid,
            row.kind,
            fact_title(row.kind, json.loads(row.values)),
            row.occurred_on,
        )
        for row in rows
        if row.uid in known
    ]


def fact_title(name: str, values: Mapping[str, Value]) -> str:
    """What a fact is called: its first text that is nobody's, or its kind."""
    kind = handbook().kind(name)
    for field in kind.fields if kind else ():
        if field.type == "text" and not field.personal and values.get(field.id):
            return str(values[field.id])
    return kind.title.say(get_language() or "zh") if kind else name


def _unreferable(policy: Policy, drafts: Sequence[Draft]) -> frozenset[str]:
    asked: set[str] = set()
    for draft in drafts:
        asked |= references(draft.kind, draft.values)
    if not asked:
        return frozenset()
    kept: set[str] = set()
    for some in portions({draft.amends for draft in drafts if draft.amends}, 5000):
        for kind, values in Fact.objects.filter(uid__in=some).values_list("kind", "values"):
            kept |= references(kind, json.loads(values))
    asked -= kept | {draft.uid for draft in drafts}  # what is entered along with it
    subjects: set[str] = set()
    for some in portions(asked, 5000):
        subjects.update(Subject.objects.filter(uid__in=some).values_list("uid", flat=True))
    facts = asked - subjects
    hidden_subjects = subjects - names.named(policy, subjects).keys()
    return frozenset(hidden_subjects | (facts - _knowable(policy, facts)))


def references(kind: str, values: Mapping[str, Value]) -> set[str]:
    """The uids in the reference fields of a fact of that kind."""
    asked = handbook().kind(kind)
    fields = asked.fields if asked else ()
    found = {values.get(field.id) for field in fields if field.type == "reference"}
    return {str(value) for value in found if value}


def _knowable(policy: Policy, uids: Collection[str]) -> set[str]:
    """The facts that open for a reader, or that came to him from above: about his county or
    township.
    """
    above = Q(subject__type="county") | Q(subject__in=names.townships(policy))
    found: set[str] = set()
    for some in portions(uids, 5000):
        rows = Fact.objects.filter(above, uid__in=some)
        found.update(rows.values_list("uid", flat=True))
        left = [uid for uid in some if uid not in found]
        found.update(fact.uid for fact in reading.select(policy, Q(uid__in=left)))
    return found
