"""The fact kinds of industry and jobs (产业带动): who gains by what, and what it comes to.

A county's handbook defines their fields in `facts/`; a handbook without them has no such page.
"""

from __future__ import annotations

PROJECT, MILESTONE, MONEY = "project_brought_in", "project_milestone", "project_money"
FARMLAND = "farmland_developed"
BENEFIT, LOAN = "project_benefit", "small_loan"
WAGE, POST, CRAFT = "wage", "public_post", "craft_trained"
# Of households, and of persons.
OF_HOUSEHOLDS, OF_PERSONS = (BENEFIT, LOAN), (WAGE, POST, CRAFT)
