"""Sphinx configuration. Build with ``make docs``; warnings are errors."""

from importlib.metadata import version as _version

project = "Fingerpost"
author = "The Fingerpost contributors"
copyright = f"2026, {author}"
release = version = _version("fingerpost")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = f"Fingerpost {release}"
