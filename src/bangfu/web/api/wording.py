"""What pydantic finds wrong with a shape, in the county's two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bangfu.core.text import Refused

_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("没有填写", "is missing"),
    "extra_forbidden": ("没有这一项", "is not known here"),
    "string_pattern_mismatch": ("格式不对", "is not written as it should be"),
    "string_too_long": ("太长", "is too long"),
    "too_long": ("一次太多，请分几次发送", "are too many; send them in parts"),
    "too_short": ("是空的", "is empty"),
    "dict_too_long": ("太多", "are too many"),
}
_OTHER = ("的类型或范围不对", "is of the wrong type or out of range")
# What the framework puts before the place: "body", and the name of the parameter.
_OURS = ("body", "query", "batch")
MOST_SAID = 120


def in_words(error: Mapping[str, object]) -> Refused:
    """One thing that is wrong, with its place as `facts.0.uid`; what was sent is not repeated."""
    path = error.get("loc", ())
    steps = [str(step) for step in path] if isinstance(path, Sequence) else []
    while steps and steps[0] in _OURS:
        steps.pop(0)
    place = ".".join(steps)[:MOST_SAID]
    zh, en = _WORDS.get(str(error.get("type")), _OTHER)
    return Refused(
        "bad_shape", f"“{place or '请求'}”{zh}。", f"“{place or 'request'}” {en}.", place=place
    )
