from __future__ import annotations

import hashlib
import random

import pytest

from civic_ai.review.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root,
    roots,
)

# The tree of eight leaves that certificate-transparency's own tests use, with its published roots.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
N01, N23, N45, N67 = (node_hash(HASHES[i], HASHES[i + 1]) for i in (0, 2, 4, 6))
N03, N47 = node_hash(N01, N23), node_hash(N45, N67)


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word, over the leaves themselves."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(2**power for power in range(20) if 2**power < len(leaves))
    return hashlib.sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def test_the_published_roots() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root([]) == EMPTY_ROOT
    assert [root(HASHES[:size]).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 8, [HASHES[1], N23, N47]),
        (5, 8, [HASHES[4], N67, N03]),
        (2, 3, [N01]),
        (1, 5, [HASHES[0], N23, HASHES[4]]),
    ],
)
def test_the_inclusion_proofs_of_certificate_transparency(index: int, size: int, proof: list[bytes]) -> None:
    assert list(inclusion_proof(HASHES[:size], index)) == proof
    assert is_included(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(
    ("old", "size", "proof"),
    [
        (1, 1, []),
        (1, 8, [HASHES[1], N23, N47]),
        (6, 8, [N45, N67, N03]),
        (2, 5, [N23, HASHES[4]]),
        (6, 7, [N45, HASHES[6], N03]),
    ],
)
def test_the_consistency_proofs_of_certificate_transparency(old: int, size: int, proof: list[bytes]) -> None:
    assert list(consistency_proof(HASHES[:size], old)) == proof
    roots = [bytes.fromhex(text) for text in ROOTS]
    assert is_consistent(old, roots[old - 1], size, roots[size - 1], proof)


def test_200_random_trees_agree_with_the_definition_and_prove_all() -> None:
    draw = random.Random(6962)
    for _ in range(200):
        leaves = [draw.randbytes(draw.randrange(40)) for _ in range(draw.randrange(1, 80))]
        hashes, whole, index = (
            [leaf_hash(leaf) for leaf in leaves],
            slow_root(leaves),
            draw.randrange(len(leaves)),
        )
        assert root(hashes) == whole
        proof = inclusion_proof(hashes, index)
        assert is_included(hashes[index], index, len(leaves), proof, whole)
        old = draw.randrange(1, len(leaves) + 1)
        assert is_consistent(old, slow_root(leaves[:old]), len(leaves), whole, consistency_proof(hashes, old))


@pytest.mark.parametrize("size", range(1, 18))
def test_a_proof_of_one_place_is_a_proof_of_no_other(size: int) -> None:
    hashes = [leaf_hash(bytes([i])) for i in range(size)]
    whole = root(hashes)
    for index in range(size):
        proof = inclusion_proof(hashes, index)
        for other_index in range(-1, size + 1):
            for leaf in (0, index, size - 1):
                claimed = is_included(hashes[leaf], other_index, size, proof, whole)
                assert claimed == (other_index == index and leaf == index)
        assert not is_included(hashes[index], index, size, (*proof, whole), whole)
        assert not is_included(hashes[index], index, size, (*proof, b"\0" * 32), whole)
        assert not proof or not is_included(hashes[index], index, size, proof[:-1], whole)


@pytest.mark.parametrize("size", range(1, 14))
def test_consistency_is_shown_for_the_true_past_alone(size: int) -> None:
    hashes = [leaf_hash(bytes([i])) for i in range(size)]
    whole, forged = root(hashes), root([leaf_hash(b"forged"), *hashes[1:]])
    for old in range(1, size + 1):
        proof, past = consistency_proof(hashes, old), root(hashes[:old])
        assert is_consistent(old, past, size, whole, proof)
        assert not is_consistent(old, forged, size, whole, proof)
        assert not is_consistent(old, past, size, forged, proof)
        assert not is_consistent(old, past, size, whole, (*proof, whole))
        assert not proof or not is_consistent(old, past, size, whole, proof[:-1])
        for other in range(1, size + 1):
            assert other == old or not is_consistent(other, past, size, whole, proof)
    assert not is_consistent(size + 1, whole, size, whole, ())


def test_an_empty_tree_is_the_past_of_all() -> None:
    assert is_consistent(0, EMPTY_ROOT, 8, root(HASHES), ())
    assert not is_consistent(0, b"\0" * 32, 8, root(HASHES), ())
    assert not is_consistent(0, EMPTY_ROOT, 8, root(HASHES), (N01,))


@pytest.mark.parametrize("index", [-1, 8])
def test_no_leaf_no_proof(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(HASHES, index)
    with pytest.raises(IndexError):
        consistency_proof(HASHES, index + 1 if index > 0 else 0)


def test_the_root_after_each_leaf() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(70)]
    assert list(roots(leaves)) == [root(leaves[: size + 1]) for size in range(70)]
    assert list(roots([])) == []


def test_a_proof_longer_than_the_way_shows_nothing_even_where_its_hashes_lead_there() -> None:
    more = b"\1" * 32
    assert not is_included(HASHES[0], 0, 1, [more], node_hash(more, HASHES[0]))
    old, new = node_hash(more, N01), node_hash(more, root(HASHES[:4]))
    assert is_consistent(2, N01, 4, root(HASHES[:4]), consistency_proof(HASHES[:4], 2))
    assert not is_consistent(2, old, 4, new, (*consistency_proof(HASHES[:4], 2), more))


def test_a_growing_tree_keeps_its_whole_subtrees_the_largest_first() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(70)]
    for size in range(70):
        kept = Tree.of(leaves[:size]).peaks
        powers = [1 << bit for bit in range(7, -1, -1) if size >> bit & 1]
        ends = [sum(powers[: count + 1]) for count in range(len(powers))]
        assert kept == tuple(
            (power, root(leaves[end - power : end])) for power, end in zip(powers, ends, strict=True)
        )
