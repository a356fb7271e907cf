"""The cast and its browsers, as the pages' own tests have them."""

from tests.web.conftest import browser, cast, folder

__all__ = ["browser", "cast", "folder"]
