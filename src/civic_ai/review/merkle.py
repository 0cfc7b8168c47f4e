"""Merkle trees as in RFC 6962, section 2.1 (2013): root, inclusion and consistency proofs.

Hashes are 32 bytes (SHA-256). Checking follows RFC 9162, sections 2.1.3.2 and 2.1.4.2 (2021).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, islice

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes."""
    return _root(leaves, 0, len(leaves)) if leaves else EMPTY_ROOT


@dataclass(frozen=True)
class Tree:
    """A tree that grows by a leaf in log n steps: the roots of its whole subtrees, the largest first."""

    peaks: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> Tree:
        """The tree over these leaf hashes."""
        return cls().plus(*leaves)

    def plus(self, *leaves: bytes) -> Tree:
        """The tree with these leaf hashes more."""
        peaks = list(self.peaks)
        for leaf in leaves:
            size, made = 1, leaf
            while peaks and peaks[-1][0] == size:
                made, size = node_hash(peaks.pop()[1], made), 2 * size
            peaks.append((size, made))
        return Tree(tuple(peaks))

    @property
    def root(self) -> bytes:
        """Its root."""
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), (one for _, one in reversed(self.peaks)))


def roots(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """The root of the first leaf hash, of the first two, and so on, each in log n steps."""
    grown = accumulate(leaves, Tree.plus, initial=Tree())
    return (tree.root for tree in islice(grown, 1, None))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes beside the way from leaf ``index`` to the root, from the leaf upwards."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    return tuple(_path(leaves, index, 0, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """The hashes that show that the first ``old_size`` leaves are still as they were."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    return tuple(_consistency(leaves, old_size, (0, len(leaves)), True))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], whole: bytes) -> bool:
    """Whether ``proof`` leads from ``leaf`` at ``index`` to the root ``whole`` of ``size`` leaves."""
    if not 0 <= index < size:
        return False
    place, last, made = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            made = node_hash(beside, made)
            place, last = _climb_left(place, last)
        else:
            made = node_hash(made, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and made == whole


def is_consistent(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the larger tree begins with the smaller one.

    An empty tree is consistent with all, and needs no proof.
    """
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size or not proof:
        return False
    is_whole_tree = old_size & (old_size - 1) == 0
    hashes = [old_root, *proof] if is_whole_tree else list(proof)
    return _grow(hashes, old_size - 1, new_size - 1) == (old_root, new_root)


def _grow(hashes: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    """The old and the new root that a consistency proof leads to; None when it is too long or short."""
    while place % 2:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return None
        if place % 2 or place == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            place, last = _climb_left(place, last)
        else:
            new = node_hash(new, beside)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _climb_left(place: int, last: int) -> tuple[int, int]:
    """Pass the levels at which the node has no sibling."""
    while place % 2 == 0 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _root(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    if end - start == 1:
        return leaves[start]
    middle = start + _split(end - start)
    return node_hash(_root(leaves, start, middle), _root(leaves, middle, end))


def _path(leaves: Sequence[bytes], index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(leaves, index, start, middle), _root(leaves, middle, end)]
    return [*_path(leaves, index, middle, end), _root(leaves, start, middle)]


def _consistency(leaves: Sequence[bytes], old: int, span: tuple[int, int], is_known: bool) -> list[bytes]:
    """``SUBPROOF`` of RFC 6962 over the leaves of ``span``; the first ``old`` of the tree are old."""
    start, end = span
    if old == end:
        return [] if is_known else [_root(leaves, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_consistency(leaves, old, (start, middle), is_known), _root(leaves, middle, end)]
    return [*_consistency(leaves, old, (middle, end), False), _root(leaves, start, middle)]
