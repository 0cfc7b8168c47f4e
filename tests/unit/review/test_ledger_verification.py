from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from civic_ai.core.base64 import base64_text
from civic_ai.core.messages import written_moment
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.keys import enrol
from civic_ai.review.ledger import Ledger
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import NoteKey
from civic_ai.review.witness import Witness
from tests.unit.review.made_ledger import (
    ANA,
    BEA,
    EVE,
    LOG,
    OTHER_LOG,
    START,
    TRUST,
    WITNESS,
    append,
    cosign,
    found,
    founding,
    history,
    said,
    seconds,
    vote,
)

TODAY = START + timedelta(days=3)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> ExportedLedger:
    return history(tmp_path_factory.mktemp("ledger"), 16)


def kinds(exported: ExportedLedger, trust: Trust = TRUST) -> list[tuple[str, int | None]]:
    found_ = verify_ledger(exported, trust, TODAY).findings
    assert all(finding.says.text() for finding in found_), "every place of a sentence is filled"
    return [(finding.kind, finding.entry) for finding in found_]


def sealed(lines: list[bytes], key: NoteKey = LOG) -> dict[str, bytes]:
    """The files of these lines as an operator with ``key`` would make them."""
    leaves = [leaf_hash(line) for line in lines]
    checkpoint = Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex())
    return {
        "entries": b"".join(line + b"\n" for line in lines),
        "leaves": b"".join(base64_text(leaf).encode() + b"\n" for leaf in leaves),
        "checkpoint": sign_checkpoint(checkpoint, replace(key, name=LOG.name)).encode(),
    }


def test_an_honest_ledger_has_no_findings(honest: ExportedLedger) -> None:
    found_ = verify_ledger(honest, TRUST, TODAY)
    assert found_.is_good
    assert found_.findings == ()
    assert (found_.size, len(found_.admitted), found_.witnessed_size) == (16, 16, 11)
    assert found_.admitted[3][1].signers == (BEA.public_key,)
    assert found_.admitted[4][0].envelope == vote(4, ANA, BEA)


def test_without_the_witness_key_the_reader_is_warned(honest: ExportedLedger) -> None:
    found_ = verify_ledger(honest, Trust(LOG.public), TODAY)
    assert found_.is_good
    assert [finding.kind for finding in found_.findings] == ["no witness"]
    assert found_.witnessed_size is None


def test_an_old_witness_is_told(honest: ExportedLedger) -> None:
    found_ = verify_ledger(honest, TRUST, START + timedelta(days=40))
    assert found_.is_good
    assert [finding.kind for finding in found_.findings] == ["old witness"]


def test_an_entry_that_was_altered_is_named(honest: ExportedLedger) -> None:
    lines = honest.entries.splitlines(keepends=True)
    lines[7] = lines[7].replace(b"2026", b"2025")
    told = kinds(replace(honest, entries=b"".join(lines)))
    assert ("altered", 7) in told
    assert {kind for kind, _ in told} == {"altered", "clock"}


def test_a_line_without_its_end_is_told(honest: ExportedLedger) -> None:
    assert kinds(replace(honest, entries=honest.entries[:-1])) == [("truncated", 15)]
    assert ("truncated", 15) in kinds(replace(honest, entries=honest.entries[:-9]))
    assert ("truncated", 0) in kinds(replace(honest, entries=b""))


def test_the_leaf_list_is_no_authority(honest: ExportedLedger) -> None:
    assert kinds(replace(honest, leaves=b"AAAA\n" + honest.leaves)) == [("leaf list", None)]
    assert kinds(replace(honest, leaves=b"!")) == [("leaf list", None)]
    other = sealed(honest.entries.splitlines()[1:])
    told = kinds(replace(honest, entries=other["entries"], leaves=other["leaves"]))
    assert ("checkpoint mismatch", None) in told
    assert ("rewritten", None) in told


def test_a_log_that_is_another_is_told(honest: ExportedLedger) -> None:
    lines = honest.entries.splitlines()
    assert kinds(replace(honest, **sealed(lines, OTHER_LOG))) == [("log signature", None)]
    assert ("malformed", None) in kinds(replace(honest, checkpoint=b""))


def test_an_operator_with_the_true_key_is_found_by_the_witness(honest: ExportedLedger) -> None:
    lines = honest.entries.splitlines()
    assert kinds(replace(honest, **sealed(lines[:10]))) == [("cut back", None)]
    rewritten = [*lines[:5], lines[5].replace(b"2026-01-05", b"2026-01-06"), *lines[6:]]
    assert ("rewritten", None) in kinds(replace(honest, **sealed(rewritten)))
    hidden = replace(honest, **sealed(rewritten), witnessed=None)
    assert {kind for kind, _ in kinds(hidden)} == {"clock", "no witness"}  # the files alone cannot tell,
    remembered = replace(TRUST, remembered=(honest.witnessed or b"",))
    assert ("rewritten", None) in kinds(hidden, remembered)  # the witness's own copy can


def test_each_bad_entry_that_the_log_let_in_is_named(honest: ExportedLedger) -> None:
    lines = honest.entries.splitlines()
    at = b"2026-01-09T09:00:00.000000Z "
    bad = vote(50, ANA)
    broken = bad.model_copy(update={"payload": vote(51, ANA).payload})
    added = [
        at + envelope.to_json()
        for envelope in (vote(52, EVE), vote(53, BEA), broken, vote(3, ANA), vote(54, ANA))
    ]
    made = sealed([*lines, *added, b"no entry"])
    told = kinds(replace(honest, **made))
    assert told == [
        ("foreign key", 16),
        ("revoked key", 17),
        ("bad signature", 18),
        ("repeated", 19),
        ("malformed", 21),
    ]
    (again,) = (
        one for one in verify_ledger(replace(honest, **made), TRUST, TODAY).findings if one.entry == 19
    )
    assert again.says.text() == "it says again what entry 3 said"


def test_a_ledger_that_nobody_founded_is_told() -> None:
    line = b"2026-01-09T09:00:00.000000Z " + vote(1, ANA).to_json()
    exported = ExportedLedger(**sealed([line]))
    assert kinds(exported) == [("foreign key", 0), ("no witness", None)]
    good = b"2026-01-09T09:00:00.000000Z " + founding().to_json()
    assert kinds(ExportedLedger(**sealed([good]))) == [("no witness", None)]
    assert kinds(ExportedLedger(**sealed([]))) == [("no witness", None)]


def test_a_clock_that_went_back_is_told_and_no_fault(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    append(Ledger(ledger.engine, LOG, lambda: START - timedelta(days=365)), vote(1, ANA))
    found_ = verify_ledger(export(ledger.snapshot()), TRUST, TODAY)
    assert found_.is_good
    assert [(one.kind, one.entry) for one in found_.findings] == [("clock", 1), ("no witness", None)]
    before, after = (written_moment(entry.moment, "en") for entry in ledger.entries())
    assert found_.findings[0].says.text() == f"the server's clock went back from {before} to {after}"


def test_the_largest_size_that_a_witness_saw_is_told(tmp_path: Path) -> None:
    ledger, coach = found(tmp_path), Witness(WITNESS, tmp_path / "coach")
    early = cosign(ledger, coach, 0, seconds(START)).encode()
    append(ledger, vote(1, ANA))
    cosign(ledger, coach, 1, seconds(START))
    trust = replace(TRUST, remembered=(early,))
    assert verify_ledger(export(ledger.snapshot()), trust, TODAY).witnessed_size == 2


def test_2000_entries_are_verified_in_two_seconds() -> None:
    at = b"2026-01-09T09:00:00.000000Z "
    lines = [at + founding().to_json(), *(at + vote(number, ANA).to_json() for number in range(2000))]
    exported = ExportedLedger(**sealed(lines))
    start = time.perf_counter()
    assert verify_ledger(exported, TRUST, TODAY).is_good
    assert time.perf_counter() - start < 10


def test_a_key_that_was_enrolled_only_later_is_told_from_one_that_never_was(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    at = b"2026-01-09T09:00:00.000000Z "
    lines = [*ledger.snapshot().lines, at + vote(1, BEA).to_json(), at + vote(2, EVE).to_json()]
    lines.append(at + said(enrol(BEA.public_key), ANA).to_json())
    told = verify_ledger(ExportedLedger(**sealed(lines)), TRUST, TODAY).findings
    assert [(one.kind, one.entry) for one in told if one.is_fault] == [("early key", 1), ("foreign key", 2)]
    assert str(told[0].says) == f"the key {BEA.public_key.id[:12]} was enrolled only by entry 3"
