"""What seven people do at the desk from a sealed dossier to a decision, each in a browser of their own.

The same steps by command line: ``tests/journey/board_walk.py``. Whoever takes a step begins at the own queue,
and after each step the page must say what happened, what is next, and for whom it waits.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from civic_ai.cards.verification import MANIFEST
from civic_ai.cli.main import main
from civic_ai.core.canonical import digest_of_file
from civic_ai.records.case import State
from civic_ai.records.people import BoardRole
from civic_ai.records.workflow_words import DEEDS, ROLES, STATES
from civic_ai.review.key_files import note_key, read_key_file
from civic_ai.review.ledger_judged import judge_database
from civic_ai.review.ledger_trust import Trust
from civic_ai.store.workspace import Workspace
from civic_ai.web.demo.words import WORDS
from tests.desk.conftest import Reader
from tests.desk.hands import Given, Hands, goes

if TYPE_CHECKING:
    from playwright.sync_api import Page

GO_ON = "main form.usa-form--large > button:not([name])"


@dataclass(frozen=True)
class Seat:
    """One person in one role."""

    account: str
    role: BoardRole
    is_community: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody at the desk: the name on the ledger, a browser, a pair of hands, and a way to sign."""

    name: str
    reader: Reader
    hands: Hands
    sign: Sign

    @property
    def page(self) -> Page:
        """The page that the person has before them."""
        return self.reader.page

    def goes(self, css: str) -> None:
        """To another page."""
        goes(self.hands, self.page, css)


Sign = Callable[[Person], None]
"""Signs the statement that the person has before them; ends on the page after it."""


def by_account(password: str) -> Sign:
    """Type the password again; the desk signs."""

    def sign(person: Person) -> None:
        person.hands.fill(person.page, "password", password)
        person.goes("form:has([value=account]) button")

    return sign


def by_file(key: Path, folder: Path) -> Sign:
    """Download the statement, sign it with ``civic-ai sign``, hand in what that printed."""

    def sign(person: Person) -> None:
        statement, signed = folder / "statement.json", folder / "signed.json"
        with person.page.expect_download() as download:
            person.hands.use(person.page, "a[href$='statement.json']")
        download.value.save_as(statement)
        signed.write_text(_said("sign", statement, "--key", key), "utf-8")
        person.hands.fill(person.page, "envelope", signed)
        person.goes("form:has([value=file]) button")

    return sign


def by_passkey(person: Person) -> None:
    """Let the browser ask the passkey, which says yes by itself here."""
    person.goes("#by-passkey button")


def _said(*words: object) -> str:
    """What a command prints for another program."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(io.StringIO()):
        assert main([str(word) for word in words]) == 0, words
    return said.getvalue()


def with_authenticator(reader: Reader, *, knows_person: bool = True) -> None:
    """Give the browser a passkey's authenticator, which says yes by itself (CDP, domain WebAuthn)."""
    session = reader.context.new_cdp_session(reader.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": knows_person,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def makes_passkey(person: Person, custodian: Person) -> None:
    """On the page of the own keys; the custodian finds it there and enrols it."""
    person.goes(".desk-reader a[href='/keys/']")
    person.goes("#new-passkey button")
    assert custodian.name in _main(person.page), "the page does not say for whom it waits"
    custodian.goes(".desk-nav a[href='/']")
    custodian.goes("main a[href='/keys/']")
    custodian.goes("form[action$='/enrol/'] button")
    custodian.sign(custodian)
    assert person.name in custodian.page.locator(".usa-alert__text").inner_text()
    person.goes(".desk-reader a[href='/keys/']")
    assert custodian.name not in _main(person.page), "it waits for nobody any more"


def _main(page: Page) -> str:
    return page.locator("main").inner_text()


@dataclass(frozen=True)
class Deed:
    """One step: who takes it, the state to which it leads, and what goes into the fields of its form.

    ``account``: of two who hold the role, this one."""

    kind: str
    role: BoardRole
    leads_to: State
    fields: Mapping[str, Given] = field(default_factory=dict)
    account: str | None = None


@dataclass(frozen=True)
class Board:
    """The people of one case, and the language in which they read and write."""

    pilot: str
    language: str
    seats: Sequence[Seat]
    people: Mapping[str, Person]

    def takes(self, deed: Deed) -> Person:
        """Who takes a step."""
        account = deed.account or next(seat.account for seat in self.seats if seat.role == deed.role)
        return self.people[account]

    def take(self, deed: Deed, after: Deed | None) -> None:
        """From the person's queue to the page that says what is next; ``after``: the step after this one."""
        person = self.takes(deed)
        self._open(person, deed.kind)
        for name, given in deed.fields.items():
            self._fill(person, name, given)
        self._sends(person, GO_ON, "/sign/")
        person.sign(person)
        assert "/entries/" in person.page.url, _main(person.page)
        self._require_told(person.page, deed, after)

    def _open(self, person: Person, kind: str) -> None:
        """The form, by the queue where it stands there, else by the case, among those of the person."""
        person.goes(".desk-nav a[href='/']")
        if kind == "open_case":
            person.goes("main a[href='/cases/new/steps/open_case/']")
            return
        step = f"main a[href='/cases/{self.pilot}/steps/{kind}/']"
        if not person.page.locator(step).count():
            person.goes("main a[href='/portfolio/?attention=mine']")
            person.goes(f"main a[href='/cases/{self.pilot}/']")
        person.goes(step)

    def _fill(self, person: Person, name: str, given: Given) -> None:
        if not person.page.locator(f"[name='{name}']").count():
            person.goes(f"button[name=more][value='{name.partition('.')[0]}']")
        person.hands.fill(person.page, name, given)

    def _sends(self, person: Person, css: str, where: str) -> None:
        person.goes(css)
        assert where in person.page.url, _main(person.page)

    def _require_told(self, page: Page, deed: Deed, after: Deed | None) -> None:
        """The page says in the reader's language what happened, what is next, and for whom it waits."""
        told, says = page.locator(".usa-alert__text").inner_text(), _main(page)
        assert page.get_attribute("html", "lang") == self.language
        assert STATES[deed.leads_to].text(self.language) in told, told
        assert DEEDS[deed.kind].text(self.language) in told, told
        if after is not None:
            assert self.takes(after).name in says, f"{after.kind} is not said to wait: {says}"
            assert ROLES[after.role].text(self.language) in says, says
            awaited = after.fields["gate"] if after.kind == "waive" else DEEDS[after.kind].text(self.language)
            assert str(awaited) in says, says


def sign_in(reader: Reader, hands: Hands, account: str, password: str) -> None:
    """By the form, with the person's own hands."""
    reader.opens("/login/")
    hands.fill(reader.page, "name", account)
    hands.fill(reader.page, "password", password)
    goes(hands, reader.page, "main form button")
    assert reader.page.url.rstrip("/") == reader.address, _main(reader.page)


def walk(board: Board, deeds: Sequence[Deed]) -> None:
    """Take every step, one after the other."""
    for deed, after in zip_longest(deeds, deeds[1:]):
        board.take(deed, after)


def ledger_is_good(home: Path) -> bool:
    """Whether the ledger of this workspace can be believed, by civic-ai's own verification."""
    log = note_key(read_key_file(home / "keys" / "log.key")).public
    return judge_database(f"sqlite:///{home}/ledger.sqlite", Workspace(home), Trust(log)).is_good


def is_public(resident: Reader, board: Board, deeds: Sequence[Deed]) -> bool:
    """Whether a reader without login finds decision, reason and dissents in the public register."""
    resident.opens(f"/register/{board.language}/index.html")
    resident.page.click(f"a[href*='{board.pilot}/']")
    said = [deed.fields["dissent"] for deed in deeds if "dissent" in deed.fields]
    told = [STATES[deeds[-1].leads_to].text(board.language), deeds[-1].fields["reason"], *said]
    return all(str(each) in _main(resident.page) for each in told)


@dataclass(frozen=True)
class Handed:
    """What a path begins with: a sealed dossier, the report of a second run, the language of the notice."""

    dossier: Path
    report: Path
    language: str
    waivers: Mapping[str, BoardRole]
    """Each gate that does not pass, and who may waive it."""
    today: date

    @property
    def digest(self) -> str:
        """What people sign."""
        return digest_of_file(self.dossier / MANIFEST)

    @property
    def notice(self) -> Path:
        """What residents read."""
        return self.dossier / "public" / f"public_notice.{self.language}.html"

    @property
    def ends(self) -> date:
        """The last day of an approval."""
        return self.today + timedelta(days=200)


def opened(board: Board) -> Deed:
    """The owner names everybody."""
    fields: dict[str, Given] = {"pilot": board.pilot}
    for number, seat in enumerate(board.seats):
        fields[f"people.{number}.person"] = board.people[seat.account].name
        fields[f"people.{number}.role"] = seat.role
        if seat.is_community:
            fields[f"people.{number}.is_community"] = "true"
    return Deed("open_case", "owner", "draft", fields)


def before_the_board(board: Board, handed: Handed) -> list[Deed]:
    """From a sealed dossier to a board that may meet."""
    word = _words(board.language)
    finding = {"findings.0.severity": "major", "findings.0.text": word("finding-silence")}
    return [
        Deed("submit", "owner", "submitted", {"dossier": handed.digest}),
        Deed("propose_level", "governance_officer", "submitted"),
        Deed("confirm_level", "chair", "triaged", {"level": "II"}),
        Deed("attest_reproduction", "technical_reviewer", "in_review", {"report": handed.report}),
        Deed("review", "technical_reviewer", "in_review", {"reason": word("review-technical")}),
        Deed("review", "equity_reviewer", "in_review", {"reason": word("review-equity")} | finding),
        Deed("hand_to_board", "governance_officer", "board_pilot"),
        Deed("post_notice", "governance_officer", "board_pilot",
             {"notice": handed.notice, "where": word("notice-where")}),
        Deed("open_meeting", "chair", "board_pilot",
             {"present": [board.people[each.account].name for each in _seats(board)]}),
    ]  # fmt: skip


def approved(board: Board, handed: Handed) -> list[Deed]:
    """Each open gate is waived, the board approves against a dissent, with two conditions."""
    word, ends = _words(board.language), handed.ends
    owner = board.people[next(seat.account for seat in board.seats if seat.role == "owner")].name
    waived = [
        Deed("waive", role, "board_pilot",
             {"gate": gate, "reason": word(f"waived-{gate}"), "ends_on": ends})
        for gate, role in handed.waivers.items()
    ]  # fmt: skip
    yes, no = {"verdict": "approve"}, {"verdict": "reject", "dissent": word("vote-no")}
    said = (yes | {"reason": word("vote-chair")}, no | {"reason": word("vote-no-member")},
            yes | {"reason": word("vote-member")})  # fmt: skip
    conditions: dict[str, Given] = {}
    for number, day in enumerate((handed.today + timedelta(days=45), ends)):
        at = f"conditions.{number}"
        conditions |= {f"{at}.text": word("condition-lot"), f"{at}.owner": owner, f"{at}.due_on": day,
                       f"{at}.proof": word("proof-lot"), f"{at}.if_missed": "suspend"}  # fmt: skip
    scope = {"binding.area": word("area"), "binding.use": word("use")}
    end: dict[str, Given] = {"verdict": "approve", "reason": word("approved"), "expires_on": ends}
    return [
        *waived,
        *_votes(board, said),
        Deed("close_vote", "chair", "approved_for_pilot", end | conditions | scope),
    ]


def refused(board: Board, handed: Handed) -> list[Deed]:
    """The board refuses; one member would have tried it, and says why."""
    word, no = _words(board.language), {"verdict": "reject"}
    dissent = {"verdict": "approve", "reason": word("vote-member"), "dissent": word("vote-chair")}
    said = (no | {"reason": word("vote-no")}, dissent, no | {"reason": word("vote-no-member")})
    return [
        *_votes(board, said),
        Deed("close_vote", "chair", "rejected", no | {"reason": word("rejected")}),
    ]


def _votes(board: Board, said: Sequence[Mapping[str, Given]]) -> list[Deed]:
    return [
        Deed("vote", seat.role, "board_pilot", told, seat.account)
        for seat, told in zip(_seats(board), said, strict=True)
    ]


def _seats(board: Board) -> list[Seat]:
    return [seat for seat in board.seats if seat.role in ("chair", "member")]


def _words(language: str) -> Callable[[str], str]:
    return lambda name: WORDS[name][language]
