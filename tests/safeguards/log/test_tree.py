"""The Merkle tree: published vectors, the definition as twin, and proofs that hold for nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.safeguards.log import tree
from openilp.safeguards.log.errors import OutsideTree, ProofBroken
from openilp.safeguards.log.hashes import Hashes
from tests.safeguards.log import naive

#: Leaves and roots of the reference implementation of RFC 6962 (certificate-transparency, merkle tree test).
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

sizes = st.integers(min_value=1, max_value=300)


def data_of(size: int) -> list[bytes]:
    """Return entries of a log that differ."""
    return [number.to_bytes(3, "big") for number in range(size)]


class Stored:
    """The subtree roots of a list of entries, by the definition."""

    def __init__(self, data: list[bytes]) -> None:
        self.data = data

    def __call__(self, start: int, end: int) -> bytes:
        return naive.mth(self.data[start:end])


def test_the_published_roots_come_out() -> None:
    """The vectors of RFC 6962's reference implementation, at every size."""
    grown = tree.Frontier()
    roots = []
    for leaf in LEAVES:
        grown.append(tree.leaf_hash(leaf))
        roots.append(grown.root().hex())

    assert roots == ROOTS
    assert tree.Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_proofs_come_out() -> None:
    """Audit path of leaf 5 of 8, and the consistency of 6 with 8, of the same vectors."""
    stored = Stored(LEAVES)

    assert [step.hex() for step in tree.inclusion_proof(5, 8, stored)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [step.hex() for step in tree.consistency_proof(6, 8, stored)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_of_a_small_tree_is_that_of_the_definition(size: int) -> None:
    """Exhaustively: all leaves, all older sizes; and each is accepted."""
    data = data_of(size)
    stored, root = Stored(data), naive.mth(data)
    for leaf in range(size):
        path = tree.inclusion_proof(leaf, size, stored)
        assert path == naive.path(leaf, data)
        tree.verify_inclusion(leaf, size, tree.leaf_hash(data[leaf]), path, root)
    for old in range(1, size + 1):
        proof = tree.consistency_proof(old, size, stored)
        assert proof == naive.proof(old, data)
        tree.verify_consistency(old, size, naive.mth(data[:old]), root, proof)


@given(sizes, st.data())
def test_an_inclusion_proof_holds_for_its_own_leaf_and_place_only(size: int, draw: st.DataObject) -> None:
    """Another leaf, another place, another size, a step changed, dropped or added: refused."""
    data = data_of(size)
    leaf = draw.draw(st.integers(0, size - 1))
    path, root = tree.inclusion_proof(leaf, size, Stored(data)), naive.mth(data)
    digest = tree.leaf_hash(data[leaf])
    tree.verify_inclusion(leaf, size, digest, path, root)

    other = draw.draw(st.integers(0, size - 1).filter(lambda n: n != leaf)) if size > 1 else None
    wrong = [(leaf, tree.leaf_hash(b"forged"), path), (leaf, digest, [*path, root])]
    wrong += [(leaf, digest, path[:-1])] if path else []
    wrong += [(leaf, digest, [bytes(32), *path[1:]])] if path else []
    wrong += [(other, digest, path)] if other is not None else []
    for place, claimed, steps in wrong:
        with pytest.raises(ProofBroken):
            tree.verify_inclusion(place, size, claimed, steps, root)


@given(sizes, st.data())
def test_a_consistency_proof_holds_for_its_own_trees_only(size: int, draw: st.DataObject) -> None:
    """A tree that is no continuation is never accepted with the proof of one that is."""
    data = data_of(size)
    old = draw.draw(st.integers(1, size))
    proof, root = tree.consistency_proof(old, size, Stored(data)), naive.mth(data)
    before = naive.mth(data[:old])
    tree.verify_consistency(old, size, before, root, proof)

    changed = draw.draw(st.integers(0, old - 1))
    forged = naive.mth([*data[:changed], b"forged", *data[changed + 1 : old]])
    wrong = [(old, forged, root, proof), (old, before, bytes(32), proof), (old, before, root, [*proof, root])]
    wrong += [(old, before, root, proof[:-1])] if proof else []
    wrong += [(old, before, root, [bytes(32), *proof[1:]])] if proof else []
    for first, earlier, later, steps in wrong:
        with pytest.raises(ProofBroken):
            tree.verify_consistency(first, size, earlier, later, steps)


@given(parts=st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_stored_hashes_give_the_same_roots_and_proofs(
    parts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Appended in any portions, opened again in between: roots and proofs are those of the definition."""
    folder = tmp_path_factory.mktemp("hashes")
    data: list[bytes] = []
    for part in parts:
        stored = Hashes(folder, writing=True)
        fresh = [(len(data) + number).to_bytes(3, "big") for number in range(part)]
        stored.append([tree.leaf_hash(entry) for entry in fresh])
        data += fresh
        stored.close()
    stored, size = Hashes(folder), len(data)

    assert stored.root(size) == naive.mth(data)
    for leaf in {0, size // 3, size - 1}:
        assert tree.inclusion_proof(leaf, size, stored.subtree) == naive.path(leaf, data)
    for old in {1, size // 2 or 1, size}:
        assert tree.consistency_proof(old, size, stored.subtree) == naive.proof(old, data)
    stored.close()


def test_a_level_that_a_crash_left_behind_is_made_again(tmp_path: Path) -> None:
    """Higher levels follow from the leaves."""
    stored = Hashes(tmp_path, writing=True)
    stored.append([tree.leaf_hash(entry) for entry in data_of(1000)])
    stored.close()
    (tmp_path / "1").write_bytes(b"torn")

    for writing in (False, True):
        again = Hashes(tmp_path, writing=writing)
        assert again.root(1000) == naive.mth(data_of(1000))
        again.close()


@given(st.integers(0, 12), st.integers(0, 300))
def test_whole_subtrees_can_be_added_at_once(height: int, more: int) -> None:
    """A perfect subtree counts as its leaves."""
    data = data_of((1 << height) + more)
    grown = tree.Frontier()
    grown.append_subtree(naive.mth(data[: 1 << height]), 1 << height)
    grown.extend(tree.leaf_hash(entry) for entry in data[1 << height :])

    assert (grown.size, grown.root()) == (len(data), naive.mth(data))
    if grown.size % 2:
        with pytest.raises(ValueError, match="does not fit"):
            grown.append_subtree(bytes(32), 2)


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    """Numbers in the message are those that people count: from 1."""
    with pytest.raises(OutsideTree, match=r"Event 9 is not in a log of 8 events"):
        tree.inclusion_proof(8, 8, Stored(LEAVES))
    with pytest.raises(OutsideTree):
        tree.consistency_proof(9, 8, Stored(LEAVES))
