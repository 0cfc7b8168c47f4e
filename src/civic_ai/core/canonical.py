"""Canonical JSON (RFC 8785) and the SHA-256 digests that name every record and blob."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rfc8785

_CHUNK_BYTES = 1 << 20


def canonical_json(value: Any) -> bytes:
    """The one byte string that stands for a JSON value (RFC 8785): sorted keys, no blanks.

    Raises ``ValueError`` for values that JSON cannot hold (NaN, infinity, integers over 2**53, half letters).
    """
    if _is_plain(value):
        return _ENCODER.encode(value).encode()
    return rfc8785.dumps(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))
_LARGEST = 2**53 - 1


def _is_plain(value: Any) -> bool:
    """Whether Python's own encoder, ten times as fast, writes this value as RFC 8785 does.

    It does where no number has a fraction, and where keys are sorted alike: those of ASCII are.
    """
    found = [value]
    for each in found:  # grows while it is read
        kind = type(each)
        if kind is dict:
            if not _are_ascii(each):
                return False
            found.extend(each.values())
        elif kind is list or kind is tuple:
            found.extend(each)
        elif not (kind is str or each is None or kind is bool or (kind is int and abs(each) <= _LARGEST)):
            return False
    return True


def _are_ascii(keys: Iterable[Any]) -> bool:
    """Whether all keys are words of ASCII; joined first, which takes a third of the time of one by one."""
    try:
        return "".join(keys).isascii()
    except TypeError:
        return False


def digest_of(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of ``value``."""
    return digest_of_bytes(canonical_json(value))


def digest_of_bytes(content: bytes) -> str:
    """SHA-256 of ``content`` in hex (64 characters)."""
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file in hex, read in pieces."""
    running = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            running.update(chunk)
    return running.hexdigest()
