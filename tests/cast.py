"""The invented people of the whole suite: a helper, a household she helps, an outsider.

`Cast` is a small county in the test database, made through the ledger like everything else: one
county, two townships with a village each. Yun Shulan (云淑兰) helps the household of Gu Dayou
(谷大有) in Stone Bridge village; She Wanli (佘万里) helps a household in the other township and
must see nothing of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bangfu.core.facts import Draft, Value
from bangfu.records import actions
from bangfu.records.access import FOUNDER, Policy, policy_of, posts_of
from bangfu.records.models import Subject

TODAY = date(2017, 7, 31)
BEGIN = date(2016, 1, 4)
NOW = datetime(2017, 7, 31, 10, 0, tzinfo=UTC)
NAMESPACE = uuid.UUID("5f1d3a52-2b87-4d8e-9a64-0c6f9be2d001")


def uid(name: str) -> str:
    """The same uid for the same name, in every run."""
    return str(uuid.uuid5(NAMESPACE, name))


def founding(kind: str, who: str, /, **values: Value) -> Draft:
    """The first fact of a subject, on the cast's first day."""
    return Draft(
        uid(who), f"registry.{kind}", BEGIN, uid(who), FOUNDER,
        {key: value for key, value in values.items() if value is not None},
    )  # fmt: skip


def post(name: str, role: str, holder: str, subject: str, *, start: date = BEGIN) -> Draft:
    """The fact that somebody takes up a post."""
    return Draft(
        uid(name), "registry.assignment", start, uid(subject), FOUNDER, {"role": role},
        (("holder", uid(holder)),),
    )  # fmt: skip


def as_registrar(draft: Draft) -> Draft:
    """The same as the registrar does it, who is one of the cast and not the founder."""
    return replace(draft, performed_by=uid("registrar"))


def member(person: str, household: str, relation: str = "户主") -> Draft:
    """The fact that a person belongs to a household."""
    return Draft(
        uid(f"{person} lives there"), "registry.membership", BEGIN, uid(household), FOUNDER,
        {"relation": relation}, (("member", uid(person)),),
    )  # fmt: skip


def status(name: str, subject: str, kind: str, value: str, *, start: date = BEGIN) -> Draft:
    """The fact that an attribute of a subject has a value from a day on."""
    return Draft(
        uid(name), "registry.status", start, uid(subject), FOUNDER,
        {"status": kind, "value": value},
    )  # fmt: skip


PLACES = (
    founding("place", "county", level="county", name="试验县", code="419900"),
    founding(
        "place", "east", level="township", name="东乡", code="419900101", parent=uid("county")
    ),
    founding(
        "place", "west", level="township", name="西乡", code="419900102", parent=uid("county")
    ),
    founding(
        "place", "stone bridge", level="village", name="石桥村", code="419900101001",
        parent=uid("east"), longitude="113.500000", latitude="33.850000",
    ),
    founding(
        "place", "reed pond", level="village", name="苇塘村", code="419900102001",
        parent=uid("west"),
    ),
)  # fmt: skip
SUBJECTS = (
    founding("unit", "bureau", name="县试验局", place=uid("county")),
    founding("branch", "branch", name="石桥村党支部", place=uid("stone bridge")),
    founding(
        "person", "helper", name="云淑兰", sex="female", place=uid("east"), phone="13800000001"
    ),
    founding("person", "outsider", name="佘万里", sex="male", place=uid("west")),
    founding("person", "officer", name="温士明", place=uid("east")),
    founding("person", "west officer", name="牧小川", place=uid("west")),
    founding("person", "registrar", name="计安平", unit=uid("bureau")),
    founding("person", "auditor", name="明察之", unit=uid("bureau")),
    founding("person", "secretary", name="舒长青", place=uid("stone bridge")),
    founding(
        "household", "household", name="谷大有", number="001", place=uid("stone bridge"),
        address="村东头", phone="13900000002",
    ),
    founding(
        "person", "head", name="谷大有", sex="male", birth="1961-05-02", place=uid("stone bridge"),
        id_number="41990019610502001X",
    ),
    founding("household", "second household", name="田有余", place=uid("stone bridge")),
    founding("household", "west household", name="苗春生", place=uid("reed pond")),
    founding("person", "west head", name="苗春生", place=uid("reed pond")),
)  # fmt: skip
LINKS = (
    member("head", "household"),
    member("west head", "west household"),
    post("helps", "helper", "helper", "household"),
    post("helps too", "helper", "helper", "second household"),
    post("west helps", "helper", "outsider", "west household"),
    post("east office", "township_officer", "officer", "east"),
    post("west office", "township_officer", "west officer", "west"),
    post("registers", "registrar", "registrar", "county"),
    post("audits", "auditor", "auditor", "county"),
    post("leads", "first_secretary", "secretary", "stone bridge"),
    status("poor", "household", "category", "registered_poor"),
    status("west poor", "west household", "category", "registered_poor"),
)


@dataclass(slots=True)
class Cast:
    """The county with its people; every method names them by the words above."""

    counter: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def policy(self, name: str, *, as_of: date = TODAY) -> Policy:
        """What a person of the cast may see and do."""
        person = Subject.objects.get(uid=uid(name))
        held = [post for post in posts_of([person.id]) if post.holds(as_of)]
        return policy_of(person, held, as_of=as_of)

    def number(self, name: str) -> int:
        """The registry number of a subject."""
        return Subject.objects.values_list("id", flat=True).get(uid=uid(name))

    def draft(
        self,
        kind: str = "household_visit",
        *,
        subject: str = "household",
        by: str = "helper",
        on: date = date(2017, 7, 20),
        values: Mapping[str, Value] | None = None,
        **more: object,
    ) -> Draft:
        """A new draft with a uid of its own: by default the helper's visit to her household."""
        self.counter += 1
        if values is None:
            values = {"mode": "door", "minutes": 30} if kind == "household_visit" else {}
        name = str(more.pop("name", f"draft {self.counter}"))
        return Draft(uid(name), kind, on, uid(subject), uid(by), values, **more)  # type: ignore[arg-type]


def settle(*, as_of: date | None = TODAY) -> Cast:
    """Found the county in the empty test database."""
    actions.found([*PLACES, *SUBJECTS, *LINKS], as_of=as_of, now=NOW)
    return Cast()
