"""What `bangfu trace` needs of the pages: targets as their addresses have them, and the tree."""

from __future__ import annotations

from bangfu.core.results import Trace
from bangfu.records import queries
from bangfu.records.access import Policy
from bangfu.web import targets


def target_of(policy: Policy, typed: str) -> str:
    """What the engine calls a target: as typed, or with numbers for the uids of an address."""
    opening = targets.case_of(typed)
    case = queries.case_of(policy, opening, as_of=policy.as_of) if opening else None
    if case is not None:
        return f"case:{case.case}"
    named = queries.named(policy, typed.split(":"))
    return targets.number_of(typed, lambda uid: named[uid].id if uid in named else None) or typed


def tree(node: Trace, depth: int = 0) -> list[str]:
    """A trace as indented lines."""
    lines = [f"{'  ' * depth}{node.title}: {node.value} ({len(node.counted())})"]
    for child in node.children:
        lines += tree(child, depth + 1)
    return lines
