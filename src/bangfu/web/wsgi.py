"""The door for a web server: `granian --interface wsgi bangfu.web.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
application = get_wsgi_application()

# After Django's own start: the guard stands before the tables, which are known only now.
from bangfu.records import guard  # noqa: E402

guard.closed_by_default()
