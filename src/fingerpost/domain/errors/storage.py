"""The store could not be opened, read or written."""

from attrs import define

from .base import StorageError


@define(slots=False, repr=False)
class StoreUnavailableError(StorageError):
    """The store cannot be opened or written just now.

    Attributes:
        location: folder or URL.
        problem: the underlying cause.
        remedy: what to do.
    """

    code = "store_unavailable"
    location: str
    problem: str
    remedy: str

    def _message(self) -> str:
        return f"store {self.location!r}: {self.problem}. {self.remedy}"


@define(slots=False, repr=False)
class StoreFormatError(StoreUnavailableError):
    """The store was written by a newer Fingerpost, or is no store."""

    code = "store_format"


@define(slots=False, repr=False)
class DestinationError(StorageError):
    """A folder that is downloaded to cannot be written.

    Attributes:
        folder: the folder.
        problem: the underlying cause.
        remedy: what to do.
    """

    code = "destination"
    folder: str
    problem: str
    remedy: str = "Make room, or download to another folder."

    def _message(self) -> str:
        return f"{self.folder!r}: {self.problem}. {self.remedy}"
