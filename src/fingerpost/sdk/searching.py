"""What the API finds by words and filters."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from fingerpost import application, domain
from fingerpost.application.read_models.cursors import SortKey
from fingerpost.application.read_models.search_results import SearchResult
from fingerpost.domain.names.names import RegistryName

from .arguments import listed
from .matching import PER_PAGE
from .matching_registries import Registries
from .paging import Pages
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.read_models.selection import Filter
    from fingerpost.application.search.search import Search


RESULTS: Final = 20
"""Results fetched at once."""


class SearchResults(Pages[SortKey, SearchResult]):
    """What a search found, the most telling first. Iterate over it, or index it."""

    def __init__(
        self, workspace: Workspace, asked: "Search", per_page: int, start: str | None
    ) -> None:
        session = workspace.session()
        question = application.search.search.question(session, asked)
        super().__init__(
            partial(application.search.search.search, session, asked),
            partial(application.search.search.count, session, asked),
            per_page,
            start,
            read=question.key,
            write=question.cursor,
        )


class Searching:
    """The searches of :class:`~fingerpost.Api`."""

    _workspace: Workspace

    def search(
        self,
        text: str,
        *,
        kinds: str | Iterable[str] | None = None,
        registry: str | None = None,
        organization: str | None = None,
        filter: "Filter | None" = None,
        per_page: int = RESULTS,
        start: str | None = None,
    ) -> SearchResults:
        """Find registries, collections and versions by words.

        Names, aliases, tags, descriptions and metadata (keys and values) are searched. All words
        have to be in an item, anywhere, be it in the middle of a word; letter case and accents do
        not matter, and no character has a meaning of its own. First comes what has a name, an
        alias or a tag that is just the text; then by where the words are, from names to metadata;
        then the newest.

        Args:
            text: one word or more, up to 1,000 characters.
            kinds: ``registry``, ``collection`` or ``version``, or several; by default all.
            registry: only this registry and what is in it.
            organization: whose registry; by default the default one's.
            filter: what the things have to pass besides, if ``kinds`` is one.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Returns:
            Results with ``kind, path, field, snippet, is_exact`` and more.

        Raises:
            InvalidValueError: there is nothing to search for, or no such kind, or the cursor is
                that of another list.
            InvalidFilterError: the filter names an unknown field or operator.
            LimitExceededError: the text is longer than 1,000 characters, or has over 20 words.
            RegistryNotFoundError: there is no such registry.
            RoleRequiredError: the actor may not see it; the attempt itself is recorded.
        """
        home = None
        if registry is not None:
            session = self._workspace.session()
            home = application.registries.reading.find_registry(
                session, RegistryName(registry), organization
            )
        known = [kinds] if isinstance(kinds, str) else listed(kinds, "kinds")
        asked = application.search.search.Search.of(text, known, home.id if home else None, filter)
        return SearchResults(self._workspace, asked, per_page, start)

    def registries(
        self,
        organization: str | None = None,
        filter: "Filter | None" = None,
        order: str | None = None,
        per_page: int = PER_PAGE,
        start: str | None = None,
    ) -> Registries:
        """Return the registries of an organization that pass a filter.

        The list has ``collections()`` and ``versions()``, which go on from it::

            api.registries(filter={"name": {"$regex": "model"}}).versions(
                filter={"$or": [{"tag": "prod"}, {"alias": "production"}]}
            )

        Args:
            organization: by default the default one.
            filter: what registries have to pass; see the reference page of filters.
            order: ``name``, ``created_at`` or ``updated_at``, with ``-`` in front for descending;
                by default in the order in which they were made.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            InvalidFilterError: the filter names an unknown field or operator.
            InvalidValueError: order or cursor is not valid.
            OrganizationNotFoundError: there is no such organization.

        *Source*: W&B's document *Find registry items*.
        """
        every = application.search.filtering.asked_in_organization(
            self._workspace.session(), organization
        )
        asked = every.narrowed(domain.filters.Kind.REGISTRY, filter, order)
        return Registries(self._workspace, asked, per_page, start)
