"""Every default runs on a laptop; environment variables that begin with BANGFU_ override."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bangfu.records import databases, variables
from bangfu.records import folder as places


def _secret(folder: Path) -> str:
    """The signing key: from the environment, else made once and kept beside the data."""
    given = variables.given("BANGFU_SECRET_KEY")
    if given:
        return given
    file = folder / places.SIGNING_KEY
    # Two workers may start at once: only the first one's key counts.
    places.make_key(file, secrets.token_urlsafe(64).encode("ascii"))
    return file.read_text("ascii")


BANGFU_VARIABLES = tuple(one.name for one in variables.TABLE)
BANGFU_DATA = Path(variables.text("BANGFU_DATA")).resolve()
BANGFU_COUNTY = variables.text("BANGFU_COUNTY")
BANGFU_MASTER_KEY_FILE = Path(
    variables.given("BANGFU_MASTER_KEY_FILE") or BANGFU_DATA / places.MASTER_KEY
)
BANGFU_WALL_KEY_FILE = Path(
    variables.given("BANGFU_WALL_KEY_FILE") or BANGFU_DATA / places.WALL_KEY
)
BANGFU_OUTSIDE = Path(variables.given("BANGFU_OUTSIDE") or BANGFU_DATA / places.OUTSIDE)

DEBUG = variables.flag("BANGFU_DEBUG")
SECRET_KEY = _secret(BANGFU_DATA)
ALLOWED_HOSTS = variables.several("BANGFU_HOSTS")
CSRF_TRUSTED_ORIGINS = variables.several("BANGFU_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "bangfu.records",
    "bangfu.web",
]
MIDDLEWARE = [
    "bangfu.web.logged.Logged",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bangfu.web.middleware.Headers",
    "bangfu.web.middleware.Present",
    "bangfu.web.middleware.Whole",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bangfu.web.tokens.ByToken",
    "bangfu.web.sessions.SignedIn",
    "bangfu.web.middleware.Guarded",
    "bangfu.web.middleware.DenyByDefault",
    "bangfu.web.middleware.Refusals",
]
ROOT_URLCONF = "bangfu.web.urls"
WSGI_APPLICATION = "bangfu.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "bangfu.web.context.frame",
            ]
        },
    }
]

DATABASES = {
    "default": databases.chosen(
        variables.text("BANGFU_DATABASE"),
        BANGFU_DATA,
        wait=variables.seconds("BANGFU_WAIT_SECONDS"),
    )
}
# A sheet of attendance names everybody who came; records refuses more than 10,000 a fact.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
# A workbook that is sent stays in memory until it is sealed: nothing lies on a disk in the clear.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 33 << 20
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # What is kept for one reader is not another's.
        "KEY_FUNCTION": "bangfu.records.guard.cached.cache_key",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "records.Account"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "bangfu.records.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BANGFU_DATA / places.STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Lines of JSON on the terminal that the server runs in, or in the journal of its machine.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "bangfu.web.logs.Lines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["lines"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["lines"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        # Anybody may ask for any host; the request's own line says 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "bangfu": {"level": "INFO" if variables.flag("BANGFU_LOG_REQUESTS") else "WARNING"},
    },
}

# The second factor: "offices" asks it of every office's post, "off" of nobody; left empty it is
# asked of offices, but in an invented county of nobody.
BANGFU_SECOND_FACTOR = variables.text("BANGFU_SECOND_FACTOR")
# On one's own phone a sign-in lasts so many days, elsewhere until so many idle minutes.
BANGFU_OWN_PHONE_DAYS = variables.number("BANGFU_OWN_PHONE_DAYS")
BANGFU_IDLE_MINUTES = variables.number("BANGFU_IDLE_MINUTES")

SESSION_COOKIE_AGE = BANGFU_OWN_PHONE_DAYS * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BANGFU_HTTPS = variables.flag("BANGFU_HTTPS")
if BANGFU_HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # The browsers' list of hosts that are never asked in clear is for public sites.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
