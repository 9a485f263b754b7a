"""Rows of a search by words."""

from attrs import frozen

from ..json_form import Json, JsonForm


@frozen
class Match(JsonForm):
    """Where a word was found.

    Attributes:
        field: ``name``, ``alias``, ``tag``, ``description`` or ``metadata.KEY``.
        snippet: the text around it.
    """

    field: str
    snippet: str


@frozen(kw_only=True)
class SearchResult(JsonForm):
    """Something that was found.

    Attributes:
        kind: ``registry``, ``collection`` or ``version``.
        path: what names it: ``ORG/wandb-registry-NAME`` for a registry, ``entity/project/name``
            for a collection, and with ``:vN`` for a version.
        type: artifact type; empty for a registry.
        is_exact: whether its name, an alias or a tag is just what was searched for.
        matches: where each of the words was found, the most telling place first.
    """

    kind: str
    path: str
    type: str
    is_exact: bool
    matches: tuple[Match, ...]

    @property
    def field(self) -> str:
        """The most telling place where a word was found."""
        return self.matches[0].field

    @property
    def snippet(self) -> str:
        """The text around the word, there."""
        return self.matches[0].snippet

    def to_dict(self) -> Json:
        """Return its JSON form."""
        return {**super().to_dict(), "type": self.type or None}
