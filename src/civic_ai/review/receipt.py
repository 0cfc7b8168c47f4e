"""A receipt: one small text by which a resident checks that an entry stands (C2SP tlog-proof).

The ``extra`` line carries the entry's own line, so that one file and the log's public key are enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.messages import say
from civic_ai.records.ledger import Checkpoint, Cosignature, LedgerEntry, Receipt, read_entry
from civic_ai.review.checkpoint import is_signed_by_log, read_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.merkle import inclusion_proof, is_included, leaf_hash
from civic_ai.review.note import VerifierKey, read_note
from civic_ai.review.witness import cosignatures

_TEXT = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra ([A-Za-z0-9+/=]+)\nindex (0|[1-9][0-9]{0,14})\n"
    r"((?:[A-Za-z0-9+/]{43}=\n){0,53})\n(.*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Received:
    """What a good receipt shows: the entry, the checkpoint that holds it, who witnessed that."""

    entry: LedgerEntry
    checkpoint: Checkpoint
    witnessed: tuple[Cosignature, ...]


def make_receipt(lines: Sequence[bytes], index: int, checkpoint: str) -> Receipt:
    """The receipt of entry ``index`` of ``lines`` against the signed ``checkpoint`` of all of them."""
    proof = inclusion_proof([leaf_hash(line) for line in lines], index)
    return Receipt(
        entry=lines[index], index=index, proof=tuple(one.hex() for one in proof), checkpoint=checkpoint
    )


def receipt_text(receipt: Receipt) -> str:
    """The receipt as the text that a resident gets."""
    proof = "".join(f"{base64_text(bytes.fromhex(one))}\n" for one in receipt.proof)
    head = f"c2sp.org/tlog-proof@v1\nextra {base64_text(receipt.entry)}\nindex {receipt.index}\n"
    return f"{head}{proof}\n{receipt.checkpoint}"


def read_receipt(text: str) -> Receipt:
    """The receipt that ``text`` holds, nothing in it checked. Raises ``ValueError`` when it is none."""
    found = _TEXT.fullmatch(text)
    if not found:
        raise ValueError("is no receipt")
    proof = tuple(base64_bytes(line).hex() for line in found[3].split())
    return Receipt(entry=base64_bytes(found[1]), index=int(found[2]), proof=proof, checkpoint=found[4])


def check_receipt(text: str, log: VerifierKey, witnesses: Sequence[VerifierKey] = ()) -> Received | Finding:
    """What the receipt shows, or what is wrong with it.

    In this order: its form, the log's signature, the witnesses' (lines of others are passed over), the way
    from the entry to the root. It says nothing about the signatures inside the envelope.
    """
    try:
        receipt = read_receipt(text)
        note = read_note(receipt.checkpoint)
        checkpoint = read_checkpoint(note.text)
    except ValueError:
        return Finding("malformed", say("this is no receipt, or it was altered"))
    if checkpoint.origin != log.name or not is_signed_by_log(note, log):
        return Finding("log signature", say("the checkpoint is not signed by {log}", log=log.name))
    try:
        witnessed = cosignatures(note, witnesses)
    except ValueError:
        return Finding("witness signature", say("a witness did not sign what is said to be its signature"))
    proof = [bytes.fromhex(one) for one in receipt.proof]
    whole = bytes.fromhex(checkpoint.root)
    if not is_included(leaf_hash(receipt.entry), receipt.index, checkpoint.size, proof, whole):
        return Finding("altered", say("the entry does not stand on the ledger at this place"), receipt.index)
    return _received(receipt, checkpoint, witnessed)


def _received(
    receipt: Receipt, checkpoint: Checkpoint, witnessed: tuple[Cosignature, ...]
) -> Received | Finding:
    try:
        entry = read_entry(receipt.index, receipt.entry)
    except ValueError:
        return Finding("malformed", say("the entry is not spelt as an entry"), receipt.index)
    return Received(entry, checkpoint, witnessed)
