"""Something that was named does not exist."""

from collections.abc import Sequence

from attrs import define

from .base import FingerpostError, InvalidInputError, NotFoundError, StorageError, listed


@define(slots=False, repr=False)
class NoSuchThingError(NotFoundError):
    """Something named does not exist.

    Attributes:
        what: the kind of thing, such as ``"registry"``.
        name: the name as given.
        available: names that do exist, nearest first where that is known.
        remedy: what to do next.
    """

    code = "not_found"
    what: str
    name: str
    available: Sequence[str] = ()
    remedy: str = ""

    def _message(self) -> str:
        there = f" There is: {listed(self.available)}." if self.available else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"there is no {self.what} {self.name!r}.{there}{remedy}"


@define(slots=False, repr=False)
class StoreNotFoundError(NoSuchThingError, StorageError):
    """There is no store at the place that was named."""

    code = "store_not_found"


@define(slots=False, repr=False)
class EntityNotFoundError(NoSuchThingError):
    """No team or personal entity has this name."""

    code = "entity_not_found"


@define(slots=False, repr=False)
class OrganizationNotFoundError(NoSuchThingError):
    """No organization has this name."""

    code = "organization_not_found"


@define(slots=False, repr=False)
class RegistryNotFoundError(NoSuchThingError):
    """No registry has this name (letter case does not matter)."""

    code = "registry_not_found"


@define(slots=False, repr=False)
class CollectionNotFoundError(NoSuchThingError):
    """No collection has this path."""

    code = "collection_not_found"


@define(slots=False, repr=False)
class VersionNotFoundError(NoSuchThingError):
    """The collection has no such version, or it was deleted."""

    code = "version_not_found"


@define(slots=False, repr=False)
class AliasNotFoundError(NoSuchThingError):
    """Nothing in the collection has this alias."""

    code = "alias_not_found"


@define(slots=False, repr=False)
class ProjectNotFoundError(NoSuchThingError):
    """The entity has no project of this name: nothing was logged there."""

    code = "project_not_found"


@define(slots=False, repr=False)
class ArtifactTypeNotFoundError(NoSuchThingError):
    """No collection of the project or registry has this artifact type."""

    code = "artifact_type_not_found"


@define(slots=False, repr=False)
class RunNotFoundError(NoSuchThingError):
    """No run has this identity."""

    code = "run_not_found"


@define(slots=False, repr=False)
class EntryNotFoundError(NoSuchThingError, KeyError):
    """The artifact has no entry at this path."""

    code = "entry_not_found"

    __str__ = FingerpostError.__str__


@define(slots=False, repr=False)
class ItemNotFoundError(NoSuchThingError, FileNotFoundError):
    """No entry or folder of the draft matches what was to be removed."""

    code = "item_not_found"

    __str__ = FingerpostError.__str__


@define(slots=False, repr=False)
class SourceFileError(InvalidInputError, FileNotFoundError):
    """A local path that was to be added is missing, or is not of the expected kind.

    Attributes:
        path: the local path as given.
        problem: what is wrong with it.
        remedy: what to do.
    """

    code = "source_file"
    path: str
    problem: str
    remedy: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return f"{self.path!r} {self.problem}. {self.remedy}"


@define(slots=False, repr=False)
class ContentNotFoundError(NotFoundError, StorageError):
    """The content store has no blob with this digest."""

    code = "content_not_found"
    digest: str
    location: str

    def _message(self) -> str:
        return (
            f"no content {self.digest} in {self.location}. Run `fingerpost verify` to see what "
            f"else is missing, and restore the folder from a backup."
        )


@define(slots=False, repr=False)
class MemberNotFoundError(NoSuchThingError):
    """Nobody of this name was given a role there."""

    code = "member_not_found"


@define(slots=False, repr=False)
class ApprovalNotFoundError(NoSuchThingError):
    """There is no such approval to take back."""

    code = "approval_not_found"
