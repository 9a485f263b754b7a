"""Figures, layouts and other models of Bokeh."""

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any, BinaryIO, Final

_GIVEN_BY_BOKEH: Final = re.compile(r"p\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BokehJson:
    """A Bokeh model as the JSON of a Bokeh document.

    Bokeh numbers models as they are made in a process. A file numbers them as they come in it, so
    that the same figure gives the same bytes; what is read gets fresh numbers, so that it can be
    put beside other figures.
    """

    name: Final = "bokeh.json"
    types: Final = ("bokeh.model:Model",)
    extensions: Final = (".bokeh.json",)
    packages: Final = ("bokeh",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write a model as the root of a document."""
        from bokeh.document import Document
        from bokeh.embed.util import OutputDocumentFor

        with OutputDocumentFor([obj], always_new=True) as document:
            content = _plain(document)
        # Read and written once more: reading drops what is set to its default.
        content = _plain(Document.from_json(content))
        numbers = count(1001)
        renamed = _renamed(content, lambda: f"p{next(numbers)}", {})
        file.write(json.dumps(renamed, ensure_ascii=False, separators=(",", ":")).encode())

    def decode(self, file: BinaryIO) -> Any:
        """Read a model, or a document if it has other than one root."""
        from bokeh.document import Document
        from bokeh.util.serialization import make_id

        document = Document.from_json(_renamed(json.load(file), make_id, {}))
        if len(document.roots) != 1:
            return document
        (root,) = document.roots
        document.remove_root(root)
        return root


def _plain(document: Any) -> Any:
    try:
        return document.to_json(deferred=False)
    except TypeError:  # before Bokeh 3.9
        return document.to_json()


def _renamed(value: Any, new: Callable[[], str], given: dict[str, str]) -> Any:
    # A dictionary of a user's is written as {"type": "map", …}: any other "id" is a model's.
    if isinstance(value, list):
        return [_renamed(each, new, given) for each in value]
    if not isinstance(value, dict):
        return value
    renamed = {}
    for key, each in value.items():
        if key == "id" and isinstance(each, str) and _GIVEN_BY_BOKEH.fullmatch(each):
            if each not in given:
                given[each] = new()
            renamed[key] = given[each]
        else:
            renamed[key] = _renamed(each, new, given)
    return renamed
