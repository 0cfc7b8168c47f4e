"""A file goes in with a step and comes out for those in the case: byte for byte, or not at all."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civic_ai.core.errors import StoreError
from civic_ai.review.statement import read_statement
from civic_ai.store import blobs
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.drafts.models import Enclosure
from civic_ai.web.evidence import MOST_BYTES, kept_in
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

PROOF = b"%PDF-1.7\nthe notice, as it hangs in the library\n\xff"
DIGEST = sha256(PROOF).hexdigest()
FORM = f"/cases/{PILOT}/steps/post_notice/"


@pytest.fixture
def before(desk: Desk) -> Desk:
    """The board has the dossier; the officer posts the public notice."""
    for kind, by, role, given in TO_APPROVAL[:7]:
        take(desk.office, kind, by, role, **given)
    return desk


def page_of(digest: str) -> str:
    return f"/cases/{PILOT}/evidence/{digest}/"


def hand_in(content: bytes, name: str = "notice.pdf") -> tuple[int, str]:
    """Status, and where the statement waits or what the page says."""
    sent = {"where": "the library", "notice": SimpleUploadedFile(name, content)}
    answer = reader("off").post(FORM, sent)
    return answer.status_code, answer.headers.get("Location", answer.content.decode())


def sign(where: str, signer: str = "off") -> int:
    officer = reader("off")
    statement = read_statement(officer.get(f"{where}statement.json").content)
    assert DIGEST.encode() in officer.get(f"{where}statement.json").content
    signed = SimpleUploadedFile("s.json", said(statement, key_file(signer)).to_json())
    return officer.post(where, {"way": "file", "envelope": signed}).status_code


def test_what_was_signed_is_kept_and_handed_over_to_those_in_the_case(before: Desk) -> None:
    status, where = hand_in(PROOF)
    assert status == 302
    assert reader("mem").get(page_of(DIGEST)).status_code == 404, "nobody signed it yet"
    assert sign(where) == 302
    answer = reader("mem").get(page_of(DIGEST))
    assert answer.content == PROOF
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{PILOT}-{DIGEST[:12]}.pdf"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f'href="{page_of(DIGEST)}"' in reader("mem").get(f"/cases/{PILOT}/").content.decode()
    assert not Enclosure.objects.exists()
    Member.objects.add("zoe", "zoe", None)
    assert reader("zoe").get(page_of(DIGEST)).status_code == 403


def test_what_nobody_signs_is_not_kept(before: Desk) -> None:
    hand_in(PROOF)
    assert Enclosure.objects.count() == 1
    assert DIGEST not in kept_in(before.settings)


@pytest.mark.parametrize("signer", ["mem", "nobody"])
def test_what_comes_with_a_refused_signature_is_not_kept(before: Desk, signer: str) -> None:
    """Signed by another person, or by a key that nobody enrolled; the right signature may follow."""
    _, where = hand_in(PROOF)
    assert sign(where, signer) == 422
    assert not [path for path in before.settings.home.glob("evidence/**/*") if path.is_file()]
    assert sign(where) == 302
    assert reader("mem").get(page_of(DIGEST)).content == PROOF


def test_what_comes_with_a_step_that_is_not_allowed_any_more_is_not_kept(before: Desk) -> None:
    """Between the form and the signature the officer left the role: the signature itself is good."""
    _, where = hand_in(PROOF)
    take(before.office, "assign", "off", "governance_officer", holder=("new", "governance_officer"))
    take(before.office, "release", "off", "governance_officer", holder=("off", "governance_officer"))
    assert sign(where) == 422
    assert DIGEST not in kept_in(before.settings)


def test_what_a_resident_wrote_is_not_kept_only_its_digest(before: Desk) -> None:
    sent = {"comment": SimpleUploadedFile("letter.txt", PROOF)}
    answer = reader("off").post(f"/cases/{PILOT}/steps/public_comment/", sent)
    assert answer.status_code == 302
    assert not Enclosure.objects.exists()
    assert sign(answer.headers["Location"]) == 302
    assert DIGEST not in kept_in(before.settings)
    assert reader("off").get(page_of(DIGEST)).status_code == 404


def test_nothing_is_entered_when_its_file_cannot_be_kept(
    before: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, where = hand_in(PROOF)
    size = len(before.office.ledger.entries())

    def full(path: Path, content: bytes) -> None:
        raise StoreError([])

    monkeypatch.setattr(blobs, "write_atomically", full)
    assert sign(where) == 503
    assert len(before.office.ledger.entries()) == size
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"x" * (MOST_BYTES + 1), "larger than 8 megabytes"),
        (b"PK\x03\x04\x14\x00\x00\x00", "no PDF, PNG, JPEG or plain text"),
    ],
    ids=["empty", "large", "archive"],
)
def test_what_the_desk_does_not_take_is_said_at_its_field(before: Desk, content: bytes, says: str) -> None:
    status, page = hand_in(content)
    assert status == 422
    assert says in page
    assert 'id="notice-wrong"' in page
    assert not Enclosure.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../keys/log.key", "/etc/passwd", "..\\..\\x", "a\x00b.pdf", "%2e%2e%2fx"]
)
def test_a_name_leads_nowhere(before: Desk, name: str, tmp_path: Path) -> None:
    _, where = hand_in(PROOF, name)
    assert sign(where) == 302
    kept = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert kept == [tmp_path / "evidence" / DIGEST[:2] / DIGEST]


@pytest.mark.parametrize(
    "digest", ["..", "a", "log.key", "%2e%2e%2fkeys", "..%2f..%2fkeys%2flog.key", "A" * 64]
)
def test_no_digest_of_an_address_leads_elsewhere(before: Desk, digest: str) -> None:
    assert reader("off").get(page_of(digest)).status_code == 404


def test_a_digest_that_a_step_names_does_not_open_a_blob_of_a_run(before: Desk) -> None:
    """Somebody signs, elsewhere, a step that names the digest of rows that nobody may read."""
    secret = before.settings.workspace.blobs.put(b"who lives where")
    take(before.office, "post_notice", "off", "governance_officer")
    named = before.standing().events[PILOT][-1].action.notice  # type: ignore[union-attr]
    assert reader("off").get(page_of(named)).status_code == 404
    assert reader("off").get(page_of(secret)).status_code == 404


def test_a_kept_file_that_was_altered_is_not_handed_over(before: Desk) -> None:
    _, where = hand_in(PROOF)
    sign(where)
    kept_in(before.settings).path(DIGEST).write_bytes(PROOF + b"!")
    answer = reader("mem").get(page_of(DIGEST))
    assert answer.status_code == 409
    assert PROOF not in answer.content


def test_a_file_of_another_case_is_none_here(before: Desk) -> None:
    kept_in(before.settings).put(PROOF)
    assert reader("mem").get(page_of(DIGEST)).status_code == 404
