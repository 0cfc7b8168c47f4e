"""Which lines of an intact ledger a step must read: those about keys, and those about its pilot.

Payloads are canonical JSON, so whatever a line is about is spelt in it in one way only. A line in which that
does not stand need not be read. No index that somebody could change decides this: what is kept here between
two transactions was worked out of the very bytes that the database gave. Of the bytes themselves only their
hashes are kept, and a line that is read again must have the hash that it had.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, takewhile
from threading import Lock

from civic_ai.core.canonical import canonical_json
from civic_ai.records.ledger import LedgerEntry, read_entry
from civic_ai.review.keys import ENROLLED, REVOKED, KeyRegister, apply
from civic_ai.review.log_keys import ROTATED
from civic_ai.review.merkle import Tree, leaf_hash
from civic_ai.review.statement import read_statement

_BEGIN = b' {"payload":"'
_ABOUT_KEYS = tuple(b'"predicateType":' + canonical_json(kind) for kind in (ENROLLED, REVOKED, ROTATED))
_NAMED = re.compile(rb'"name":("(?:[^"\\]|\\.)*")')
_SIGNED = re.compile(rb'"keyid":"([0-9a-f]{64})"')
_KEYS, _ANYTHING = b"keys", b"anything"
From = Callable[[int], Iterable[bytes]]
"""The lines of the ledger from that number on."""
Among = Callable[[list[int]], Iterable[bytes]]
"""The lines of the ledger with these numbers, in their order."""


@dataclass
class _Worked:
    """Grows only."""

    leaves: list[bytes] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    about: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))
    signed: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By key, the entries that name it as a signer."""
    register: tuple[list[int], KeyRegister] | None = None
    """What the entries with these numbers say about keys."""

    def read_on(self, lines: Iterable[bytes]) -> None:
        first = len(self.leaves)
        for number, line in enumerate(lines, start=first):
            for mark in _marks(line):
                self.about[mark].append(number)
            for key in set(_SIGNED.findall(line)):
                self.signed[key].append(number)
            self.leaves.append(leaf_hash(line))
        self.tree = self.tree.plus(*self.leaves[first:])


@dataclass
class Known:
    """What follows from the lines of a ledger, worked out once for each; several threads may ask at once."""

    _made: _Worked = field(default_factory=_Worked)
    _lock: Lock = field(default_factory=Lock)

    def at(self, size: int, lines_from: From) -> Lines:
        """What follows from the first ``size`` lines; those that were known are not asked for again."""
        with self._lock:
            known = self._made
            if size > len(known.leaves):
                known.read_on(lines_from(len(known.leaves)))
            tree = known.tree if size == len(known.leaves) else Tree.of(known.leaves[:size])
            return Lines(known, size, tree)

    def compare(self, lines: Iterable[bytes]) -> None:
        """Hash the whole ledger again; where a line is not as it was, what was known is thrown away."""
        again = [leaf_hash(line) for line in lines]
        with self._lock:
            both = min(len(again), len(self._made.leaves))
            if again[:both] != self._made.leaves[:both]:
                self._made = _Worked()

    @property
    def is_any(self) -> bool:
        """Whether any line is known; else all are still to be read."""
        return bool(self._made.leaves)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._made = _Worked()


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

    def about(self, among: Among, subject: str | None = None) -> Iterator[LedgerEntry]:
        """Every entry about keys, and with the subject of that name; now and then one that only quotes it.

        Raises ``ValueError`` at such a line that is no entry, or not as it was; the others are not read.
        """
        named = () if subject is None else self._worked.about.get(canonical_json(subject), ())
        return self._read(among, sorted({*named, *self._about_keys()}))

    def register(self, among: Among) -> KeyRegister:
        """The keys as these lines leave them; worked out again when more is said about keys.

        Raises as :meth:`about`, and ``KeyError`` or :class:`RefusedError` at what may not stand.
        """
        numbers = self._about_keys()
        if self._worked.register is None or self._worked.register[0] != numbers:
            self._worked.register = (numbers, register_of(self._read(among, numbers)))
        return self._worked.register[1]

    def _about_keys(self) -> list[int]:
        found = chain(*(self._worked.about.get(mark, ()) for mark in (_KEYS, _ANYTHING)))
        return [number for number in sorted(set(found)) if number < self.size]

    def last_signed_by(self, among: Among, key: str) -> LedgerEntry | None:
        """The last entry that the key of this id signed; None: none. Raises as :meth:`about`."""
        numbers = takewhile(lambda number: number < self.size, self._worked.signed.get(key.encode(), ()))
        return next(self._read(among, list(numbers)[-1:]), None)

    def _read(self, among: Among, found: list[int]) -> Iterator[LedgerEntry]:
        numbers = list(takewhile(lambda number: number < self.size, found))
        for number, line in zip(numbers, among(numbers), strict=True):
            if leaf_hash(line) != self._worked.leaves[number]:
                raise ValueError("is not as it was")
            yield read_entry(number, line)


def register_of(entries: Iterable[LedgerEntry]) -> KeyRegister:
    """The keys as admitted entries leave them; their signatures are not checked again."""
    register = KeyRegister()
    for entry in entries:
        register = apply(register, entry.number, read_statement(entry.envelope.content))
    return register


def entries_in(lines: Iterable[bytes]) -> Iterator[LedgerEntry]:
    """Every entry. Raises ``ValueError`` at a line that is none."""
    return (read_entry(number, line) for number, line in enumerate(lines))


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
