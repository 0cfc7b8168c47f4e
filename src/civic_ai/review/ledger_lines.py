"""Which lines of an intact ledger a step must read: those about keys, and those about its pilot.

Payloads are canonical JSON, so whatever a line is about is spelt in it in one way only. A line in which that
does not stand need not be read. No index that somebody could change decides this: what is kept here between
two transactions was worked out of the very bytes that the database gives again, or is thrown away.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from threading import Lock

from civic_ai.core.canonical import canonical_json
from civic_ai.records.ledger import LedgerEntry, read_entry
from civic_ai.review.keys import ENROLLED, REVOKED
from civic_ai.review.log_keys import ROTATED
from civic_ai.review.merkle import Tree, leaf_hash

_BEGIN = b' {"payload":"'
_ABOUT_KEYS = tuple(b'"predicateType":' + canonical_json(kind) for kind in (ENROLLED, REVOKED, ROTATED))
_NAMED = re.compile(rb'"name":("(?:[^"\\]|\\.)*")')
_KEYS, _ANYTHING = b"keys", b"anything"


@dataclass
class Known:
    """What follows from the lines of a ledger, worked out once for each; several threads may ask at once."""

    _made: _Worked | None = None
    _lock: Lock = field(default_factory=Lock)

    def at(self, lines: Sequence[bytes]) -> Lines:
        """What follows from exactly these lines."""
        with self._lock:
            known = self._made or _Worked()
            both = min(len(lines), len(known.lines))
            if list(lines[:both]) != known.lines[:both]:
                known, both = _Worked(), 0
            self._made = known
            known.read_on(lines[both:])
            tree = known.tree if len(lines) == len(known.lines) else Tree.of(known.leaves[: len(lines)])
            return Lines(known, len(lines), tree)


@dataclass
class _Worked:
    """Grows only."""

    lines: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    about: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))

    def read_on(self, lines: Iterable[bytes]) -> None:
        for number, line in enumerate(lines, start=len(self.lines)):
            for mark in _marks(line):
                self.about[mark].append(number)
            self.lines.append(line)
            self.leaves.append(leaf_hash(line))
            self.tree = self.tree.plus(self.leaves[-1])


@dataclass(frozen=True)
class Lines:
    """The first ``size`` lines. ``tree``: over their leaf hashes."""

    _worked: _Worked
    size: int
    tree: Tree

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hash of each."""
        return self._worked.leaves[: self.size]

    def about(self, subject: str | None = None) -> Iterator[LedgerEntry]:
        """Every entry about keys, and with the subject of that name; now and then one that only quotes it.

        Raises ``ValueError`` at such a line that is no entry; the others are not read.
        """
        named = () if subject is None else self._worked.about.get(canonical_json(subject), ())
        found = chain(named, *(self._worked.about.get(mark, ()) for mark in (_KEYS, _ANYTHING)))
        numbers = takewhile(lambda number: number < self.size, sorted(set(found)))
        return (read_entry(number, self._worked.lines[number]) for number in numbers)


def entries_in(lines: Iterable[bytes]) -> Iterator[LedgerEntry]:
    """Every entry. Raises ``ValueError`` at a line that is none."""
    return (read_entry(number, line) for number, line in enumerate(lines))


def last_signed_by(lines: Sequence[bytes], key: str) -> LedgerEntry | None:
    """The last entry that the key of this id signed; None: none. Raises ``ValueError`` as the others."""
    mark = b'"keyid":' + canonical_json(key)
    for number in range(len(lines) - 1, -1, -1):
        if mark in lines[number]:
            return read_entry(number, lines[number])
    return None


def _marks(line: bytes) -> set[bytes]:
    """What a line may be about: keys, the names that stand in it, anything where it cannot be read."""
    payload = line.partition(_BEGIN)[2].partition(b'"')[0]
    try:
        said = a2b_base64(payload, strict_mode=True)
    except ValueError:
        return {_ANYTHING}
    if not said:
        return {_ANYTHING}
    return {_KEYS for mark in _ABOUT_KEYS if mark in said} | set(_NAMED.findall(said))
