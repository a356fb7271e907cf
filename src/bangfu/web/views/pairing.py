"""结对: plans of who helps whom are asked for, read, changed by hand and approved."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from bangfu.core.text import Refused
from bangfu.core.values import read_day
from bangfu.optimise.inputs import NOBODY
from bangfu.records import queries
from bangfu.records.pairing import actions, approving
from bangfu.records.queries import PlanLine, Proposal
from bangfu.web import clock, pairing, words
from bangfu.web.audience import audience
from bangfu.web.entry import Option, chooser
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.words import place, say

A_PAGE = 60
CHOICES = 8
ONLY = ("", "changed", "open", "edited")


@audience("county")
@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that are kept; a new one, or the households of those who leave given away."""
    reader = _planner(request)
    problem, gone = "", request.POST.getlist("gone")
    if request.method == "POST":
        try:
            return redirect("pairing-plan", _asked_for(request, reader, gone))
        except Refused as refused:
            problem = refused.say(words.language())
    known = queries.named(reader.policy, gone) if gone else {}
    find = reverse("desk-choose", args=["registry.assignment"])
    lines = queries.plans(reader.policy, now=clock.now())
    names = queries.names(reader.policy, [line.made_by for line in lines])
    context = {
        "lines": [_line(reader, line, names[line.made_by].name if line.made_by in names else "")
                  for line in lines],
        "rules": [{"id": rule.id, "title": say(rule.title), "points": bool(rule.points),
                   "villages": pairing.of_villages(reader, rule.id)}
                  for rule in reader.handbook.pairings.values()],
        "gone": chooser("gone", _("Who leaves"), many=True, required=False,
                        find=f"{find}?for=holder",
                        chosen=[Option(uid, one.name) for uid, one in known.items()]),
        "problem": problem,
        "today": reader.today,
    }  # fmt: skip
    return render(request, "pages/pairing.html", context, status=422 if problem else 200)


@audience("county")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """One plan: how far it is; when it is done, how it stands, its rows, and its approval."""
    reader = _planner(request)
    line = queries.plan(reader.policy, uid, now=clock.now())
    if line is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            return _act(request, reader, line)
        except Refused as refused:
            problem = refused.say(words.language())
    if line.state != "done":
        told = line.told.get(words.language(), "")
        context = {"line": _line(reader, line, ""), "told": told, "problem": problem, "uid": uid,
                   "seconds": int((clock.now() - line.made_at).total_seconds())}  # fmt: skip
        return render(request, "pages/pairing_wait.html", context, status=422 if problem else 200)
    proposal, problem = _proposal(reader, uid, problem)
    if proposal is None:
        context = {"line": _line(reader, line, ""), "told": problem, "uid": uid}
        return render(request, "pages/pairing_wait.html", context)
    return _show(request, reader, proposal, problem)


@audience("county")
@require_http_methods(["GET", "POST"])
def match(request: HttpRequest, uid: str, household: str) -> HttpResponse:
    """One household of a plan: why this helper, the best refused, and another chosen by hand."""
    reader = _planner(request)
    proposal, _problem = _proposal(reader, uid, "")
    home = queries.subject(reader.policy, household)
    row = proposal.asked.household(home.id) if proposal and home else -1
    if proposal is None or home is None or row < 0:
        raise Http404
    problem = ""
    if request.method == "POST":
        helper = request.POST.get("found") or request.POST.get("helper", "")
        try:
            cost = actions.edit(
                reader.policy, uid, household=household, helper="" if helper == "none" else helper,
                now=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            problem = refused.say(words.language())
        else:
            said = _("Changed in the plan: %(cost)s.")
            messages.success(request, said % {"cost": pairing.cost_words(cost)})
            return redirect("pairing-match", uid, household)
    [shown] = pairing.rows_of(reader, proposal, [row])
    open_ = int(proposal.chosen[row]) == NOBODY
    find = reverse("desk-choose", args=["registry.assignment"])
    found = chooser("found", _("Somebody else"), required=False, find=f"{find}?for=holder")
    context = {
        "line": proposal.line,
        "row": shown,
        "refused": "" if open_ else pairing.refused(reader, proposal, proposal.match(row)),
        "choices": pairing.choices_of(reader, proposal, row, most=CHOICES),
        "found": found,
        "problem": problem,
        "open": open_,
    }
    return render(request, "pages/pairing_match.html", context, status=422 if problem else 200)


def _planner(request: HttpRequest) -> Reader:
    """The reader, whose posts make plans; for others there is no such page."""
    reader = reader_of(request)
    if not queries.may_plan(reader.policy) or not reader.handbook.pairings:
        raise Http404
    return reader


def _asked_for(request: HttpRequest, reader: Reader, gone: list[str]) -> str:
    rule = request.POST.get("rule", "")
    if request.POST.get("do") == "patch":
        return actions.patch(reader.policy, rule, gone=gone, now=clock.now())
    return actions.ask_for(reader.policy, rule, now=clock.now())


def _act(request: HttpRequest, reader: Reader, line: PlanLine) -> HttpResponse:
    """Ask again, ask for the full plan beside a patch, or approve."""
    if request.POST.get("do") == "again":
        fresh = actions.ask_for(reader.policy, line.rule, now=clock.now(), gone=line.gone)
        return redirect("pairing-plan", fresh)
    on = read_day(request.POST.get("on", "")) or reader.today
    carried = approving.approve(
        reader.policy, line.uid, households=_chosen(request, reader, line.uid),
        document=request.POST.get("document", ""), on=on, now=clock.now(),
    )  # fmt: skip
    if not carried.done:
        messages.success(request, _("Approved. The posts are being entered."))
        _say_left_out(request, carried)
        return redirect("pairing-plan", line.uid)
    said = ngettext(
        "%(n)d household approved, %(changed)d with another helper.",
        "%(n)d households approved, %(changed)d with another helper.",
        carried.households,
    )
    if pairing.of_villages(reader, line.rule):
        said = _("%(n)d villages approved, %(changed)d with another leader.")
    messages.success(request, said % {"n": carried.households, "changed": carried.changed})
    _say_left_out(request, carried)
    return redirect("pairing-plan", line.uid)


def _say_left_out(request: HttpRequest, carried: approving.Carried) -> None:
    """Which of a plan's households were not carried out, and why."""
    if carried.moved:
        left = ngettext(
            "%(n)d household got another helper since the plan was made and was left out.",
            "%(n)d households got another helper since the plan was made and were left out.",
            carried.moved,
        )
        messages.warning(request, left % {"n": carried.moved})
    if carried.barred:
        left = ngettext(
            "%(n)d pair is not allowed by now and was left out.",
            "%(n)d pairs are not allowed by now and were left out.",
            carried.barred,
        )
        messages.warning(request, left % {"n": carried.barred})


def _chosen(request: HttpRequest, reader: Reader, uid: str) -> set[int] | None:
    """The households that are approved: those ticked, of a township, or None for the whole."""
    part = request.POST.get("part", "")
    if part in ("all", "rest"):
        return None
    ticked = request.POST.getlist("row")
    if part == "ticked":
        found = {one.id for one in queries.named(reader.policy, ticked).values()}
        if not found:
            raise Refused("nothing_chosen", "请先勾选户。", "Tick the households first.")
        return found
    town = queries.subject(reader.policy, part)
    proposal = queries.proposal(reader.policy, uid, now=clock.now())
    if town is None or proposal is None:
        raise Refused("nothing_chosen", "请选择批准哪些户。", "Choose which households.")
    asked = proposal.asked
    return set(asked.households[asked.townships == town.id].tolist())


def _proposal(reader: Reader, uid: str, problem: str) -> tuple[Proposal | None, str]:
    try:
        return queries.proposal(reader.policy, uid, now=clock.now()), problem
    except Refused as refused:
        return None, refused.say(words.language())


def _show(request: HttpRequest, reader: Reader, proposal: Proposal, problem: str) -> HttpResponse:
    asked = proposal.asked
    towns = queries.names(reader.policy, set(asked.townships[proposal.of].tolist()) - {0})
    chosen = next((t for t in towns.values() if t.uid == request.GET.get("town", "")), None)
    only = request.GET.get("only", "")
    only = only if only in ONLY else ""
    rows = pairing.of_choice(proposal, town=chosen.id if chosen else 0, only=only)
    start = count_in(request, "from")
    shown = pairing.rows_of(reader, proposal, rows[start : start + A_PAGE].tolist())
    kept = {"town": chosen.uid if chosen else "", "only": only}
    more = urlencode({**kept, "from": str(start + A_PAGE)})
    line = proposal.line
    gone = queries.names(reader.policy, line.gone)
    context = {
        "line": _line(reader, line, ""),
        "verdict": pairing.verdict(proposal),
        "blocked": [say(text) for text in proposal.blocked],
        "open": int(str(line.told.get("open", 0))),
        "compared": pairing.compared(proposal),
        "rows": shown,
        "count": len(rows),
        "towns": [Option(one.uid, place(one.name), one is chosen)
                  for one in sorted(towns.values(), key=lambda one: one.id)],
        "only": only,
        "edits": pairing.edits_of(reader, proposal),
        "left": int((~proposal.approved[proposal.of]).sum()),
        "broken_off": line.left,
        "refused": _ended_by(line),
        "gone": [one.name for one in gone.values()],
        "gain": pairing.gain(proposal, queries.plans(reader.policy, now=clock.now()))
        if line.patch else None,
        "more_url": f"?{more}" if start + A_PAGE < len(rows) else "",
        "problem": problem,
        "today": reader.today,
        "now": clock.now(),
        "rule_url": reverse("rule", args=["pairing", line.rule]),
    }  # fmt: skip
    return render(request, "pages/pairing_plan.html", context, status=422 if problem else 200)


def _ended_by(line: PlanLine) -> str:
    """Why the last approval ended before all was done, "" where it did not."""
    order = line.told.get("order")
    problem = order.get("problem") if isinstance(order, dict) else None
    return str(problem[words.language()]) if problem else ""


def _line(reader: Reader, line: PlanLine, by: str) -> dict[str, object]:
    return {
        "uid": line.uid,
        "number": line.number,
        "url": reverse("pairing-plan", args=[line.uid]),
        "patch": line.patch,
        "state": line.state,
        "title": pairing.state_title(line),
        "rule": say(reader.handbook.pairings[line.rule].title)
        if line.rule in reader.handbook.pairings
        else line.rule,
        "villages": pairing.of_villages(reader, line.rule),
        "noun": _("Villages") if pairing.of_villages(reader, line.rule) else _("Households"),
        "made_at": line.made_at,
        "as_of": line.as_of,
        "by": by,
        "households": line.households,
        "changed": line.changed,
        "approved": line.approved,
        "left": line.left,
        "edits": line.edits,
        "round": line.told.get("round", 0),
        "objective": line.objective,
        "bound": line.bound,
        "open": line.told.get("open", 0),
    }
