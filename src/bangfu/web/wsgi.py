"""The door for a web server: `granian --interface wsgi bangfu.web.wsgi:application`."""

from __future__ import annotations

import os
from contextlib import suppress

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
application = get_wsgi_application()

# After Django's own start: the guard stands before the tables, which are known only now.
from django.urls import get_resolver  # noqa: E402

from bangfu.core.text import Refused  # noqa: E402
from bangfu.records import guard, queries  # noqa: E402

guard.closed_by_default()

# What every page needs, so that nobody's first page waits for it.
get_resolver().url_patterns  # noqa: B018 -- imports the views
with suppress(Refused):  # said by the first page, and by `bangfu doctor`
    queries.handbook()

if settings.BANGFU_HTTPS:
    # Behind a proxy on this machine: wrong passwords are counted by the address that it names.
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=["127.0.0.1"])
