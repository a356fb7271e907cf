"""Behind a proxy wrong passwords are counted by the address that it names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.command import clean

ASKS = """
from wsgiref.util import setup_testing_defaults
from bangfu.web.wsgi import application
asked = {"REMOTE_ADDR": %r, "HTTP_X_FORWARDED_FOR": "10.9.8.7", "HTTP_HOST": "nobody's"}
setup_testing_defaults(asked)
list(application(asked, lambda *_: None))
print(asked["REMOTE_ADDR"])
"""


@pytest.mark.parametrize(
    ("https", "asker", "counted"),
    [
        ("1", "127.0.0.1", "10.9.8.7"),
        ("1", "192.0.2.1", "192.0.2.1"),
        ("0", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_proxys_word_for_an_address(
    tmp_path: Path, https: str, asker: str, counted: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", ASKS % asker], check=False, capture_output=True, text=True,
        env=clean() | {"BANGFU_DATA": str(tmp_path), "BANGFU_HTTPS": https},
    )  # fmt: skip
    assert run.stdout.strip() == counted, run.stderr
