"""What an import did, or would do."""

from collections.abc import Sequence

from attrs import frozen

from fingerpost.application.json_form import JsonForm
from fingerpost.domain.versions.origin import Origin


@frozen(kw_only=True)
class ImportedVersion(JsonForm):
    """A version of another registry, and what became of it.

    Attributes:
        collection: name of the collection here.
        version: ``vN`` here; ``None`` where there is none, or none yet.
        standing: ``new`` (imported by this run, or to be imported), ``known`` (imported before),
            ``deleted`` (imported before, and deleted here since) or ``skipped``.
        origin: what the other registry says of it.
        problem: why it was skipped.
    """

    collection: str
    version: str | None
    standing: str
    origin: Origin
    problem: str | None = None


@frozen(kw_only=True)
class ImportedAlias(JsonForm):
    """An alias that was moved to where the other registry has it, or that would be.

    Attributes:
        collection: name of the collection here.
        alias: which.
        from_version: ``vN`` that held it here before; ``None`` if nothing did.
        to_version: ``vN`` that holds it now; ``None`` where that has no number yet.
        peer_version: what the other registry calls the version that holds it.
        problem: why it was not moved; ``None`` if it was.
    """

    collection: str
    alias: str
    from_version: str | None
    to_version: str | None
    peer_version: str
    problem: str | None = None


@frozen(kw_only=True)
class Imported(JsonForm):
    """What an import did, or would do.

    Attributes:
        is_dry_run: whether nothing was changed.
        versions: all that the other registry has, in its order.
        aliases: those that were somewhere else before, or could not be moved.
    """

    is_dry_run: bool
    versions: Sequence[ImportedVersion] = ()
    aliases: Sequence[ImportedAlias] = ()

    @property
    def new(self) -> Sequence[ImportedVersion]:
        """The versions that were imported, or would be."""
        return [version for version in self.versions if version.standing == "new"]
