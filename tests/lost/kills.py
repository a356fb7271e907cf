"""kill -9: `python -m tests.lost.kills FOLDER COUNT SEED` prints one JSON line of what it saw.

All rounds go on in one growing county. Every fifth kills the real server, or one of its workers,
under people who post; the others kill a process that records, or one that imports. After each,
the county is judged, what was not acknowledged is sent again, some of what was is too.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import random
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lost import county
from tests.lost.counts import say
from tests.lost.nursery import Nursery
from tests.lost.server import PASSWORD, Client, Posters, Server

EVERY = 5
POSTERS = 8
ROOM = 1 << 20


@dataclass(slots=True)
class Seen:
    """Over all kills: what happened, and what was wrong."""

    kills: int = 0
    servers: int = 0
    imports: int = 0
    imports_done: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    torn: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def kill_writer(told: county.Told, rng: random.Random, name: str) -> None:
    """A process that records one draft after another and says so, killed at a random moment."""
    from django.db import connection

    connection.close()
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, ROOM)  # nobody reads before the kill
    child = os.fork()
    if not child:  # the victim: it never returns from here
        _say_and_die(write, told, rng, name)
    os.close(write)
    time.sleep(random.Random(name).uniform(0.0, 0.4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        while True:
            try:
                drafts, stored = pickle.load(pipe)
            except (EOFError, pickle.UnpicklingError):
                break
            told.sent.update(drafts)
            told.stored.update(stored)


def _say_and_die(pipe: int, told: county.Told, rng: random.Random, name: str) -> None:
    try:
        while True:
            known = set(told.stored)
            drafts = county.work(told, rng, name)
            os.write(pipe, pickle.dumps(({draft.uid: draft for draft in drafts}, {})))
            county.record(told, drafts)
            new = {uid: fact for uid, fact in told.stored.items() if uid not in known}
            os.write(pipe, pickle.dumps(({}, new)))
    finally:
        os._exit(1)


def kill_importer(told: county.Told, rng: random.Random, name: str, seen: Seen) -> None:
    """An import in one transaction, killed: all of it is there or nothing."""
    from django.db import connection

    drafts = []
    for _ in range(rng.randint(20, 60)):
        made = [draft for draft in county.work(told, rng, name) if draft.amends is None]
        told.sent.update((draft.uid, draft) for draft in made)
        drafts += made
    told.sent = {uid: draft for uid, draft in told.sent.items() if uid in told.stored} | {
        draft.uid: draft for draft in drafts
    }
    before = county.count()
    connection.close()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            county.bring_in(told, drafts)
            os.write(write, b"done")
        finally:
            os._exit(1)
    os.close(write)
    time.sleep(rng.uniform(0.0, 0.1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        done = pipe.read() == b"done"
    there = county.count() - before
    seen.imports += 1
    seen.imports_done += done
    if there not in (0, len(drafts)) or (done and not there):
        seen.wrong.append(f"{name}: {there} of an import's {len(drafts)}, done: {done}")
    rng.shuffle(drafts)  # sent again, in another order and twice
    county.bring_in(told, [*drafts, *drafts])
    county.record(told, drafts)


def kill_server(
    server: Server, posters: Posters, rng: random.Random, told: county.Told
) -> list[str]:
    """The server under people who post; every second time one worker only, which comes back."""
    from django.db import connection

    connection.close()
    server.start()
    if not posters.clients:
        posters.clients = [Client(server.port).sign_in("helper") for _ in range(POSTERS)]
    posters.go(server.port, rng)
    time.sleep(rng.uniform(0.1, 1.0))
    if workers := server.worker_pids() if rng.random() < 0.5 else []:
        os.kill(rng.choice(workers), signal.SIGKILL)
        time.sleep(rng.uniform(0.1, 1.0))
    server.kill()
    posters.end()
    there = county.uids()  # before anything is sent again and covers a loss
    wrong = [f"acknowledged, then lost: {name}" for name in posters.stored - there]
    wrong += [f"torn, and yet stored: {name}" for name in posters.torn & there]
    wrong += [f"refused: {words}" for words in posters.refused]
    posters.refused.clear()
    connection.close()
    server.start()
    client = posters.clients[0]
    client.port = server.port
    again = [form for name, form in posters.sent.items() if name not in posters.stored]
    again += [posters.sent[name] for name in sorted(posters.stored)[-5:]]
    rng.shuffle(again)
    for form in again[::2]:
        assert posters.send(client, form), "no answer from a server that nobody killed"
    for start in range(0, len(again), 50):
        sent = posters.send_batch(client, again[start : start + 50])
        assert sent, "no answer from a server that nobody killed"
    wrong += [f"sent again, refused: {words}" for words in posters.refused]
    server.kill()
    _note_posted(posters, told)
    return wrong


def _note_posted(posters: Posters, told: county.Told) -> None:
    """Hand what was posted to the judge, each fact with the values that were sent."""
    from datetime import date

    from bangfu.core.facts import Value
    from tests.cast import Cast, uid

    cast, read = Cast(), county.as_read(posters.sent)
    for name, form in posters.sent.items():
        values: dict[str, Value] = {
            "mode": "door", "minutes": int(str(form["v.minutes"])), "need": str(form["v.need"]),
        }  # fmt: skip
        draft = cast.draft(values=values, on=date(2017, 7, 30))
        told.sent[name] = draft
        assert name in read, f"lost: {name}"
        fact = read[name]
        assert (fact.values, fact.subject) == (values, form["subject"]), f"changed: {name}"
        assert fact.performed_by == uid("helper")
        told.stored[name] = fact
    posters.sent.clear()
    posters.stored.clear()


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    folder, count, seed = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    os.environ["BANGFU_SECOND_FACTOR"] = "off"
    county.begin(folder)
    nursery = Nursery()
    county.found(folder)
    from bangfu.records import actions
    from tests.cast import uid

    actions.open_account(username="helper", person_uid=uid("helper"), password=PASSWORD)
    seen, told, rng = Seen(), county.Told(), random.Random(seed)
    server, posters = Server(folder, nursery=nursery), Posters([])
    try:
        rounds(count, seed, server, posters, told, seen, rng)
    finally:
        server.kill()
        nursery.end()
    seen.acknowledged = len(told.stored)
    seen.unanswered += posters.unanswered
    seen.torn = len(posters.torn)
    seen.answers = posters.answers
    say(seen)


def rounds(
    count: int, seed: int, server: Server, posters: Posters, told: county.Told, seen: Seen,
    rng: random.Random,
) -> None:  # fmt: skip
    """All kills, one after the other."""
    for number in range(count):
        name = f"kill {seed} {number}"
        if number % EVERY == 0:
            seen.wrong += kill_server(server, posters, rng, told)
            seen.servers += 1
        elif number % EVERY in (1, 3):
            kill_importer(told, rng, name, seen)
        else:
            kill_writer(told, rng, name)
        seen.kills += 1
        seen.wrong += [f"{name}: {words}" for words in county.judge(told)]
        unanswered = [draft for uid, draft in told.sent.items() if uid not in told.stored]
        seen.unanswered += len(unanswered)
        county.repeat(told, unanswered)
        if county.count() != len(told.sent):
            seen.wrong.append(f"{name}: {county.count()} facts of {len(told.sent)} sent")


if __name__ == "__main__":
    main(sys.argv[1:])
