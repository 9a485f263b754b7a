"""The names of the package: each is imported when it is first asked for."""

import subprocess
import sys

import pytest

import fingerpost


def in_a_new_process(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_the_package_imports_nothing_else_of_it():
    code = "import sys, fingerpost; print(*(m for m in sys.modules if m.startswith('fingerpost.')))"
    assert in_a_new_process(code) == []


def test_each_public_name_can_be_imported_and_stays_the_same_object():
    for name in fingerpost.__all__:
        assert getattr(fingerpost, name) is getattr(fingerpost, name)


def test_a_star_import_brings_all_of_them():
    code = (
        "from fingerpost import *; import fingerpost; print(set(fingerpost.__all__) - set(dir()))"
    )
    assert in_a_new_process(code) == ["set()"]


def test_they_are_listed_before_they_are_imported():
    listed = in_a_new_process("import fingerpost; print(*dir(fingerpost))")
    assert set(fingerpost.__all__) <= set(listed)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'fingerpost' has no attribute 'nope'"):
        fingerpost.nope  # noqa: B018 - asking is the test
