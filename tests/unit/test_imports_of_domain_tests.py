"""The tests of the domain need nothing but the domain: no adapter, no store."""

import ast
from pathlib import Path

import pytest

import fingerpost

TESTS = Path(__file__).parent / "domain"
SOURCES = Path(fingerpost.__file__).parents[1]

DOMAIN = "fingerpost.domain"
# Each imports the domain alone, which is tested below.
STAND_ASIDE = [
    "fingerpost.errors",
    "fingerpost.testing.filter_model",
    "fingerpost.testing.strategies",
]
# One file without any import of the package.
VERIFIER = "fingerpost.verifier"


def imported(path):
    """Return the modules of the package that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            is_package = node.module == "fingerpost"
            found |= {
                f"fingerpost.{each.name}" if is_package else node.module for each in node.names
            }
    return {name for name in found if name.partition(".")[0] == "fingerpost"}


def is_below(name, allowed):
    return any(name == each or name.startswith(f"{each}.") for each in allowed)


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: path.name)
def test_a_test_of_the_domain_imports_no_other_layer(path):
    allowed = [DOMAIN, *STAND_ASIDE, VERIFIER]
    assert [name for name in imported(path) if not is_below(name, allowed)] == []


@pytest.mark.parametrize("name", STAND_ASIDE)
def test_what_such_a_test_may_import_imports_the_domain_alone(name):
    path = SOURCES / f"{name.replace('.', '/')}.py"
    assert [each for each in imported(path) if not is_below(each, [DOMAIN])] == []


def test_the_verifier_imports_nothing_of_the_package():
    assert imported(SOURCES / "fingerpost/verifier.py") == set()


def test_an_import_of_another_layer_is_found(tmp_path):
    path = tmp_path / "test_something.py"
    path.write_text("def test():\n    from fingerpost import sdk\n    import fingerpost.cli\n")
    assert imported(path) == {"fingerpost.sdk", "fingerpost.cli"}
