from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest

from civic_ai.core.base64 import base64_text
from civic_ai.core.errors import ConfigError, RefusedError, StoreError
from civic_ai.core.messages import say
from civic_ai.records.ledger import Signature, SignedEnvelope
from civic_ai.review.checkpoint import open_checkpoint
from civic_ai.review.envelope import seal_envelope, to_sign
from civic_ai.review.keys import enrol, revoke
from civic_ai.review.ledger import RESTS, Ledger, found_ledger, now, open_ledger, serve_ledger
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import NoteKey, read_note
from civic_ai.review.passkey import challenge
from civic_ai.review.statement import state
from civic_ai.review.witness import Witness, cosignatures
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_ledger import (
    ANA,
    BEA,
    DOSSIER,
    EVE,
    LOG,
    OTHER_LOG,
    START,
    WITNESS,
    Clock,
    append,
    cosign,
    found,
    founding,
    said,
    seconds,
    vote,
)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/ledger.sqlite"


def test_what_was_appended_stands_in_order_and_sealed(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    append(ledger, vote(1, ANA), vote(2, ANA))
    entries = open_ledger(url(tmp_path)).entries()
    assert [entry.number for entry in entries] == [0, 1, 2]
    assert [entry.envelope for entry in entries] == [founding(), vote(1, ANA), vote(2, ANA)]
    assert [entry.at for entry in entries] == [f"2026-01-05T09:0{minute}:00.000000Z" for minute in (1, 2, 3)]
    snapshot = ledger.snapshot()
    assert snapshot.lines == tuple(entry.line for entry in entries)
    sealed = open_checkpoint(snapshot.checkpoint, LOG.public)
    assert sealed is not None
    assert (sealed.size, sealed.root) == (3, root([leaf_hash(line) for line in snapshot.lines]).hex())
    assert snapshot.witnessed is None


def test_the_caller_reads_decides_and_appends_in_one_transaction(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    with ledger.writing() as book:
        assert [entry.number for entry in book.entries()] == [0]
        made = book.append(vote(1, ANA))
        assert book.entries()[-1] == made
        assert made.at == book.at
        assert ledger.entries() == book.entries()[:1]  # nobody else sees it yet
        assert book.append(vote(2, ANA)).number == 2
    assert len(ledger.entries()) == 3


def test_an_error_of_the_caller_leaves_no_trace(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    before = ledger.snapshot()
    with pytest.raises(RefusedError, match="no quorum"):
        append_and_refuse(ledger)
    assert ledger.snapshot() == before
    append(ledger, vote(1, ANA))


def append_and_refuse(ledger: Ledger) -> None:
    with ledger.writing() as book:
        book.append(vote(1, ANA))
        raise RefusedError.because(say("no quorum"))


def test_a_transaction_without_an_entry_makes_no_checkpoint(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    before = ledger.snapshot()
    with ledger.writing() as book:
        assert book.register.custodians(1) == {ANA.public_key.id}
    assert ledger.snapshot() == before


def test_the_keys_go_along_within_one_transaction(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    with ledger.writing() as book:
        book.append(said(enrol(BEA.public_key), ANA))
        book.append(vote(1, BEA))
        book.append(said(revoke(BEA.public_key.id, "left"), ANA))
        with pytest.raises(RefusedError, match="no longer in use"):
            book.append(vote(2, BEA))
    with ledger.writing() as book:
        assert book.register.spans[BEA.public_key.id].last == 3
        assert book.admit(vote(3, ANA)).signers == (ANA.public_key,)
    assert set(ledger.register().spans) == {ANA.public_key.id, BEA.public_key.id}
    assert ledger.register().spans[BEA.public_key.id].last == 3


def test_what_may_not_stand_is_refused(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    append(ledger, vote(1, ANA))
    for envelope, says in (
        (vote(2, EVE), "not enrolled"),
        (vote(1, ANA), "stands already as entry 1"),
        (said(enrol(EVE.public_key), EVE), "not enrolled"),
    ):
        with pytest.raises(RefusedError, match=says) as refused:
            append(ledger, envelope)
        assert "Nothing was entered." in refused.value.text()
    assert len(ledger.entries()) == 2


def test_a_double_click_in_one_transaction_is_refused(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    with ledger.writing() as book:
        book.append(vote(1, ANA))
        with pytest.raises(RefusedError, match="stands already as entry 1"):
            book.append(vote(1, ANA))
    assert len(ledger.entries()) == 2


def test_a_clock_that_goes_back_appends_in_order(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    year_before = START - timedelta(days=365)
    append(Ledger(ledger.engine, LOG, lambda: year_before), vote(1, ANA))
    append(Ledger(ledger.engine, LOG, lambda: START.astimezone(timezone(timedelta(hours=-6)))), vote(2, ANA))
    assert [entry.at[:16] for entry in ledger.entries()] == [
        "2026-01-05T09:01",
        "2025-01-05T09:00",
        "2026-01-05T09:00",
    ]


def test_the_clock_is_in_utc() -> None:
    assert now().tzinfo is UTC


def test_founding_is_done_once_and_opening_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no ledger stands here"):
        open_ledger(url(tmp_path))
    assert not list(tmp_path.iterdir())
    empty = found_ledger(url(tmp_path), LOG).snapshot()
    sealed = open_checkpoint(empty.checkpoint, LOG.public)
    assert sealed is not None
    assert (sealed.size, empty.lines, empty.witnessed) == (0, (), None)
    with pytest.raises(RefusedError, match="stands here already"):
        found_ledger(url(tmp_path), LOG)
    assert stat.S_IMODE((tmp_path / "ledger.sqlite").stat().st_mode) == 0o600
    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(ConfigError, match="no ledger stands here"):
        open_ledger(f"sqlite:///{tmp_path}/other.sqlite")


@pytest.mark.parametrize("key", [None, OTHER_LOG])
def test_only_the_logs_own_key_writes(tmp_path: Path, key: NoteKey | None) -> None:
    found(tmp_path)
    with pytest.raises((ConfigError, RefusedError), match=r"log's key|not signed by other"):
        append(open_ledger(url(tmp_path), key), vote(1, ANA))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET at = '2026-01-05T09:09:00.000000Z' WHERE number = 1",
        'UPDATE entries SET envelope = replace(envelope, \'"sig":"\', \'"sig":"!\') WHERE number = 1',
        "DELETE FROM entries WHERE number = 2",
        "DELETE FROM entries WHERE number = 1",
        "UPDATE entries SET number = 9 - number WHERE number > 0",
        "DELETE FROM checkpoints WHERE size = 3",
        "INSERT OR REPLACE INTO checkpoints SELECT 3, note FROM checkpoints WHERE size = 2",
    ],
)
def test_an_altered_database_is_not_written_any_more(tmp_path: Path, change: str) -> None:
    ledger = found(tmp_path)
    append(ledger, vote(1, ANA), vote(2, ANA))
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    raw.execute("PRAGMA recursive_triggers=ON")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(change)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(change)
    raw.commit()
    raw.close()
    with pytest.raises(RefusedError, match="was altered") as refused:
        append(ledger, vote(3, ANA))
    assert "ledger verify" in refused.value.text()


def alter(folder: Path, change: str) -> None:
    """As somebody who owns the file."""
    raw = sqlite3.connect(folder / "ledger.sqlite")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(change)
    raw.commit()
    raw.close()


def test_a_server_finds_an_altered_row_at_its_next_whole_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in between is entered on the hashes of what was there: the alteration stays plain."""
    passed = [0.0]
    monkeypatch.setattr("civic_ai.review.ledger.monotonic", lambda: passed[0])
    found(tmp_path)
    ledger = serve_ledger(url(tmp_path), LOG, 1)
    append(ledger, vote(1, ANA), vote(2, ANA))
    alter(tmp_path, "UPDATE entries SET at = '2026-01-05T09:09:00.000000Z' WHERE number = 1")
    passed[0] += RESTS / 2
    append(ledger, vote(3, ANA))
    told = verify_ledger(export(ledger.snapshot()), Trust(LOG.public), now())
    assert "checkpoint mismatch" in {finding.kind for finding in told.findings}
    passed[0] += RESTS / 2
    with pytest.raises(RefusedError, match="was altered"):
        append(ledger, vote(4, ANA))
    assert len(ledger.entries()) == 4


@pytest.mark.parametrize("number", [0, 2])
def test_what_a_step_depends_on_is_read_again_in_any_case(tmp_path: Path, number: int) -> None:
    found(tmp_path)
    ledger = serve_ledger(url(tmp_path), LOG, 1)
    append(ledger, vote(1, ANA), said(enrol(BEA.public_key), ANA))
    alter(tmp_path, f"UPDATE entries SET at = '2026-01-05T09:09:00.000000Z' WHERE number = {number}")
    with pytest.raises(RefusedError, match="was altered"), ledger.writing() as book:
        book.about("streets")


def test_a_server_goes_on_with_a_ledger_that_was_put_in_the_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    found(tmp_path)
    ledger = serve_ledger(url(tmp_path), LOG, 1)
    append(ledger, vote(1, ANA))
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as raw:
        raw.execute(f"VACUUM INTO '{tmp_path}/copy/ledger.sqlite'")
    append(ledger, vote(2, ANA))
    append(open_ledger(url(tmp_path / "copy"), LOG), vote(3, ANA), vote(4, ANA))
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "copy" / "ledger.sqlite").rename(tmp_path / "ledger.sqlite")
    append(ledger, vote(5, ANA))
    assert [entry.envelope for entry in ledger.entries()][1:] == [vote(each, ANA) for each in (1, 3, 4, 5)]


def test_a_cosignature_is_kept_with_its_checkpoint(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    coach = Witness(WITNESS, tmp_path / "coach")
    cosign(ledger, coach, 0, seconds(START))
    first = ledger.snapshot()
    assert first.witnessed == first.checkpoint
    append(ledger, vote(1, ANA))
    second = ledger.snapshot()
    assert second.witnessed == first.checkpoint
    cosign(ledger, coach, 1, seconds(START) + 5)
    cosign(ledger, coach, 2, seconds(START) + 9)
    note = read_note(ledger.snapshot().witnessed or "")
    assert [one.at - seconds(START) for one in cosignatures(note, [WITNESS.public])] == [5, 9]
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    assert raw.execute("SELECT number, size FROM cosignatures ORDER BY number").fetchall() == [
        (0, 1),
        (1, 2),
        (2, 2),
    ]


def test_a_cosignature_that_is_none_is_refused(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    note = ledger.snapshot().checkpoint
    for wrong, says in (
        (note, "no good signature"),
        (note + WITNESS.line(b"\0" * 72), "no good signature"),
        (note + "no line", "no good signature"),
        (note.replace("\n1\n", "\n2\n"), "no checkpoint of this ledger"),
        ("%\n\n" + note, "no checkpoint of this ledger"),
    ):
        with pytest.raises(RefusedError, match=says):
            ledger.record_cosignature(wrong, WITNESS.public)
    assert ledger.snapshot().witnessed is None


def test_a_database_that_refuses_is_told(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    raw.execute("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    raw.commit()
    with pytest.raises(StoreError, match="disk is full"):
        append(ledger, vote(1, ANA))
    assert len(ledger.entries()) == 1


def test_clocks_of_tests_go_on() -> None:
    clock = Clock()
    assert clock() < clock()


def test_a_passkeys_counter_goes_on_from_its_last_entry_in_any_case(tmp_path: Path) -> None:
    """A step reads the entries of its own case; a copied passkey is told all the same."""
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    ledger, passkey = found(tmp_path), Authenticator()
    append(ledger, said(enrol(passkey.public_key), ANA))

    def by_passkey(number: int, count: int) -> SignedEnvelope:
        passkey.count = count - 1
        statement = state("vote", f"pilot-{number}", DOSSIER, {"round": number})
        sig = base64_text(passkey.assertion(challenge(to_sign(statement))))
        return seal_envelope(statement, [Signature(keyid=passkey.public_key.id, sig=sig)])

    append(ledger, by_passkey(1, 7), vote(1, ANA))
    with pytest.raises(RefusedError, match="counted 7 after 7: it may have been copied"):
        append(ledger, by_passkey(2, 7))
    append(ledger, by_passkey(3, 8))
    assert len(ledger.entries()) == 5
