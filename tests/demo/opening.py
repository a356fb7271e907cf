"""Walks the pages of each post of the small county and gathers what the numbers on them count."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from django.test import Client

from bangfu.records import queries
from bangfu.records.access import Policy, policy_for
from bangfu.records.models import Account, Fact
from bangfu.web import targets

ABSENT = "/fact/00000000-0000-4000-8000-00000000abcd"
# What changes something, or leads to one's own account and away.
ELSEWHERE = re.compile(
    r"^/(sign|account|language|letters|static|feedback|record|desk|fact|handbook)"
)
MASKED = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f-]{17}'
)


def policy_of(username: str) -> Policy:
    return policy_for(Account.objects.get(username=username), as_of=queries.today())


def browser(username: str) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(Account.objects.get(username=username))
    return client


def traced(client: Client, *, most: int) -> tuple[set[str], int]:
    """The addresses of all numbers on so many pages, from the first on, and how many pages."""
    waiting, seen, found = ["/"], {"/"}, set[str]()
    count = 0
    while waiting and count < most:
        answer = client.get(waiting.pop(0), follow=True)
        assert answer.status_code == 200, answer.request
        count += 1
        for link in links(answer.content.decode(), str(answer.request["PATH_INFO"])):
            if link.startswith("/trace/"):
                found.add(link)
            elif link not in seen and not ELSEWHERE.match(link) and "month=" not in link:
                seen.add(link)
                waiting.append(link)
    return found, count


def links(page: str, here: str) -> Iterator[str]:
    for address in re.findall(r'href="([^"#]+)"', page):
        link = html.unescape(address)
        if link.startswith("?"):
            yield here + link
        elif link.startswith("/"):
            yield link


def counted(policy: Policy, addresses: Sequence[str]) -> set[int]:
    """The facts that these numbers count, as the engine names them."""
    found: set[int] = set()
    for address in addresses:
        parts = urlsplit(address)
        target = unquote(parts.path).removeprefix("/trace/")
        asked = parse_qs(parts.query)
        if {"as_of", "known_at", "at"} & asked.keys():
            continue

        names = queries.named(policy, target.split(":"))
        numbers = {uid: one.id for uid, one in names.items()}
        root = targets.number_of(target, numbers.get)
        if opening := targets.case_of(target):
            case = queries.case_of(policy, opening, as_of=policy.as_of)
            root = f"case:{case.case}" if case else None
        assert root is not None, f"{address} leads nowhere"
        found.update(queries.trace(policy, root, as_of=policy.as_of).counted())
    return found


def opened(username: str, *, pages: int, facts: int) -> tuple[int, int, int]:
    """Open what the numbers of a post count, and what lies elsewhere; how many numbers, facts
    counted and facts elsewhere there were. `facts` are opened as pages, the rest as facts.
    """
    client, policy, chance = browser(username), policy_of(username), random.Random(username)
    addresses, _ = traced(client, most=pages)
    for address in chance.sample(sorted(addresses), min(facts, len(addresses))):
        assert client.get(address).status_code == 200, (username, address)
    sequences = sorted(counted(policy, sorted(addresses)))
    shown = {fact.sequence for fact in queries.facts(policy, sequences)}
    assert set(sequences) <= shown, f"{username}: counted, yet closed"
    uids = dict(Fact.objects.values_list("sequence", "uid"))
    for sequence in chance.sample(sequences, min(facts, len(sequences))):
        answer = client.get(f"/fact/{uids[sequence]}")
        assert answer.status_code == 200, (username, uids[sequence])
    visible = {fact.sequence for fact in queries.facts(policy, list(uids))}
    elsewhere = sorted(uids.keys() - visible)
    nothing = client.get(ABSENT)
    for sequence in chance.sample(elsewhere, min(facts, len(elsewhere))):
        answer = client.get(f"/fact/{uids[sequence]}")
        assert answer.status_code == nothing.status_code == 404
        assert masked(answer.content) == masked(nothing.content)
    return len(addresses), len(sequences), len(elsewhere)


def masked(page: bytes) -> str:
    return MASKED.sub("", page.decode())
