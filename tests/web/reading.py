"""What a page says, as a person reads it."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse


def text(response: HttpResponse | object) -> str:
    """The words of a page's main part, tags taken out and spaces put together."""
    content = getattr(response, "content", b"").decode("utf-8")
    main = re.search(r"<main.*?>(.*)</main>", content, re.DOTALL)
    bare = re.sub(r"<(script|template).*?</\1>", " ", main[1] if main else content, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def links(response: HttpResponse | object) -> list[str]:
    """Every address that a page leads to, as it is followed."""
    content = getattr(response, "content", b"").decode("utf-8")
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', content)]


def value_of(response: HttpResponse | object, name: str) -> str:
    """The value of a hidden input."""
    content = getattr(response, "content", b"").decode("utf-8")
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', content)
    assert found, f"no input {name}"
    return html.unescape(found[1])
