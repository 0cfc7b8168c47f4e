"""Every route with every role in every state of the way to an approval: HTTP says what the domain says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import Case
from civic_ai.review.workflow import may
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.guard import Route
from civic_ai.web.routes import ROUTES
from civic_ai.web.steps.offers import roles_for
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

OUTSIDER = "zoe"
EVERYBODY = [person for person, _ in PEOPLE]
NAMED = {
    "pilot": PILOT, "digest": "a" * 12, "name": "board_brief", "number": "12", "kind": "comment",
    "draft": "1", "key": "b" * 64, "path": "index.html", "language": "en", "year": "2026", "file": "x",
    "field": "A05",
}  # fmt: skip
"""What stands in the places of a path."""


def ids(route: Route) -> str:
    return route.name


def address(route: Route) -> str:
    pattern = next(each for each in get_resolver().url_patterns if each.name == route.name)
    return reverse(route.name, kwargs={name: NAMED[name] for name in pattern.pattern.converters})


def states(desk: Desk) -> Iterator[Case]:
    """The case in each state of the way; the ledger grows meanwhile."""
    yield Case()
    before = "unopened"
    for kind, by, role, given in TO_APPROVAL:
        case = take(desk.office, kind, by, role, **given).case
        if case.state != before or kind == "open_meeting":
            before = case.state
            yield case


@pytest.fixture
def clients(desk: Desk) -> dict[str, Client]:
    Member.objects.add(OUTSIDER, OUTSIDER, None)
    return {person: reader(person) for person in (*EVERYBODY, OUTSIDER)}


def test_nothing_is_reached_that_the_table_does_not_declare() -> None:
    reached = [pattern.name for pattern in get_resolver().url_patterns]
    assert reached == [route.name for route in ROUTES]
    assert len(set(reached)) == len(reached)


def test_a_step_is_offered_to_whom_the_domain_layer_allows_it_and_to_nobody_else(
    desk: Desk, clients: dict[str, Client]
) -> None:
    """All states, people and kinds against the domain. Of each kind in each state one allowed and one refused
    person send the form."""
    sent: set[tuple[int, str, bool]] = set()
    for number, case in enumerate(states(desk)):
        size = len(desk.office.ledger.entries())
        for person, kind in product(_turned(list(clients), number), ACTIONS):
            opens = case.state == "unopened" and kind == "open_case"
            allowed = opens or may(case, person, kind, desk.policy)
            assert bool(roles_for(case, person, kind, desk.policy)) == allowed
            if (number, kind, allowed) not in sent:
                status = clients[person].post(f"/cases/{PILOT}/steps/{kind}/", {}).status_code
                assert status in (302, 422) if allowed else status == 403, (case.state, person, kind, status)
                sent.add((number, kind, allowed))
        assert len(desk.office.ledger.entries()) == size
    assert len(sent) > len(ACTIONS) * 7


def _turned(people: list[str], by: int) -> list[str]:
    """The same people, in each state another first."""
    return people[by:] + people[:by]


@pytest.mark.parametrize("route", ROUTES, ids=ids)
def test_who_has_not_signed_in_sees_only_what_is_for_anyone(route: Route, desk: Desk) -> None:
    method = "get" if "GET" in route.methods else "post"
    response = getattr(reader(None), method)(address(route))
    if route.who == "anyone":
        assert not response.headers.get("Location", "").startswith("/login/?")
    elif method == "post":
        assert response.status_code == 401
        assert 'href="/login/?next=' in response.content.decode()
    else:
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("route", [each for each in ROUTES if each.who == "in the case"], ids=ids)
def test_who_has_no_part_in_a_case_opens_no_page_of_it(route: Route, desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    Member.objects.add(OUTSIDER, OUTSIDER, None)
    assert reader(OUTSIDER).get(address(route)).status_code == 403
    assert reader("aud").get(address(route)).status_code in (200, 404)


@pytest.mark.parametrize("route", ROUTES, ids=ids)
def test_each_route_is_asked_for_by_its_methods_only(route: Route, desk: Desk) -> None:
    client = reader("ona")
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(route.methods):
        assert client.generic(method, address(route)).status_code == 405


@pytest.mark.parametrize("route", [each for each in ROUTES if "POST" in each.methods], ids=ids)
def test_a_form_without_its_token_does_nothing(route: Route, desk: Desk) -> None:
    client = reader("ona")
    client.handler.enforce_csrf_checks = True
    assert client.post(address(route), {"way": "account"}).status_code == 403
    assert "This form is too old" in client.post(address(route)).content.decode()
