"""What another registry holds cannot be brought here."""

from collections.abc import Sequence

from attrs import define

from .base import InvalidInputError, StorageError

_SHOWN = 5
"""Problems in a message."""


@define(slots=False, repr=False)
class ImportSourceError(InvalidInputError):
    """A file is not what another registry writes, or cannot be read.

    Attributes:
        path: the file.
        problem: what is wrong with it.
        remedy: what to do.
    """

    code = "import_source"
    path: str
    problem: str
    remedy: str

    def _message(self) -> str:
        return f"{self.path!r} cannot be imported: it {self.problem}. {self.remedy}"


@define(slots=False, repr=False)
class NotImportableError(InvalidInputError):
    """Some of what a registry holds cannot be brought here, so nothing was.

    Attributes:
        source: the file that was to be imported.
        problems: each names what it is about.
        remedy: what to do.
    """

    code = "not_importable"
    source: str
    problems: Sequence[str]
    remedy: str

    def _message(self) -> str:
        shown = "; ".join(self.problems[:_SHOWN])
        more = len(self.problems) - _SHOWN
        rest = f"; and {more:,} more" if more > 0 else ""
        return f"nothing was imported from {self.source!r}: {shown}{rest}. {self.remedy}"


@define(slots=False, repr=False)
class ImportStoppedError(StorageError):
    """An import cannot go on; what it brought so far stays, and the next run goes on from there.

    Attributes:
        version: what was to be imported next, as its registry calls it.
        problem: why it could not be.
        remedy: what to do.
    """

    code = "import_stopped"
    version: str
    problem: str
    remedy: str

    def _message(self) -> str:
        return (
            f"the import stopped at {self.version!r}: {self.problem} {self.remedy} What was "
            f"imported stays, and the same command goes on from there."
        )
