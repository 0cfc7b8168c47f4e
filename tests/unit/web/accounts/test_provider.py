"""What the login server says of itself is believed only for itself, and asked again after a failure."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from civic_ai.core.errors import DataError
from civic_ai.web.accounts.provider import provider_of

SAYS = {
    "issuer": "https://login.city.example",
    "authorization_endpoint": "https://login.city.example/auth",
    "token_endpoint": "https://login.city.example/token",
    "userinfo_endpoint": "https://login.city.example/me",
    "jwks_uri": "https://login.city.example/jwks",
    "scopes_supported": ["openid", "email"],
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the login server answers, one after another: JSON, or an error."""
    queue: list[Any] = []

    def get(url: str, timeout: float) -> requests.Response:
        assert url == "https://login.city.example/.well-known/openid-configuration"
        assert timeout < 10
        said = queue.pop(0)
        if isinstance(said, Exception):
            raise said
        response = requests.Response()
        response.status_code = 200
        response.json = lambda: said  # type: ignore[method-assign]
        return response

    monkeypatch.setattr(requests, "get", get)
    provider_of.cache_clear()
    return queue


def test_it_is_asked_once(answers: list[Any]) -> None:
    answers.append(SAYS)
    first = provider_of(SAYS["issuer"])
    assert provider_of(SAYS["issuer"]) is first
    assert first.jwks_uri == SAYS["jwks_uri"]


def test_after_a_failure_it_is_asked_again(answers: list[Any]) -> None:
    answers += [requests.ConnectionError(), SAYS]
    with pytest.raises(DataError, match="login server"):
        provider_of(SAYS["issuer"])
    assert provider_of(SAYS["issuer"]).issuer == SAYS["issuer"]


@pytest.mark.parametrize("change", [{"issuer": "https://evil.example"}, {"token_endpoint": None}])
def test_what_speaks_for_another_or_says_too_little_is_not_believed(
    answers: list[Any], change: dict[str, Any]
) -> None:
    answers.append({**SAYS, **change})
    with pytest.raises(DataError, match="login server"):
        provider_of(SAYS["issuer"])


def test_no_json_is_no_answer(answers: list[Any]) -> None:
    answers.append(requests.exceptions.JSONDecodeError("no JSON", "<html>", 0))
    with pytest.raises(DataError):
        provider_of(SAYS["issuer"])
