"""Many people at once: granian with two workers, each user thinking a second between requests.

Seven requests in ten open a helper's 今日; three record: in turn a sheet of visits to several
households as its form sends it, and a batch to the API, all with the durable settings of the
program. The peer, in the same run, is a bare Django view with one insert behind the same server:
what the framework and the disk cost alone. Everybody opens his page once before the clock starts.
Needs a county (`bangfu demo`) in BANGFU_DATA, which it writes to: use a copy. The database is the
one of the settings. The client runs on the same cores. Goal: p95 at most 300 ms, no error.
`cpu_ms` is what the server spends on a request; on a machine that has other work it tells more
than the waiting does.

    BANGFU_DATA=COPY python bench/load.py [--minutes 10] [--users 200] [--port 8140]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
os.environ.setdefault("BANGFU_SECOND_FACTOR", "off")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from bangfu.records import queries  # noqa: E402
from bangfu.records.access import policy_for  # noqa: E402
from bangfu.records.models import Account, Assignment  # noqa: E402
from bangfu.web.serving import THREADS, WORKERS  # noqa: E402

THINK, WRITES, WARM = 1.0, 0.3, 5.0
FACTS, HOUSEHOLDS, AT_ONCE = 3, 5, 8
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[1]
MARK = "a" * 32


@dataclass
class User:
    """Somebody signed in, with the households that he may record visits for."""

    cookie: str
    subjects: list[str]
    day: str


@dataclass
class Seen:
    """How long each kind of request took, in milliseconds, and what went wrong."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def requests(self) -> int:
        """How many were answered as they should be while the clock ran."""
        return len(self.reads) + len(self.writes)


def users(count: int) -> list[User]:
    """So many helpers signed in; who has no account gets one that no password opens."""
    today = queries.today()
    held = Assignment.objects.filter(role="helper", end=None, retired_seq=None)
    people = list(held.order_by("person").values_list("person", flat=True).distinct()[:count])
    found: list[User] = []
    for number in people:
        account = Account.objects.filter(person=number, is_active=True).first()
        if account is None:
            account = Account(username=f"load {number}", person_id=number)
            account.set_unusable_password()
            account.save()
        posts = policy_for(account, as_of=today).roles
        mine = [post.subject_uid for post in posts if post.role == "helper"]
        client = Client()
        client.force_login(account)
        name = settings.SESSION_COOKIE_NAME
        cookie = f"{name}={client.cookies[name].value}; csrftoken={MARK}"
        found.append(User(cookie, mine, today.isoformat()))
    if not found:
        raise SystemExit("there are no helpers here: make a county first (bangfu demo)")
    return [found[number % len(found)] for number in range(count)]


def request_of(user: User, dice: random.Random, *, bare: bool) -> tuple[bool, bytes]:
    """Whether it writes, and the request as it goes over the wire."""
    common = f"Host: localhost\r\nCookie: {user.cookie}\r\nX-CSRFToken: {MARK}\r\n"
    if dice.random() >= WRITES:
        path = "/read" if bare else "/today"
        return False, f"GET {path} HTTP/1.1\r\n{common}\r\n".encode()
    path, kind, body = _sheet(user, dice) if dice.random() < 0.5 else _batch(user, dice)
    head = f"POST {'/insert' if bare else path} HTTP/1.1\r\n{common}Content-Type: {kind}\r\n"
    return True, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _uid(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def _sheet(user: User, dice: random.Random) -> tuple[str, str, bytes]:
    """One form for several households."""
    some = dice.sample(user.subjects, min(HOUSEHOLDS, len(user.subjects)))
    given = [("uid", _uid(dice)), ("occurred_on", user.day), ("v.mode", "door"),
             *(("subject", uid) for uid in some)]  # fmt: skip
    form = "application/x-www-form-urlencoded"
    return "/record/household_visit", form, urlencode(given).encode()


def _batch(user: User, dice: random.Random) -> tuple[str, str, bytes]:
    """Some facts as the phone's outbox sends them."""
    facts = [
        {
            "uid": _uid(dice), "kind": "household_visit", "occurred_on": user.day,
            "subject": dice.choice(user.subjects), "values": {"mode": "door"},
        }
        for _ in range(FACTS)
    ]  # fmt: skip
    return "/api/facts", "application/json", json.dumps({"facts": facts}).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(
        (
            int(line.split(":")[1])
            for line in head.split("\r\n")
            if line.startswith("content-length")
        ),
        0,
    )
    return int(head.split()[1]), await reader.readexactly(length)


def _fine(sent: bytes, status: int, body: bytes, *, bare: bool) -> bool:
    """Whether it was answered as it should be; a form that was taken leads elsewhere."""
    if not bare and sent.startswith(b"POST /record"):
        return status == 302
    stored = f'"stored": {FACTS}'.encode()
    return status == 200 and (bare or stored in body or not sent.startswith(b"POST"))


async def opened(found: list[User], port: int, *, bare: bool) -> None:
    """Everybody's first page, a few at a time: what a county's morning has behind it."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(user: User) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = "/read" if bare else "/today"
            head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {user.cookie}\r\n\r\n"
            writer.write(head.encode())
            await answer(reader)
            writer.close()

    await asyncio.gather(*(one(user) for user in found))


async def one_user(
    user: User, port: int, *, seed: int, begin: float, end: float, bare: bool, seen: Seen
) -> None:
    dice = random.Random(seed)
    await asyncio.sleep(dice.random() * THINK)
    reader = writer = None
    while time.monotonic() < end:
        writes, sent = request_of(user, dice, bare=bare)
        start = time.monotonic()
        try:
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            status, body = await answer(reader)
        except (OSError, asyncio.IncompleteReadError) as fault:
            seen.wrong.append(type(fault).__name__)
            reader = writer = None
        else:
            if not _fine(sent, status, body, bare=bare):
                seen.wrong.append(f"{status} {body[:160]!r}" if writes else str(status))
            elif start >= begin:
                (seen.writes if writes else seen.reads).append((time.monotonic() - start) * 1000)
        await asyncio.sleep(THINK * (0.5 + dice.random()))


async def rush(found: list[User], port: int, *, seconds: float, bare: bool, server: int) -> Seen:
    seen = Seen()
    for _ in range(2):  # each worker keeps its own
        await opened(found, port, bare=bare)
    begin = time.monotonic() + WARM
    end = begin + seconds
    spent, clock = cpu_of(server), time.monotonic()
    await asyncio.gather(*(
        one_user(user, port, seed=seed, begin=begin, end=end, bare=bare, seen=seen)
        for seed, user in enumerate(found)
    ))  # fmt: skip
    share = seconds / (time.monotonic() - clock)
    seen.cpu = (cpu_of(server) - spent) * share
    return seen


def cpu_of(process: int) -> float:
    """The CPU seconds of a process and all below it so far."""
    parents, spent = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text("utf-8").rpartition(") ")[2].split()
        except OSError:
            continue
        number = int(file.parent.name)
        parents[number] = int(fields[1])
        spent[number] = (int(fields[11]) + int(fields[12])) / TICKS
    below = {process}
    while more := {one for one, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(spent.get(one, 0.0) for one in below)


def served(application: str, port: int, found: list[User], *, seconds: float, bare: bool) -> Seen:
    """The same rush against one application behind granian."""
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers",
        str(WORKERS), "--blocking-threads", str(THREADS), "--port", str(port), "--log-level",
        "error", application,
    ]  # fmt: skip
    paths = os.pathsep.join(path for path in (str(ROOT), os.environ.get("PYTHONPATH")) if path)
    rows = tempfile.mkdtemp()
    given = {"PYTHONPATH": paths, "BANGFU_BARE": str(Path(rows) / "bare.sqlite3")}
    server = subprocess.Popen(command, env={**os.environ, **given}, cwd=ROOT)
    try:
        for _ in range(120):
            try:
                asyncio.run(_knock(port))
                break
            except OSError:
                time.sleep(0.5)
        return asyncio.run(rush(found, port, seconds=seconds, bare=bare, server=server.pid))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        shutil.rmtree(rows)


async def _knock(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def cpu_ms(seen: Seen) -> float:
    """The server's CPU milliseconds for one request."""
    return round(1000 * seen.cpu / max(seen.requests, 1), 2)


def p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)], 1) if times else 0.0


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--users", type=int, default=200)
    asked.add_argument("--port", type=int, default=8140)
    options = asked.parse_args()
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    found = users(options.users)
    seconds = options.minutes * 60
    ours = served("bangfu.web.wsgi:application", options.port, found, seconds=seconds, bare=False)
    peer = served("bench.bare:application", options.port + 1, found, seconds=seconds, bare=True)
    for name, seen in (("bangfu", ours), ("bare", peer)):
        print(f"{name}: {seen.requests} requests, {seen.requests / seconds:.0f}/s, "
              f"{cpu_ms(seen)} ms CPU each, {len(seen.wrong)} wrong")  # fmt: skip
        for wrong in sorted(set(seen.wrong))[:5]:
            print(f"  {wrong}")
    engine = settings.DATABASES["default"]["ENGINE"]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {engine}")
    print(json.dumps({
        "users": options.users, "minutes": options.minutes,
        "read_p95_ms": p95(ours.reads), "write_p95_ms": p95(ours.writes),
        "p95_ms": p95(ours.reads + ours.writes), "cpu_ms": cpu_ms(ours), "errors": len(ours.wrong),
        "bare_read_p95_ms": p95(peer.reads), "bare_insert_p95_ms": p95(peer.writes),
        "bare_p95_ms": p95(peer.reads + peer.writes), "bare_cpu_ms": cpu_ms(peer),
        "bare_errors": len(peer.wrong),
        "load": round(os.getloadavg()[0], 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
