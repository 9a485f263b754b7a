"""Sphinx configuration. Build with ``make docs``; warnings are errors.

``python -m sphinx -W -q -b doctest docs docs/_build/doctest`` runs every example and compares what
it prints.
"""

import doctest
import sys
from importlib.metadata import version as _version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Fingerpost"
author = "The Fingerpost contributors"
copyright = f"2026, {author}"
release = version = _version("fingerpost")

extensions = [
    "_ext.generated",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
# Sections that a page includes.
exclude_patterns = ["_build", "how-to/references"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

# Each page's examples run in an empty folder of their own, without settings from outside.
doctest_default_flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
doctest_global_setup = f"""
_docs = {str(Path(__file__).parent)!r}
import os as _os, tempfile as _tempfile
_folder, _before = _tempfile.TemporaryDirectory(), _os.getcwd()
_os.chdir(_folder.name)
for _name in [name for name in _os.environ if name.startswith("FINGERPOST_")]:
    del _os.environ[_name]
_os.environ["FINGERPOST_STORE"] = _os.path.join(_folder.name, "default-store")
"""
doctest_global_cleanup = """
_os.chdir(_before)
_folder.cleanup()
"""

html_theme = "furo"
html_title = f"Fingerpost {release}"
