"""The question of a plan from the county's columns, as they were when it was asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bangfu.core.rules import Pairing
from bangfu.core.text import Refused
from bangfu.engine.cache import Cache
from bangfu.engine.pairing import Asked, Ground, ask
from bangfu.engine.tables import NO_FACTS, Tables
from bangfu.records import numbers
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import head, portions
from bangfu.records.models import Person, Place, Subject, Unit

# A county's question weighs some tens of megabytes.
_kept = Cache(2)


def asked_of(policy: Policy, rule: Pairing, *, as_of: date, known_at: int) -> Asked:
    """What a rule asks on a day as known at a sequence; raises `Refused` where it asks nothing."""
    rules = handbook()
    key = (rule.id, as_of, known_at, f"{rules.digest} {id(rules)}", policy.scope, head().hash)
    return _kept.get(key, lambda: _asked(policy, rule, as_of, known_at))


def forget() -> None:
    """Let go of the questions that are kept."""
    _kept.clear()


def _asked(policy: Policy, rule: Pairing, as_of: date, known_at: int) -> Asked:
    named = (rule.need, rule.skill, rule.home, rule.capacity, rule.avoid, rule.link)
    kinds = {one.partition(".")[0] for one in named if one}
    tables = numbers.tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
    ground = _ground(tables, (rule.home, rule.avoid, rule.link))
    found = ask(handbook(), tables, ground, rule, as_of=as_of)
    if found is None:
        raise Refused(
            "no_rule_then",
            f"“{rule.title.zh}”在 {as_of} 没有有效的规定。",
            f"“{rule.title.en}” has no term in force on {as_of}.",
        )
    if not len(found.households):
        raise Refused("nobody_to_help", "没有要结对的户。", "There is no household to be paired.")
    if not len(found.helpers):
        raise Refused(
            "nobody_helps",
            f"没有人符合“{rule.title.zh}”里可以帮扶的条件。请先登记干部的状态（批次、单位级别）。",
            f"Nobody meets what “{rule.title.en}” asks of a helper. Enter the cadres' statuses "
            "first.",
        )
    return found


def _ground(tables: Tables, references: Iterable[str]) -> Ground:
    position = {
        number: (longitude, latitude)
        for number, longitude, latitude in Place.objects.exclude(longitude=None).values_list(
            "subject", "longitude", "latitude"
        )
        if longitude is not None and latitude is not None
    }
    units = Person.objects.exclude(unit=None).values_list("subject", "unit")
    uids: set[str] = set()
    for named in references:
        kind, _, field = named.partition(".")
        column = tables.facts.get(kind, NO_FACTS).values.get(field) if named else None
        uids.update(str(uid) for uid in (() if column is None else column) if uid)
    number: dict[str, int] = {}
    for some in portions(uids, 500):
        number.update(Subject.objects.filter(uid__in=some).values_list("uid", "id"))
    return Ground(position, dict(units), dict(Unit.objects.values_list("subject", "place")), number)
