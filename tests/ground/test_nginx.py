"""The example for nginx, as it stands but for ports and folders, before the real server."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.lost.counts import run
from tests.lost.server import PASSWORD, Server

HOST = "bangfu.example"
MAIN = """daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}} http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fast; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
include {folder}/bangfu.conf; }}"""
MIB = 1 << 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """Speaks TLS to the proxy on this machine, believing its certificate only; keeps cookies."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port, self.cookies = port, dict[str, str]()
        self.trust = ssl.create_default_context(cafile=str(certificate))

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, http.client.HTTPMessage]:
        here = http.client.HTTPSConnection(HOST, self.port, context=self.trust, timeout=60)
        here._create_connection = (  # type: ignore[attr-defined]
            lambda *_: socket.create_connection(("127.0.0.1", self.port), 60)
        )
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"https://{HOST}", "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        here.request("GET" if body is None else "POST", path, body, headers)
        answer = here.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            assert "Secure" in line, line
            self.cookies[name] = value
        here.close()
        return answer.status, answer.headers


@contextmanager
def proxied(folder: Path) -> Iterator[Browser]:
    """The server and nginx before it, in this folder."""
    more = {"BANGFU_HTTPS": "1", "BANGFU_HOSTS": HOST}
    server = Server(folder / "data", port=free_port(), more=more)
    plain, port, key, paper = free_port(), free_port(), folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
         f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", paper],
        check=True, capture_output=True,
    )  # fmt: skip
    example = (ROOT / "docs" / "deploy" / "nginx.conf").read_text("utf-8")
    for told, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("127.0.0.1:8100", f"127.0.0.1:{server.port}"), ("/etc/ssl/bangfu", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):  # fmt: skip
        assert told in example, told
        example = example.replace(told, here)
    (folder / "bangfu.conf").write_text(example, "utf-8")
    user = "user root;" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), "utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    words = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "error.log"]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    server._run()
    proxy = subprocess.Popen(words)
    try:
        yield Browser(port, paper)
    finally:
        proxy.terminate()
        proxy.wait(20)
        server.kill()


def test_people_sign_in_through_the_proxy_of_the_example(tmp_path: Path) -> None:
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        pytest.skip("no nginx on this machine")
    run("founded", tmp_path / "data", 0)
    with proxied(tmp_path) as browser:
        for _ in range(200):
            try:
                if browser.ask("/sign-in")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.2)  # 502 until the server is up
        form = {"username": "helper", "password": PASSWORD, "own": "1"}
        status, headers = browser.ask("/sign-in", urllib.parse.urlencode(form).encode())
        assert (status, headers["Location"]) == (302, "/")
        status, headers = browser.ask("/today?q=" + urllib.parse.quote("石桥村"))
        assert status == 200
        assert "max-age" in headers["Strict-Transport-Security"]
        number = headers["X-Request-Id"]
        # A workbook of the size that the program takes gets to it; a larger one does not.
        assert browser.ask("/sheets", b"a=" + b"b" * (3 * MIB))[0] != 413
        assert browser.ask("/sheets", b"a=" + b"b" * (34 * MIB))[0] == 413
    log = (tmp_path / "bangfu.log").read_text("utf-8")
    assert number in log
    assert not re.search(r"today|q=", log)
