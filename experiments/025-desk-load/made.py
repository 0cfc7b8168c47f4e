"""A desk with many pilots: a ledger, dossiers, accounts with a session each; nothing of it is real."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from tests.unit.review.made_case import PEOPLE, act, deed, holder, policy
from tests.unit.review.made_ledger import LOG, said, write_log_key
from tests.unit.review.made_ledger import key_file as made_key_file
from tests.unit.review.made_office import TO_APPROVAL, about_pilot

from civic_ai.core.base64 import base64_text
from civic_ai.core.canonical import canonical_json, digest_of, digest_of_file
from civic_ai.records.action import Action
from civic_ai.records.case import Case
from civic_ai.records.ledger import STATEMENT_TYPE, SignedEnvelope, read_entry
from civic_ai.records.people import Holder
from civic_ai.review.envelope import pre_authentication_encoding
from civic_ai.review.history import dossier_of, statement_of
from civic_ai.review.keys import enrol
from civic_ai.review.ledger import Book, found_ledger
from civic_ai.review.ledger_schema import ENTRIES
from civic_ai.review.merkle import leaf_hash
from civic_ai.review.workflow import next_case
from civic_ai.store.blobs import Blobs
from civic_ai.web.settings import DeskSettings

VOTERS = tuple(f"v{number:02}" for number in range(10))
OTHERS = tuple(person for person, _ in PEOPLE if person not in ("com", "mem"))
READERS = (*OTHERS, *(f"r{number:02}" for number in range(50 - len(OTHERS))))
OPENED = TO_APPROVAL[:9]
"""The way to a meeting of the board that nobody has voted in."""
HANDED_IN, EXAMINED = TO_APPROVAL[:2], TO_APPROVAL[:7]
Way = tuple[tuple[str, str, str, dict[str, Any]], ...]
key_file = cache(made_key_file)


KEPT = "lakefield-potholes"
"""The pilot whose sealed dossier is at hand; of the others the desk knows what the ledger says."""


@dataclass(frozen=True)
class Size:
    """``pilots``: in the portfolio; ``meetings``: of them, those in which ten members are to vote."""

    pilots: int
    meetings: int

    @property
    def to_vote_in(self) -> tuple[str, ...]:
        """Pilots whose board meets."""
        return (KEPT, *(f"board-{number:03}" for number in range(1, self.meetings)))

    @property
    def others(self) -> tuple[str, ...]:
        """All others."""
        return tuple(f"pilot-{number:05}" for number in range(self.pilots - self.meetings))


def settings_file(home: Path, ledger: str, database: str, address: str) -> Path:
    """What ``civic-ai desk --settings`` reads."""
    ruled = home / "policy.yaml"
    ruled.write_text(policy().model_dump_json(by_alias=True), "utf-8")
    file = home / "desk.yaml"
    said = {"home": ".", "policy": ruled.name, "ledger": ledger, "database": database, "address": address}
    file.write_text("".join(f"{name}: '{value}'\n" for name, value in said.items()), "utf-8")
    return file


def make_ledger(home: Path, url: str, size: Size, dossier: Path) -> int:
    """The ledger; how many entries it has. ``dossier``: a sealed one, which every board reads."""
    write_log_key(home)
    ledger = found_ledger(url, LOG)
    digest = digest_of_file(dossier / "manifest.json")
    Blobs(home / "blobs").put_record(policy())
    with ledger.writing() as book:
        today = datetime.now(UTC).date()
        custodian = key_file("off")
        book.append(said(enrol(custodian.public_key, is_custodian=True), custodian))
        for person in (*OTHERS, *VOTERS):
            if person != "off":
                book.append(said(enrol(key_file(person).public_key), custodian))
        for pilot in size.to_vote_in:
            for envelope in _walk(pilot, digest, OPENED, today):
                book.append(envelope)
        place = home / "dossiers" / KEPT
        place.mkdir(parents=True)
        (place / digest[:12]).symlink_to(dossier, target_is_directory=True)
        _append_others(book, size, today)
        return book.size


NAME, DIGEST = "pilot-00000", "0" * 64
"""Stand for every other pilot and its dossier: what is signed about one is signed about each."""


def _append_others(book: Book, size: Size, today: date) -> None:
    """The steps of all other pilots, each unjudged: the desk judges them when it starts."""
    handed_in, examined = (_walk(NAME, DIGEST, way, today) for way in (HANDED_IN, EXAMINED))
    rows = []
    for number, pilot in enumerate(size.others):
        made = hashlib.sha256(pilot.encode()).hexdigest()
        for envelope in examined if number % 20 == 0 else handed_in:
            rows.append(_row(book, envelope, pilot, made))
    book.connection.execute(insert(ENTRIES), rows)


def _row(book: Book, envelope: SignedEnvelope, pilot: str, dossier: str) -> dict[str, object]:
    """The same statement about another pilot, signed by the same key, as a row of the ledger."""
    content = envelope.content.replace(_unopened(NAME), _unopened(pilot))
    content = content.replace(NAME.encode(), pilot.encode()).replace(DIGEST.encode(), dossier.encode())
    key = next(key_file(person) for person in OTHERS if key_file(person).public_key.id == _signer(envelope))
    signature = key.key.sign(pre_authentication_encoding(STATEMENT_TYPE, content))
    signed = canonical_json(
        {
            "payload": base64_text(content),
            "payloadType": STATEMENT_TYPE,
            "signatures": [{"keyid": _signer(envelope), "sig": base64_text(signature)}],
        }
    )
    line = f"{book.at} {signed.decode()}".encode()
    row = {
        "number": book.size,
        "at": book.at,
        "envelope": signed.decode(),
        "statement": hashlib.sha256(content).hexdigest(),
    }
    book._new.append(read_entry(book.size, line))
    book.tree = book.tree.plus(leaf_hash(line))
    return row


def _signer(envelope: SignedEnvelope) -> str:
    return envelope.signatures[0].keyid


def _unopened(pilot: str) -> bytes:
    """What a step is about before there is a dossier."""
    return digest_of({"pilot": pilot}).encode()


def _walk(pilot: str, dossier: str, way: Way, today: date) -> list[SignedEnvelope]:
    case, made = Case(), []
    for kind, by, role, given in way:
        action = _today(about_pilot(act(deed(kind, by, role, **given)), pilot, dossier), today)
        made.append(said(statement_of(pilot, action, dossier_of(action, case), policy()), key_file(by)))
        case = next_case(case, action, policy())
    return made


def _today(action: Action, today: date) -> Action:
    changed: dict[str, object] = {"at": today}
    if action.kind == "open_case":
        changed["people"] = tuple(_people())
    if action.kind == "open_meeting":
        changed |= {"present": ("cha", *VOTERS), "absent": ()}
    return action.model_copy(update=changed)


def _people() -> Iterator[Holder]:
    yield from (holder(person, role) for person, role in PEOPLE if person in OTHERS)
    for person in VOTERS:
        yield Holder(person=person, role="member", is_community=person == VOTERS[0])


def sessions(desk: DeskSettings) -> dict[str, str]:
    """An account for everybody, and the session of each: whoever measures pages need not wait for passwords.

    Once in a process: it tells Django its settings.
    """
    from civic_ai.web.start import configure

    configure(desk)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from civic_ai.web.accounts.models import Member

    made = {}
    for person in (*READERS, *VOTERS):
        member = Member.objects.add(person, person, None)
        session = SessionStore()
        session[SESSION_KEY] = str(member.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = member.get_session_auth_hash()
        session.save()
        made[person] = str(session.session_key)
    return made


def token() -> str:
    """A form's token: the cookie and the field must agree."""
    return secrets.token_hex(16)
