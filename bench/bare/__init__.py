"""The peer of bench/load.py: Django alone, a view that answers and one that inserts a row.

A fair one: the same server, database engine and durable settings, and nothing else that the
program does (no sign-in, no policy, no wall, no chain).
"""

from __future__ import annotations

import os

from django.conf import settings

from bangfu.settings import DATABASES

DATABASE = dict(DATABASES["default"])
if "sqlite" in str(DATABASE["ENGINE"]):
    DATABASE["NAME"] = os.environ["BANGFU_BARE"]
settings.configure(
    SECRET_KEY="bench", ROOT_URLCONF="bench.bare", ALLOWED_HOSTS=["*"], USE_TZ=True,
    DATABASES={"default": DATABASE}, MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)  # fmt: skip

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def read(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x" * 20_000)


def insert(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (body) VALUES (%s)", [request.body.decode()])
    return HttpResponse("{}", content_type="application/json")


urlpatterns = [path("read", read), path("insert", insert)]
application = get_wsgi_application()
with transaction.atomic(), connection.cursor() as making:
    making.execute("CREATE TABLE IF NOT EXISTS bench_bare (body TEXT)")
connection.close()
