"""The real server over a data folder, and people who post facts to it as the phone does."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

HOST = "127.0.0.1"
PASSWORD = "stone-bridge-42"
Answer = tuple[int, str, Message]


@dataclass(slots=True)
class Server:
    """`bangfu serve` in a process group of its own."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    before: Callable[[], None] | None = None  # in the server's process, before it is one

    def start(self) -> None:
        """Start it on a free port and wait until it answers."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bangfu", "serve", "--data", str(self.folder),
                 "--port", str(self.port)],
                env={**os.environ, "BANGFU_SECOND_FACTOR": "off"},
                stdout=log, stderr=log, start_new_session=True, preexec_fn=self.before,  # noqa: PLW1509 -- no thread yet
            )  # fmt: skip
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError((self.folder / "server.log").read_text("utf-8"))
            try:
                if Client(self.port).ask("/sign-in")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """kill -9 of the server and of both its workers at one moment."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def worker_pids(self) -> list[int]:
        """The processes that the server started."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
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
    ) -> Answer:
        """Status, text and headers of an answer; raises OSError when there is none."""
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        request = urllib.request.Request(
            f"http://{HOST}:{self.port}{path}",
            data=None if form is None else urllib.parse.urlencode(form, doseq=True).encode(),
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

    def _post(self, client: Client, rng: random.Random) -> None:
        while not self.stop.is_set():
            if not self.send(client, visit(rng)):
                self.stop.wait(0.05)
