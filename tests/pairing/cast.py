"""The cast with cadres who may help: what plans of pairs are tested on, by the county's handbook.

Three households (two in Stone Bridge, one in Reed Pond) and four county cadres drawn to help; the
present helpers 云淑兰 and 佘万里 are two of them.
"""

from __future__ import annotations

from bangfu.core.facts import Draft, Value
from bangfu.records import actions
from bangfu.web import clock
from tests.cast import BEGIN, TODAY, Cast, as_registrar, founding, status, uid

HELPERS = ("helper", "outsider", "farmer", "teacher")


def drawn(cast: Cast) -> Cast:
    """The cast with its helpers drawn, two cadres more, skills, needs and the second poor home."""
    people = [
        founding("person", "farmer", name="农广田", unit=uid("bureau")),
        founding("person", "teacher", name="教清风", unit=uid("bureau")),
        status("second poor", "second household", "category", "registered_poor"),
        *(status(f"{name} drawn", name, "drawn_in", "first") for name in HELPERS),
    ]
    record(cast, *(as_registrar(draft) for draft in people))
    particulars(cast, "farmer", skills=["farming"])
    particulars(cast, "teacher", skills=["schooling"])
    needs(cast, "household", "farming")
    needs(cast, "second household", "schooling")
    return cast


def record(cast: Cast, *drafts: Draft, by: str = "registrar") -> None:
    """Into the ledger, as somebody of the cast."""
    actions.record(drafts, by=cast.policy(by), now=clock.now())


def particulars(cast: Cast, who: str, **values: Value | list[str]) -> None:
    """What is known of a cadre."""
    record(cast, cast.draft("cadre_profile", subject=who, by="registrar", on=BEGIN,
                            values=values))  # fmt: skip


def needs(cast: Cast, household: str, *what: str) -> None:
    """What a household needs, entered by its township."""
    record(
        cast,
        cast.draft("household_need", subject=household, by="officer", on=TODAY,
                   values={"needs": list(what)}),
        by="officer",
    )  # fmt: skip


def avoids(cast: Cast, who: str, household: str) -> None:
    """That somebody must not help a household."""
    values = {"household": uid(household), "reason": "relative"}
    record(cast, cast.draft("avoidance", subject=who, by="registrar", on=BEGIN, values=values))
