"""pairings/*.toml: who may help whom in a plan, and what counts; read, checked and said."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.rules import Ask, FieldType, Pairing, PairingTerm, SubjectType, Term
from bangfu.handbook.columns import status_columns
from bangfu.handbook.duty_files import condition
from bangfu.handbook.grammar import read_id, read_terms, read_title
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.reader import Table
from bangfu.handbook.references import mismatch
from bangfu.handbook.speaker import Lines, Speaker

MOST = 100_000
MOST_POINTS = 20
# Which kind of fact each key names a field of: its subject, the field's types, what it refers to.
_FIELDS: dict[str, tuple[SubjectType, tuple[FieldType, ...], str]] = {
    "need": ("household", ("choice", "choices"), ""),
    "skill": ("person", ("choice", "choices"), ""),
    "home": ("person", ("reference",), "place"),
    "capacity": ("person", ("integer",), ""),
    "avoid": ("person", ("reference",), "household"),
    "link": ("village", ("reference",), "unit"),
}


def read_pairing(table: Table, stem: str) -> Pairing:
    """Whom a plan of pairs is about and what it costs."""
    rule = Pairing(
        id=read_id(table, stem),
        title=read_title(table),
        staffing=table.name("staffing"),
        terms=read_terms(table, _term),
        need=table.text("need", required=False),
        skill=table.text("skill", required=False),
        home=table.text("home", required=False),
        capacity=table.text("capacity", required=False),
        avoid=table.text("avoid", required=False),
        link=table.text("link", required=False),
        points=table.name("points", required=False),
        approval=table.name("approval", required=False),
    )
    table.close()
    return rule


def _term(table: Table, dates: Term) -> PairingTerm:
    term = PairingTerm(
        dates.start,
        dates.end,
        dates.source,
        eligible=condition(table, "eligible"),
        near=condition(table, "near"),
        avoid_home=table.flag("avoid_home"),
        asks=tuple(_ask(entry) for entry in table.tables("asks")),
        detour=table.number("detour", 1, 5) or 1.0,
        per_km=table.count("per_km", 0, MOST, default=100),
        unmet=table.count("unmet", 0, MOST, default=250),
        unlinked=table.count("unlinked", 0, MOST, default=1500),
        change=table.count("change", 0, MOST, default=800),
        load=_load(table),
        most=table.integer("most", 1, MOST),
        points=_points(table),
    )
    if any(a > b for a, b in zip(term.load, term.load[1:], strict=False)):
        table.wrong("load_falls", "load", found=", ".join(str(one) for one in term.load))
    return term


def _load(table: Table) -> tuple[int, ...]:
    raw = table.take("load")
    if raw is None:
        return (0,)
    whole = isinstance(raw, list) and raw and all(type(item) is int for item in raw)
    if not isinstance(raw, list) or not whole or not all(0 <= item <= MOST for item in raw):
        table.wrong("load_numbers", "load", most=MOST)
        return (0,)
    return tuple(raw)


def _points(table: Table) -> dict[str, int]:
    """What a household counts, by the options of its difficulty."""
    raw = table.take("points")
    if raw is None:
        return {}
    if not isinstance(raw, dict) or not all(
        type(one) is int and 1 <= one <= MOST_POINTS for one in raw.values()
    ):
        table.wrong("points_numbers", "points", most=MOST_POINTS)
        return {}
    return {str(name): int(one) for name, one in raw.items()}


def _ask(table: Table) -> Ask:
    ask = Ask(table.text("where"), table.text("requires"))
    table.close()
    return ask


def check_pairing(look: Lookup, rule: Pairing) -> None:
    """The staffing rule, the fields and the conditions of a pairing."""
    if look.reference("staffing", "staffing", rule.staffing):
        staffing = look.handbook.staffing.get(rule.staffing)
        role = look.handbook.roles.get(staffing.role) if staffing else None
        if role is not None and role.subject not in ("household", "village"):
            mismatch(look, "staffing", rule.staffing, role.subject, "household")
        if role is not None and role.subject == "village":
            _check_leaders(look, rule)
    for key in _FIELDS:
        if named := getattr(rule, key):
            _check_field(look, key, named)
    if rule.approval:
        kind = look.kind("approval", rule.approval)
        if kind is not None and kind.subject != "county":
            mismatch(look, "approval", rule.approval, kind.subject, "county")
    if bool(rule.need) != bool(rule.skill):
        look.wrong("need_alone", "need" if rule.need else "skill")
    elif rule.need:
        _check_options(look, rule)
    _check_points(look, rule)
    statuses = look.handbook.statuses.values()
    household, person = (status_columns(statuses, kind) for kind in ("household", "person"))
    for number, term in enumerate(rule.terms, start=1):
        inner = look.at(f"terms[{number}]")
        inner.simple("eligible", term.eligible, person)
        inner.simple("near", term.near, person)
        for index, ask in enumerate(term.asks, start=1):
            inner.simple(f"asks[{index}].where", ask.where, household)
            inner.simple(f"asks[{index}].requires", ask.requires, person)


def _check_field(look: Lookup, key: str, named: str) -> None:
    """The kind and the field that "kind.field" names are there, and of the type that is read."""
    kind_id, _, field_id = named.partition(".")
    kind = look.kind(key, kind_id)
    if kind is None:
        return
    subject, types, to = _FIELDS[key]
    known = [
        f.id for f in kind.fields if f.type in types and not f.personal and (not to or f.to == to)
    ]
    if kind.subject != subject:
        mismatch(look, key, kind.id, kind.subject, subject)
    else:
        look.among(key, "fields", field_id, known)


def _check_leaders(look: Lookup, rule: Pairing) -> None:
    """A village has no needs, no points and nobody's relatives, and load is not weighed."""
    for key in ("need", "skill", "avoid", "points"):
        if getattr(rule, key):
            look.wrong("of_villages", key)
    for number, term in enumerate(rule.terms, start=1):
        for key, given in (("asks", term.asks), ("load", any(term.load))):
            if given:
                look.at(f"terms[{number}]").wrong("of_villages", key)


def _check_points(look: Lookup, rule: Pairing) -> None:
    """Points go by the options of a status of households, each with its number, and with a cap."""
    status = None
    if rule.points and look.reference("points", "statuses", rule.points):
        status = look.handbook.statuses[rule.points]
        if status.subject != "household":
            mismatch(look, "points", rule.points, status.subject, "household")
    for number, term in enumerate(rule.terms, start=1):
        inner = look.at(f"terms[{number}]")
        if bool(term.points) != bool(rule.points) or (term.points and term.most is None):
            inner.wrong("points_alone", "points")
        for name in term.points if status else ():
            inner.among("points", "options", name, list(status.options) if status else [])
        for name in status.options if status and term.points else ():
            inner.among("points", "options", name, list(term.points))


def _check_options(look: Lookup, rule: Pairing) -> None:
    """Each need has its skill."""
    options = []
    for named in (rule.need, rule.skill):
        kind_id, _, field_id = named.partition(".")
        kind = look.handbook.kind(kind_id)
        field = kind.field(field_id) if kind else None
        if field is None:
            return
        options.append(field.options)
    for name in options[0]:
        look.among("skill", "options", name, list(options[1]))


def pairing_lines(speaker: Speaker, rule: Pairing) -> Lines:
    """Whom a plan is about, who may help, and what it weighs."""
    say = speaker.say
    named = speaker.title(speaker.handbook.staffing, rule.staffing)
    head = [
        say(f"对象、任职条件和每人上限按配备{named}。",
            f"For whom, who may and how many each: as the staffing rule {named} says.")
    ]  # fmt: skip
    status = speaker.handbook.statuses.get(rule.points)

    def of_term(term: PairingTerm) -> Iterator[str]:
        person = speaker.person()
        if term.eligible:
            who = speaker.condition(term.eligible, person)
            yield say(f"可以帮扶：{who}。", f"Who may help: {who}.")
        if term.near:
            who = speaker.condition(term.near, person)
            yield say(f"只在本乡镇帮扶：{who}。", f"Helps in his own township only: {who}.")
        if term.avoid_home:
            yield say("回避本村。", "Nobody helps in his home village.")
        if rule.avoid:
            kind = speaker.fact(rule.avoid.partition(".")[0])
            yield say(f"回避登记过的户：{kind}。", f"Not a household that is barred: {kind}.")
        yield from (_asked(speaker, ask) for ask in term.asks)
        if status is not None:
            each = say("、", ", ").join(
                f"{say(title.zh, title.en)} {term.points.get(name, 1)}"
                for name, title in status.options.items()
            )
            yield say(
                f"{status.title.zh}计分：{each}；一人至多 {term.most} 分。",
                f"Points by “{status.title.en}”: {each}; {term.most} at most for one person.",
            )
        elif term.most is not None:
            yield say(f"一人至多 {term.most} 个。", f"{term.most} at most for one person.")
        yield from _weights(speaker, rule, term)

    return head, of_term


def _asked(speaker: Speaker, ask: Ask) -> str:
    household = status_columns(speaker.handbook.statuses.values(), "household")
    where = speaker.condition(ask.where, household)
    requires = speaker.condition(ask.requires, speaker.person())
    return speaker.say(
        f"{where}的户，帮扶人须是：{requires}。",
        f"A household where {where} gets a helper where {requires}.",
    )


def _weights(speaker: Speaker, rule: Pairing, term: PairingTerm) -> Iterator[str]:
    say = speaker.say
    yield say(f"费用：每公里 {term.per_km}（路程按直线的 {term.detour:g} 倍算）。",
              f"Cost: {term.per_km} a kilometre (the way is {term.detour:g} times the straight "
              "line).")  # fmt: skip
    if rule.need:
        yield say(f"每项需求没有对口专长 {term.unmet}。", f"{term.unmet} for each need unmet.")
    yield say(
        f"既不是挂钩单位，也不在本乡镇 {term.unlinked}。",
        f"{term.unlinked} where his unit is not linked and it is not his own township.",
    )
    yield say(f"换掉现在的帮扶人 {term.change}。", f"{term.change} for another helper than now.")
    steps = say("、", ", ").join(str(step) for step in term.load)
    if not any(term.load):
        return
    if rule.points:
        yield say(f"一个人的第一分、第二分……依次加 {steps}。",
                  f"One person's first, second, … point adds {steps}.")  # fmt: skip
    else:
        yield say(f"一个人的第一户、第二户……依次加 {steps}。",
                  f"One person's first, second, … household adds {steps}.")  # fmt: skip
