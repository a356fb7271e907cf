"""The engine owes exactly what the oracle says, whatever the rules and whatever happened."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings

from bangfu.core.periods import Period
from bangfu.core.rules import Handbook
from bangfu.engine.duties import owed
from tests import oracle
from tests.engine.strategies import days, handbooks, windows, worlds
from tests.world import World, tables_of


@settings(max_examples=400)
@given(handbooks(), worlds(), days, windows())
def test_the_engine_owes_what_the_oracle_owes(
    handbook: Handbook, world: World, as_of: date, within: Period
) -> None:
    tables = tables_of(world, handbook, as_of=as_of)
    found = owed(handbook, tables, as_of=as_of, within=within)
    assert found.rows() == oracle.owed(handbook, world, as_of=as_of, within=within)
