"""Tells Django of the pages."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages (网页): templates, styles, scripts; it has no tables."""

    name = "bangfu.web"
    label = "web"
