"""What one person achieved this year, by the figures of the handbook (成效)."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from datetime import date

from bangfu.core.results import FigureValue
from bangfu.engine.figures import figure
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.numbers import result_of, tables


def achieved(policy: Policy, person: int, *, as_of: date) -> list[FigureValue]:
    """What a person did for the figures that count what holders of a post did, by his own facts
    alone, of what the reader sees; figures for which he did nothing are left out.
    """

    def compute() -> list[FigureValue]:
        found, said = tables(policy, as_of=as_of), []
        for rule in handbook().figures.values():
            kind = rule.of.partition(":")[2]
            own = found.facts.get(kind) if rule.performed_by else None
            if own is None or not (own.performer == person).any():
                continue
            # The rest is made when it is first read, as it is for everybody.
            mine = {kind: own.where(own.performer == person)}
            facts = ChainMap(mine, found.facts)  # type: ignore[arg-type]
            his = replace(found, facts=facts, frames={})
            said.append(figure(handbook(), his, rule.id, as_of=as_of))
        return [one for one in said if one.because]

    call = ("achieved", person)
    return list(result_of(policy, call, compute, as_of=as_of, known_at=None))
