"""A page says its language, and who reads it."""

from __future__ import annotations

from civic_ai.web.desk import Desk
from tests.unit.web.made_desk import reader


def test_a_page_names_its_reader_and_language(desk: Desk) -> None:
    response = reader("ona", "pt").get("/keys/")
    assert response.headers["Content-Language"] == "pt"
    assert '<html lang="pt">' in response.content.decode()
    assert ">ona</a>" in response.content.decode()


def test_nobody_is_named_before_signing_in(desk: Desk) -> None:
    page = reader(None).get("/login/").content.decode()
    assert "ona" not in page
    assert "/logout/" not in page
