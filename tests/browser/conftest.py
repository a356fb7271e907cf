"""A served demo county, and phones and desks on which its people have signed in.

With BANGFU_PICTURES=1 the tests leave pictures of the pages in docs/pictures; without it they
leave the tree as it is.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PHONE, DESK = (360, 740), (1440, 900)
PATIENCE = 90
# What a browser reports of answers that the tests ask for: refused, wrong, not reached.
EXPECTED = re.compile(r"status of (401|403|404|409|422)|ERR_INTERNET_DISCONNECTED|ERR_FAILED")


# Longer than the first pause before an entry is sent once more.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Served:
    """The address of the demo county, and the password of each post's account."""

    address: str
    passwords: Mapping[str, str]


def command(*words: str, data: Path) -> list[str]:
    return [sys.executable, "-m", "bangfu", *words, "--data", str(data)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small demo county, made and served by the commands a user types; one for each file of
    tests, since a duty that one of them met is off the list for the next.
    """
    data = tmp_path_factory.mktemp("county")
    made = subprocess.run(
        command("demo", "--small", "--no-serve", data=data),
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    passwords = dict(
        re.findall(r"^\s+(\w+)\s+([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})\s", made, re.MULTILINE)
    )
    port = free_port()
    server = subprocess.Popen(
        command("serve", "--port", str(port), data=data),
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield Served(address, passwords)
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"no server at {address} after {PATIENCE} s")


# Closed with each file: its event loop would make Django refuse the tests that come after it.
@pytest.fixture(scope="module")
def chrome(chromium: str) -> Iterator[Browser]:
    # As root, as in most containers, Chromium does not start with its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


Opens = Callable[..., Page]


@pytest.fixture
def opens(chrome: Browser, served: Served) -> Iterator[Opens]:
    """A page on a phone or a desk, signed in; what the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            complaints.append(message.text)

    def page_of(
        who: str = "",
        size: tuple[int, int] = PHONE,
        *,
        language: str = "zh-CN",
        large: bool = False,
        touch: bool = True,
    ) -> Page:
        width, height = size
        context = chrome.new_context(
            base_url=served.address, viewport={"width": width, "height": height}, locale=language,
            has_touch=touch and size == PHONE, timezone_id="Asia/Shanghai",
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(15_000)
        if large:
            context.add_cookies([{"name": "large", "value": "1", "url": served.address}])
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        if who:
            page.fill("#username", who)
            page.fill("#password", served.passwords[who])
            page.click("main button")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield page_of
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Keep a picture of a page, if pictures are asked for."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("BANGFU_PICTURES") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.evaluate("document.activeElement && document.activeElement.blur()")
            page.mouse.move(0, 0)
            page.screenshot(path=str(PICTURES / f"{name}.png"), animations="disabled")

    return take
