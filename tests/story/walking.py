"""A person at a browser: opens pages, follows links by their words, fills in what form there is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

from tests.web.reading import text


@dataclass
class Form:
    """A form as the page drew it: where it goes, and what it holds already."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Page(HTMLParser):
    """Links with their words and forms with their values, of a page's main part."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._words: list[str] | None = None
        self._select = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._inside = True
        if not self._inside:
            return
        if tag == "a" and "href" in given:
            self.links.append((given["href"], ""))
            self._words = [given.get("aria-label", "")]
        elif tag == "form" and given.get("method") == "post":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and "selected" in given and self.forms:
            self._keep(self._select, given.get("value", ""))
        elif tag == "input" and self.forms and "name" in given and "form" not in given:
            ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if ticked:
                self._keep(given["name"], given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        if tag == "a" and self._words is not None:
            href, _ = self.links[-1]
            self.links[-1] = (href, " ".join("".join(self._words).split()))
            self._words = None

    def _keep(self, name: str, value: str) -> None:
        self.forms[-1].values.setdefault(name, []).append(value)


class Walker:
    """One signed-in person and the page in front of him."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.address = "/"
        self.response: HttpResponse
        self.open("/")

    def open(self, address: str) -> str:
        """Go to an address as a browser does; the words of the page that comes."""
        response = self.client.get(address, follow=True)
        chain = getattr(response, "redirect_chain", [])
        self.address = chain[-1][0] if chain else address
        self.response = response  # type: ignore[assignment]
        assert response.status_code == 200, (address, response.status_code)
        return self.words

    @property
    def words(self) -> str:
        """What the page says."""
        return text(self.response)

    def follow(self, words: str, *, to: str = "") -> str:
        """Tap the first link with these words, that leads to an address like `to`."""
        for href, said in self._page().links:
            if words in said and re.search(to, href):
                path = self.address.partition("?")[0]
                return self.open(path + href if href.startswith("?") else href)
        raise AssertionError(f"no link “{words}” on {self.address}")

    def send(self, *, form: int = 0, **given: str | list[str]) -> str:
        """Fill in the form and send it; `v__minutes` is the input v.minutes."""
        found = self._page().forms[form]
        values: dict[str, str | list[str]] = {**found.values}
        values |= {name.replace("__", "."): value for name, value in given.items()}
        values.pop("csrfmiddlewaretoken", None)
        response = self.client.post(found.action or self.address, values, follow=True)
        assert response.status_code == 200, text(response)
        chain = getattr(response, "redirect_chain", [])
        self.address = chain[-1][0] if chain else self.address
        self.response = response  # type: ignore[assignment]
        return self.words

    def _page(self) -> _Page:
        page = _Page()
        page.feed(self.response.content.decode())
        return page
