"""What differs between two JSON objects, key by key, down to the innermost ones."""

from collections.abc import Iterator

from attrs import frozen

from .metadata import JsonObject, JsonValue, is_same


@frozen(kw_only=True)
class MetadataChange:
    """A key that one of two JSON objects has, or that has another value in the second.

    Attributes:
        keys: the way to it, from the outermost key.
        is_in_before: whether the first object has it.
        is_in_after: whether the second has it.
        before: its value in the first; ``None`` also where it is missing.
        after: its value in the second; likewise.
    """

    keys: tuple[str, ...]
    is_in_before: bool
    is_in_after: bool
    before: JsonValue
    after: JsonValue

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.is_in_before and self.is_in_after:
            return "changed"
        return "added" if self.is_in_after else "removed"

    @property
    def pointer(self) -> str:
        """The way to it as a JSON Pointer, such as ``/training/rate``. *Source*: RFC 6901."""
        return "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in self.keys)

    def to_dict(self) -> JsonObject:
        """Return its JSON form, with the values that there are: null is a value, too."""
        form: JsonObject = {"kind": self.kind, "pointer": self.pointer}
        if self.is_in_before:
            form["before"] = self.before
        if self.is_in_after:
            form["after"] = self.after
        return form


def metadata_changes(
    before: JsonObject, after: JsonObject, above: tuple[str, ...] = ()
) -> Iterator[MetadataChange]:
    """Iterate over what differs, sorted by key.

    Objects in objects are compared key by key; lists and all else as a whole.
    """
    for key in sorted(before.keys() | after.keys()):
        left, right = before.get(key), after.get(key)
        is_in_both = key in before and key in after
        if is_in_both and isinstance(left, dict) and isinstance(right, dict):
            yield from metadata_changes(left, right, (*above, key))
        elif not (is_in_both and is_same(left, right)):
            yield MetadataChange(
                keys=(*above, key),
                is_in_before=key in before,
                is_in_after=key in after,
                before=left,
                after=right,
            )
