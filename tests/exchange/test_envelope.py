"""The backup's envelope opens whole, under its own key, or says why it does not."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.text import Refused
from bangfu.exchange import envelope

SECRET = b"a pass phrase of some length"
CONTENT = os.urandom(envelope.CHUNK + 5000) + bytes(3000)


def sealed(content: bytes = CONTENT) -> bytes:
    out = io.BytesIO()
    header = {"bytes": len(content), "checkpoint": {"sequence": 7}}
    envelope.write(
        out, io.BytesIO(content), header=header, secret=SECRET, progress=lambda done, size: None
    )
    return out.getvalue()


def opened(file: bytes, secret: bytes = SECRET) -> bytes:
    target = io.BytesIO()
    envelope.open_into(
        target, io.BytesIO(file), secret=secret, progress=lambda done, size: None
    )  # fmt: skip
    return target.getvalue()


FILE = sealed()


def test_what_was_sealed_comes_out_and_the_header_can_be_read_before() -> None:
    assert opened(FILE) == CONTENT
    assert opened(sealed(b"")) == b""
    assert envelope.read_header(io.BytesIO(FILE))["checkpoint"] == {"sequence": 7}


def test_another_key_is_named_as_the_cause() -> None:
    with pytest.raises(Refused) as caught:
        opened(FILE, b"another phrase of some length")
    assert caught.value.code == "other_backup_key"


def test_a_changed_header_does_not_open() -> None:
    with pytest.raises(Refused) as caught:
        opened(FILE.replace(b'"sequence": 7', b'"sequence": 8'))
    assert caught.value.code == "other_backup_key"


@settings(max_examples=40)
@given(st.integers(0, len(FILE) - 1))
def test_a_file_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(Refused) as caught:
        opened(FILE[:end])
    assert caught.value.code == ("not_a_backup" if end < len(envelope.MAGIC) else "cut_backup")


@settings(max_examples=40)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused(place: int, by: int) -> None:
    garbled = bytearray(FILE)
    garbled[place] ^= by
    with pytest.raises(Refused):
        opened(bytes(garbled))


def test_chunks_cannot_change_places_or_be_left_out_or_added() -> None:
    head_end = FILE.index(b'"}', FILE.index(b'"salt"')) + 2 + 16
    size = 4 + envelope.CHUNK + 16
    head, one, two = FILE[:head_end], FILE[head_end : head_end + size], FILE[head_end + size :]
    for other in (head + two, head + two + one, head + one + one + two, FILE + b"x"):
        with pytest.raises(Refused):
            opened(other)
