"""The store could not be opened, read or written."""

from attrs import define

from .base import FingerpostError, StorageError


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
class OutcomeUnknownError(StoreUnavailableError):
    """The store failed while a command was being stored: it may have been carried out, or not.

    Also when a disk fails to sync: what was not acknowledged may yet turn up, when the store is
    opened again. Given again under the key of :func:`fingerpost.once`, it is carried out once.
    """

    code = "outcome_unknown"
    remedy: str = (
        "It is not known whether the command was carried out: look when the store is there again. "
        "A command that is given under fingerpost.once(KEY) may simply be given again."
    )


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


@define(slots=False, repr=False)
class ReferenceUnavailableError(StorageError):
    """Where a reference points could not be reached, again and again.

    Attributes:
        uri: the reference.
        problem: what happened at the last attempt.
        attempts: how often it was tried.
    """

    code = "reference_unavailable"
    uri: str
    problem: str
    attempts: int

    def _message(self) -> str:
        return (
            f"reference {self.uri!r} cannot be reached: {self.problem} ({self.attempts} attempts). "
            f"Check network and service, and try again."
        )


@define(slots=False, repr=False)
class ReferenceRefusedError(StorageError):
    """Where a reference points refuses it; trying again would not help.

    Attributes:
        uri: the reference.
        problem: what was answered, such as ``403 Forbidden``.
        remedy: what to do.
    """

    code = "reference_refused"
    uri: str
    problem: str
    remedy: str

    def _message(self) -> str:
        return f"reference {self.uri!r} is refused: {self.problem}. {self.remedy}"


@define(slots=False, repr=False)
class MissingExtraError(StorageError, ImportError):
    """A library that a kind of references or content stores needs is not installed.

    Attributes:
        what: such as ``s3:// references``.
        extra: the extra of Fingerpost that brings it; empty where none does.
        cause: what the import said.
        package: the package that brings it where no extra does.
    """

    code = "missing_extra"
    what: str
    extra: str
    cause: str
    package: str = ""

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        if not self.extra:
            return (
                f"{self.what} need a library that is not installed ({self.cause}). Install it with "
                f"pip install {self.package}."
            )
        return (
            f"{self.what} need the extra {self.extra!r} ({self.cause}). Install it with "
            f"pip install 'fingerpost[{self.extra}]'."
        )
