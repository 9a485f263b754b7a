"""Where a store's content is: what ``content=`` takes, and what is recorded of it."""

import os

from fingerpost.domain.errors import InvalidValueError, StoreUnavailableError

from .content_kinds import REMEDY, content_kind, unknown_kind
from .urls import scheme_of


def content_location(given: "str | os.PathLike[str]") -> str:
    """Return the normal form of a place for content: an absolute path, or a URL without a slash.

    Raises:
        InvalidValueError: it is no folder, and no URL of a kind that is known; or it holds a
            password or key; or its kind is known not to keep what content needs.
        PluginError: two plug-ins have its scheme.
    """
    if not isinstance(given, str | os.PathLike):
        raise InvalidValueError("content", given, "it is a folder or a URL", REMEDY)
    named = os.fspath(given)
    kind = content_kind(scheme_of(named))
    if kind is None:
        raise unknown_kind(named)
    return kind.normal_form(named)


def is_url(location: str) -> bool:
    """Whether a normal form is a URL, and no folder of this machine."""
    return "://" in location


def agreed_content(store: str, recorded: str | None, asked: str | None) -> str | None:
    """Return where a store's content is, if that is where the caller thinks it is.

    Args:
        store: the store, for the message.
        recorded: what was recorded when it was created; ``None`` for its own folder.
        asked: the caller's, in its normal form; ``None`` for what was recorded.

    Raises:
        StoreUnavailableError: the two differ. Nothing is ever stored in a second place.
    """
    if asked is None or asked == recorded:
        return recorded
    here = "its own folder" if recorded is None else repr(recorded)
    raise StoreUnavailableError(
        store,
        f"its content is in {here}, not in {asked!r}: a store keeps the place that it was created "
        f"with",
        "Leave out content=, --content and FINGERPOST_CONTENT, or create another store.",
    )
