"""A walk through two counties that differ only where a reader does not see: all must be alike.

Every role × address × verb × format; a difference in status, place or body is a leak. What each
render makes anew (tokens, uids, the minute) is masked first.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
from django.test import Client
from django.urls import reverse

from bangfu.core.facts import Draft
from bangfu.records import actions, tokens
from bangfu.records.access import Policy
from bangfu.records.models import Account, Fact
from tests.cast import NOW, TODAY, Cast, as_registrar, founding, member, post, status, uid
from tests.web.conftest import PASSWORD, SignIn
from tests.web.samples import OUTSIDE, SAMPLES, Query

# Who walks, and in which of the other worlds nothing that he sees is different.
WALKERS = {
    "helper": ("west", "near"), "secretary": ("west",), "officer": ("west",), "head": ("west",),
    "nobody": ("west", "near"),
}  # fmt: skip
FORMATS: dict[str, dict[str, str]] = {
    "html": {},
    "htmx": {"HX-Request": "true", "HX-Target": "found"},
    "draft": {"X-Draft": "1"},
    "csv": {"Accept": "text/csv"},
}
# Signing out and in ends the walk, so they come last.
LAST = ("sign-in", "code", "sign-out")
MASKED = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}'
    # The code on a card hangs on the ledger's key, which each county makes for itself.
    r'|<svg[^>]*class="qr"[^>]*>.*?</svg>'
    r"|\bT?\d{1,2}:\d{2}(:\d{2}Z?)?\b|T\d\d:\d\d:\d\dZ"
)
SCOPE = frozenset(tokens.scope_of(["obligations"], ["household_visit"]))
Answers = dict[tuple[str, ...], tuple[int, str, str]]


def walk(client: Client) -> Answers:
    """Every address with every sample, verb and format, and what came back."""
    answers: Answers = {}
    names = sorted(SAMPLES, key=lambda name: (name in LAST, name))
    for verb, headers in (
        *(("get", headers) for headers in FORMATS.values()),
        ("head", {}),
        ("post", FORMATS["draft"]),
        ("post", {}),
    ):
        for name in names:
            if verb == "post" and name in ("sign-out", "account"):
                continue
            for number, (arguments, query) in enumerate(SAMPLES[name]):
                address = reverse(name, args=arguments)
                answer = ask(client, verb, address, query, headers)
                key = (verb, str(sorted(headers)), name, str(number))
                answers[key] = seen(getattr(answer, "status_code", 0), answer)
    return answers


def ask(client: Client, verb: str, address: str, query: Query, headers: dict[str, str]) -> object:
    """What an address answers; to the API a sample goes as JSON."""
    if verb == "post" and "json" in query:
        return client.post(address, query["json"], content_type="application/json", headers=headers)
    return getattr(client, verb)(address, query, headers=headers)


def seen(code: int, answer: object) -> tuple[int, str, str]:
    raw = getattr(answer, "content", b"")
    if raw.startswith(b"PK"):  # what a workbook says, not how it is packed
        book = openpyxl.load_workbook(io.BytesIO(raw))
        raw = str([[sheet.title, *sheet.values] for sheet in book]).encode()
    content = raw.decode("utf-8", "replace")
    place = str(getattr(answer, "headers", {}).get("Location", ""))
    return code, MASKED.sub("", place), MASKED.sub("", content)


def make_token(who: str, title: str, *, by: Policy) -> None:
    """A token of somebody, for a program with that name."""
    account = Account.objects.get(username=who)
    tokens.make_token(
        account, title=title, scope=SCOPE, allowed=SCOPE, last_day=TODAY, by=by, now=NOW
    )


def settled(cast: Cast, world: str) -> None:
    """What all worlds have, then what only this one has, later in the ledger."""
    inside = [cast.draft(name="east visit"),
              cast.draft(name="second visit", subject="second household")]  # fmt: skip
    actions.record(inside, by=cast.policy("helper"), now=NOW)
    visit = cast.draft(by="secretary", name="the secretary's visit")
    actions.record([visit], by=cast.policy("secretary"), now=NOW)
    # Both have accounts in every world: how many there are shows in the names that are suggested.
    for who in ("helper", "outsider"):
        actions.open_account(username=who, person_uid=uid(who), password=PASSWORD)
    make_token("helper", "her own", by=cast.policy("helper"))
    announce(cast)
    recall(cast, "recall", "stone bridge", "secretary")
    if world == "west":
        make_token("outsider", "金丝雀", by=cast.policy("outsider"))
        happen(cast, "reed pond", "西")
        tell(cast, "reed pond", "west officer")
        recall(cast, "west recall", "reed pond", "west head")
        actions.record(
            [cast.draft(name=f"west visit {n}", subject="west household", by="outsider")
             for n in range(3)],
            by=cast.policy("outsider"), now=NOW + timedelta(hours=1),
        )  # fmt: skip
    if world == "near":
        # In the helper's own village, yet nothing of hers.
        happen(cast, "stone bridge", "邻", helped_by="")


def announce(cast: Cast) -> None:
    """A notice and a class for everybody; the notice is told in the east."""
    entered(
        founding("unit", "school", name="县委党校", place=uid("county")),
        founding("person", "organiser", name="组文浩", unit=uid("bureau")),
        post("organises", "organisation_officer", "organiser", "county"),
        post("the helper's unit", "cadre", "helper", "bureau"),
        status("the helper's level", "helper", "level", "grassroots"),
        status("the east has poor", "stone bridge", "has_poor", "yes"),
    )
    notice = cast.draft(
        "must_know_notice", subject="county", by="organiser", name="notice told",
        values={"title": "汛期安全须知", "text": "转移路线见明白纸。"},
    )  # fmt: skip
    plan = cast.draft(
        "class_plan", subject="school", by="organiser", name="a class to come",
        values={"title": "轮训班", "class_on": "2017-08-08", "place": "县委党校", "channel": "led"},
    )  # fmt: skip
    actions.record([notice, plan], by=cast.policy("organiser"), now=NOW)
    tell(cast, "stone bridge", "officer")


def tell(cast: Cast, village: str, by: str) -> None:
    """A village notes that it was told; and a class is held for somebody of that side."""
    told = cast.draft(
        "notice_read_out", subject=village, by=by, name=f"told in {village}",
        values={"notice": uid("notice told"), "how": "meeting"},
    )  # fmt: skip
    actions.record([told], by=cast.policy(by), now=NOW)
    who = {"officer": "helper"}.get(by, "outsider")
    held = cast.draft(
        "class_session", subject="school", by="organiser", name=f"class for {who}",
        values={"title": f"{who} 班", "category": "main", "channel": "school", "hours": "8.0"},
        participants=(("attendee", uid(who)),),
    )  # fmt: skip
    actions.record([held], by=cast.policy("organiser"), now=NOW)


def entered(*drafts: Draft) -> None:
    entries = [
        actions.Entry(as_registrar(draft), uid("registrar"), NOW + timedelta(minutes=1))
        for draft in drafts
    ]
    actions.record_batch(entries, as_of=TODAY)


def recall(cast: Cast, name: str, village: str, person: str) -> None:
    """A case about the first secretary of a village."""
    if not Fact.objects.filter(uid=uid("registrar organises")).exists():
        begun = as_registrar(
            post("registrar organises", "organisation_officer", "registrar", "county")
        )
        actions.record([begun], by=cast.policy("registrar"), now=NOW)
    grounds = cast.draft(
        "recall_grounds", name=name, subject=village, by="registrar", on=TODAY,
        values={"ground": "absent", "details": "金丝雀" if "west" in name else "九天"},
        participants=(("secretary", uid(person)), ("unit", uid("bureau"))),
    )  # fmt: skip
    actions.record([grounds], by=cast.policy("registrar"), now=NOW)


def happen(cast: Cast, village: str, mark: str, *, helped_by: str = "outsider") -> None:
    """Households more in a village, with members, statuses and, if any, a helper."""
    drafts = []
    for n in (1, 2, 3):
        home, head = f"extra {n}", f"extra head {n}"
        drafts += [
            founding("household", home, name=f"金丝雀{n}", number=f"{mark}{n}", place=uid(village)),
            founding("person", head, name=f"金丝雀{n}", place=uid(village),
                     id_number=f"41990019{70 + n}0502001X"),
            member(head, home),
            status(f"poor {n}", home, "category", "registered_poor"),
        ]  # fmt: skip
        if helped_by:
            drafts.append(post(f"helps {n}", "helper", helped_by, home))
    if helped_by:
        drafts += [
            status("section level", "west head", "level", "section"),
            post("another lead", "village_lead", "west head", village),
            founding("branch", "west branch", name="金丝雀党支部", place=uid(village)),
            post("west branch's", "branch_secretary", "west head", "west branch"),
        ]
        drafts += [
            founding("unit", "west bureau", name="金丝雀局", place=uid("west")),
            post("the outsider's unit", "cadre", "outsider", "west bureau"),
            status("the outsider's level", "outsider", "level", "section"),
            status("that village has poor", village, "has_poor", "yes"),
        ]
    entered(*drafts)


def client_of(who: str, browser: SignIn) -> Client:
    return Client(headers={"accept-language": "zh-hans"}) if who == "nobody" else browser(who)


_walked: dict[str, Answers] = {}


def walks(*readers: str) -> list[tuple[str, str]]:
    """Each of these readers with each world that he walks, the plain one first."""
    return [(who, world) for who in readers for world in ("base", *WALKERS[who])]


def walk_a_world(who: str, world: str, cast: Cast, browser: SignIn) -> None:
    """Walk it all, and hold it to what the same reader saw in the county without the difference."""
    settled(cast, world)
    assert Fact.objects.filter(uid=OUTSIDE["fact"]).exists() is (world == "west")
    client = client_of(who, browser)
    client.raise_request_exception = False
    answers = walk(client)
    faults = {key for key, answer in answers.items() if answer[0] >= 500}
    assert not faults, faults
    if world == "base":
        _walked[who] = answers
        return
    base = _walked[who]
    assert base.keys() == answers.keys()
    leaks = {key: (base[key][0], answers[key][0]) for key in base if base[key] != answers[key]}
    assert not leaks, leaks
    named = [
        key for key, (_, _, body) in answers.items() if "金丝雀" in words_given_back(key, body)
    ]
    assert not named, named


def words_given_back(key: tuple[str, ...], body: str) -> str:
    """The page without what the request itself said: a search says what was searched."""
    _, query = SAMPLES[key[2]][int(key[3])]
    return "" if any("金丝雀" in word for word in _words(query)) else body


def _words(query: Query) -> list[str]:
    return [
        word for value in query.values() for word in ([value] if isinstance(value, str) else value)
    ]
