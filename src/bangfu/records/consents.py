"""Consent to matching: what departments send is not recorded of households that said no."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.facts import Draft
from bangfu.core.rules import FactKind
from bangfu.core.text import Refused
from bangfu.records.case_book import CaseBook, CaseFact
from bangfu.records.plans import Checked
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import MEMBERSHIP, SubjectRow

GIVEN = "given"


def homes_of(registry: Registry, draft: Draft) -> Iterator[int]:
    """The household that a draft is about, or those to which its person belongs on its day."""
    row = registry.subjects.get(draft.subject)
    if row is not None:
        yield from _homes(registry, row, draft)


def _homes(registry: Registry, row: SubjectRow, draft: Draft) -> Iterator[int]:
    if row.type == "household":
        yield row.id
    for line in registry.of_person.get((MEMBERSHIP, row.id), ()):
        if line.holds(draft.occurred_on):
            yield line.subject


def check_consent(book: CaseBook, registry: Registry, checked: Checked) -> None:
    """Refuse what is matched about a household whose newest word on it is no.

    What was recorded before may still be corrected. Raises `Refused`: `consent_withdrawn`.
    """
    kind = checked.plan.kind
    if not kind.consent or checked.amended is not None:
        return
    for home in homes_of(registry, checked.draft):
        said = book.of_kind(home, kind.consent)
        if said:
            last = max(said, key=lambda fact: (fact.day, fact.sequence))
            if last.values.get(GIVEN) is False:
                raise _withdrawn(kind, last)


def _withdrawn(kind: FactKind, last: CaseFact) -> Refused:
    day = last.day
    return Refused(
        "consent_withdrawn",
        f"该户{day.year}年{day.month}月{day.day}日撤回了信息核对授权，“{kind.title.zh}”不能比对到该户。"
        "确需核对的，先请该户重新授权。",
        f"This household withdrew its consent to matching on {day.isoformat()}; "
        f"“{kind.title.en}” is not matched to it. Ask it for a new consent first.",
    )
