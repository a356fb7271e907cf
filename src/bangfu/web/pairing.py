"""Plans of pairs in words: how they stand, their rows, why somebody helps whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bangfu.engine.spans import Ints
from bangfu.optimise.inputs import NOBODY
from bangfu.optimise.pairing import OPEN
from bangfu.optimise.reasons import Match
from bangfu.records import queries
from bangfu.records.queries import Named, PlanLine, Proposal
from bangfu.web.reader import Reader
from bangfu.web.words import place, say


@dataclass(frozen=True, slots=True)
class Row:
    """One household of a plan."""

    uid: str
    name: str
    village: str
    before: str
    after: str
    unit: str
    terms: str
    changed: bool
    edited: bool
    approved: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody else who might take a household, his terms, and what the edit would cost."""

    uid: str
    name: str
    terms: str
    cost: str


def of_villages(reader: Reader, rule: str) -> bool:
    """Whether a rule is about leaders of villages."""
    book = reader.handbook
    if rule not in book.pairings:
        return False
    return book.roles[book.staffing[book.pairings[rule].staffing].role].subject == "village"


def state_title(line: PlanLine) -> str:
    """How far a plan is."""
    titles = {
        "waiting": pgettext("plan", "waiting"),
        "running": pgettext("plan", "being worked out"),
        "stopped": pgettext("plan", "broken off"),
        "failed": pgettext("plan", "no answer"),
        "done": pgettext("plan", "worked out"),
        "carrying": pgettext("plan", "being carried out"),
    }
    return titles[line.state]


def verdict(proposal: Proposal) -> str:
    """What a plan costs, and how near it is to the best, in a sentence."""
    line = proposal.line
    open_ = int(str(line.told.get("open", 0)))
    cost = line.objective - OPEN * open_
    if line.patch:
        return _("The cheapest way to fill these places without moving anybody else.")
    said = {"cost": f"{cost:,}", "pairs": f"{int(str(line.told.get('pairs', 0))):,}"}
    if line.objective == line.bound:
        said_best = (
            _("Cost %(cost)s. All %(pairs)s pairs were compared: no plan costs less.") % said
        )
        return said_best + (_certificate(proposal) if proposal.asked.kind == "village" else "")
    gap = (line.objective - line.bound) / max(1, line.objective)
    return _(
        "Cost %(cost)s. All %(pairs)s pairs were compared: no plan costs less than %(bound)s, so "
        "this one is at most %(gap)s above the best."
    ) % {**said, "gap": f"{gap * 100:.2f}%", "bound": f"{line.bound - OPEN * open_:,}"}


def _certificate(proposal: Proposal) -> str:
    """The proof that no other leaders are cheaper, for whoever wants to add it up."""
    price, caps = proposal.plan.price, proposal.asked.question.helpers.cap
    places = int((price * np.minimum(caps, len(proposal.asked.households))).sum())
    return " " + _(
        "The proof: at the plan's prices all villages cost %(value)s at least, and the leaders' "
        "places are worth %(places)s; the difference, %(bound)s, is what every plan costs."
    ) % {
        "value": f"{proposal.line.bound + places:,}", "places": f"{places:,}",
        "bound": f"{proposal.line.bound:,}",
    }  # fmt: skip


def compared(proposal: Proposal) -> list[tuple[str, str, str]]:
    """How the county stands now and would stand with the plan: what, now, then."""
    now, then = proposal.standing(proposal.now), proposal.standing(proposal.chosen)
    words, needs = _compared_words(proposal), []
    if proposal.asked.options:
        needs = [(_("Needs without the skill for them"), f"{now.unmet:,}", f"{then.unmet:,}")]
    return [
        (words["without"], f"{now.without:,}", f"{then.without:,}"),
        (words["way"], f"{now.km:,.0f}", f"{then.km:,.0f}"),
        *needs,
        (_("Linked village or own township"), f"{now.linked:,}", f"{then.linked:,}"),
        (words["persons"], f"{now.helpers:,}", f"{then.helpers:,}"),
        (words["most"], f"{now.most:,}", f"{then.most:,}"),
    ]


def _compared_words(proposal: Proposal) -> dict[str, str]:
    if proposal.asked.kind == "village":
        return {
            "without": _("Villages without a leader"),
            "way": _("Way to all villages, km"),
            "persons": _("Persons who lead"),
            "most": _("Most villages of one person"),
        }
    points = proposal.asked.question.households.points is not None
    return {
        "without": _("Households without a helper"),
        "way": _("Way to all households, km"),
        "persons": _("Persons who help"),
        "most": _("Most points of one person") if points else _("Most households of one person"),
    }


def rows_of(reader: Reader, proposal: Proposal, at: Sequence[int]) -> list[Row]:
    """Some households of a plan, by row."""
    asked, chosen = proposal.asked, proposal.chosen
    edited = {int(str(one["household"])) for one in proposal.edits}
    helpers = [int(asked.helpers[chosen[row]]) for row in at if chosen[row] != NOBODY]
    numbers = {*asked.households[list(at)].tolist(), *asked.holder[list(at)].tolist(), *helpers}
    units = {int(asked.units[chosen[row]]) for row in at if chosen[row] != NOBODY}
    names = queries.names(reader.policy, {*numbers, *units} - {NOBODY, 0})
    load = asked.question.load(chosen)
    found = []
    for row in at:
        home = names.get(int(asked.households[row]))
        if home is None:
            continue
        helper = int(chosen[row])
        found.append(
            Row(
                uid=home.uid,
                name=home.name,
                village=place(home.place),
                before=_name(names, int(asked.holder[row])),
                after=_name(names, int(asked.helpers[helper]) if helper != NOBODY else NOBODY),
                unit=_name(names, int(asked.units[helper]), "") if helper != NOBODY else "",
                terms=terms(reader, proposal, row, helper, int(load[helper])),
                changed=bool(proposal.changed[row]),
                edited=home.id in edited,
                approved=bool(proposal.approved[row]),
            )
        )
    return found


def terms(reader: Reader, proposal: Proposal, row: int, helper: int, load: int) -> str:  # noqa: PLR0917
    """Why a pair: the needs met and unmet, the way, the link, the load, whether it stays."""
    if helper == NOBODY:
        return ""
    asked, question = proposal.asked, proposal.asked.question
    of, who = question.households, question.helpers
    needs, skills = int(asked.needs[row]), int(asked.skills[helper])
    here, there = of.place[row], who.group[helper]
    said = [
        _needs_words(reader, proposal, _("meets: %(what)s"), needs & skills),
        _needs_words(reader, proposal, _("unmet: %(what)s"), needs & ~skills),
        _("%(km)s km") % {"km": f"{question.km[here, there]:.1f}"},
        "" if question.linked[here, there] else _("neither linked nor own township"),
        _carried_words(proposal, row, load),
        _("stays") if of.present[row] == helper else "",
    ]
    return pgettext("list", ", ").join(one for one in said if one)


def _carried_words(proposal: Proposal, row: int, load: int) -> str:
    """How much the helper carries, and with points what of it this household is."""
    if proposal.asked.kind == "village":
        return ngettext("%(n)d village of his", "%(n)d villages of his", load) % {"n": load}
    points = proposal.asked.question.households.points
    if points is None:
        return ngettext("%(n)d household of his", "%(n)d households of his", load) % {"n": load}
    return ngettext(
        "%(own)d point of %(n)d of his", "%(own)d points of %(n)d of his", int(points[row])
    ) % {"own": int(points[row]), "n": load}


def _needs_words(reader: Reader, proposal: Proposal, words: str, bits: int) -> str:
    rule = reader.handbook.pairings[proposal.line.rule]
    kind_id, _dot, field_id = rule.need.partition(".")
    kind = reader.handbook.kind(kind_id)
    field = kind.field(field_id) if kind else None
    options = field.options if field else {}
    named = [
        say(options[name])
        for number, name in enumerate(proposal.asked.options)
        if bits >> number & 1
    ]
    return words % {"what": pgettext("or-list", "/").join(named)} if named else ""


def cost_words(cost: int) -> str:
    """What an edit costs or saves."""
    if not cost:
        return _("costs the same")
    if cost > 0:
        return _("costs %(n)s more") % {"n": f"{cost:,}"}
    return _("costs %(n)s less") % {"n": f"{-cost:,}"}


def choices_of(reader: Reader, proposal: Proposal, row: int, *, most: int) -> list[Choice]:
    """Who else might take a household, the cheapest first."""
    found = proposal.choices(row, most=most)
    asked = proposal.asked
    names = queries.names(reader.policy, [int(asked.helpers[one]) for one, _cost in found])
    load = asked.question.load(proposal.chosen)
    lines = []
    for helper, cost in found:
        person = names.get(int(asked.helpers[helper]))
        if person is not None:
            more = int(asked.question.points[row])
            said = terms(reader, proposal, row, helper, int(load[helper]) + more)
            lines.append(Choice(person.uid, person.name, said, cost_words(cost)))
    return lines


def refused(reader: Reader, proposal: Proposal, match: Match) -> str:
    """The best refused alternative of a match and what it would have cost."""
    if match.alternative == NOBODY:
        return _("No rule lets anybody else take it.")
    number = int(proposal.asked.helpers[match.alternative])
    person = queries.names(reader.policy, [number]).get(number)
    name = person.name if person else _("not visible to you")
    if match.exactly is not None:
        return _("The next best is %(name)s: %(cost)s.") % {
            "name": name, "cost": cost_words(match.exactly)}  # fmt: skip
    return _(
        "The next best is %(name)s, who has no place left: any plan with them costs at least "
        "%(n)s more."
    ) % {"name": name, "n": f"{max(0, match.at_least):,}"}


def edits_of(reader: Reader, proposal: Proposal) -> list[dict[str, object]]:
    """The pairs changed by hand, each with what it cost."""
    every = [
        int(str(edit[name]))
        for edit in proposal.edits
        for name in ("household", "helper", "before")
    ]
    names = queries.names(reader.policy, {one for one in every if one})
    return [
        {
            "household": _name(names, int(str(edit["household"]))),
            "before": _name(names, int(str(edit["before"]))),
            "after": _name(names, int(str(edit["helper"]))),
            "cost": cost_words(int(str(edit["cost"]))),
        }
        for edit in proposal.edits
    ]


def gain(proposal: Proposal, others: Sequence[PlanLine]) -> dict[str, object] | None:
    """Beside a patch: the plan anew for the same day and facts, what it saves and whom it moves."""
    line = proposal.line
    for other in others:
        same = other.known_at == line.known_at and other.rule == line.rule
        if not other.patch and other.state == "done" and same and other.gone == line.gone:
            return {
                "url": reverse("pairing-plan", args=[other.uid]),
                "number": other.number,
                "saves": f"{max(0, line.objective - other.objective):,}",
                "moves": other.changed,
                "patch_moves": line.changed,
            }
    return None


def of_choice(proposal: Proposal, *, town: int, only: str) -> Ints:
    """The rows that a choice leaves: of one township, only those that change or are open."""
    rows = proposal.of
    if town:
        rows = rows[proposal.asked.townships[rows] == town]
    if only == "changed":
        rows = rows[proposal.changed[rows]]
    elif only == "open":
        rows = rows[proposal.chosen[rows] == NOBODY]
    elif only == "edited":
        edited = [int(str(one["household"])) for one in proposal.edits]
        rows = rows[np.isin(proposal.asked.households[rows], edited)]
    order = np.lexsort((proposal.asked.households[rows], proposal.asked.villages[rows]))
    return rows[order]


def _name(names: Mapping[int, Named], number: int, otherwise: str | None = None) -> str:
    if number in names:
        return place(names[number].name)
    return pgettext("plan", "nobody") if otherwise is None else otherwise
