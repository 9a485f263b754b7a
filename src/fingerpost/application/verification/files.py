"""Reading the files of one version from the content store."""

from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from fingerpost.domain.errors import ContentNotFoundError, IntegrityError
from fingerpost.domain.manifest.digest import Digest

from ..ports.content_store import ContentStore
from .report import Findings, VerificationReport

_BLOCK_BYTES: Final = 1 << 20


@frozen
class RecordedFile:
    """A file as the manifest of a version has it.

    Attributes:
        path: its path in the version.
        content: digest of its content; ``None`` for a reference, whose bytes are elsewhere.
        size_bytes: its size, if it is known.
    """

    path: str
    content: str | None
    size_bytes: int | None


def verify_files(
    content: ContentStore,
    target: str,
    files: Iterable[RecordedFile],
    progress: Callable[[int], None] | None = None,
) -> VerificationReport:
    """Read every file of a version from the content store; nothing is written.

    Nothing of what is read is handed out, so a role that shows the manifest suffices.

    Args:
        content: the content store.
        target: name of the version.
        files: those that its manifest has; the caller was allowed to see them.
        progress: called with the number of bytes read since the last call.
    """
    found = Findings({"files": 0})
    for file in files:
        if file.content is None:
            found.count("references_skipped")
            continue
        found.count("files")
        problem = _problem_of(content, Digest(file.content))
        if problem is not None:
            found.add(file.path, problem)
        if progress is not None:
            progress(file.size_bytes or 0)
    return found.report(target)


def _problem_of(content: ContentStore, digest: Digest) -> str | None:
    try:
        with content.open(digest) as reader:
            while reader.read(_BLOCK_BYTES):
                pass
    except ContentNotFoundError:
        return "its content is not in the store"
    except IntegrityError as error:
        return str(error)
    return None
