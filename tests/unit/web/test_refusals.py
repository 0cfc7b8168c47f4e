"""Each refusal says what happened and what to do, and nothing of what is inside."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from civic_ai.web import refusals
from civic_ai.web.accounts.password import LABELS
from civic_ai.web.desk import Desk
from civic_ai.web.pages import queue
from tests.unit.review.made_office import PILOT
from tests.unit.web.made_desk import reader

STEP = f"/cases/{PILOT}/steps/comment/"
SECRET = dict.fromkeys(LABELS, "a long and honest sentence")
TYPED = {"text": "Two hours\nof <b>work</b>", **SECRET, "role": "coach"}


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


def test_what_was_written_when_a_session_ended_is_handed_back(desk: Desk) -> None:
    response = reader(None).post(STEP, TYPED)
    page = response.content.decode()
    assert response.status_code == 401
    assert "Your session has ended" in page
    assert "Two hours\nof &lt;b&gt;work&lt;/b&gt;" in page
    assert "honest" not in page
    assert f'href="/login/?next=%2Fcases%2F{PILOT}%2Fsteps%2Fcomment%2F"' in page


@pytest.mark.parametrize(("site", "is_shown"), [("same-origin", True), ("cross-site", False), (None, False)])
def test_a_form_with_an_old_token_is_handed_back_to_our_own_pages_only(
    desk: Desk, site: str | None, is_shown: bool
) -> None:
    client = reader("ona")
    client.handler.enforce_csrf_checks = True
    client.get(STEP)
    page = client.post(STEP, TYPED, headers={"Sec-Fetch-Site": site} if site else {}).content.decode()
    assert "This form is too old" in page
    assert ("Two hours" in page) == is_shown
    assert "honest" not in page


def test_a_browser_without_cookies_is_told_so(desk: Desk) -> None:
    client = reader(None)
    client.handler.enforce_csrf_checks = True
    response = client.post("/login/", {"name": "ona", "password": "x"})
    assert (response.status_code, "Allow cookies" in response.content.decode()) == (403, True)


def test_who_uses_another_name_of_the_desk_learns_its_own(desk: Desk) -> None:
    response = reader(None).get("/login/", headers={"Host": "127.0.0.1"})
    assert (response.status_code, "Open http://testserver" in response.content.decode()) == (400, True)


def test_who_has_not_signed_in_is_led_to_what_everybody_may_read(desk: Desk) -> None:
    assert (
        'href="/register/en/index.html">The public register</a> <a'
        in reader(None).get("/nowhere/").content.decode()
    )
    assert (
        'href="/register/en/index.html">The public register</a> <a'
        not in reader("ona").get("/nowhere/").content.decode()
    )
