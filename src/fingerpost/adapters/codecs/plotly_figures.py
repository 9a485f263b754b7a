"""Figures of Plotly."""

from typing import Any, BinaryIO, Final, NoReturn

import orjson


class PlotlyJson:
    """A Plotly figure as Plotly's own JSON."""

    name: Final = "plotly.json"
    types: Final = ("plotly.basedatatypes:BaseFigure",)
    extensions: Final = (".plotly.json",)
    packages: Final = ("plotly",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write a figure, with sorted keys: Plotly orders them by how the figure was made."""
        import plotly.io

        content = orjson.loads(plotly.io.to_json(obj, engine="orjson"))
        file.write(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))

    def decode(self, file: BinaryIO) -> Any:
        """Read a figure; Plotly checks each property."""
        import plotly.io

        return plotly.io.from_json(file.read(), engine="orjson")


class PlotlyHtml:
    """A Plotly figure as a page that needs no network, which is read as a page and no figure."""

    name: Final = "plotly.html"
    types: Final = ("plotly.basedatatypes:BaseFigure",)
    extensions: Final = (".html", ".htm")
    packages: Final = ("plotly",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write a page."""
        import plotly.io

        # Without a name for the element each page has a random one.
        file.write(plotly.io.to_html(obj, include_plotlyjs=True, div_id="figure").encode())

    def decode(self, file: BinaryIO) -> NoReturn:
        """Refuse: a page is no figure."""
        del file
        msg = "it is a page, from which no figure can be made again"
        raise TypeError(msg)
