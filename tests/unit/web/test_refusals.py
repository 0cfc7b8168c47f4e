"""Each refusal says what happened and what to do, and nothing of what is inside."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from civic_ai.web import refusals
from civic_ai.web.desk import Desk
from civic_ai.web.pages import queue
from tests.unit.web.made_desk import reader


@pytest.mark.parametrize(
    ("refuse", "status"),
    [(refusals.not_understood, 400), (refusals.forged, 403), (refusals.forbidden, 403),
     (refusals.not_found, 404), (refusals.broken, 500)],
)  # fmt: skip
def test_each_has_its_status_and_a_way_on(refuse: object, status: int) -> None:
    response = refuse(RequestFactory().get("/"))  # type: ignore[operator]
    assert response.status_code == status
    assert 'href="/"' in response.content.decode()


def test_what_breaks_tells_readers_nothing_of_the_inside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(desk: Desk) -> None:
        raise ZeroDivisionError("the password is hunter2")

    monkeypatch.setattr(queue, "the_desk", fails)
    client = reader("ona")
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    assert "hunter2" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
