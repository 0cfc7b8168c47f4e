"""Which lines of an intact ledger a step must read: those about keys, and those about its pilot.

Payloads are canonical JSON, so whatever a line is about is spelt in it in one way only. A line in which that
does not stand need not be read. No index that somebody could change decides this.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterable, Iterator, Sequence

from civic_ai.core.canonical import canonical_json
from civic_ai.records.ledger import LedgerEntry, read_entry
from civic_ai.review.keys import ENROLLED, REVOKED
from civic_ai.review.log_keys import ROTATED

_BEGIN = b' {"payload":"'
_ABOUT_KEYS = tuple(b'"predicateType":' + canonical_json(kind) for kind in (ENROLLED, REVOKED, ROTATED))


def entries_in(lines: Iterable[bytes]) -> Iterator[LedgerEntry]:
    """Every entry. Raises ``ValueError`` at a line that is none."""
    return (read_entry(number, line) for number, line in enumerate(lines))


def entries_about(lines: Iterable[bytes], subject: str | None = None) -> Iterator[LedgerEntry]:
    """Every entry about keys, and with the subject of that name; now and then one that only quotes the name.

    Raises ``ValueError`` at such a line that is no entry; the others are not read.
    """
    marks = _ABOUT_KEYS if subject is None else (*_ABOUT_KEYS, b'"name":' + canonical_json(subject))
    return (read_entry(number, line) for number, line in enumerate(lines) if _may_hold(line, marks))


def last_signed_by(lines: Sequence[bytes], key: str) -> LedgerEntry | None:
    """The last entry that the key of this id signed; None: none. Raises ``ValueError`` as the others."""
    mark = b'"keyid":' + canonical_json(key)
    for number in range(len(lines) - 1, -1, -1):
        if mark in lines[number]:
            return read_entry(number, lines[number])
    return None


def _may_hold(line: bytes, marks: tuple[bytes, ...]) -> bool:
    """Whether one of ``marks`` stands in the payload; one whose payload cannot be read may."""
    payload = line.partition(_BEGIN)[2].partition(b'"')[0]
    try:
        said = a2b_base64(payload, strict_mode=True)
    except ValueError:
        return True
    return not said or any(mark in said for mark in marks)
