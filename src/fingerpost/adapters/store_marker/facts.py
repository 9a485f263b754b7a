"""What a store says of itself: which format it has, and where its content is.

A store in a folder keeps it in ``fingerpost.json``; one in a database in a table of its own. Both
in the form that is read and written here.
"""

import json
from typing import Any, Final

from attrs import frozen

from fingerpost.domain.errors import StoreFormatError

STORE_FORMAT: Final = 2
"""Version of a store's layout; a store with a higher number is refused.

2 came with content that is elsewhere: who knows 1 only would not look there.
"""

OLDEST_FORMAT: Final = 1


@frozen(kw_only=True)
class StoreFacts:
    """What is recorded when a store is created.

    Attributes:
        format: see :data:`STORE_FORMAT`.
        content: where the content is, as ``content_location`` writes it; ``None`` for the store's
            own folder.
        content_id: what the content itself is marked with; ``None`` in the store's own folder.
    """

    format: int = STORE_FORMAT
    content: str | None = None
    content_id: str | None = None

    def as_json(self) -> str:
        """Return the facts as one line of JSON; what is ``None`` is left out."""
        facts = {"content": self.content, "content_id": self.content_id}
        given = {name: value for name, value in facts.items() if value is not None}
        return json.dumps({"format": self.format, **given}) + "\n"

    @classmethod
    def parse(cls, written: bytes | str, location: str, where: str) -> "StoreFacts":
        """Read facts.

        Args:
            written: what :meth:`as_json` returned.
            location: of the store, for messages.
            where: what holds the facts, such as ``fingerpost.json``.

        Raises:
            StoreFormatError: they are damaged, or of a format that is not known.
        """
        try:
            facts: dict[str, Any] = json.loads(written)
            number = facts["format"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _damaged(location, where) from error
        if not isinstance(number, int) or not OLDEST_FORMAT <= number <= STORE_FORMAT:
            raise StoreFormatError(
                location,
                f"it has the format {number!r}, and this Fingerpost knows {OLDEST_FORMAT} to "
                f"{STORE_FORMAT}",
                "Upgrade Fingerpost.",
            )
        content, content_id = facts.get("content"), facts.get("content_id")
        if not all(value is None or isinstance(value, str) for value in (content, content_id)):
            raise _damaged(location, where)
        return cls(format=number, content=content, content_id=content_id)


def _damaged(location: str, where: str) -> StoreFormatError:
    remedy = (
        f'Write it again: {{"format": {STORE_FORMAT}}}, and if its content is elsewhere, the place '
        f'as "content" and what is in fingerpost-content.json there as "content_id".'
    )
    return StoreFormatError(location, f"{where} is damaged", remedy)
