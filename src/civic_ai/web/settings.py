"""What a city says about its desk, and Django's settings made of it. No secret stands in either."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import StrictUndefined
from pydantic import Field

from civic_ai.core.messages import LANGUAGES
from civic_ai.records.record import Record
from civic_ai.store.workspace import Workspace

WEB = Path(__file__).resolve().parent
IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=12)
"""A session ends when nobody used it for ``IDLE``, and ``LONGEST`` after the login in any case."""
TRIES = 5
"""Wrong passwords for one name from one address (``docs/decisions/0017``)."""
LOCKED_FOR = timedelta(minutes=15)
MOST_BYTES = 2 * 1024 * 1024
MOST_FIELDS = 500
MOST_UPLOADED = 16 * 1024 * 1024
PATIENCE = 20
"""Seconds that a page waits for a database which somebody else has locked."""
KEPT = 60
"""Seconds that a thread keeps its connection to the desk's database."""
HTTPS = "https"


class SignOn(Record):
    """The city's login server. ``secret_file`` holds the desk's secret there and nothing else."""

    name: str = Field(min_length=1, max_length=60)
    """As people know it: "the City of Springfield"."""
    issuer: str = Field(pattern=r"^(https://|http://(localhost|127\.0\.0\.1)(:\d+)?(/|$))[^?#\s]*$")
    client_id: str
    secret_file: Path


class DeskSettings(Record):
    """One desk. ``address``: as people type it in their browser, such as ``https://desk.city.example``."""

    home: Path
    pilots: Path = Path("pilots")
    ledger: str | None = None
    """The ledger's address, as :attr:`database`; None: the workspace's own."""
    log_key: Path | None = None
    policy: Path | None = None
    database: str | None = None
    """Where accounts, sessions and drafts are kept: ``sqlite:///...`` or ``postgresql://...``; None: the
    workspace. A password stands in neither address: PostgreSQL's own ``PGPASSFILE`` names a file with it."""
    address: str = Field(default="http://localhost:8000", pattern=r"^https?://[^/?#\s]+$")
    sign_on: SignOn | None = None
    """Single sign-on by OpenID Connect; accounts are made here all the same."""
    mlflow: str | None = Field(default=None, pattern=r"^https?://[^?#\s@]+$")
    """Where scientists open MLflow; None: the store that a run was sent to, if that has an address."""
    is_behind_proxy: bool = False
    """Whether a proxy of the city's own sets X-Forwarded-For and X-Forwarded-Proto; else both are ignored."""

    @property
    def host(self) -> str:
        """The name of the desk's host."""
        return urlsplit(self.address).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS; then cookies travel in no other way."""
        return urlsplit(self.address).scheme == HTTPS

    @property
    def workspace(self) -> Workspace:
        """The folder of generated things."""
        return Workspace(self.home)

    @property
    def ledger_url(self) -> str:
        """Where the ledger stands."""
        return self.ledger or f"sqlite:///{self.home / 'ledger.sqlite'}"

    @property
    def keys(self) -> Path:
        """The folder of the desk's own keys."""
        return self.home / "keys"

    @property
    def log_key_file(self) -> Path:
        """Where the log's private key stands."""
        return self.log_key or self.keys / "log.key"


def secret_in(home: Path) -> str:
    """The key that signs sessions and forms: in a file for its owner only, made at the first start."""
    place = home / "keys" / "desk.secret"
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
            target.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return place.read_text("ascii")


def django_settings(desk: DeskSettings) -> dict[str, Any]:
    """All that Django is told."""
    return {
        "CIVIC_AI": desk,
        "SECRET_KEY": secret_in(desk.home),
        "DEBUG": False,
        "ALLOWED_HOSTS": [desk.host],
        "ROOT_URLCONF": "civic_ai.web.routes",
        "INSTALLED_APPS": _APPS,
        "MIDDLEWARE": _MIDDLEWARE,
        "TEMPLATES": [_templates(language) for language in LANGUAGES],
        "DATABASES": {"default": _database(desk.database or f"sqlite:///{desk.home / 'desk.sqlite'}")},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "USE_I18N": False,
        "STATIC_URL": "/static/",
        "STATIC_ROOT": WEB / "static",
        "LOGGING": _LOGGING,
        **_login(),
        **_limits(),
        **_cookies(desk),
        **_transport(desk),
    }


_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "axes",
    "civic_ai.web.accounts",
    "civic_ai.web.drafts",
    "civic_ai.web.coaching",
    "civic_ai.web.notices",
]
_MIDDLEWARE = [
    "civic_ai.web.security.secure_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "civic_ai.web.security.end_old_sessions",
    "axes.middleware.AxesMiddleware",
    "civic_ai.web.security.refuse_giants",
]
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"()": "civic_ai.web.log.Bare"}},
    "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "bare"}},
    "root": {"handlers": ["error"], "level": "ERROR"},
    "loggers": {
        "django": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "axes": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
"""Only what is our fault is written down; what a request said never is (CONTROLS.md T23)."""


def _templates(language: str) -> dict[str, Any]:
    """One engine for each language: its ``_`` speaks it."""
    return {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": language,
        "DIRS": [WEB / "templates"],
        "OPTIONS": {
            "environment": "civic_ai.web.speech.environment",
            "language": language,
            "undefined": StrictUndefined,
        },
    }


def _database(url: str) -> dict[str, Any]:
    """Django's words for the address of a database."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path.removeprefix("/")),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": PATIENCE,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
            "CONN_MAX_AGE": KEPT,
        }
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "HOST": asked.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": f"-c lock_timeout={PATIENCE}s", **asked},
        "CONN_MAX_AGE": KEPT,
        "CONN_HEALTH_CHECKS": True,
    }


def _login() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "accounts.Member",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
            "civic_ai.web.accounts.sign_on.SignOnBackend",
        ],
        "PASSWORD_HASHERS": ["civic_ai.web.accounts.hasher.BoundedArgon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
             "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "queue",
        "AXES_FAILURE_LIMIT": TRIES,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_COOLOFF_TIME": LOCKED_FOR,
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        "AXES_CLIENT_IP_CALLABLE": "civic_ai.web.security.address_of",
        "AXES_LOCKOUT_CALLABLE": "civic_ai.web.accounts.views.locked_out",
        "AXES_USERNAME_FORM_FIELD": "name",
    }  # fmt: skip


def _limits() -> dict[str, Any]:
    return {
        "DATA_UPLOAD_MAX_MEMORY_SIZE": MOST_BYTES,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": MOST_FIELDS,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 10,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": MOST_BYTES,
    }


def _cookies(desk: DeskSettings) -> dict[str, Any]:
    """Single sign-on comes back from another site, so the session is Lax; a form's token is Strict."""
    prefix = "__Host-" if desk.is_secure else ""
    return {
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SESSION_COOKIE_NAME": f"{prefix}desk-session",
        "SESSION_COOKIE_AGE": int(LONGEST.total_seconds()),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": desk.is_secure,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": f"{prefix}desk-csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_SECURE": desk.is_secure,
        "CSRF_FAILURE_VIEW": "civic_ai.web.refusals.forged",
    }


def _transport(desk: DeskSettings) -> dict[str, Any]:
    proxy: dict[str, Any] = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", HTTPS)}
    return {
        "SECURE_SSL_REDIRECT": desk.is_secure,
        "SECURE_HSTS_SECONDS": 31_536_000 if desk.is_secure else 0,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        **(proxy if desk.is_behind_proxy else {}),
    }
