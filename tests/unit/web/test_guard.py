"""What the domain layer refuses is answered with its own words; with roles and states: test_routes.py."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from civic_ai.core.errors import CivicError, ConfigError, DataError, RefusedError, StoreError
from civic_ai.core.messages import say
from civic_ai.web.guard import Route


@pytest.mark.parametrize(("kind", "status"), [(RefusedError, 409), (ConfigError, 422), (DataError, 503)])
def test_a_refusal_is_no_failure_of_the_desk(kind: type[CivicError], status: int) -> None:
    response = answer_to(kind)
    assert response.status_code == status
    assert "the disk is full" in response.content.decode()
    assert "Make room." in response.content.decode()


def test_of_a_store_that_fails_the_reader_learns_what_to_do_and_not_where_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = answer_to(StoreError)
    assert response.status_code == 503
    assert "shows whether your step was entered" in response.content.decode()
    assert "the disk is full" not in response.content.decode()
    assert isinstance((caplog.records[-1].exc_info or (None, None))[1], StoreError)


def answer_to(kind: type[CivicError]) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        raise kind.because(say("the disk is full"), remedy=say("Make room."))

    return Route("x/", "x", view, "anyone").answer(RequestFactory().get("/"))


def test_head_is_answered_where_get_is() -> None:
    route = Route("x/", "x", lambda request: HttpResponse("x"), "anyone")
    assert route.answer(RequestFactory().head("/")).status_code == 200
    assert route.answer(RequestFactory().post("/")).status_code == 405


def test_who_asks_in_a_way_that_a_page_does_not_know_sees_a_page_all_the_same() -> None:
    response = Route("x/", "x", lambda request: HttpResponse("x"), "anyone", ("POST",)).answer(
        RequestFactory().get("/")
    )
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "No page stands here" in response.content.decode()
