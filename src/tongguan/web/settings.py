"""Django's settings of one deployment; nothing here reads the environment."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from csp.constants import NONE, SELF
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from tongguan.adapters.deployment import Deployment, root_keys
from tongguan.web.languages import CODES, NAMES

BODY_BYTES_MAX = 64 * 1024
"""The largest body any route takes."""
SESSION_SECONDS = 30 * 60
"""How long a session is kept after its last use."""
HOSTS = ("127.0.0.1", "localhost", "[::1]")


def configure(deployment: Deployment) -> None:
    """Configure Django for a deployment; a process serves one, and again is harmless."""
    if not settings.configured:
        settings.configure(**settings_of(deployment))
        django.setup()


def _public_host(deployment: Deployment) -> list[str]:
    host = urlsplit(deployment.public_url or "").hostname
    return [host] if host else []


def _public_origin(deployment: Deployment) -> list[str]:
    """The origin that forms are sent from when a proxy stands in front."""
    parts = urlsplit(deployment.public_url or "")
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def settings_of(deployment: Deployment) -> dict[str, Any]:
    """Every setting that differs from Django's own."""
    # Two authorities on one machine share a host name, and cookies do not tell ports apart.
    cookie = f"tongguan-{deployment.authority.lower()}"
    secure = not deployment.demonstration
    return {
        "DEBUG": False,
        "SECRET_KEY": root_keys(deployment).web.hex(),
        "ALLOWED_HOSTS": [*HOSTS, *_public_host(deployment)],
        "CSRF_TRUSTED_ORIGINS": _public_origin(deployment),
        "ROOT_URLCONF": "tongguan.web.urls",
        "WSGI_APPLICATION": None,
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "csp",
            "ninja",
            "tongguan.web.apps.WebConfig",
        ],
        "MIDDLEWARE": [
            "tongguan.web.middleware.refuse_large_bodies",
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "tongguan.web.middleware.answer_api_methods",
            "tongguan.web.middleware.AnswerWhenUnavailable",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "TEMPLATES": [_TEMPLATES],
        "DATABASES": {"default": database_of(deployment.database_url)},
        "LANGUAGES": [(code, NAMES[language]) for language, code in CODES.items()],
        "LANGUAGE_CODE": "zh-hant",
        "TIME_ZONE": "Asia/Hong_Kong",
        "USE_TZ": True,
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 3600,
        "SESSION_COOKIE_NAME": f"{cookie}-session",
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": f"{cookie}-csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_FAILURE_VIEW": "tongguan.web.errors.form_expired",
        "LANGUAGE_COOKIE_NAME": f"{cookie}-language",
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_REFERRER_POLICY": "same-origin",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": BODY_BYTES_MAX,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": _CONTENT_SECURITY_POLICY},
        "LOGGING": _LOGGING,
    }


def database_of(database_url: str) -> dict[str, Any]:
    """Django's description of the database behind a PostgreSQL address."""
    parts = conninfo_to_dict(database_url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    described: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "PORT": str(parts.pop("port", "")),
    }
    for part, name in names.items():
        described[name] = parts.pop(part, "")
    # Sessions and officers are Django's; the domain's tables stand in a schema of their own.
    options = " ".join(filter(None, [str(parts.pop("options", "")), "-c search_path=public"]))
    return described | {"OPTIONS": {**parts, "options": options}}


_TEMPLATES: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "builtins": [
            "tongguan.web.templatetags.words",
            "tongguan.web.templatetags.scheme",
            "tongguan.web.templatetags.rules",
            "tongguan.web.templatetags.standing",
        ],
        "context_processors": [
            "django.template.context_processors.request",
            "tongguan.web.context.frame",
        ],
    },
}

_CONTENT_SECURITY_POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        # Refused requests are not our errors, and their paths may hold what people typed.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
    },
}


def style_version() -> str:
    """A short digest of the style sheet, so that a new one is fetched at once."""
    sheet = Path(__file__).parent / "static" / "tongguan.css"
    return hashlib.sha256(sheet.read_bytes()).hexdigest()[:10]
