from __future__ import annotations

import time

import pytest

from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.receipt import Received, check_receipt, make_receipt, read_receipt, receipt_text
from civic_ai.review.witness import Witness
from tests.unit.review.made_ledger import (
    ANA,
    LOG,
    OTHER_LOG,
    START,
    WITNESS,
    append,
    cosign,
    found,
    seconds,
    vote,
)


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = found(folder)
    append(ledger, *(vote(number, ANA) for number in range(10)))
    cosign(ledger, Witness(WITNESS, folder / "coach"), 0, seconds(START))
    snapshot = ledger.snapshot()
    return [
        receipt_text(make_receipt(snapshot.lines, index, snapshot.checkpoint))
        for index in range(len(snapshot.lines))
    ]


def test_each_receipt_shows_its_entry(receipts: list[str]) -> None:
    for index, text in enumerate(receipts):
        shown = check_receipt(text, LOG.public, [WITNESS.public])
        assert isinstance(shown, Received)
        assert (shown.entry.number, shown.checkpoint.size) == (index, 11)
        assert [one.witness for one in shown.witnessed] == [WITNESS.name]
        assert receipt_text(read_receipt(text)) == text
    shown = check_receipt(receipts[3], LOG.public)
    assert isinstance(shown, Received)
    assert shown.witnessed == ()
    assert shown.entry.envelope == vote(2, ANA)


def test_it_is_small_and_fast(receipts: list[str]) -> None:
    start = time.perf_counter()
    check_receipt(receipts[5], LOG.public, [WITNESS.public])
    assert time.perf_counter() - start < 1
    assert len(receipts[5].encode()) < 4096


def kind(text: str) -> str:
    found = check_receipt(text, LOG.public, [WITNESS.public])
    assert isinstance(found, Finding)
    assert found.says.text(), "every place of the sentence is filled"
    return found.kind


def test_each_fault_has_its_name(receipts: list[str]) -> None:
    text = receipts[5]
    lines = text.split("\n")
    assert kind("") == "malformed"
    assert kind(text + "x") == "malformed"
    assert kind(text.replace("index 5", "index 05")) == "malformed"
    assert kind(text.replace("index 5", "index 6")) == "altered"
    assert kind(text.replace("index 5", "index 99")) == "altered"
    assert kind("\n".join([*lines[:1], receipts[4].split("\n")[1], *lines[2:]])) == "altered"
    assert kind("\n".join([*lines[:3], *lines[4:]])) == "altered"
    assert kind("\n".join([*lines[:3], lines[3], *lines[3:]])) == "altered"
    assert kind(text.replace("\n11\n", "\n12\n")) == "log signature"
    assert kind(text.replace(LOG.name, OTHER_LOG.name)) == "log signature"
    assert kind(text + WITNESS.line(b"\0" * 72)) == "witness signature"
    without_log = "\n".join(line for line in lines if not line.startswith(f"— {LOG.name}"))
    assert kind(without_log) == "log signature"


def test_a_line_of_an_unknown_key_is_passed_over(receipts: list[str]) -> None:
    assert isinstance(check_receipt(receipts[5] + OTHER_LOG.line(b"\0" * 64), LOG.public), Received)


@pytest.mark.parametrize(
    "line", [b"", b"x", b"2026-01-05T09:00:00.000000Z {}", b"\xff", vote(1, ANA).to_json()]
)
def test_a_leaf_that_is_no_entry_is_told(line: bytes) -> None:
    checkpoint = Checkpoint(origin=LOG.name, size=1, root=root([leaf_hash(line)]).hex())
    assert kind(receipt_text(make_receipt([line], 0, sign_checkpoint(checkpoint, LOG)))) == "malformed"


def test_a_log_speaks_for_its_own_origin_alone() -> None:
    line = f"2026-01-05T09:00:00.000000Z {vote(1, ANA).to_json().decode()}".encode()
    other = Checkpoint(origin=OTHER_LOG.name, size=1, root=root([leaf_hash(line)]).hex())
    assert kind(receipt_text(make_receipt([line], 0, sign_checkpoint(other, LOG)))) == "log signature"
