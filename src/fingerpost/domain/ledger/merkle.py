"""The Merkle tree over the ledger: what is stored of it, and what is proven with it.

Hashes are stored in the order in which they become known: the leaf, and then every subtree that
the leaf completes. A stored hash never changes, appending a leaf writes two hashes on average, and
the root and each proof need a logarithmic number of them.

*Source*: RFC 6962, section 2.1, for the tree and its proofs; Crosby and Wallach, "Efficient Data
Structures for Tamper-Evident Logging" (2009), for the subtrees.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

Read = Callable[[Sequence[int]], Sequence[bytes]]
"""Returns stored hashes by their indexes, in the order of the indexes."""

EMPTY_ROOT: Final = sha256().digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node with two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def stored_count(size: int) -> int:
    """Return how many hashes are stored for a tree: its leaves and its complete subtrees."""
    return 2 * size - size.bit_count()


def stored_index(level: int, number: int) -> int:
    """Return where the hash of a complete subtree is stored.

    Args:
        level: 0 for leaves; a subtree has ``2**level`` leaves.
        number: which subtree of that level, from 0.
    """
    # It becomes known with its last leaf, after the subtrees of lower levels that end there.
    return stored_count(((number + 1) << level) - 1) + level


def tree_size(count: int) -> int:
    """Return the size of the tree for which so many hashes are stored; the inverse.

    Raises:
        ValueError: no tree has that many.
    """
    size = count // 2
    while stored_count(size) < count:
        size += 1
    if stored_count(size) != count:
        msg = f"no tree stores {count} hashes"
        raise ValueError(msg)
    return size


def completed_siblings(index: int) -> list[int]:
    """Return where the left halves are stored of the subtrees that a leaf completes, lowest first.

    Args:
        index: of the leaf, from 0.
    """
    siblings, level = [], 0
    while index & 1:
        siblings.append(stored_index(level, index - 1))
        index >>= 1
        level += 1
    return siblings


def new_hashes(leaf: bytes, siblings: Sequence[bytes]) -> list[bytes]:
    """Return what is stored for a new leaf: its hash and those of the subtrees it completes.

    Args:
        leaf: hash of the leaf.
        siblings: the hashes that :func:`completed_siblings` names.
    """
    found = [leaf]
    for sibling in siblings:
        found.append(node_hash(sibling, found[-1]))
    return found


class Frontier:
    """The right edge of a tree, to which leaves are added: its largest complete subtrees.

    What was stored of it is read when it is needed: a leaf completes one subtree on average.

    Args:
        size: leaves of the tree.
        read: returns what is stored of it.
    """

    def __init__(self, size: int = 0, read: Read = lambda _: []) -> None:
        self.size = size
        self._read = read
        # Roots of the subtrees from left to right; first the indexes of those not read yet.
        self._unread = _subtrees(0, size)
        self._subtrees: list[bytes] = []

    def add(self, leaf: bytes) -> list[bytes]:
        """Add the hash of a leaf; return what is stored for it, itself first."""
        completed = (~self.size & (self.size + 1)).bit_length() - 1
        self._need(completed)
        siblings = [self._subtrees.pop() for _ in range(completed)]
        found = new_hashes(leaf, siblings)
        self._subtrees.append(found[-1])
        self.size += 1
        return found

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        self._need(len(self._unread) + len(self._subtrees))
        return _joined(self._subtrees) if self._subtrees else EMPTY_ROOT

    def _need(self, count: int) -> None:
        lacking = count - len(self._subtrees)
        if lacking > 0:
            wanted, self._unread = self._unread[-lacking:], self._unread[:-lacking]
            self._subtrees[:0] = self._read(wanted)


def root(size: int, read: Read) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return Frontier(size, read).root()


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return the audit path of a leaf in the tree of the first ``size`` leaves.

    *Source*: RFC 6962, section 2.1.1.
    """
    return _hashes_of(list(_path(index, 0, size)), read)


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with that of ``old``.

    *Source*: RFC 6962, section 2.1.2.
    """
    return _hashes_of(list(_common(old, 0, new, is_known=True)), read) if 0 < old < new else []


def _path(index: int, low: int, high: int) -> Iterator[tuple[int, int]]:
    # Ranges of leaves, from the sibling of the leaf up to the child of the root.
    if high - low == 1:
        return
    middle = low + _split(high - low)
    if index < middle:
        yield from _path(index, low, middle)
        yield middle, high
    else:
        yield from _path(index, middle, high)
        yield low, middle


def _common(old: int, low: int, high: int, *, is_known: bool) -> Iterator[tuple[int, int]]:
    if old == high:
        if not is_known:
            yield low, high
        return
    middle = low + _split(high - low)
    if old <= middle:
        yield from _common(old, low, middle, is_known=is_known)
        yield middle, high
    else:
        yield from _common(old, middle, high, is_known=False)
        yield low, middle


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _subtrees(low: int, high: int) -> list[int]:
    """Return where the complete subtrees of a range are stored, from left to right.

    Of a range that begins where a subtree of at least its size does, as all ranges here do.
    """
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append(stored_index(level, low >> level))
        low += 1 << level
    return found


def _hashes_of(ranges: Sequence[tuple[int, int]], read: Read) -> list[bytes]:
    # All in one question to the database.
    wanted = [_subtrees(low, high) for low, high in ranges]
    found = iter(read([index for indexes in wanted for index in indexes]))
    return [_joined([next(found) for _ in indexes]) for indexes in wanted]


def _joined(subtrees: Sequence[bytes]) -> bytes:
    joined = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        joined = node_hash(left, joined)
    return joined
