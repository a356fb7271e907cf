"""Whether anything in the ledger or the registry still speaks of a subject."""

from __future__ import annotations

from django.db.models import Q

from bangfu.core.facts import VOID
from bangfu.core.registry import FOUNDING
from bangfu.records.access import under
from bangfu.records.models import Account, Branch, Fact, Participant, Person, Subject
from bangfu.records.registry_rows import SubjectRow


def in_use(row: SubjectRow) -> bool:
    """Whether standing facts, places inside, staff or an account depend on the subject."""
    number = row.id
    facts = Fact.objects.filter(amended_by=None).exclude(kind=VOID)
    about = facts.filter(subject=number).exclude(kind__in=FOUNDING)
    by = facts.filter(Q(performer=number) | Q(recorder=number)).exclude(subject=number)
    taking_part = Participant.objects.filter(participant=number, fact__amended_by=None)
    inside = Subject.objects.filter(under(row.path), voided_seq=None).exclude(id=number)
    return (
        about.exists()
        or by.exists()
        or taking_part.exists()
        or (bool(row.path) and row.path.endswith(f"/{number}/") and inside.exists())
        or Person.objects.filter(unit=number, subject__voided_seq=None).exists()
        or Branch.objects.filter(unit=number, subject__voided_seq=None).exists()
        or Account.objects.filter(person=number).exists()
    )
