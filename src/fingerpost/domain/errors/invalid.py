"""A value that was given breaks a rule."""

from collections.abc import Sequence

from attrs import define

from .base import FingerpostError, InvalidInputError, listed, shown


@define(slots=False, repr=False)
class InvalidValueError(InvalidInputError):
    """A value does not have the form that is asked for.

    Attributes:
        what: the kind of value, such as ``"alias"``.
        value: the value as given.
        expected: the rule that it breaks.
        remedy: what to do, such as a value that would do.
    """

    code = "invalid_value"
    what: str
    value: object
    expected: str
    remedy: str

    def _message(self) -> str:
        return f"{self.what} {shown(self.value)} is not valid: {self.expected}. {self.remedy}"


@define(slots=False, repr=False)
class InvalidNameError(InvalidValueError):
    """A name of an artifact, type, entity, project, registry or collection is not valid."""

    code = "invalid_name"


@define(slots=False, repr=False)
class InvalidAliasError(InvalidValueError):
    """An alias is malformed, or is one that Fingerpost sets itself (``latest``, ``vN``)."""

    code = "invalid_alias"


@define(slots=False, repr=False)
class InvalidPathError(InvalidValueError):
    """A path inside an artifact is absolute, escapes it, or cannot be stored everywhere."""

    code = "invalid_path"


@define(slots=False, repr=False)
class InvalidMetadataError(InvalidValueError):
    """Metadata is not JSON, or has too many keys."""

    code = "invalid_metadata"


@define(slots=False, repr=False)
class InvalidReferenceError(InvalidValueError):
    """A URI cannot be tracked as a reference."""

    code = "invalid_reference"


@define(slots=False, repr=False)
class LimitExceededError(InvalidInputError):
    """A documented limit would be exceeded.

    Attributes:
        what: what is limited, such as ``"aliases of a collection"``.
        limit: the largest permitted number.
        found: the number that was asked for.
    """

    code = "limit_exceeded"
    what: str
    limit: int
    found: int
    remedy: str

    def _message(self) -> str:
        return f"{self.what}: {self.found:,} exceeds the limit of {self.limit:,}. {self.remedy}"


@define(slots=False, repr=False)
class TypeMismatchError(InvalidInputError):
    """A collection keeps the artifact type of its first version.

    Attributes:
        name: path of the collection.
        expected: the type it has.
        given: the type of the artifact.
    """

    code = "type_mismatch"
    name: str
    expected: str
    given: str

    def _message(self) -> str:
        return (
            f"collection {self.name!r} holds artifacts of type {self.expected!r}, "
            f"not {self.given!r}. Use type={self.expected!r}, or another name."
        )


@define(slots=False, repr=False)
class TypeNotPermittedError(InvalidInputError):
    """A registry does not permit artifacts of this type."""

    code = "type_not_permitted"
    registry: str
    type: str
    permitted: Sequence[str]

    def _message(self) -> str:
        return (
            f"registry {self.registry!r} does not permit artifacts of type {self.type!r}; it "
            f"permits {listed(self.permitted)}. Link to a registry that permits {self.type!r}, "
            f"or have a registry admin run `fingerpost registry permit {self.registry!r} "
            f"{self.type}`."
        )


@define(slots=False, repr=False)
class PersonalEntityLinkError(InvalidInputError):
    """A version logged under a personal entity cannot be published in a registry."""

    code = "personal_entity_link"
    artifact: str
    entity: str
    teams: Sequence[str]

    def _message(self) -> str:
        if self.teams:
            how = f"with one of the team entities {listed(self.teams)}"
        else:
            how = "with a team entity, for example init(entity='my-team', …), which makes the team"
        return (
            f"{self.artifact!r} belongs to the personal entity {self.entity!r}, and only "
            f"artifacts of a team can be linked to a registry. Log it again {how}."
        )


@define(slots=False, repr=False)
class AmbiguousOrganizationError(InvalidInputError):
    """The plain name of an organization is also the name of an entity."""

    code = "ambiguous_organization"
    name: str
    organization_entity: str

    def _message(self) -> str:
        return (
            f"{self.name!r} names an entity as well as an organization. Write the organization's "
            f"identifier {self.organization_entity!r} in the target path."
        )


@define(slots=False, repr=False)
class ForeignTeamError(InvalidInputError):
    """A version of another organization's team cannot be published in a registry."""

    code = "foreign_team"
    artifact: str
    entity: str
    registry: str
    teams: Sequence[str] = ()

    def _message(self) -> str:
        there = f": {listed(self.teams)}" if self.teams else ", of which there is none yet"
        return (
            f"{self.artifact!r} belongs to {self.entity!r}, which is no team of the "
            f"organization that has the registry {self.registry!r}. Log it under one of that "
            f"organization's teams{there}."
        )


@define(slots=False, repr=False)
class ForeignStoreError(InvalidInputError):
    """An artifact of one store was handed to a run of another."""

    code = "foreign_store"
    artifact: str
    store: str
    run_store: str

    def _message(self) -> str:
        return (
            f"{self.artifact!r} is in the store {self.store!r}, and this run is in "
            f"{self.run_store!r}. Download it, and log it in this store as an artifact of its own."
        )


@define(slots=False, repr=False)
class OutsideOrganizationError(InvalidInputError):
    """Who is to get a role in a team or registry has to be one of its organization first.

    Attributes:
        actor: who was to get a role.
        organization: identifier of the organization.
        scope: where, such as ``"registry 'Model'"``.
    """

    code = "outside_organization"
    actor: str
    organization: str
    scope: str

    def _message(self) -> str:
        return (
            f"{self.actor!r} is not one of the organization {self.organization!r}, and cannot get "
            f"a role in {self.scope}. Add them to the organization first: `fingerpost members "
            f"add {self.actor!r} --organization {self.organization!r}`."
        )


@define(slots=False, repr=False)
class NotARegistryVersionError(InvalidInputError, ValueError):
    """Only what is linked to a registry is approved."""

    code = "not_a_registry_version"
    name: str

    __str__ = FingerpostError.__str__

    def _message(self) -> str:
        return (
            f"{self.name!r} is a source version, and only what is linked to a registry is "
            f"approved. Link it, and name it by its path in the registry."
        )


@define(slots=False, repr=False)
class ReasonRequiredError(InvalidInputError):
    """The registry lets aliases move only with a reason, and none was given.

    Attributes:
        attempted: what was to be done, such as ``"move 'production'"``.
        scope: where, such as ``"registry 'Model'"``.
    """

    code = "reason_required"
    attempted: str
    scope: str

    def _message(self) -> str:
        return (
            f"to {self.attempted} {self.scope} requires a reason, and none was given. Say why: "
            f"--reason 'why' on the command line, reason='why' in Python."
        )
