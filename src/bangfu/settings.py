"""Every default runs on a laptop; environment variables that begin with BANGFU_ override."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bangfu.records import databases


def _flag(name: str, *, default: bool) -> bool:
    """A yes/no environment variable."""
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _secret(folder: Path) -> str:
    """The signing key: from the environment, else made once and kept beside the data."""
    given = os.environ.get("BANGFU_SECRET_KEY")
    if given:
        return given
    file = folder / "keys" / "signing.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two workers may start at once: only the first one's key counts.
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w", encoding="ascii") as handle:
                handle.write(secrets.token_urlsafe(64))
    return file.read_text("ascii")


BANGFU_DATA = Path(os.environ.get("BANGFU_DATA", "data")).resolve()
BANGFU_COUNTY = os.environ.get("BANGFU_COUNTY", "xiangcheng")
BANGFU_MASTER_KEY_FILE = Path(
    os.environ.get("BANGFU_MASTER_KEY_FILE", str(BANGFU_DATA / "keys" / "master.key"))
)
BANGFU_WALL_KEY_FILE = Path(
    os.environ.get("BANGFU_WALL_KEY_FILE", str(BANGFU_DATA / "keys" / "wall.key"))
)
BANGFU_OUTSIDE = Path(os.environ.get("BANGFU_OUTSIDE", str(BANGFU_DATA / "outside")))

DEBUG = _flag("BANGFU_DEBUG", default=False)
SECRET_KEY = _secret(BANGFU_DATA)
ALLOWED_HOSTS = os.environ.get("BANGFU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("BANGFU_ORIGINS", "").split(",") if o]

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
        os.environ.get("BANGFU_DATABASE", ""),
        BANGFU_DATA,
        wait=float(os.environ.get("BANGFU_WAIT_SECONDS", "20")),
    )
}
# A sheet of attendance names everybody who came; records refuses more than 10,000 a fact.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
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
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
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
STATIC_ROOT = BANGFU_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Faults go to the terminal that the server runs in, with DEBUG or without.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"terminal": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["terminal"], "level": "ERROR"}},
}

# The second factor: "offices" asks it of every office's post, "off" of nobody; left empty it is
# asked of offices, but in an invented county of nobody.
BANGFU_SECOND_FACTOR = os.environ.get("BANGFU_SECOND_FACTOR", "")
# On one's own phone a sign-in lasts so many days, elsewhere until so many idle minutes.
BANGFU_OWN_PHONE_DAYS = int(os.environ.get("BANGFU_OWN_PHONE_DAYS", "90"))
BANGFU_IDLE_MINUTES = int(os.environ.get("BANGFU_IDLE_MINUTES", "30"))

SESSION_COOKIE_AGE = BANGFU_OWN_PHONE_DAYS * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _flag("BANGFU_HTTPS", default=False):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
