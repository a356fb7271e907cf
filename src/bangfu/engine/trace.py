"""From a number down to the facts under it, as a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from bangfu.core.periods import Period, day_number, day_of
from bangfu.core.results import STATE_TITLES, Reach, State, Trace
from bangfu.core.rules import (
    Coverage,
    Deadline,
    Duty,
    Figure,
    Handbook,
    Score,
    Staffing,
    Term,
    term_on,
)
from bangfu.core.text import Refused, Text
from bangfu.engine.cases import case_trace, cases
from bangfu.engine.counted import POST, TRIGGER
from bangfu.engine.coverage import reach
from bangfu.engine.duties import owed
from bangfu.engine.figures import Measure, Number, measures
from bangfu.engine.obligations import Owed
from bangfu.engine.scores import Column, board
from bangfu.engine.spans import ints
from bangfu.engine.staffing import filling, vacancies
from bangfu.engine.tables import Tables
from bangfu.handbook.breakdowns import breakdown_title

_RULE = Text("依据", "Rule")
OBLIGATIONS = Text("应办，逐件", "Obligations, one by one")
_LEAVE = Text("请假等事由", "Excused by")
_NOTHING = "—"
_ONE_DAY = timedelta(days=1)
VACANCY_TITLES: Mapping[str, Text] = {
    "vacant": Text("空缺", "Vacant"),
    "crowded": Text("超配", "Too many holders"),
    "unfit": Text("不符条件", "Holder does not qualify"),
    "cap": Text("超出上限", "One person carries too many"),
    "part": Text("组成不全", "Part of the group is missing"),
}


class UnknownTarget(Refused):
    """A trace was asked for something that is not there."""

    def __init__(self, target: str) -> None:
        super().__init__(
            "unknown_target",
            f"没有“{target}”。可写 figure:ID、coverage:ID、staffing:ID、score:ID:对象[:日期]、"
            "obligation:规则:对象:开始日[:人]、case:立案的事实；对象和人写网址里的代码，"
            "整段可从网址 /trace/ 后面复制。",
            f"There is no “{target}”. Write figure:ID, coverage:ID, staffing:ID, "
            "score:ID:HOLDER[:DAY], obligation:RULE:SUBJECT:START[:PERSON] or case:FACT, with the "
            "uids of a page's address: all that stands behind /trace/ can be copied.",
            place=target,
        )


def trace(handbook: Handbook, tables: Tables, target: str, *, as_of: date) -> Trace:
    """What lies under a number on a day (溯源).

    Targets: `figure:ID`, `coverage:ID`, `staffing:ID`, `score:ID:HOLDER[:YYYY-MM-DD]` (the
    period that contains the day), `obligation:RULE:SUBJECT:YYYY-MM-DD[:PERSON]` (the first
    day of its period) and `case:FACT` (the one that opened it). Raises `UnknownTarget`.
    """
    try:
        spot = _read(target)
    except ValueError:
        raise UnknownTarget(target) from None
    ask = _Ask(handbook, tables, as_of)
    found: Trace | None = None
    if spot.shape == "figure" and spot.rule in handbook.figures:
        found = _figure(ask, handbook.figures[spot.rule])
    elif spot.shape == "coverage" and spot.rule in handbook.coverage:
        found = _coverage(ask, handbook.coverage[spot.rule])
    elif spot.shape == "staffing" and spot.rule in handbook.staffing:
        found = _staffing(ask, handbook.staffing[spot.rule])
    elif spot.shape == "score" and spot.rule in handbook.scores:
        found = _score(ask, handbook.scores[spot.rule], spot)
    elif spot.shape == "obligation" and spot.rule in {*handbook.duties, *handbook.deadlines}:
        found = _obligation(ask, spot)
    elif spot.shape == "case":
        found = _case(ask, spot)
    if found is None:
        raise UnknownTarget(target)
    return found


@dataclass(frozen=True, slots=True)
class _Spot:
    """A target in parts; `whom` is the holder of a score or the subject of an obligation."""

    shape: str
    rule: str
    whom: int = 0
    day: date | None = None
    person: int | None = None


def _read(target: str) -> _Spot:
    """The parts of a target; raises `ValueError` where they do not fit together."""
    shape, rule, *words = target.split(":")
    if shape == "case" and not words:
        return _Spot(shape, "", int(rule))
    if shape == "score" and len(words) in {1, 2}:
        day = date.fromisoformat(words[1]) if words[1:] else None
        return _Spot(shape, rule, int(words[0]), day)
    if shape == "obligation" and len(words) in {2, 3}:
        day = date.fromisoformat(words[1])
        return _Spot(shape, rule, int(words[0]), day, int(words[2]) if words[2:] else None)
    if words:
        raise ValueError(target)
    return _Spot(shape, rule)


@dataclass(frozen=True, slots=True)
class _Ask:
    handbook: Handbook
    tables: Tables
    as_of: date


def _figure(ask: _Ask, rule: Figure) -> Trace:
    """The facts that it counts, its parts with theirs, the obligations that it counts, and by
    what else they count.
    """
    whole, *parts = measures(ask.handbook, ask.tables, rule.id, as_of=ask.as_of)
    nodes = [_rule(rule.terms, ask.as_of)]
    term = term_on(rule.terms, ask.as_of)
    titles = term.part_titles if term else {}
    for part in parts:
        title = titles.get(part.name, Text(part.name, part.name))
        nodes.append(Trace(title, _number(part.value), part.because))
    nodes += [_of_each(ask, rule, key, group) for key, group in whole.groups]
    if whole.owed is not None:
        each = tuple(_obligation_node(ask, whole.owed, at) for at in range(len(whole.owed)))
        nodes.append(Trace(OBLIGATIONS, str(len(each)), children=each))
    nodes += [Trace(title, str(len(facts)), facts) for title, facts in whole.under]
    return Trace(rule.title, _number(whole.value), whole.because, tuple(nodes))


def _of_each(ask: _Ask, rule: Figure, key: object, group: Measure) -> Trace:
    """One group of a figure, by the value of its column `each`."""
    kind = ask.handbook.kind(rule.of.partition(":")[2])
    field = kind.field(rule.each) if kind else None
    title = field.title if field else Text(rule.each, rule.each)
    if isinstance(key, int):
        return Trace(title, _number(group.value), group.because, about=key)
    said = field.options.get(str(key)) if field else None
    return Trace(said or Text(str(key), str(key)), _number(group.value), group.because)


def _case(ask: _Ask, spot: _Spot) -> Trace | None:
    """A case with the document behind its procedure."""
    for case in cases(ask.handbook, ask.tables, as_of=ask.as_of, only=spot.whom):
        found = case_trace(ask.handbook, case)
        terms = ask.handbook.procedures[case.procedure].terms
        return replace(found, children=(_rule(terms, case.opened), *found.children))
    return None


def _coverage(ask: _Ask, rule: Coverage) -> Trace:
    """The whole, and each group of each breakdown with the facts that reached it."""
    whole = reach(ask.handbook, ask.tables, rule.id, as_of=ask.as_of)
    nodes = [_rule(rule.terms, ask.as_of)]
    for by in rule.by:
        cells = reach(ask.handbook, ask.tables, rule.id, as_of=ask.as_of, by=by)
        nodes += [_group(ask, by, cell) for cell in cells]
    if not whole:
        return Trace(rule.title, _NOTHING, children=tuple(nodes))
    # What stands under a group is not named once more above it.
    because = () if rule.by else whole[0].because
    return Trace(rule.title, _of(whole[0]), because, tuple(nodes))


def _group(ask: _Ask, by: str, cell: Reach) -> Trace:
    """A group by its value, or by the subject that it is about."""
    status = ask.handbook.statuses.get(by)
    if status is None:
        title = breakdown_title(ask.handbook, by)
        about = int(cell.group) if cell.group else None
        if about is None:
            title = Text(f"{title.zh}：{_NOTHING}", f"{title.en}: {_NOTHING}")
        return Trace(title, _of(cell), cell.because, about=about)
    unknown = Text(cell.group or _NOTHING, cell.group or _NOTHING)
    return Trace(status.options.get(cell.group, unknown), _of(cell), cell.because)


def _of(cell: Reach) -> str:
    return f"{cell.reached}/{cell.population}"


def _staffing(ask: _Ask, rule: Staffing) -> Trace:
    """Every post with its holders, and below what is amiss."""
    now = filling(ask.handbook, ask.tables, rule, as_of=ask.as_of)
    nodes = [_rule(rule.terms, ask.as_of)]
    if now is None:
        return Trace(rule.title, _NOTHING, children=tuple(nodes))
    for at, (subject, held) in enumerate(zip(now.subjects.tolist(), now.held, strict=True)):
        title = ask.handbook.roles[rule.role].title
        nodes.append(Trace(title, str(held), now.facts_of(at), about=subject))
    for found in vacancies(ask.handbook, ask.tables, as_of=ask.as_of, rules={rule.id}):
        about = found.subject if found.person is None else found.person
        value = f"{found.held} ({found.since})"
        nodes.append(Trace(VACANCY_TITLES[found.kind], value, found.because, about=about))
    value = f"{int(now.filled.sum())}/{len(now.subjects)}"
    return Trace(rule.title, value, children=tuple(nodes))


def _score(ask: _Ask, rule: Score, spot: _Spot) -> Trace | None:
    day = spot.day or ask.as_of
    found = board(ask.handbook, ask.tables, rule.id, day=day, as_of=ask.as_of)
    if found is None or spot.whom not in found.holders:
        return None
    holder = int(np.searchsorted(found.holders, spot.whom))
    lines = [_line(ask, column, holder) for column in found.columns if column.counted[holder]]
    return Trace(
        rule.title,
        _number(float(found.points[holder])),
        children=(_rule(rule.terms, day), *lines),
        about=spot.whom,
    )


def _line(ask: _Ask, column: Column, holder: int) -> Trace:
    """One line of a score with the obligations or the facts that it read."""
    title, points = column.entries.indicator.title, _number(float(column.points[holder]))
    mine = column.row == holder
    if not column.entries.indicator.duty:
        facts = np.unique(column.entries.facts[mine])
        return Trace(title, points, tuple(facts.tolist()))
    found = column.of(mine)
    nodes = tuple(_obligation_node(ask, found, at) for at in range(len(found)))
    return Trace(title, f"{points} ({100 * column.share[holder]:.1f} %)", children=nodes)


def _obligation(ask: _Ask, spot: _Spot) -> Trace | None:
    """The obligation that begins on a day; a node over several where there are more."""
    if spot.day is None:
        return None
    found = owed(
        ask.handbook,
        ask.tables,
        as_of=ask.as_of,
        within=Period(spot.day, spot.day + _ONE_DAY),
        rules={spot.rule},
        persons=None if spot.person is None else {spot.person},
    )
    found = found.where((found.subject == spot.whom) & (found.start == day_number(spot.day)))
    nodes = tuple(_obligation_node(ask, found, at) for at in range(len(found)))
    if len(nodes) == 1:
        return nodes[0]
    title = _rule_of(ask, spot.rule).title
    return Trace(title, str(len(nodes)), children=nodes, about=spot.whom) if nodes else None


def _obligation_node(ask: _Ask, found: Owed, at: int) -> Trace:
    """An obligation with its facts; below, why it is owed, and by what it is excused."""
    rule, state = _rule_of(ask, found.rules[int(found.rule[at])]), State(int(found.state[at]))
    start, end = day_of(int(found.start[at])), day_of(int(found.end[at]))
    nodes = [_rule(rule.terms, start)]
    person = int(found.person[at])
    nodes.append(Trace(POST, _NOTHING, (int(found.basis[at]),), about=person))
    if found.trigger[at]:
        nodes.append(Trace(TRIGGER, str(start), (int(found.trigger[at]),)))
    if state == State.EXCUSED and isinstance(rule, Duty):
        leave = _leave(ask, rule, person, Period(start, end))
        nodes.append(Trace(_LEAVE, str(len(leave)), leave))
    title = Text(
        f"{rule.title.zh}（{start} 至 {end - _ONE_DAY}）",
        f"{rule.title.en} ({start} to {end - _ONE_DAY})",
    )
    value = f"{found.got[at]}/{found.need[at]} {STATE_TITLES[state]}"
    return Trace(title, value, found.because(at), tuple(nodes), about=int(found.subject[at]))


def _leave(ask: _Ask, duty: Duty, person: int, period: Period) -> tuple[int, ...]:
    """The facts that excuse a person in a period."""
    term = term_on(duty.terms, period.start)
    found: set[int] = set()
    for name in term.excused_by if term else ():
        kind, table = ask.handbook.kinds[name], ask.tables.facts.get(name)
        if kind.span is None or table is None:
            continue
        first, last = (ints(table.values[field]) for field in kind.span)
        his = (table.performer == person) & (table.day <= day_number(ask.as_of))
        his &= (first < day_number(period.end)) & (last >= day_number(period.start))
        found.update(table.fact[np.flatnonzero(his)].tolist())
    return tuple(sorted(found))


def _rule(terms: Sequence[Term], day: date) -> Trace:
    """The document behind a rule on a day, and its words."""
    term = term_on(terms, day)
    if term is None:
        return Trace(_RULE, _NOTHING)
    source = term.source
    name = f"{source.title} {source.number}".strip()
    return Trace(_RULE, f"{name}：{source.quote}")


def _rule_of(ask: _Ask, name: str) -> Duty | Deadline:
    return ask.handbook.duties.get(name) or ask.handbook.deadlines[name]


def _number(value: Number) -> str:
    if value is None:
        return _NOTHING
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")
