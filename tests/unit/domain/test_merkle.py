"""The tree and its proofs, beside the vectors of the reference implementation for RFC 6962."""

import base64
import json
from itertools import pairwise
from pathlib import Path

import pytest

from fingerpost.domain.ledger import merkle
from fingerpost.verifier import ProofError, check_consistency, check_inclusion

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "rfc6962_proofs.json").read_text())
LEAVES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in GOLDEN["leaves"]]
ROOTS = [bytes.fromhex(root) for root in GOLDEN["roots"]]


def stored(leaves):
    hashes = []
    for index, leaf in enumerate(leaves):
        siblings = [hashes[at] for at in merkle.completed_siblings(index)]
        hashes += merkle.new_hashes(leaf, siblings)
    return hashes


def reader(leaves):
    hashes = stored(leaves)
    return lambda indexes: [hashes[at] for at in indexes]


READ = reader(LEAVES)


def decoded(texts):
    return [base64.b64decode(text) for text in texts or ()]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size):
    assert merkle.root(size, READ) == ROOTS[size]


def test_what_is_stored_is_counted_and_found_by_level_and_number():
    # By hand: leaf 0; leaf 1 and both; leaf 2; leaf 3, both, all four; leaf 4; leaf 5 and both.
    assert [merkle.stored_count(size) for size in range(7)] == [0, 1, 3, 4, 7, 8, 10]
    assert [merkle.stored_index(0, number) for number in range(6)] == [0, 1, 3, 4, 7, 8]
    assert [merkle.stored_index(1, number) for number in range(3)] == [2, 5, 9]
    assert merkle.stored_index(2, 0) == 6


def test_the_size_follows_from_the_count_unless_the_tree_was_cut():
    sizes = {merkle.stored_count(size): size for size in range(2_000)}
    for count in range(max(sizes) + 1):
        if count in sizes:
            assert merkle.tree_size(count) == sizes[count]
        else:
            with pytest.raises(ValueError, match="no tree stores"):
                merkle.tree_size(count)


def names(cases):
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", GOLDEN["inclusion"], ids=names(GOLDEN["inclusion"]))
def test_inclusion_proofs_are_accepted_and_refused_as_published(case):
    given = (
        base64.b64decode(case["leafHash"] or ""),
        case["leafIdx"],
        case["treeSize"],
        decoded(case["proof"]),
        base64.b64decode(case["root"] or ""),
    )
    if case["wantErr"]:
        with pytest.raises(ProofError):
            check_inclusion(*given)
    else:
        check_inclusion(*given)
        assert merkle.inclusion_proof(case["leafIdx"], case["treeSize"], READ) == given[3]


@pytest.mark.parametrize("case", GOLDEN["consistency"], ids=names(GOLDEN["consistency"]))
def test_consistency_proofs_are_accepted_and_refused_as_published(case):
    given = (
        case["size1"],
        case["size2"],
        decoded(case["proof"]),
        base64.b64decode(case["root1"] or ""),
        base64.b64decode(case["root2"] or ""),
    )
    if case["wantErr"]:
        with pytest.raises(ProofError):
            check_consistency(*given)
    else:
        check_consistency(*given)
        assert merkle.consistency_proof(case["size1"], case["size2"], READ) == given[2]


@pytest.mark.parametrize("size", [1, 2, 1_000, 1_000_000, 10**9])
def test_a_proof_takes_a_logarithmic_number_of_hashes(size):
    asked = []

    def read(indexes):
        asked.append(len(indexes))
        return [bytes(32)] * len(indexes)

    levels = size.bit_length()
    assert len(merkle.inclusion_proof(size // 3, size, read)) <= levels
    assert len(merkle.consistency_proof(max(1, size // 3), size, read)) <= levels + 1
    assert len(asked) <= 2
    assert sum(asked) <= 4 * levels + 2


def test_each_leaf_stores_itself_and_what_it_completes():
    for index in range(1_000):
        first, following = (merkle.stored_index(0, at) for at in (index, index + 1))
        completed = merkle.completed_siblings(index)
        assert following - first == 1 + len(completed)
        assert all(lower < higher < first for higher, lower in pairwise(completed))
