"""The command does not fit what is there now."""

from collections.abc import Sequence

from attrs import define, frozen

from .base import ConflictError, FingerpostError, listed


@define(slots=False, repr=False)
class ConcurrencyError(ConflictError):
    """Somebody else changed the same stream first, again and again.

    Attributes:
        attempts: how often the command was tried.
        detail: what it ran into.
    """

    code = "concurrency"
    detail: str
    attempts: int = 1

    def _message(self) -> str:
        return (
            f"other writers were faster {self.attempts} times in a row ({self.detail}); nothing "
            f"was changed. Try again."
        )


@define(slots=False, repr=False)
class AliasExpectationError(ConflictError):
    """A compare-and-set move found the alias elsewhere.

    Attributes:
        alias: the alias.
        expected: version that ``expected=`` named, or ``None`` for "not set".
        actual: version that holds it now, or ``None``.
    """

    code = "alias_expectation"
    alias: str
    expected: str | None
    actual: str | None

    def _message(self) -> str:
        wanted = f"at {self.expected}" if self.expected else "not set"
        found = f"at {self.actual}" if self.actual else "not set"
        return (
            f"alias {self.alias!r} was expected {wanted} and is {found}. Look at the history, "
            f"and decide again, now expecting {self.actual!r}."
        )


@define(slots=False, repr=False)
class KeyReusedError(ConflictError):
    """A key stands for another command of the same actor.

    Attributes:
        key: the key.
        asked: the kind of command that was given now.
        carried_out: the kind of command that was carried out under it.
    """

    code = "key_reused"
    key: str
    asked: str
    carried_out: str

    def _message(self) -> str:
        return (
            f"key {self.key!r} stands for a command about {self.carried_out}, and this one is "
            f"about {self.asked}; nothing was changed. Give each command a key of its own."
        )


@frozen
class EditClash:
    """One thing that two people changed differently.

    Attributes:
        what: such as ``description`` or ``metadata['lr']``.
        before: what both of them read; this and the others as Python writes them, or ``nothing``.
        theirs: what it is now.
        mine: what the refused edit would have made of it.
    """

    what: str
    before: str
    theirs: str
    mine: str

    def __str__(self) -> str:
        return f"{self.what} was {self.before}, is now {self.theirs}, was to be {self.mine}"

    def to_dict(self) -> dict[str, str]:
        """Return its JSON form."""
        return {
            "what": self.what,
            "before": self.before,
            "theirs": self.theirs,
            "mine": self.mine,
        }


@define(slots=False, repr=False)
class EditConflictError(ConflictError):
    """Somebody else changed the same thing since it was read.

    Attributes:
        version: what was edited.
        clashes: what was changed by both.
    """

    code = "edit_conflict"
    version: str
    clashes: Sequence[EditClash]

    def _message(self) -> str:
        return (
            f"{self.version!r} was changed by somebody else since you read it: "
            f"{'; '.join(map(str, self.clashes))}. Nothing was saved. Fetch it again, and decide "
            f"anew."
        )


@define(slots=False, repr=False)
class AlreadyExistsError(ConflictError):
    """The name is taken."""

    code = "already_exists"
    what: str
    name: str
    remedy: str

    def _message(self) -> str:
        return f"{self.what} {self.name!r} exists already. {self.remedy}"


@define(slots=False, repr=False)
class VersionHasAliasesError(ConflictError):
    """A version with aliases is only deleted on request."""

    code = "version_has_aliases"
    version: str
    aliases: Sequence[str]

    def _message(self) -> str:
        return (
            f"{self.version!r} has the aliases {listed(self.aliases)}. Pass delete_aliases=True "
            f"(--delete-aliases) to delete it together with them."
        )


@define(slots=False, repr=False)
class LinkedVersionError(ConflictError, ValueError):
    """What a link holds is kept: it has no time to live."""

    code = "linked_version"
    version: str
    links: Sequence[str]

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return (
            f"{self.version!r} is linked to {listed(self.links)}, and a linked version is kept "
            f"for ever. Unlink it first."
        )


@define(slots=False, repr=False)
class CollectionLinkedError(ConflictError):
    """A collection with versions in registries is only deleted on request."""

    code = "collection_linked"
    collection: str
    links: Sequence[str]

    def _message(self) -> str:
        return (
            f"versions of {self.collection!r} are linked to {listed(self.links)}. Pass "
            f"delete_links=True (--delete-links) to delete it together with these links."
        )


@define(slots=False, repr=False)
class CollectionTypeError(ConflictError, ValueError):
    """A collection keeps its type.

    Attributes:
        collection: its path.
        type: the type it has; empty if its first link decides.
        wanted: the type that it was to have.
    """

    code = "collection_type"
    collection: str
    type: str
    wanted: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        if not self.type:
            return (
                f"collection {self.collection!r} has no type yet, and cannot be given "
                f"{self.wanted!r}: it takes that of the first artifact linked to it."
            )
        return (
            f"collection {self.collection!r} keeps its type {self.type!r} and cannot become one "
            f"of {self.wanted!r}. Log or link under another name; or delete the collection, and "
            f"make it again."
        )


@define(slots=False, repr=False)
class ProtectedVersionError(ConflictError):
    """A version is held by a protected alias, which comes off first."""

    code = "protected_version"
    version: str
    aliases: Sequence[str]
    scope: str

    def _message(self) -> str:
        return (
            f"{self.version!r} holds the protected alias {listed(self.aliases)} in "
            f"{self.scope}. A registry admin has to remove or move the alias first."
        )


@define(slots=False, repr=False)
class ArtifactFinalizedError(ConflictError):
    """A logged or finalized artifact does not change; log a new version instead."""

    code = "artifact_finalized"
    name: str
    attempted: str

    def _message(self) -> str:
        return (
            f"cannot {self.attempted}: artifact {self.name!r} is finalized. Build a new "
            f"Artifact with the same name and log it: that makes the next version."
        )


@define(slots=False, repr=False)
class ArtifactNotLoggedError(ConflictError):
    """A draft has no version yet; log it first."""

    code = "artifact_not_logged"
    name: str
    attempted: str

    def _message(self) -> str:
        return (
            f"cannot {self.attempted}: artifact {self.name!r} has not been logged. Call "
            f"run.log_artifact(artifact) or artifact.save() first."
        )


@define(slots=False, repr=False)
class RunFinishedError(ConflictError):
    """A finished run takes no more artifacts."""

    code = "run_finished"
    run: str
    attempted: str

    def _message(self) -> str:
        return f"cannot {self.attempted}: run {self.run!r} is finished. Start one with init(…)."


@define(slots=False, repr=False)
class WriterFinishedError(ConflictError):
    """A content writer was committed or left; it takes nothing more.

    Attributes:
        location: the content store.
        attempted: what was tried, as a phrase.
    """

    code = "writer_finished"
    location: str
    attempted: str

    def _message(self) -> str:
        return (
            f"cannot {self.attempted}: this writer of {self.location!r} is committed or left. "
            f"Ask the store for a new writer()."
        )


@define(slots=False, repr=False)
class EntryExistsError(ConflictError, ValueError):
    """A draft already has an entry at this path, with other content."""

    code = "entry_exists"
    path: str
    remedy: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return f"the artifact already has different content at {self.path!r}. {self.remedy}"


@define(slots=False, repr=False)
class EntryOpenError(ConflictError):
    """A file of the draft is still being written; what was written so far is not in it."""

    code = "entry_open"
    artifact: str
    paths: Sequence[str]

    def _message(self) -> str:
        return (
            f"artifact {self.artifact!r} cannot be finalized: {listed(self.paths)} is still being "
            f"written. Leave the with block of new_file first."
        )


@define(slots=False, repr=False)
class NotALinkError(ConflictError, ValueError):
    """Only a link can be unlinked."""

    code = "not_a_link"
    name: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return (
            f"{self.name!r} is a source artifact, not a link. To delete the version itself call "
            f"delete(); to unlink it, fetch it by its registry path first."
        )


@define(slots=False, repr=False)
class LastAdminError(ConflictError):
    """An organization keeps an admin, or nobody could give roles any more."""

    code = "last_admin"
    organization: str

    def _message(self) -> str:
        return (
            f"organization {self.organization!r} would have no admin any more. Make somebody else "
            f"an admin first."
        )


@define(slots=False, repr=False)
class TypeInUseError(ConflictError):
    """An artifact type that a collection of the registry has, or had, stays permitted."""

    code = "type_in_use"
    registry: str
    type: str

    def _message(self) -> str:
        return (
            f"type {self.type!r} is in use in registry {self.registry!r}: a collection has it, or "
            f"had it. From then on types are added, and that one cannot be withdrawn."
        )


@define(slots=False, repr=False)
class RollbackError(ConflictError):
    """An alias cannot go back.

    Attributes:
        alias: the alias, with its collection.
        problem: why not.
        remedy: what to do instead; names the next earlier version, if there is one.
    """

    code = "rollback"
    alias: str
    problem: str
    remedy: str

    def _message(self) -> str:
        return f"{self.alias!r} cannot be rolled back: {self.problem}. {self.remedy}"
