"""The real server over a data folder, and people who post facts to it as the phone does."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lost.nursery import Nursery

HOST = "127.0.0.1"
PASSWORD = "stone-bridge-42"
Answer = tuple[int, str, Message]


@dataclass(slots=True)
class Server:
    """`bangfu serve` in a process group of its own."""

    folder: Path
    port: int = 0
    nursery: Nursery | None = None  # whose child it is to be, to start faster
    forked: int = 0
    process: subprocess.Popen[bytes] | None = None
    before: Callable[[], None] | None = None  # in the server's process, before it is one
    more: dict[str, str] = field(default_factory=dict)  # for its environment

    def start(self) -> None:
        """Start it on a free port and wait until it answers."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        if self.nursery is not None:
            self.forked = self.nursery.start(self.folder, self.port)
        else:
            self._run()
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if not self._runs():
                raise AssertionError((self.folder / "server.log").read_text("utf-8"))
            try:
                if Client(self.port).ask("/sign-in")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server does not answer")

    def _runs(self) -> bool:
        if self.nursery is not None:
            return self.nursery.runs(self.forked)
        return self.process is not None and self.process.poll() is None

    def _run(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bangfu", "serve", "--data", str(self.folder),
                 "--port", str(self.port)],
                env={**os.environ, "BANGFU_SECOND_FACTOR": "off", **self.more},
                stdout=log, stderr=log, start_new_session=True, preexec_fn=self.before,  # noqa: PLW1509 -- no thread yet
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9 of the server and of both its workers at one moment, if it runs."""
        if self.nursery is not None and self.forked:
            self.nursery.kill(self.forked)
            self.forked = 0
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def worker_pids(self) -> list[int]:
        """The processes that the server started."""
        pid = self.forked or (self.process.pid if self.process else 0)
        children = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(pid) for pid in children.read_text("ascii").split()]


class Client:
    """A browser without pages: keeps cookies, sends the form's fields with the drafts' header."""

    def __init__(self, port: int, language: str = "zh-CN") -> None:
        self.port = port
        self.language = language
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(
        self,
        path: str,
        form: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """Status, text and headers of an answer; raises OSError when there is none."""
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        request = urllib.request.Request(
            f"http://{HOST}:{self.port}{path}",
            data=raw if form is None else encoded(form),
            headers={
                "Accept-Language": self.language, "X-CSRFToken": token or "", **(headers or {}),
            },
        )  # fmt: skip
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(), refused.headers
        except http.client.HTTPException as cut:
            raise ConnectionError(str(cut)) from cut

    def sign_in(self, name: str) -> Client:
        """Sign in as a person of the cast."""
        self.ask("/sign-in")
        status, _, _ = self.ask("/sign-in", {"username": name, "password": PASSWORD, "own": "1"})
        assert status == 200, status
        return self

    def post(self, form: Mapping[str, object]) -> Answer:
        """Send a visit as the phone's outbox does."""
        return self.ask("/record/household_visit", form, {"X-Draft": str(form["uid"])})

    def post_batch(self, forms: Sequence[Mapping[str, object]]) -> Answer:
        """Send visits as a batch to the API."""
        body = json.dumps({"facts": [as_fact(form) for form in forms]}).encode()
        return self.ask("/api/facts", headers={"Content-Type": "application/json"}, raw=body)

    def cut(self, path: str, body: bytes, kind: str, at: int) -> None:
        """Begin to send a body and break the connection after `at` bytes of it."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nCookie: {cookies}\r\n"
            f"X-CSRFToken: {token}\r\nX-Draft: 1\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((HOST, self.port), timeout=60) as wire:
            wire.sendall(head.encode() + body[:at])
            if at % 2:  # half of the time it is reset, else closed
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def encoded(form: Mapping[str, object]) -> bytes:
    """A form's body."""
    return urllib.parse.urlencode(form, doseq=True).encode()


def as_fact(form: Mapping[str, object]) -> dict[str, object]:
    """The same visit as the API takes it."""
    return {
        "uid": form["uid"], "kind": "household_visit", "occurred_on": form["occurred_on"],
        "subject": form["subject"],
        "values": {
            "mode": form["v.mode"], "minutes": int(str(form["v.minutes"])), "need": form["v.need"],
        },
    }  # fmt: skip


def visit(rng: random.Random) -> dict[str, object]:
    """The fields of a new visit."""
    from tests.cast import uid

    return {
        "uid": uid(f"by post {rng.random()}"), "occurred_on": "2017-07-30",
        "subject": uid(rng.choice(("household", "second household"))), "v.mode": "door",
        "v.minutes": str(rng.randint(1, 600)), "v.need": "路" * rng.randint(1, 200),
    }  # fmt: skip


@dataclass(slots=True)
class Posters:
    """People who post one visit after another, all at once, until told to stop."""

    clients: list[Client]
    sent: dict[str, dict[str, object]] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    answers: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)
    torn: set[str] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def go(self, port: int, rng: random.Random) -> None:
        self.stop.clear()
        for client in self.clients:
            client.port = port
        self.threads = [
            threading.Thread(target=self._post, args=(client, random.Random(rng.random())))
            for client in self.clients
        ]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(90)

    def send(self, client: Client, form: dict[str, object]) -> bool:
        """Send once; whether there was an answer."""
        name = str(form["uid"])
        self.sent[name] = form
        try:
            status, _, _ = client.post(form)
        except OSError:
            self.unanswered += 1
            return False
        self.answers[status] = self.answers.get(status, 0) + 1
        if status == 200:
            self.stored.add(name)
        return True

    def send_batch(self, client: Client, forms: list[dict[str, object]]) -> bool:
        """The same for several in one batch; what was not refused is stored."""
        self.sent.update((str(form["uid"]), form) for form in forms)
        try:
            status, text, _ = client.post_batch(forms)
        except OSError:
            self.unanswered += 1
            return False
        self.answers[status] = self.answers.get(status, 0) + 1
        if status == 200:
            outcomes = json.loads(text)["facts"]
            self.refused += [str(one) for one in outcomes if one["state"] == "refused"]
            self.stored.update(one["uid"] for one in outcomes if one["state"] != "refused")
        return True

    def _post(self, client: Client, rng: random.Random) -> None:
        """Forms, batches with what was sent before among them in any order, and torn uploads."""
        mine: list[dict[str, object]] = []
        while not self.stop.is_set():
            new = [visit(rng) for _ in range(rng.choice((1, 1, 3)))]
            chance = rng.random()
            if chance < 0.1:
                self._tear(client, new[0], rng)
                continue
            mine += new
            if chance < 0.55 and len(new) == 1:
                answered = self.send(client, new[0])
            else:
                batch = new + rng.sample(mine[:-1], min(2, len(mine) - 1))
                batch = list({str(form["uid"]): form for form in batch}.values())
                rng.shuffle(batch)
                answered = self.send_batch(client, batch)
            if not answered:
                self.stop.wait(0.05)

    def _tear(self, client: Client, form: dict[str, object], rng: random.Random) -> None:
        """What is cut off within the body must never be stored: nobody sends it again."""
        body, batch = encoded(form), json.dumps({"facts": [as_fact(form)]}).encode()
        self.torn.add(str(form["uid"]))
        with suppress(OSError):
            if rng.random() < 0.5:
                kind = "application/x-www-form-urlencoded"
                client.cut("/record/household_visit", body, kind, rng.randrange(len(body)))
            else:
                client.cut("/api/facts", batch, "application/json", rng.randrange(len(batch)))
