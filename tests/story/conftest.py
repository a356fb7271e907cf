"""The cast with everybody whose day is told, each at a browser of his own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bangfu.records import actions
from bangfu.records.access import founder
from tests.cast import NOW, Cast, founding, post, status, uid
from tests.story.walking import Walker
from tests.web.conftest import SignIn, browser, folder

__all__ = ["browser", "folder"]

Walks = Callable[[str], Walker]
PEOPLE = (
    founding("person", "branch secretary", name="史清源", place=uid("stone bridge")),
    founding("person", "organiser", name="组文浩", unit=uid("bureau")),
    founding("person", "leader", name="领千山", unit=uid("bureau")),
    founding("person", "inspector", name="督万水", unit=uid("bureau")),
    founding("person", "village lead", name="包如山", place=uid("east")),
    founding("person", "county lead", name="县远行", unit=uid("bureau")),
    founding("person", "group head", name="组平安", place=uid("stone bridge")),
    founding("person", "group member", name="组有成", place=uid("stone bridge")),
    founding("person", "builder", name="项建新", place=uid("stone bridge")),
    founding("person", "town secretary", name="乡怀远", place=uid("east")),
    founding("person", "system", name="司用之", unit=uid("bureau")),
    founding("person", "security", name="安守之", unit=uid("bureau")),
    founding("project", "venue", name="石桥村活动场所", place=uid("stone bridge")),
    status("section level", "village lead", "level", "section"),
    status("county level", "county lead", "level", "county"),
    status("deputy section", "group head", "grade", "section_deputy"),
    status("of a township", "group head", "unit_level", "township"),
    post("leads a village", "village_lead", "village lead", "stone bridge"),
    post("leads from the county", "county_lead", "county lead", "stone bridge"),
    post("heads the group", "group_head", "group head", "stone bridge"),
    post("is in the group", "group_member", "group member", "stone bridge"),
    post("builds", "project_lead", "builder", "venue"),
    post("heads the township", "township_secretary", "town secretary", "east"),
    post("keeps accounts", "system_admin", "system", "county"),
    post("keeps them safe", "security_admin", "security", "county"),
    post("is secretary", "branch_secretary", "branch secretary", "branch"),
    post("is member", "party_member", "branch secretary", "branch"),
    post("organises", "organisation_officer", "organiser", "county"),
    post("leads county", "county_leader", "leader", "county"),
    post("supervises", "supervisor", "inspector", "county"),
    status("has poor", "stone bridge", "has_poor", "yes"),
)


@pytest.fixture
def cast(db: None) -> Cast:
    """The county with these people besides, and a visit that was made."""
    from tests.cast import settle

    found = settle()
    by, now = founder(found.policy("registrar").as_of), NOW + timedelta(hours=1)
    actions.record(PEOPLE, by=by, now=now)
    visit = found.draft(name="a visit")
    actions.record([visit], by=found.policy("helper"), now=now)
    return found


@pytest.fixture
def walks(cast: Cast, browser: SignIn) -> Walks:
    """The browser of one of these people."""
    return lambda name: Walker(browser(name))
