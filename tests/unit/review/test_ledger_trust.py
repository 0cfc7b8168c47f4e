from __future__ import annotations

from datetime import timedelta

import pytest

from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.ledger_trust import Trust, age, contradictions, look_at
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.witness import cosignature_line
from tests.unit.review.made_ledger import LOG, OTHER_LOG, START, TRUST, WITNESS, seconds

LEAVES = [leaf_hash(bytes([number])) for number in range(9)]
CHECKPOINT = Checkpoint(origin=LOG.name, size=5, root=root(LEAVES[:5]).hex())
NOTE = sign_checkpoint(CHECKPOINT, LOG) + cosignature_line(WITNESS, CHECKPOINT, seconds(START))


def test_a_checkpoint_is_believed_as_far_as_it_is_signed() -> None:
    seen = look_at(NOTE.encode(), TRUST)
    assert (seen.checkpoint, len(seen.witnessed), seen.findings) == (CHECKPOINT, 1, ())
    assert look_at(NOTE.encode(), Trust(LOG.public)).witnessed == ()


@pytest.mark.parametrize(
    ("content", "kind", "is_believed"),
    [
        (b"", "malformed", False),
        (b"\xff\n\n", "malformed", False),
        (NOTE.replace("\n5\n", "\n6\n").encode(), "log signature", False),
        (sign_checkpoint(CHECKPOINT, OTHER_LOG).encode(), "log signature", False),
        ((NOTE + WITNESS.line(b"\0" * 72)).encode(), "witness signature", True),
    ],
)
def test_what_cannot_be_believed_is_left_out(content: bytes, kind: str, is_believed: bool) -> None:
    seen = look_at(content, TRUST)
    assert [finding.kind for finding in seen.findings] == [kind]
    assert (seen.checkpoint is not None) == is_believed
    assert seen.witnessed == ()


def test_a_ledger_goes_on_from_what_was_seen() -> None:
    def kinds(leaves: list[bytes]) -> list[str]:
        return [finding.kind for finding in contradictions(leaves, CHECKPOINT)]

    assert kinds(LEAVES) == kinds(LEAVES[:5]) == []
    assert kinds(LEAVES[:4]) == ["cut back"]
    assert kinds([LEAVES[8], *LEAVES[1:]]) == kinds(LEAVES[::-1]) == ["rewritten"]
    assert list(contradictions(LEAVES, None)) == []


@pytest.mark.parametrize(
    ("days", "kinds"), [(0, []), (30, []), (31, ["old witness"]), (400, ["old witness"])]
)
def test_the_age_of_the_last_cosignature(days: int, kinds: list[str]) -> None:
    at = START + timedelta(days=days, hours=23)
    assert [finding.kind for finding in age(seconds(START), TRUST, at)] == kinds
    assert [finding.kind for finding in age(None, TRUST, at)] == ["no witness"]
