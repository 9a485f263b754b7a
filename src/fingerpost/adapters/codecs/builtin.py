"""The codecs that ship, in order of preference."""

from collections.abc import Sequence
from typing import Final

from .arrays import Npy, Npz
from .bokeh_models import BokehJson
from .codec import Codec
from .html import HtmlPage
from .matplotlib_figures import MATPLOTLIB_FORMATS
from .pillow_images import PILLOW_FORMATS
from .plotly_figures import PlotlyHtml, PlotlyJson
from .tables import ArrowIpc, Parquet
from .wav import Wav

# The first of a type gives the format of a name without extension, the first of an extension reads
# its files: PNG files come back as images, whichever of two libraries wrote them.
BUILT_IN: Final[Sequence[Codec]] = (
    ArrowIpc(),
    Parquet(),
    Npy(),
    Npz(),
    *PILLOW_FORMATS,
    HtmlPage(),
    Wav(),
    PlotlyJson(),
    BokehJson(),
    *MATPLOTLIB_FORMATS,
    PlotlyHtml(),
)
