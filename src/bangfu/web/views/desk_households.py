"""What happens to a household: birth, death, split, merge, another head; undoing it in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bangfu.core.facts import Fact, Value
from bangfu.core.roster import HEAD, RELATIONS
from bangfu.core.text import Refused
from bangfu.core.values import BadValues, read_day, read_values
from bangfu.records import household_changes as changes
from bangfu.records import queries
from bangfu.records.plans import UID
from bangfu.records.queries import Card, Tie
from bangfu.web import clock, words
from bangfu.web.audience import audience
from bangfu.web.entry import Control, Option, chooser, new_uid
from bangfu.web.reader import Reader, reader_of
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.words import place, say

# What of a new member is asked for at the desk.
_PERSON = ("name", "sex", "birth", "id_number", "phone")
GONE = "-"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may happen to a household, as the page calls it."""

    id: str
    title: str
    said: str


def acts() -> list[Act]:
    """The things that may happen, in the order of how often they do."""
    return [
        Act("add", _("New member"), _("Somebody is born, marries in or comes to live here.")),
        Act("head", _("Another head, or members who left"),
            _("Say what each is to the head from the day on; who died or left is there no more.")),
        Act("split", _("Split or move"),
            _("Who is ticked becomes a household of its own; all of them leaving is a move.")),
        Act("merge", _("Merge"), _("All members join another household; this one ends.")),
    ]  # fmt: skip


@audience("desk")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: str, what: str) -> HttpResponse:
    """The form of one thing that happened; sent, it becomes several facts, or none."""
    reader = reader_of(request)
    card = queries.card(reader.policy, uid)
    act = next((one for one in acts() if one.id == what), None)
    if card is None or act is None or card.named.type != "household" or card.founding is None:
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            facts = _do(reader, card, act.id, request.POST)
        except BadValues as refused:
            errors = {one.place: one.say(words.language()) for one in refused.problems}
        except Refused as refused:
            errors = {"": refused.say(words.language())}
        else:
            return _done(request, act, card, facts)
    return _show(request, reader, card, act, errors=errors)


@audience("desk")
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, uid: str) -> HttpResponse:
    """Withdraw all that was entered in one go, having seen what it was."""
    reader = reader_of(request)
    facts = [one for one in changes.together(reader.policy, uid) if one.standing]
    if not facts:
        raise Http404
    reason, problem = request.POST.get("reason", "").strip(), ""
    if request.method == "POST":
        if not reason:
            problem = _("Say why, in a few words.")
        else:
            try:
                changes.undo(reader.policy, uid, reason=reason, now=clock.now())
            except Refused as refused:
                problem = refused.say(words.language())
            else:
                messages.success(request, _("Undone: all of it was withdrawn."))
                return redirect("desk")
    context = {
        "facts": fact_lines(reader.handbook, facts, names_in(reader.policy, facts)),
        "reason": Control("reason", "reason", _("Why it is withdrawn"), "text", required=True,
                          value=reason, error=problem),
        "today": reader.today,
    }  # fmt: skip
    return render(request, "pages/desk_undo.html", context, status=422 if problem else 200)


def _do(reader: Reader, card: Card, what: str, data: QueryDict) -> list[Fact]:
    on = read_day(data.get("on", ""))
    if on is None or on > reader.today:
        raise Refused(
            "day", "请填变动的日期，不晚于今天。", "Fill in the day; not after today.", place="on"
        )
    doing = changes.Doing(reader.policy, on, clock.now(), sent_uid(data))
    if done := doing.done():
        return done  # the same form once more
    uid, relations = card.named.uid, _relations(card, data, on)
    if what == "add":
        person = _person(reader, data)
        return changes.add_member(doing, uid, person, relation=data.get("relation", "") or "其他")
    if what == "head":
        said = {tie: "" if relation == GONE else relation for tie, relation in relations.items()}
        return changes.change_head(doing, uid, said, gone=data.get("why", "").strip())
    if what == "split":
        chosen = set(data.getlist("leaves"))
        said = {tie: relation for tie, relation in relations.items() if tie in chosen}
        home: dict[str, Value] = {
            name: data.get(f"home.{name}", "").strip() for name in ("place", "address", "number")
        }
        return changes.split(doing, uid, said, home=home, carry=data.get("carry") == "1")
    return changes.merge(doing, uid, data.get("into", ""), relations)


def sent_uid(data: QueryDict) -> str:
    """The uid that the form chose for what it enters; a new one where it has none."""
    given = data.get("uid", "").strip()
    return given if UID.match(given) else new_uid()


def _relations(card: Card, data: QueryDict, day: date) -> dict[str, str]:
    """What each member is said to be, by the uid of the membership."""
    return {
        tie.uid: data.get(f"relation.{tie.uid}", "").strip() or tie.what
        for tie in card.members
        if tie.holds(day)
    }


def _person(reader: Reader, data: QueryDict) -> dict[str, Value]:
    kind = reader.handbook.kinds["registry.person"]
    given: dict[str, object] = {name: data.get(f"v.{name}", "") for name in _PERSON}
    return dict(read_values(kind, given))


def _done(request: HttpRequest, act: Act, card: Card, facts: Sequence[Fact]) -> HttpResponse:
    said = _("Entered: %(what)s, %(n)d changes to the registry.")
    messages.success(request, said % {"what": act.title, "n": len(facts)})
    messages.info(
        request, _("If it was not so, all of it can be undone at once."),
        extra_tags=facts[0].uid,
    )  # fmt: skip
    return redirect("desk-subject", card.named.uid)


def _show(
    request: HttpRequest, reader: Reader, card: Card, act: Act, *, errors: dict[str, str]
) -> HttpResponse:
    data, find = request.POST, reverse("desk-choose", args=["registry.household"])
    on = read_day(data.get("on", "")) or reader.today
    chosen = {name: data.get(name, "") for name in ("home.place", "into")}
    known = queries.named(reader.policy, [uid for uid in chosen.values() if uid])
    chips = {name: [Option(uid, place(known[uid].name))] if uid in known else []
             for name, uid in chosen.items()}  # fmt: skip
    context = {
        "uid": sent_uid(data),
        "one": card.named,
        "act": act,
        "acts": acts(),
        "on": data.get("on", "") or reader.today.isoformat(),
        "members": [_row(reader, tie, act.id, data) for tie in card.members if tie.holds(on)],
        "relations": [Option(one, one, one == data.get("relation")) for one in RELATIONS[1:]],
        "person": _person_controls(reader, data, errors) if act.id == "add" else [],
        "place": chooser("home.place", _("Where to"), chosen=chips["home.place"],
                         required=False, find=f"{find}?field=place",
                         help=_("Left empty: the same village.")),
        "into": chooser("into", _("Into which household"), chosen=chips["into"],
                        find=f"{reverse('desk-choose', args=['registry.status'])}?for=subject",
                        error=errors.get("into", "")),
        "given": {name: data.get(name, "") for name in ("why",)},
        "address": data.get("home.address", ""),
        "number": data.get("home.number", ""),
        "carry": request.method != "POST" or data.get("carry") == "1",
        "problem": errors.get("", ""),
        "today": reader.today,
    }  # fmt: skip
    return render(request, "pages/desk_household.html", context, status=422 if errors else 200)


def _row(reader: Reader, tie: Tie, what: str, data: QueryDict) -> dict[str, object]:
    """A member with the relations to choose from; splitting leaves, by default, nobody."""
    del reader
    said = data.get(f"relation.{tie.uid}", tie.what)
    known = [tie.what, *(one for one in RELATIONS if one != tie.what)]
    options = [Option(one, one, one == said) for one in known]
    if what == "head":
        options.append(Option(GONE, _("no more here"), said == GONE))
    return {
        "uid": tie.uid,
        "name": tie.person.name,
        "what": tie.what,
        "head": tie.what == HEAD,
        "options": options,
        "ticked": tie.uid in data.getlist("leaves"),
    }


def _person_controls(reader: Reader, data: QueryDict, errors: dict[str, str]) -> list[Control]:
    kind = reader.handbook.kinds["registry.person"]
    controls = []
    for name in _PERSON:
        item = kind.field(name)
        if item is None:
            continue
        value = data.get(f"v.{name}", "")
        widget = {"choice": "radio", "date": "date"}.get(item.type, "text")
        options = tuple(Option(k, say(t), k == value) for k, t in item.options.items())
        controls.append(
            Control(name, f"v.{name}", say(item.title), widget, required=item.required,
                    value=value, options=options, error=errors.get(name, ""))
        )  # fmt: skip
    return controls
