from __future__ import annotations

import pytest

from civic_ai.cli.language import reader_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"CIVIC_AI_LANGUAGE": "pt", "LANG": "es_CO.UTF-8"}, "pt"),
        ({"LANG": "es_CO.UTF-8"}, "es"),
        ({"LANG": "fr_CA.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_errors_speak_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("CIVIC_AI_LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert reader_language() == language
