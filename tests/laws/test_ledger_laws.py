"""What holds for every ledger: no alteration unseen, no false alarm, nothing acknowledged lost."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civic_ai.core.errors import RefusedError
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.keys import enrol, revoke
from civic_ai.review.ledger import Ledger, found_ledger
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import VerifierKey
from civic_ai.review.receipt import check_receipt, make_receipt, receipt_text
from civic_ai.review.witness import Witness, cosignature_line
from tests.architecture.source import ROOT
from tests.laws.ledger_alterations import ALTERATIONS, Alter, lines_of
from tests.laws.ledger_writers import Killed, kill_writers, write_at_once
from tests.unit.review.made_ledger import (
    ANA,
    EVE,
    LOG,
    OTHER_LOG,
    START,
    TRUST,
    WITNESS,
    append,
    cosign,
    found,
    history,
    key_file,
    said,
    seconds,
    vote,
)

TODAY = START + timedelta(days=3)
EACH = 34  # times 15 kinds; 5,010 of them in experiments/018-ledger-under-fire/alterations.py
RECEIPTS = 10_000


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> ExportedLedger:
    return history(tmp_path_factory.mktemp("ledger"), 40)


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: alter.__name__)
def test_every_alteration_is_found_and_named(honest: ExportedLedger, alter: Alter) -> None:
    draw = random.Random(alter.__name__)
    for _ in range(EACH):
        altered = alter(honest, draw)
        assert altered.exported != honest
        faults = [one for one in verify_ledger(altered.exported, TRUST, TODAY).findings if one.is_fault]
        named = [one for one in faults if one.kind in altered.kinds]
        assert named, [one.kind for one in faults]
        assert altered.entry is None or altered.entry in [one.entry for one in named]


def test_without_the_witness_a_rewritten_ledger_passes(honest: ExportedLedger) -> None:
    """Why the witness is part of the ledger: the same attacks, only its key and its line taken away."""
    draw = random.Random(5)
    for alter in (one for one in ALTERATIONS if one.__name__ in ("rewrite", "cut_back")):
        hidden = ExportedLedger(**(vars(alter(honest, draw).exported) | {"witnessed": None}))
        found_ = verify_ledger(hidden, Trust(LOG.public), TODAY)
        assert found_.is_good
        assert "no witness" in [one.kind for one in found_.findings]


@pytest.mark.parametrize("seed", range(40))
def test_no_false_alarm_on_an_honest_ledger(tmp_path: Path, seed: int) -> None:
    draw, ledger, coach, seen = random.Random(seed), found(tmp_path), Witness(WITNESS, tmp_path / "w"), 0
    in_use = [ANA]
    for number in range(draw.randrange(1, 12)):
        act = draw.randrange(6)
        if act == 0 and len(in_use) < 6:
            in_use.append(key_file(f"{seed} {number}"))
            append(ledger, said(enrol(in_use[-1].public_key, is_custodian=draw.random() < 0.5), ANA))
        elif act == 1 and len(in_use) > 1:
            gone = in_use.pop(draw.randrange(1, len(in_use)))
            append(ledger, said(revoke(gone.public_key.id, "left"), draw.choice([gone, ANA])))
        elif act == 2:
            cosign(ledger, coach, seen, seconds(START) + number)
            seen = len(ledger.entries())
        else:
            append(ledger, vote(number, *draw.sample(in_use, draw.randrange(1, len(in_use) + 1))))
    found_ = verify_ledger(export(ledger.snapshot()), TRUST, TODAY)
    assert {finding.kind for finding in found_.findings} <= ({"no witness"} if seen == 0 else set())
    assert len(found_.admitted) == found_.size == len(ledger.entries())


def receipts(honest: ExportedLedger, draw: random.Random) -> list[str]:
    """Receipts of ledgers of 1 to 40 entries, most of them altered in some way."""
    lines, made = lines_of(honest), []
    leaves = [leaf_hash(line) for line in lines]
    for _ in range(RECEIPTS):
        size = draw.randrange(1, 41)
        checkpoint = Checkpoint(origin=LOG.name, size=size, root=root(leaves[:size]).hex())
        signed = sign_checkpoint(checkpoint, LOG if draw.random() < 0.95 else OTHER_LOG)
        for _ in range(draw.randrange(3)):
            signed += cosignature_line(WITNESS, checkpoint, draw.randrange(2**40))
        if draw.random() < 0.05:
            signed += WITNESS.line(draw.randbytes(draw.choice([1, 8, 64, 72])))
        made.append(spoiled(receipt_text(make_receipt(lines[:size], draw.randrange(size), signed)), draw))
    return made


def spoiled(text: str, draw: random.Random) -> str:
    """The receipt, in two of three cases with characters changed, lines moved, or numbers changed."""
    way, lines = draw.randrange(9), text.split("\n")
    place, other = draw.randrange(len(text)), draw.randrange(len(lines))
    ways = {
        0: text[:place] + draw.choice("Aa0+/=\n —é\u2028\x00") + text[place + 1 :],
        1: text[:place] + text[place + draw.randrange(1, 9) :],
        2: "\n".join([*lines[:other], draw.choice(lines), *lines[other:]]),
        3: "\n".join([*lines[:other], *lines[other + 1 :]]),
        4: text.replace("index ", draw.choice(["index 1", "index 0", "index  ", "index -"]), 1),
        5: text[:place] + draw.choice("AQgw") + text[place + 1 :],
    }
    return ways.get(way, text)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: one verifier only")
def test_the_verifier_in_javascript_agrees_on_10_000_receipts(honest: ExportedLedger) -> None:
    texts = receipts(honest, random.Random(10))
    ours = [verdict(text, LOG.public, [WITNESS.public]) for text in texts]
    task = {"log": LOG.public.text, "witnesses": [WITNESS.public.text]}
    sent = "\n".join(json.dumps(task | {"receipt": text}) for text in texts)
    command = ["node", str(ROOT / "docs" / "verifier" / "verify.mjs"), "--batch"]
    done = subprocess.run(command, input=sent.encode(), capture_output=True, check=True)
    theirs = done.stdout.decode().splitlines()
    assert [pair for pair in zip(ours, theirs, texts, strict=True) if pair[0] != pair[1]] == []
    counts = Counter(ours)
    assert set(counts) == {"good", "malformed", "log signature", "witness signature", "altered"}
    assert min(counts.values()) > 100


def verdict(text: str, log: VerifierKey, witnesses: Sequence[VerifierKey]) -> str:
    found_ = check_receipt(text, log, witnesses)
    return found_.kind if isinstance(found_, Finding) else "good"


def test_the_verifier_in_javascript_is_short() -> None:
    assert len((ROOT / "docs" / "verifier" / "verify.mjs").read_text().splitlines()) < 150


def test_30_writers_killed_lose_nothing_acknowledged(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    killed = kill_writers(f"sqlite:///{tmp_path}/ledger.sqlite", tmp_path, random.Random(9), 30)
    check_nothing_lost(export(ledger.snapshot()), killed)


def check_nothing_lost(exported: ExportedLedger, killed: Killed) -> None:
    found_ = verify_ledger(exported, TRUST, START + timedelta(days=36500))
    stands = {entry.envelope.payload for entry, _ in found_.admitted}
    assert killed.acknowledged <= stands
    assert len(killed.acknowledged) > 0
    assert found_.is_good


def test_50_processes_append_at_once_on_sqlite(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    written = write_at_once(f"sqlite:///{tmp_path}/ledger.sqlite", tmp_path, 50)
    assert len(ledger.entries()) == 51
    check_nothing_lost(export(ledger.snapshot()), written)


@pytest.fixture(scope="module")
def on_postgres(postgres: str) -> Ledger:
    ledger = found_ledger(postgres, LOG)
    append(ledger, said(enrol(ANA.public_key, is_custodian=True), ANA))
    return ledger


def test_50_processes_append_at_once_on_postgresql(
    postgres: str, on_postgres: Ledger, tmp_path: Path
) -> None:
    before = len(on_postgres.entries())
    written = write_at_once(postgres, tmp_path, 50)
    assert len(on_postgres.entries()) == before + 50
    check_nothing_lost(export(on_postgres.snapshot()), written)
    cosign(on_postgres, Witness(WITNESS, tmp_path / "w"), 0, seconds(START))
    assert on_postgres.snapshot().witnessed is not None


@pytest.mark.parametrize(
    ("table", "change"),
    [("entries", "at = 'x'"), ("checkpoints", "note = 'x'"), ("cosignatures", "line = 'x'")],
)
def test_postgresql_refuses_changes(on_postgres: Ledger, table: str, change: str) -> None:
    before = on_postgres.snapshot()
    for act in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"UPDATE {table} SET {change}"):
        with (
            pytest.raises(DBAPIError, match=r"append-only|permission denied"),
            on_postgres.engine.begin() as connection,
        ):
            connection.execute(text(act))
    assert on_postgres.snapshot() == before


def test_postgresql_leaves_no_trace_of_what_failed(on_postgres: Ledger) -> None:
    before = on_postgres.snapshot()
    with pytest.raises(RefusedError, match="not enrolled"):
        append_both(on_postgres)
    assert on_postgres.snapshot() == before
    with pytest.raises(RefusedError, match="stands here already"):
        found_ledger(on_postgres.engine.url.render_as_string(hide_password=False), LOG)


def append_both(ledger: Ledger) -> None:
    with ledger.writing() as book:
        book.append(vote(77_777, ANA))
        book.append(vote(1, EVE))
