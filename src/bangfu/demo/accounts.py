"""One account for each post, with passwords that nobody knows but who started the demo."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bangfu.demo.lines import Line
from bangfu.demo.people import County, Person, Village
from bangfu.records import actions, queries

# No letters or digits that look like others: people type these on phones.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 3, 4
_ROUND = 2
_DAYS = 20


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account as it is shown once: the post's id is the username."""

    username: str
    person: str
    password: str


@dataclass(slots=True)
class Watch:
    """Sees the county's lines pass and counts what was done in the running month, and where."""

    as_of: date
    done: Counter[tuple[str, str]] = field(default_factory=Counter)

    def watching(self, lines: Iterator[Line]) -> Iterator[Line]:
        """The same lines."""
        for line in lines:
            draft = line.draft
            day = draft.occurred_on
            if (day.year, day.month) == (self.as_of.year, self.as_of.month):
                self.done[draft.kind, draft.subject] += draft.values.get("mode") != "phone"
            yield line

    def cast(self, county: County) -> Mapping[str, Person]:
        """Who stands for each post: where there is a choice, somebody with some work left."""
        helper = min(county.helpers, key=self._fit)
        village = next(h.village for h in helper.households if h.helper_on(self.as_of) is helper)
        villages = village.town.villages
        staffed = min((v for v in villages if v.first_secretary), key=self._days_left)
        led = min((v for v in villages if v.group_head), key=self._meetings)
        heads = {v.group_head for v in villages}
        found: dict[str, Person | None] = {
            "helper": helper,
            "first_secretary": staffed.first_secretary,
            "group_head": led.group_head,
            "village_lead": next(
                (v.lead for v in villages if v.lead and v.lead not in heads), village.lead
            ),
            "county_lead": county.leaders[1],
            "branch_secretary": village.secretary,
            "group_member": village.committee[0] if village.committee else None,
            "project_lead": next((v.lead for v in county.venues if v.village is not village), None),
            "township_officer": village.town.officer,
            "township_secretary": village.town.secretary,
            "registrar": county.registrar,
            "organisation_officer": county.organisation,
            "county_leader": county.leaders[0],
            "supervisor": county.supervisor,
            "auditor": county.auditor,
            **county.admins,
        }
        return {role: person for role, person in found.items() if person is not None}

    def _fit(self, helper: Person) -> tuple[int, int]:
        """Best has some households visited this month and about two not."""
        homes = [home for home in helper.households if home.helper_on(self.as_of) is helper]
        left = sum(not self.done["household_visit", home.uid] for home in homes)
        return abs(left - _ROUND) + (100 if len(homes) <= left else 0), -len(homes)

    def _days_left(self, village: Village) -> int:
        """Days that the first secretary has yet to be there, few before many, none last."""
        return (_DAYS - self.done["day_in_village", village.uid] - 1) % 100

    def _meetings(self, village: Village) -> int:
        return self.done["group_meeting", village.uid]


def open_accounts(cast: Mapping[str, Person]) -> list[Credentials]:
    """Open an account for each post of the cast; its username is the post's id."""
    opened = []
    for role, person in cast.items():
        password = new_password()
        actions.open_account(username=role, person_uid=person.uid, password=password)
        opened.append(Credentials(role, person.name, password))
    return opened


def new_passwords() -> list[Credentials]:
    """Give every account that a demo opened another password; all else stays as it is."""
    opened = []
    roles = queries.handbook().roles
    for name in (name for name in queries.account_names() if name in roles):
        password = new_password()
        actions.reset_password(username=name, password=password)
        opened.append(Credentials(name, "", password))
    return opened


def new_password() -> str:
    """A random password of some 59 bits, in groups that can be read aloud."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
    return "-".join(groups)
