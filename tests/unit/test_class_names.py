"""Each class of the package has a name of its own, so that a name leads to one place."""

import ast
from collections import defaultdict
from pathlib import Path

import fingerpost

PACKAGE = Path(fingerpost.__file__).parent

AGGREGATES = {"Automation", "Collection", "Entity", "Organization", "Registry", "Run"}
"""Each names an aggregate, which snapshots store, and the public class over it."""


def homes():
    """Return the files that define a class of a name, by name; private and nested ones too."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path.relative_to(PACKAGE).as_posix())
    return found


def test_no_class_name_is_used_twice():
    repeated = {name: files for name, files in homes().items() if len(files) > 1}

    assert {name: repeated[name] for name in repeated.keys() - AGGREGATES} == {}


def test_an_aggregate_shares_its_name_with_its_public_class_alone():
    found = homes()

    layers = {name: [path.partition("/")[0] for path in found[name]] for name in AGGREGATES}

    assert layers == {name: ["domain", "sdk"] for name in AGGREGATES}
