"""Serves the pages on this machine: what `bangfu serve` and `bangfu demo` end with."""

from __future__ import annotations

import argparse
import socket
import sys

from bangfu.core.text import Refused

HOST = "127.0.0.1"
PORT = 8000
WORKERS = 2
THREADS = 4
PATIENCE = 3  # seconds that a worker has to end by itself


def port_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the port."""
    parser.add_argument("--port", type=int, default=PORT, help=f"on this machine only ({PORT})")


def address(port: int) -> str:
    """Where a browser finds the pages."""
    return f"http://{HOST}:{port}/"


def check_port(port: int) -> None:
    """Refuse a port that another program uses, before anything else takes time."""
    other = port % 60_000 + 1 if port >= PORT else PORT
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise Refused(
                "port_taken",
                f"端口 {port} 不能用（可能已有程序在用）。换一个：--port {other}。",
                f"Port {port} cannot be used; another program may hold it. Try --port {other}.",
                place=str(port),
            ) from None


def serve(port: int) -> int:
    """Serve until interrupted; the workers find the data folder in the environment, and in it
    a mirror that is up to date, which no page then has to wait for.
    """
    from django.conf import settings
    from django.db import connections
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from bangfu.records import guard
    from bangfu.records.mirror.current import refresh

    guard.must_stand()
    refresh()
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    connections.close_all()
    sys.stdout.flush()
    Server(
        "bangfu.web.wsgi:application",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
        # A terminal interrupts the workers too, and one that is waiting then never ends by itself.
        workers_kill_timeout=PATIENCE,
    ).serve()
    return 0
