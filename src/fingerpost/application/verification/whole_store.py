"""Verifying a whole store: every event, every stored byte, and the content of every version."""

from collections.abc import Callable, Iterable
from typing import Protocol

from ..ports.content_check import CheckableContent
from ..ports.content_store import ContentStore
from ..store import Store
from .ledger import verify_ledger
from .report import Findings, VerificationReport


class TreeProblem(Protocol):
    """What a check of the ledger's Merkle tree found."""

    @property
    def where(self) -> str:
        """Such as ``event 812``."""
        ...

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        ...


CheckTree = Callable[[], Iterable[TreeProblem]]
"""Computes the ledger's Merkle tree again; returns where it differs from the stored one."""


def verify_store(
    store: Store, check_tree: CheckTree, progress: Callable[[int], None] | None = None
) -> VerificationReport:
    """Read every event and every stored byte, and see that no version lacks content.

    Nothing is changed, and nothing that is read is handed out. It takes no role: those who ask
    hold the store itself.

    Args:
        store: the store.
        check_tree: checks the ledger's Merkle tree.
        progress: called with the number of bytes of content read since the last call.

    Raises:
        StoreUnavailableError: ledger or content cannot be read.
    """
    found = Findings({"events": 0, "versions": 0, "bytes": 0})
    # Content first: what is found damaged then counts as missing for the versions.
    _verify_content(store.content, found, progress)
    verify_ledger(store, lambda: _note_tree(check_tree, found), found)
    return found.report(store.location)


def _verify_content(
    content: ContentStore, found: Findings, progress: Callable[[int], None] | None
) -> None:
    if not isinstance(content, CheckableContent):
        return

    def handled(size_bytes: int) -> None:
        found.count("bytes", size_bytes)
        if progress is not None:
            progress(size_bytes)

    for damaged in content.check(handled):
        found.add(damaged.location, f"{damaged.digest or 'pack'}: {damaged.problem}")


def _note_tree(check_tree: CheckTree, found: Findings) -> None:
    for each in check_tree():
        found.add(each.where, each.problem)
