"""What the second wall costs: the same requests with it and without it, on the invented county.

The peer is the program itself with the wall taken out of the middleware, in the same process and
on the same connection; the bound is a millisecond a request. Needs a county (`bangfu demo`) in
BANGFU_DATA; passwords do not matter, people are signed in by force.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from bangfu.records import guard, queries  # noqa: E402
from bangfu.records.access import policy_for  # noqa: E402
from bangfu.records.models import Account  # noqa: E402

WALL = "bangfu.web.middleware.Guarded"
ROUNDS = 60
PAGES = {
    "helper": ("/today", "/month", "/record"),
    "township_officer": ("/township", "/staffing"),
    "registrar": ("/county",),
}


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def client_of(account: Account, middleware: list[str]) -> Client:
    settings.MIDDLEWARE = middleware
    client = Client()
    client.force_login(account)
    client.get("/about")
    return client


def main() -> None:
    whole = list(settings.MIDDLEWARE)
    bare = [name for name in whole if name != WALL]
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.BANGFU_SECOND_FACTOR = "off"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    today = queries.today()
    print(f"load {os.getloadavg()[0]:.1f}; medians of {ROUNDS}, CPU milliseconds")
    guard.closed_by_default()
    for name, pages in PAGES.items():
        account = Account.objects.get(username=name)
        policy = policy_for(account, as_of=today)

        def raised(policy: guard.Reader = policy) -> None:
            with guard.guarded(policy):
                pass

        raised()
        print(f"{name}: raise and lower {median_ms(raised, 500):.3f}")
        for page in pages:
            walls, bares = client_of(account, whole), client_of(account, bare)
            timed: dict[str, float] = {}
            for label, client, middleware in (
                ("without", bares, bare), ("with", walls, whole),
            ) * 2:  # fmt: skip
                settings.MIDDLEWARE = middleware
                if label == "without":
                    guard.opened_by_default()
                else:
                    guard.closed_by_default()
                if client.get(page).status_code != 200:
                    raise SystemExit(f"{name} does not get {page}")
                spent = median_ms(lambda client=client, page=page: client.get(page))  # type: ignore[misc]
                timed[label] = min(timed.get(label, spent), spent)
            extra = timed["with"] - timed["without"]
            print(f"  {page}: {timed['without']:.2f} -> {timed['with']:.2f}, wall {extra:+.2f}")


if __name__ == "__main__":
    main()
