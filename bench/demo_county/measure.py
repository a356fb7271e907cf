"""Time the pages of a county in BANGFU_DATA (`bangfu demo`, which it writes to: use a copy).

    BANGFU_DATA=COPY python -m bench.demo_county.measure [--cold]

`today_ms`: a helper's 今日 with nothing kept of him, his rows read from the database.
`fact_to_today`: his page after a fact of his was acknowledged. `township_month_ms`: an officer's
page with nothing kept. `county_cold_s`: the first page of a new process, started as a server's
worker is (its imports and the handbook), over a mirror that is there; `county_cached_ms`: the next.
Wall clock, each through the whole of the server's middleware; CPU beside it, for machines that have
other work.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
os.environ["BANGFU_SECOND_FACTOR"] = "off"
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from bangfu.records import guard, numbers, queries  # noqa: E402
from bangfu.records.access import policy_for  # noqa: E402
from bangfu.records.mirror.current import refresh  # noqa: E402
from bangfu.records.models import Account, Assignment  # noqa: E402

HELPERS, ROUNDS, OFFICES = 40, 200, 5
MARK = "a" * 32


def cookie_of(account: Account) -> str:
    """A sign-in."""
    client = Client()
    client.force_login(account)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; csrftoken={MARK}"


def helpers(count: int) -> list[tuple[str, list[str]]]:
    """Sign-ins of helpers, with the households of each; who has no account gets one."""
    held = Assignment.objects.filter(role="helper", end=None, retired_seq=None)
    people = held.order_by("person").values_list("person", flat=True).distinct()
    found = []
    for person in list(people)[:: max(people.count() // count, 1)][:count]:
        account = Account.objects.filter(person=person, is_active=True).first()
        if account is None:
            account = Account(username=f"bench {person}", person_id=person)
            account.set_unusable_password()
            account.save()
        policy = policy_for(account, as_of=queries.today())
        mine = [post.subject_uid for post in policy.roles if post.role == "helper"]
        found.append((cookie_of(account), mine))
    return found


class Server:
    """The application, called as a server calls it."""

    def __init__(self) -> None:
        from bangfu.web.wsgi import application

        self.application = application

    def ask(self, cookie: str, path: str, body: bytes | None = None) -> bytes:
        """The body of the answer, which is 200."""
        said: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET" if body is None else "POST", "PATH_INFO": path,
            "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "HTTP_HOST": "localhost", "HTTP_COOKIE": cookie, "HTTP_X_CSRFTOKEN": MARK,
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.input": io.BytesIO(body or b""), "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "",
        }  # fmt: skip
        answer = self.application(
            environ, lambda status, _headers, _fault=None: said.append(status)
        )
        found = b"".join(answer)
        assert said[0].startswith("200"), (said, found[:300])
        return found


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the wall clock and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def said(name: str, found: list[tuple[float, float]], share: float = 0.5) -> float:
    """Print a measurement with its CPU; the wall clock's quantile."""
    walls, cpus = (sorted(column) for column in zip(*found, strict=True))
    place = min(int(share * len(walls)), len(walls) - 1)
    print(f"{name:22} {walls[place]:8.1f} ms, {cpus[place]:7.1f} ms CPU "
          f"(of {len(walls)}, median {statistics.median(walls):.1f})")  # fmt: skip
    return round(walls[place], 2)


def cold() -> None:
    """The county's page in this new process, and once more."""
    account = Account.objects.get(username="registrar")
    cookie = cookie_of(account)
    guard.closed_by_default()
    server = Server()
    first = timed(lambda: server.ask(cookie, "/county"))
    again = [timed(lambda: server.ask(cookie, "/county")) for _ in range(OFFICES)]
    print(json.dumps({"first": first, "again": again}))


def fact(subject: str) -> bytes:
    """A visit of today."""
    one = {
        "uid": str(uuid.uuid4()), "kind": "household_visit", "subject": subject,
        "occurred_on": queries.today().isoformat(), "values": {"mode": "door"},
    }  # fmt: skip
    return json.dumps({"facts": [one]}).encode()


def main() -> None:
    """Measure and print; the last line is JSON."""
    if "--cold" in sys.argv:
        cold()
        return
    refresh()
    people, officer = helpers(HELPERS), cookie_of(Account.objects.get(username="township_officer"))
    command = [sys.executable, "-m", "bench.demo_county.measure", "--cold"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    apart = json.loads(done.stdout.splitlines()[-1])
    guard.closed_by_default()
    server = Server()
    server.ask(people[0][0], "/today")

    def page(cookie: str, path: str) -> tuple[float, float]:
        numbers.forget()
        return timed(lambda: server.ask(cookie, path))

    today = [page(cookie, "/today") for cookie, _ in people]
    township = [page(officer, "/township") for _ in range(OFFICES)]
    after = []
    for number in range(ROUNDS):
        cookie, homes = people[number % len(people)]
        server.ask(cookie, "/today")
        before = server.ask(cookie, "/api/obligations")
        server.ask(cookie, "/api/facts", fact(homes[number // len(people) % len(homes)]))
        after.append(timed(lambda cookie=cookie: server.ask(cookie, "/today")))
        if number < len(people):
            assert server.ask(cookie, "/api/obligations") != before, "the fact is not in the page"
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(json.dumps({
        "today_ms": said("今日, nothing kept", today),
        "fact_to_today_p99_ms": said("今日 after a fact, p99", after, 0.99),
        "township_month_ms": said("a township's month", township),
        "county_cold_s": round(said("county, new process", [tuple(apart["first"])]) / 1000, 3),
        "county_cached_ms": said("county, once more", [tuple(one) for one in apart["again"]]),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
