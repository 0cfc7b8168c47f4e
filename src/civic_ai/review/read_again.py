"""Steps that were verified before, read once more from the very same bytes: none of it is checked again."""

from __future__ import annotations

from binascii import a2b_base64
from datetime import date

from pydantic_core import from_json

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.records.action import action_of
from civic_ai.records.ledger import Signature
from civic_ai.review.admission import counters_after
from civic_ai.review.history import STEP_TYPES, Taken, on_day
from civic_ai.review.keys import KeyRegister

_DAY = len("2026-01-05")


def step_again(register: KeyRegister, number: int, line: bytes) -> tuple[KeyRegister, Taken] | None:
    """The keys after entry ``number``, and the step that it takes; None where it is about keys.

    Errors of any kind where it is no entry that was verified.
    """
    signed = from_json(line.partition(b" ")[2])
    content = a2b_base64(signed["payload"])
    said = from_json(content)
    if said["predicateType"] not in STEP_TYPES:
        return None
    kinds = {one["keyid"]: register.spans[one["keyid"]].key.kind for one in signed["signatures"]}
    counting = [one for one in signed["signatures"] if kinds[one["keyid"]] == "passkey"]
    pilot, policy = said["subject"]
    step = Taken(
        number=number,
        statement=digest_of_bytes(content),
        pilot=pilot["name"],
        about=pilot["digest"]["sha256"],
        action=on_day(action_of(said["predicate"]), date.fromisoformat(line[:_DAY].decode())),
        policy=policy["digest"]["sha256"],
        is_personal="server" not in kinds.values(),
    )
    return counters_after(register, (Signature.model_construct(**one) for one in counting)), step
