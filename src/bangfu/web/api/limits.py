"""What a request may bring: its kind, size, depth and numbers; refused before anything reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.http import HttpRequest

from bangfu.core.text import Refused

MOST_BYTES = 1_000_000
MOST_DEPTH = 8
MOST_DIGITS = 20
_KEPT = "_bangfu_body"


class Unfit(Refused):
    """A request that is not read at all; `status` is what HTTP calls the reason."""

    def __init__(self, status: int, code: str, zh: str, en: str) -> None:
        self.status = status
        super().__init__(code, zh, en)


def read(request: HttpRequest) -> None:
    """Read the body of a request that brings one; raises `Unfit`."""
    if request.content_type != "application/json":
        raise Unfit(415, "content_type", "请求的内容类型应为 application/json。",
                    "The content type must be application/json.")  # fmt: skip
    if _length(request) > MOST_BYTES:
        raise Unfit(413, "too_large", f"请求超过 {MOST_BYTES} 字节，请分几次发送。",
                    f"The request has more than {MOST_BYTES} bytes; send it in parts.")  # fmt: skip
    vars(request)[_KEPT] = parse(request.body)


def body_of(request: HttpRequest) -> object:
    """What `read` has read."""
    return vars(request).get(_KEPT)


def parse(raw: bytes) -> object:
    """JSON as it was meant: no key twice, no NaN, no depth, no number beyond reason.

    Numbers with decimals stay as they were written, as texts. Raises `Unfit`.
    """
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_constant,
            parse_int=_whole, parse_float=str,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise _characters() from None
    except RecursionError:
        raise _deep() from None
    except ValueError as problem:
        where = getattr(problem, "pos", 0)
        raise Unfit(400, "bad_json", f"不是正确的 JSON（第 {where} 个字符处）。",
                    f"This is not JSON (at character {where}).") from None  # fmt: skip
    _check(found)
    return found


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else 0


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unfit(400, "key_twice", "同一个对象里有重复的键。",
                    "An object has the same key twice.")  # fmt: skip
    return found


def _constant(_name: str) -> object:
    raise Unfit(400, "no_number", "NaN 和 Infinity 不是数字。", "NaN and Infinity are no numbers.")


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise Unfit(400, "long_number", f"数字超过 {MOST_DIGITS} 位。",
                    f"A number has more than {MOST_DIGITS} digits.")  # fmt: skip
    return int(text)


def _check(found: object) -> None:
    """How deep it goes, and that each text can be written down; without recursion."""
    level: list[object] = [found]
    for _ in range(MOST_DEPTH):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise _deep()


def _children(one: object) -> Iterable[object]:
    if isinstance(one, str):
        try:
            one.encode("utf-8")
        except UnicodeEncodeError:
            raise _characters() from None
        return ()
    if isinstance(one, dict):
        return (*one.keys(), *one.values())
    return one if isinstance(one, list) else ()


def _characters() -> Unfit:
    return Unfit(400, "bad_text", "含有不是 UTF-8 的文字。", "Some of the text is not UTF-8.")


def _deep() -> Unfit:
    return Unfit(400, "too_deep", f"嵌套超过 {MOST_DEPTH} 层。",
                 f"It is nested more than {MOST_DEPTH} levels deep.")  # fmt: skip
