"""Bytes are not what was recorded."""

from collections.abc import Sequence

from attrs import define

from .base import FingerpostError, IntegrityError, NotFoundError, listed


@define(slots=False, repr=False)
class ContentMismatchError(IntegrityError):
    """Bytes do not have the digest under which they are known.

    Attributes:
        where: the place that was read.
        expected: recorded digest.
        actual: digest of the bytes that are there.
    """

    code = "content_mismatch"
    where: str
    expected: str
    actual: str
    remedy: str = "Restore it from a backup, or log the data again."

    def _message(self) -> str:
        return f"{self.where} should be {self.expected} and is {self.actual}. {self.remedy}"


@define(slots=False, repr=False)
class UnreadableManifestError(IntegrityError):
    """What a version holds cannot be told, so nothing may be removed from the store.

    Attributes:
        version: the version.
        problem: why its manifest cannot be read.
    """

    code = "unreadable_manifest"
    version: str
    problem: str

    def _message(self) -> str:
        return (
            f"nobody can tell which content {self.version!r} holds, so none is removed: "
            f"{self.problem} Log the same files again, restore the store's content from a backup, "
            f"or delete the version."
        )


@define(slots=False, repr=False)
class DamagedPackError(IntegrityError):
    """A pack of the content store is cut, overwritten, or no pack.

    Attributes:
        pack: name or location of the pack.
        problem: what is wrong with it.
    """

    code = "damaged_pack"
    pack: str
    problem: str

    def _message(self) -> str:
        return (
            f"pack {self.pack!r} is damaged: {self.problem}. Run `fingerpost verify` to see what "
            f"is lost, and restore the pack from a backup or log the data again."
        )


@define(slots=False, repr=False)
class VerificationError(IntegrityError, ValueError):
    """A folder is not what the artifact's manifest says.

    Attributes:
        artifact: name and version.
        root: the folder.
        missing: entry paths that are not there.
        extra: files that are no entries.
        different: entry paths with other content.
    """

    code = "verification"
    artifact: str
    root: str
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()
    different: Sequence[str] = ()

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        kinds = {"missing": self.missing, "different": self.different, "extra": self.extra}
        found = "; ".join(f"{kind}: {listed(paths)}" for kind, paths in kinds.items() if paths)
        return (
            f"{self.root!r} is not what {self.artifact!r} holds: {found}. Download it to an "
            f"empty folder."
        )


@define(slots=False, repr=False)
class ReferenceChangedError(IntegrityError):
    """What a reference points at is not what was recorded.

    Attributes:
        uri: the reference.
        expected: what was recorded.
        actual: what was found.
    """

    code = "reference_changed"
    uri: str
    expected: str
    actual: str

    def _message(self) -> str:
        return (
            f"reference {self.uri!r} has changed: recorded {self.expected}, now {self.actual}. "
            f"Restore that version of it, or log the reference again."
        )


@define(slots=False, repr=False)
class ReferenceMissingError(NotFoundError, IntegrityError):
    """What a reference points at is gone.

    Attributes:
        uri: the reference.
        recorded: what was recorded; ``None`` where that is not known.
    """

    code = "reference_missing"
    uri: str
    recorded: str | None = None

    def _message(self) -> str:
        recorded = "" if self.recorded is None else f": recorded {self.recorded}, now nothing"
        return (
            f"reference {self.uri!r} is not there any more{recorded}. Restore it, or pass "
            f"allow_missing_references=True to download the rest."
        )


@define(slots=False, repr=False)
class CorruptLedgerError(IntegrityError):
    """A row of the ledger, or of what is derived from it, cannot be read.

    Attributes:
        row: which row: stream, version, wire name, position where known.
        problem: what is wrong with it.
    """

    code = "corrupt_ledger"
    row: str
    problem: str

    def _message(self) -> str:
        return f"{self.row}: {self.problem}. Restore the ledger from a backup."


@define(slots=False, repr=False)
class LedgerChangedError(IntegrityError):
    """The ledger is not what it was when its events were stored, or when a checkpoint was signed.

    Attributes:
        ledger: its origin.
        problems: what differs, and where.
    """

    code = "ledger_changed"
    ledger: str
    problems: Sequence[str]

    def _message(self) -> str:
        first, more = self.problems[0], len(self.problems) - 1
        others = f" ({more} more: `fingerpost ledger verify` lists them)" if more else ""
        return (
            f"the ledger {self.ledger!r} is not what it was: {first}{others}. Keep a copy of it as "
            f"it is for whoever looks into this, and restore it from a backup."
        )


@define(slots=False, repr=False)
class UnprovenError(IntegrityError, ValueError):
    """A checkpoint, key or proof does not show what it should.

    Attributes:
        what: what was handed in.
        problem: what is wrong with it.
    """

    code = "unproven"
    what: str
    problem: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return (
            f"{self.what} is not proven: {self.problem}. Nothing was changed; get it again from "
            f"where it came from, and keep this one if it stays like that."
        )


@define(slots=False, repr=False)
class InvalidBundleError(IntegrityError, ValueError):
    """A bundle fails its checks; nothing of it was stored.

    Attributes:
        bundle: its folder.
        problem: what is wrong, and at which event.
    """

    code = "invalid_bundle"
    bundle: str
    problem: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return (
            f"the bundle {self.bundle!r} is refused: {self.problem}. Nothing of it was stored; "
            f"copy it again from where it was exported."
        )
