"""The Merkle tree of RFC 9162, section 2.1: hashes, an incremental root, proofs and their verification.

Leaves are counted from 0 here, as in the RFC; sequence numbers of events begin at 1 (leaf = number - 1).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from openilp.safeguards.log.errors import OutsideTree, ProofBroken

#: Root of the subtree over the leaves `start` (included) to `end` (excluded).
Subtree = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
#: A tree of 2^63 leaves needs no longer proof (C2SP tlog-witness).
LONGEST_PROOF = 63


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes of one level."""
    while len(hashes) > 1:
        sides = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(sides, sides, strict=True)]
    return hashes[0]


def split(size: int) -> int:
    """Return the largest power of two below `size` (size ≥ 2): where the RFC divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


class Frontier:
    """The roots of the perfect subtrees that a tree consists of: all that appending needs to know."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf; amortised one inner hash."""
        peaks, size = self._peaks, self.size
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of many leaves."""
        for leaf in leaves:
            self.append(leaf)

    def append_subtree(self, root: bytes, leaves: int) -> None:
        """Add a whole perfect subtree at once.

        Raises:
            ValueError: If `leaves` is no power of two, or the tree does not end at a multiple of it.
        """
        if leaves < 1 or leaves & (leaves - 1) or self.size % leaves:
            raise ValueError(f"A subtree of {leaves} leaves does not fit behind {self.size} leaves.")
        level = self.size // leaves
        while level & 1:
            root = node_hash(self._peaks.pop(), root)
            level >>= 1
        self._peaks.append(root)
        self.size += leaves

    def root(self) -> bytes:
        """Return the root hash of the whole tree."""
        if not self._peaks:
            return EMPTY_ROOT
        peaks = reversed(self._peaks)
        root = next(peaks)
        for peak in peaks:
            root = node_hash(peak, root)
        return root


def inclusion_proof(leaf: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the audit path PATH(leaf, D[size]) of RFC 9162, section 2.1.3.1.

    Raises:
        OutsideTree: If the leaf is not in a tree of this size.
    """
    if not 0 <= leaf < size:
        raise OutsideTree("Event", leaf + 1, size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if leaf < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return PROOF(old, D[size]) of RFC 9162, section 2.1.4.1; empty when old is 0 or equals size.

    Raises:
        OutsideTree: If the older tree is larger than the newer one.
    """
    if not 0 <= old <= size:
        raise OutsideTree("Size", old, size)
    if old in (0, size):
        return []
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(start, end))
    return path[::-1]


def verify_inclusion(leaf: int, size: int, leaf_digest: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check an audit path (RFC 9162, section 2.1.3.2).

    Raises:
        ProofBroken: If it does not lead from this leaf to this root.
    """
    if not 0 <= leaf < size:
        raise ProofBroken("inclusion", f"leaf {leaf} is not in a tree of {size}.")
    node, last, found = leaf, size - 1, leaf_digest
    for step in path:
        if last == 0:
            raise ProofBroken("inclusion", "it is too long.")
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofBroken("inclusion", "it is too short.")
    if found != root:
        raise ProofBroken("inclusion", "it leads to another root.")


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]) -> None:
    """Check that a tree continues an older one (RFC 9162, section 2.1.4.2).

    Raises:
        ProofBroken: If the proof does not show it.
    """
    if not 0 <= old <= size:
        raise ProofBroken("consistency", f"{old} events cannot have come before {size}.")
    if old in (0, size):
        if path:
            raise ProofBroken("consistency", "it is too long.")
        if (old == size and old_root != root) or (old == 0 and old_root != EMPTY_ROOT):
            raise ProofBroken("consistency", "trees of one size have different roots.")
        return
    _replay_consistency(old, size, old_root, root, list(path))


def _replay_consistency(old: int, size: int, old_root: bytes, root: bytes, path: list[bytes]) -> None:
    if not old & (old - 1):
        path.insert(0, old_root)
    if not path:
        raise ProofBroken("consistency", "it is too short.")
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            raise ProofBroken("consistency", "it is too long.")
        if node & 1 or node == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, step)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofBroken("consistency", "it is too short.")
    if before != old_root:
        raise ProofBroken("consistency", "it does not contain the older tree.")
    if after != root:
        raise ProofBroken("consistency", "it leads to another root.")
