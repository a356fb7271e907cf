"""Figures counted from the invented lines in plain Python, as a clerk would by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bangfu.core.facts import VOID, Draft
from bangfu.demo.lines import Line

HELPED_BEFORE_2021 = {"registered_poor", "lifted"}
HELPED_2026 = {"monitored", "unstable", "marginal", "sudden", "lifted", "removed"}


@dataclass
class Register:
    """What the lines say of posts and statuses: by role, and by status and subject."""

    posts: dict[str, list[tuple[str, str, date, date]]] = field(default_factory=dict)
    statuses: dict[str, dict[str, list[tuple[date, str]]]] = field(default_factory=dict)

    def holders(self, role: str, day: date) -> dict[str, str]:
        """Who holds a role on a day, by subject."""
        return {
            subject: person
            for subject, person, start, end in self.posts.get(role, [])
            if start <= day < end
        }

    def value(self, status: str, subject: str, day: date) -> str:
        """The value of a status on a day."""
        known = self.statuses.get(status, {}).get(subject, [])
        return max((v for v in known if v[0] <= day), default=(day, ""))[1]


def register_of(drafts: list[Draft]) -> Register:
    ends = {
        str(d.values["assignment"]): d.occurred_on
        for d in drafts
        if d.kind == "registry.assignment_end"
    }
    register = Register()
    for draft in drafts:
        if draft.kind == "registry.assignment":
            post = (
                draft.subject, draft.participants[0][1], draft.occurred_on,
                ends.get(draft.uid, date.max),
            )  # fmt: skip
            register.posts.setdefault(str(draft.values["role"]), []).append(post)
        elif draft.kind == "registry.status":
            of = register.statuses.setdefault(str(draft.values["status"]), {})
            value = (draft.occurred_on, str(draft.values["value"]))
            of.setdefault(draft.subject, []).append(value)
    return register


def recount(lines: list[Line], *, day: date) -> dict[str, object]:
    """The figures that need no engine, as of `day`."""
    drafts = [line.draft for line in lines]
    amended = {draft.amends for draft in drafts if draft.amends}
    register = register_of(drafts)

    def count(kind: str, meets: Callable[[Draft], bool]) -> int:
        return sum(
            d.kind == kind
            and d.uid not in amended
            and date(day.year, 1, 1) <= d.occurred_on <= day
            and meets(d)
            for d in drafts
            if d.kind != VOID
        )

    def done_by_first_secretary(draft: Draft) -> bool:
        held = register.holders("first_secretary", draft.occurred_on)
        return draft.performed_by in held.values()

    def found(kind: str, **values: str) -> list[Draft]:
        return [
            d
            for d in drafts
            if d.kind == kind
            and d.uid not in amended
            and date(day.year, 1, 1) <= d.occurred_on <= day
            and values.items() <= d.values.items()
            and done_by_first_secretary(d)
        ]

    def by_first_secretary(draft: Draft) -> bool:
        return draft.values["mode"] == "door" and done_by_first_secretary(draft)

    def level(person: str) -> tuple[str, str]:
        value = register.value
        return value("unit_level", person, day), value("level", person, day)

    leads = set(register.holders("village_lead", day).values())
    helpers = set(register.holders("helper", day).values())
    helped = HELPED_BEFORE_2021 if day.year < 2021 else HELPED_2026
    homes = [d.uid for d in drafts if d.kind == "registry.household" and d.occurred_on <= day]
    return {
        "visits": count("household_visit", by_first_secretary),
        "lectures": count("lecture", lambda d: d.values["theme"] == "relief"),
        "classes": count("class_session", lambda d: d.values["category"] in ("main", "special")),
        "seminars": count("study_seminar", lambda d: d.values["theme"] == "relief"),
        "venues": count("venue_finished", done_by_first_secretary),
        "projects": count("project_brought_in", done_by_first_secretary),
        "mu": sum(float(str(d.values["mu"])) for d in found("farmland_developed")),
        "growers": len({d.subject for d in found("project_benefit", way="grower")}),
        "first_secretaries": len(set(register.holders("first_secretary", day).values())),
        "helpers": len(helpers),
        "helpers_county": sum(level(person)[0] == "county_unit" for person in helpers),
        "leads_township": sum(level(person) == ("township", "section") for person in leads),
        "leads_county": sum(level(person) == ("county_unit", "section") for person in leads),
        "poor_villages": len(register.holders("county_lead", day)),
        "villages_with_poor": len(register.holders("group_head", day)),
        "helped_households": sum(register.value("category", uid, day) in helped for uid in homes),
    }
