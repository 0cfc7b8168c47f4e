"""What a key may be, and how its holder may be called, before it is enrolled.

Two people whose names look alike could vote twice as one; a key of small order lets anybody sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from civic_ai.core.base64 import base64_bytes
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import PublicKey

_FIELD = 2**255 - 19
_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _OF_ORDER_8, _FIELD - _OF_ORDER_8})
"""The y of every point of Curve25519 whose order divides 8 (Bernstein and others, Ed25519, 2012)."""
_KEY_BYTES = 32


def objection_to_key(key: PublicKey, holders: Iterable[str]) -> Message | None:
    """Why this key may not be enrolled beside the keys of ``holders``; None: it may."""
    if not is_plain(key.holder):
        return say("the holder's name has characters that nobody sees, or an unusual spelling")
    for other in holders:
        if other != key.holder and skeleton(other) == skeleton(key.holder):
            return say("the holder's name looks like that of another: {other}", other=other)
    return say("anybody could sign with this key: it is of small order") if _is_weak(key) else None


def is_plain(name: str) -> bool:
    """Whether a name is spelt as it is shown: composed (NFC), nothing invisible, no blanks at its ends."""
    is_shown = all(unicodedata.category(one)[0] != "C" for one in name)
    return (
        bool(name) and is_shown and name == " ".join(name.split()) and unicodedata.is_normalized("NFC", name)
    )


def skeleton(name: str) -> str:
    """What stays of a name when case, blanks, points and wide or joined forms are overlooked."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in folded if unicodedata.category(one)[0] not in "ZCP")


def is_of_small_order(key: bytes) -> bool:
    """Whether an Ed25519 key (32 bytes) is a point for which signatures of anything are easily made."""
    y = int.from_bytes(key, "little") & (2**255 - 1)
    return y % _FIELD in _SMALL_ORDER


def _is_weak(key: PublicKey) -> bool:
    """Of an OpenSSH line the last 32 bytes are the Ed25519 key; other kinds are not points of that curve."""
    if key.kind == "passkey" or (key.kind == "ssh" and not key.key.startswith("ssh-ed25519 ")):
        return False
    try:
        content = base64_bytes(key.key.removeprefix("ssh-ed25519 "))
    except ValueError:
        return True
    return len(content) < _KEY_BYTES or is_of_small_order(content[-_KEY_BYTES:])
