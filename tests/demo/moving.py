"""Corrects and withdraws facts under each figure of a county, one after the other.

    python -m tests.demo.moving FOLDER  ->  {"figure how": [value before, value after], …}

A program of its own, for it needs Django over a data folder. What it did stays done: each
question starts from where the last one left the county.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bangfu.core.facts import Draft, Fact, Value

if TYPE_CHECKING:
    from bangfu.records.access import Policy

AS_OF = datetime(2017, 7, 31, 2, tzinfo=UTC)
DAY = AS_OF.date()

# For each figure the kind of fact under it that is withdrawn.
WITHDRAWN = {
    "seminars": "study_seminar",
    "lectures": "lecture",
    "classes": "class_session",
    "class_coverage": "class_session",
    "channels": "study_channel_opened",
    "poor_villages": "registry.assignment",
    "villages_with_poor": "registry.assignment",
    "leads_township": "registry.assignment",
    "leads_county": "registry.assignment",
    "helpers_county": "registry.status",
    "helpers_by_batch": "registry.status",
    "first_secretaries": "registry.assignment",
    "visits": "household_visit",
    "teams": "registry.status",
    "interviews": "unit_interview",
    "recalls": "recall_replacement",
    "venues": "venue_finished",
    "projects": "project_brought_in",
    "mu": "farmland_developed",
    "growers": "project_benefit",
    "craft_trained": "craft_trained",
    "workshop_pay": "wage",
    "farm": "project_benefit",
    "farm_mu": "farm_survey",
    "farm_birds": "farm_survey",
    "farm_share": "project_benefit",
}
# For each figure a field of a fact under it, and what it is corrected to.
CORRECTED: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "seminars": ("study_seminar", {"theme": "other"}),
    "lectures": ("lecture", {"theme": "other"}),
    "classes": ("class_session", {"category": "other"}),
    "class_coverage": ("registry.status", {"value": "village"}),
    "channels": ("study_channel_opened", {"type": "account"}),
    "poor_villages": ("registry.status", {"value": "section"}),
    "villages_with_poor": ("registry.status", {"value": "staff"}),
    "helpers_county": ("registry.status", {"value": "township"}),
    "helpers_by_batch": ("registry.status", {"value": "second"}),
    "visits": ("household_visit", {"mode": "phone"}),
    "mu": ("farmland_developed", {"mu": "1.5"}),
    "growers": ("project_benefit", {"way": "order"}),
    "workshop_pay": ("wage", {"amount": "100.00"}),
    "farm_mu": ("farm_survey", {"mu": "59.0"}),
    "farm_birds": ("farm_survey", {"stock": 119_000}),
    "farm": ("farm_survey", {"species": "sheep"}),
    "teams": ("registry.status", {"value": "party_school"}),
}
# The status that is corrected where the figure reads several.
STATUS = {
    "class_coverage": "level",
    "poor_villages": "level",
    "villages_with_poor": "grade",
    "helpers_county": "unit_level",
    "helpers_by_batch": "drawn_in",
    "teams": "unit_kind",
}


def main(folder: str) -> None:
    """Ask every question of the county in `folder` and print the answers."""
    os.environ["BANGFU_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()
    moved = {}
    for figure, kind in WITHDRAWN.items():
        moved[f"{figure} withdrawn"] = _amended(figure, kind, {})
    for figure, (kind, values) in CORRECTED.items():
        moved[f"{figure} corrected"] = _amended(figure, kind, values)
    sys.stdout.write(json.dumps(moved))


def _amended(figure: str, kind: str, values: Mapping[str, Value]) -> list[object]:
    """The figure before and after one fact under it was amended by the registrar."""
    from bangfu.records import actions
    from bangfu.records.access import policy_for
    from bangfu.records.models import Account

    policy = policy_for(Account.objects.get(username="registrar"), as_of=DAY)
    before = _value(figure)
    fact = _under(figure, kind, values)
    if values:
        draft = Draft(
            uid=str(uuid.uuid4()),
            kind=fact.kind,
            occurred_on=fact.occurred_on,
            subject=fact.subject,
            performed_by=fact.performed_by,
            values={**fact.values, **values},
            participants=fact.participants,
            more_subjects=fact.more_subjects,
            amends=fact.uid,
            reason="填错，改正。",
        )
        actions.correct(draft=draft, by=policy, now=AS_OF)
    else:
        actions.void(uid=fact.uid, reason="录错，作废。", by=policy, now=AS_OF)
    return [before, _value(figure)]


def _value(figure: str) -> object:
    from bangfu.records import queries

    found = queries.figure(_operator(), figure, as_of=DAY)
    return dict(found.parts) or found.value


def _under(figure: str, kind: str, values: Mapping[str, Value]) -> Fact:
    """The last fact of that kind under the figure that the correction would change."""
    from bangfu.records import queries

    root = queries.trace(_operator(), f"figure:{figure}", as_of=DAY)
    facts = queries.facts(_operator(), root.facts())
    return next(
        fact
        for fact in reversed(facts)
        if fact.kind == kind
        and (not values or {**fact.values, **values} != fact.values)
        and (kind != "registry.status" or fact.values["status"] == STATUS[figure])
    )


def _operator() -> Policy:
    from bangfu.records.access import Policy, Scope

    return Policy(None, "", (), Scope(county=True), DAY, office=True, auditor=True)


if __name__ == "__main__":
    main(sys.argv[1])
