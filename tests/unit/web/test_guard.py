"""What the domain layer refuses is answered with its own words; with roles and states: test_routes.py."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from civic_ai.core.errors import CivicError, ConfigError, DataError, RefusedError, StoreError
from civic_ai.core.messages import say
from civic_ai.web.guard import Route


@pytest.mark.parametrize(
    ("kind", "status"), [(RefusedError, 409), (ConfigError, 422), (StoreError, 503), (DataError, 503)]
)
def test_a_refusal_is_no_failure_of_the_desk(kind: type[CivicError], status: int) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise kind.because(say("the disk is full"), remedy=say("Make room."))

    response = Route("x/", "x", view, "anyone").answer(RequestFactory().get("/"))
    assert response.status_code == status
    assert "the disk is full" in response.content.decode()
    assert "Make room." in response.content.decode()


def test_head_is_answered_where_get_is() -> None:
    route = Route("x/", "x", lambda request: HttpResponse("x"), "anyone")
    assert route.answer(RequestFactory().head("/")).status_code == 200
    assert route.answer(RequestFactory().post("/")).status_code == 405
