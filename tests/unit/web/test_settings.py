"""Django is told what a safe desk needs, whatever a city says about its own."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from civic_ai.web.settings import PATIENCE, DeskSettings, django_settings, secret_in


def told(folder: Path, **said: Any) -> dict[str, Any]:
    return django_settings(DeskSettings.model_validate({"home": folder, **said}))


def test_the_secret_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    first = secret_in(tmp_path)
    assert secret_in(tmp_path) == first
    assert len(first) > 50
    assert secret_in(tmp_path / "other") != first
    assert stat.S_IMODE((tmp_path / "keys" / "desk.secret").stat().st_mode) == 0o600


def test_no_secret_stands_in_the_record(tmp_path: Path) -> None:
    desk = DeskSettings(home=tmp_path)
    assert secret_in(tmp_path) not in repr(desk)
    assert secret_in(tmp_path) not in desk.model_dump_json()


def test_over_https_cookies_travel_in_no_other_way(tmp_path: Path) -> None:
    safe = told(tmp_path, address="https://desk.city.example")
    assert safe["ALLOWED_HOSTS"] == ["desk.city.example"]
    assert safe["SESSION_COOKIE_SECURE"]
    assert safe["CSRF_COOKIE_SECURE"]
    assert safe["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert safe["SECURE_SSL_REDIRECT"]
    assert safe["SECURE_HSTS_SECONDS"] > 0
    assert not told(tmp_path)["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize("address", ["http://localhost:8000", "https://desk.city.example"])
def test_what_holds_everywhere(tmp_path: Path, address: str) -> None:
    said = told(tmp_path, address=address)
    assert said["DEBUG"] is False
    assert said["SESSION_COOKIE_HTTPONLY"]
    assert (said["SESSION_COOKIE_SAMESITE"], said["CSRF_COOKIE_SAMESITE"]) == ("Lax", "Strict")
    assert said["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert "*" not in said["ALLOWED_HOSTS"]


def test_headers_of_a_proxy_are_believed_only_where_there_is_one(tmp_path: Path) -> None:
    assert "SECURE_PROXY_SSL_HEADER" not in told(tmp_path)
    assert "SECURE_PROXY_SSL_HEADER" in told(tmp_path, is_behind_proxy=True)


def test_a_database_is_named_by_its_address(tmp_path: Path) -> None:
    database = told(tmp_path, database="postgresql://de%40sk@db.city.example:5433/desk?sslmode=require")
    assert database["DATABASES"]["default"] == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "desk", "USER": "de@sk", "PORT": "5433",
        "HOST": "db.city.example", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c lock_timeout={PATIENCE}s", "sslmode": "require"},
    }  # fmt: skip
    by_socket = told(tmp_path, database="postgresql://desk@/desk?host=/run/postgresql")["DATABASES"]
    assert by_socket["default"]["HOST"] == "/run/postgresql"
    own = told(tmp_path)["DATABASES"]["default"]
    assert own["NAME"] == str(tmp_path / "desk.sqlite")
    assert "synchronous=FULL" in own["OPTIONS"]["init_command"]


def test_tries_are_counted_for_a_name_at_an_address(tmp_path: Path) -> None:
    assert told(tmp_path)["AXES_LOCKOUT_PARAMETERS"] == [["username", "ip_address"]]


@pytest.mark.parametrize("address", ["desk.city.example", "ftp://x", "https://x/path", "https://a b"])
def test_an_address_is_what_people_type(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValidationError):
        DeskSettings(home=tmp_path, address=address)
