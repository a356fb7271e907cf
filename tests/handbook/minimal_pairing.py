"""The pairing of the small handbook, with its facts and its staffing rule, as files."""

from __future__ import annotations

_KIND = """id = "{id}"
title = {{zh = "{zh}", en = "{en}"}}
subject = "{subject}"
evidence = "work"
latest = true
recorders = [{{role = "township_officer", scope = "place"}}]

[[fields]]
id = "{field}"
title = {{zh = "内容", en = "What"}}
type = "choices"
options.farming = {{zh = "种养", en = "Farming"}}
options.work = {{zh = "务工", en = "Work"}}

[[terms]]
start = 2016-01-01
"""
_STAFFING = """id = "contact"
title = {zh = "每户一人", en = "One for each household"}
role = "helper"

[[terms]]
start = 2016-01-01
at_least = 1
cap = 5
"""
_PAIRING = """id = "helper"
title = {zh = "结对", en = "Pairing"}
staffing = "contact"
need = "wish.needs"
skill = "abilities.skills"

[[terms]]
start = 2016-01-01
eligible = "level = 'section'"
per_km = 100
load = [0, 40]
"""


def pairing_files(source: str) -> dict[str, str]:
    """The files, each with its source."""
    wish = _KIND.format(id="wish", zh="需求", en="Wish", subject="household", field="needs")
    abilities = _KIND.format(
        id="abilities", zh="专长", en="Skill", subject="person", field="skills"
    )
    return {
        "facts/wish.toml": wish + source,
        "facts/abilities.toml": abilities + source,
        "staffing/contact.toml": _STAFFING + source,
        "pairings/helper.toml": _PAIRING + source,
    }
