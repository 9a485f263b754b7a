"""A page of HTML."""

from typing import BinaryIO, Final

from attrs import field, frozen
from attrs.validators import instance_of


@frozen
class Html:
    """A page, or a piece, of HTML; stored as a ``.html`` file in UTF-8, as it is.

    Attributes:
        html: the text. Notebooks show it.
    """

    html: str = field(validator=instance_of(str))

    def _repr_html_(self) -> str:
        return self.html


class HtmlPage:
    """:class:`~fingerpost.Html` as ``.html``."""

    name: Final = "html"
    types: Final = ("fingerpost:Html",)
    extensions: Final = (".html", ".htm")
    packages: Final = ()

    def encode(self, obj: Html, file: BinaryIO) -> None:
        """Write the text in UTF-8."""
        file.write(obj.html.encode())

    def decode(self, file: BinaryIO) -> Html:
        """Read the text; anything but UTF-8 is refused."""
        return Html(file.read().decode())
