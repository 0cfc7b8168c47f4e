"""Seven people in seven browsers take a sealed dossier to an approval with conditions, in Spanish.

The owner's browser runs no script and the desk signs for the account; the governance officer touches no
pointer and signs with a key file; the chair signs with a passkey. Every path, in every language and to a
refusal too: ``experiments/024-desk-journeys``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from civic_ai.core.messages import say
from civic_ai.policy.load import load_policy
from civic_ai.review.handed_in import open_gates
from civic_ai.review.level import may_waive
from civic_ai.web.demo.kept import REPORT
from civic_ai.web.demo.people import PLAYERS
from tests.desk.conftest import Running, free_port, new_reader, started
from tests.desk.desk_walk import (
    Board,
    Handed,
    Person,
    Seat,
    Sign,
    approved,
    before_the_board,
    by_account,
    by_file,
    by_passkey,
    is_public,
    ledger_is_good,
    makes_passkey,
    opened,
    sign_in,
    walk,
    with_authenticator,
)
from tests.desk.hands import Hands, Pointer, keyboard

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PILOT, LANGUAGE = "puerto-claro-potholes", "es"
NO_SCRIPTS, BY_KEYBOARD, BY_PASSKEY = "ana", "beatriz", "denise"
SEATS = (
    Seat("ana", "owner"),
    Seat("ana", "developer"),
    Seat("samuel", "technical_reviewer"),
    Seat("ixchel", "equity_reviewer"),
    Seat("beatriz", "governance_officer"),
    Seat("denise", "chair"),
    Seat("lucia", "member"),
    Seat("nahuel", "member", is_community=True),
)


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Running]:
    """A desk with one dossier and no case. It asks for the browser: without one nothing is founded."""
    home, port = tmp_path_factory.mktemp("journey") / "home", free_port()
    words = ("tests.desk.one_case", str(home), str(port), PILOT, NO_SCRIPTS)
    with started(words, home, port) as running:
        yield running


@pytest.fixture(scope="module")
def board(at_work: Running, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Everybody, signed in."""
    folder = tmp_path_factory.mktemp("signed")
    people = {
        player.account: _person(player.account, player.person, at_work, browser, folder) for player in PLAYERS
    }
    yield Board(PILOT, LANGUAGE, SEATS, people)
    for person in people.values():
        person.reader.context.close()


def _person(account: str, name: str, at_work: Running, browser: Browser, folder: Path) -> Person:
    reader = new_reader(browser, at_work, LANGUAGE, scripts=account != NO_SCRIPTS)
    hands: Hands = keyboard(reader.page, LANGUAGE) if account == BY_KEYBOARD else Pointer()
    sign_in(reader, hands, account, at_work.passwords[account])
    sign: Sign = by_file(at_work.home / "keys" / f"{account}.key", folder)
    if account == NO_SCRIPTS:
        sign = by_account(at_work.passwords[account])
    if account == BY_PASSKEY:
        with_authenticator(reader)
        sign = by_passkey
    return Person(name, reader, hands, sign)


def test_from_a_dossier_to_an_approval(at_work: Running, browser: Browser, board: Board) -> None:
    (dossier,) = (at_work.home / "dossiers" / PILOT).iterdir()
    policy = load_policy()
    waivers = {gate: may_waive(policy, "II", gate) for gate in open_gates(dossier, policy)}
    report = at_work.home / "pilots" / PILOT / REPORT
    handed = Handed(dossier, report, LANGUAGE, waivers, datetime.now(UTC).date())
    makes_passkey(board.people[BY_PASSKEY], board.people["beatriz"])
    deeds = [opened(board), *before_the_board(board, handed), *approved(board, handed)]
    walk(board, deeds)
    everybody = board.people.values()
    assert [(person.reader.complaints, person.reader.elsewhere) for person in everybody] == [([], [])] * 7
    assert ledger_is_good(at_work.home)
    resident = new_reader(browser, at_work, LANGUAGE)
    assert is_public(resident, board, deeds)
    resident.context.close()


def test_a_passkey_that_does_not_know_its_person_is_none(at_work: Running, browser: Browser) -> None:
    reader = new_reader(browser, at_work, "pt")
    sign_in(reader, Pointer(), "ixchel", at_work.passwords["ixchel"])
    with_authenticator(reader, knows_person=False)
    reader.opens("/keys/")
    reader.page.click("#new-passkey button")
    status = reader.page.locator("[role=status]")
    status.filter(has_text=say("No passkey was made. Try again, or use a key file.").text("pt")).wait_for()
    assert not reader.page.locator(".usa-alert").count()
    reader.context.close()
