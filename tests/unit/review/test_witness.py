from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.records.ledger import Checkpoint, Cosignature
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.merkle import consistency_proof, leaf_hash, root
from civic_ai.review.note import NoteKey, read_note, read_verifier_key
from civic_ai.review.witness import Request, Witness, cosignatures, latest, read_request
from tests.unit.review.made_ledger import LOG, OTHER_LOG, WITNESS

LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
FORGED = [leaf_hash(b"forged"), *LEAVES[1:]]


def request(old: int, size: int, leaves: list[bytes] = LEAVES, key: NoteKey = LOG) -> str:
    checkpoint = Checkpoint(origin=key.name, size=size, root=root(leaves[:size]).hex())
    proof = consistency_proof(leaves[:size], old) if 0 < old <= size else ()
    return Request(old, proof, sign_checkpoint(checkpoint, key)).text


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, tmp_path / "coach" / "memory")


def test_the_published_cosignature_of_c2sp_is_read_apart() -> None:
    note = read_note(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcr"
        "tPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe"
        "+mbIUBkBIfZ+qnA==\n"
    )
    assert int.from_bytes(note.signatures[0].signature[:8], "big") == 1679315147  # as the page says
    assert cosignatures(note, [WITNESS.public]) == ()


def test_a_witness_signs_what_goes_on_from_what_it_saw(witness: Witness) -> None:
    signed = witness.cosign(request(0, 5), LOG.public, 1000)
    assert [(one.witness, one.at) for one in cosignatures(read_note(signed), [WITNESS.public])] == [
        (WITNESS.name, 1000)
    ]
    for old, size in ((5, 8), (8, 8), (8, 20)):
        again = read_note(witness.cosign(request(old, size), LOG.public, 2000))
        assert latest(cosignatures(again, [WITNESS.public])) == 2000
    assert latest(()) is None


def test_a_cosignature_is_eight_bytes_of_time_and_a_signature_over_what_c2sp_says(witness: Witness) -> None:
    note = read_note(witness.cosign(request(0, 5), LOG.public, 1679315147))
    (line,) = note.signatures_by(WITNESS.public)
    assert len(line.signature) == 8 + 64
    assert line.signature[:8] == bytes.fromhex("00000000641850cb")
    signed = b"cosignature/v1\ntime 1679315147\n" + note.text.encode()
    WITNESS.private.public_key().verify(line.signature[8:], signed)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (request(5, 8, FORGED), "contradicts"),
        (request(5, 5, FORGED), "contradicts"),
        (request(4, 4), "saw 5 entries; the checkpoint has 4"),
        (request(0, 8), "last signed 5 entries, not 0"),
        (request(4, 8), "last signed 5 entries, not 4"),
        (request(5, 8, LEAVES, OTHER_LOG), "not signed by the log"),
        (request(5, 8).replace("\n8\n", "\n9\n"), "not signed by the log"),
        ("old 5\n\nno note", "cannot be read"),
    ],
)
def test_a_witness_refuses_all_else_and_still_goes_on(witness: Witness, asked: str, says: str) -> None:
    witness.cosign(request(0, 5), LOG.public, 1000)
    with pytest.raises(RefusedError, match=says) as refused:
        witness.cosign(asked, LOG.public, 2000)
    assert all(mistake.remedy is not None for mistake in refused.value.mistakes)
    witness.cosign(request(5, 8), LOG.public, 3000)


def test_a_proof_may_not_be_altered(witness: Witness) -> None:
    witness.cosign(request(0, 5), LOG.public, 1000)
    lines = request(5, 8).split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    with pytest.raises(RefusedError, match="contradicts"):
        witness.cosign("\n".join(lines), LOG.public, 2000)


def test_of_many_cosignatures_the_last_moment_counts() -> None:
    made = [Cosignature(witness=WITNESS.name, at=at) for at in (2000, 3000, 1000)]
    assert latest(made) == 3000


def test_two_logs_are_remembered_apart(witness: Witness) -> None:
    witness.cosign(request(0, 5), LOG.public, 1000)
    witness.cosign(request(0, 3, FORGED, OTHER_LOG), OTHER_LOG.public, 1000)
    witness.cosign(request(5, 6), LOG.public, 1000)


def test_a_witness_without_memory_signs_nothing(witness: Witness) -> None:
    witness.cosign(request(0, 5), LOG.public, 1000)
    next(witness.memory.glob("*.json")).write_text("{")
    with pytest.raises(RefusedError, match="no longer read"):
        witness.cosign(request(0, 5), LOG.public, 1000)


def test_it_remembers_before_it_signs(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("civic_ai.review.witness.write_atomically", full)
    with pytest.raises(OSError, match="full"):
        witness.cosign(request(0, 5), LOG.public, 1000)


@pytest.mark.parametrize(
    "text",
    ["", "old", "old x\n\n", "old -1\n\n", "old 01\n\n", "new 1\n\n", "old 1\nAAAA\n\n", "old 1\n!\n\n"],
)
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no request"):
        read_request(text)


def test_a_false_line_spoils_the_note(witness: Witness) -> None:
    signed = witness.cosign(request(0, 5), LOG.public, 1000)
    for line in (WITNESS.line((5).to_bytes(8, "big") + b"\0" * 64), WITNESS.line(b"\0")):
        with pytest.raises(ValueError, match="did not sign"):
            cosignatures(read_note(signed + line), [WITNESS.public])
    name, *rest = signed.rpartition("— ")[2].split(" ")
    assert name == WITNESS.name
    assert rest
    as_other = read_verifier_key(OTHER_LOG.public.text)
    assert cosignatures(read_note(signed), [as_other]) == ()
