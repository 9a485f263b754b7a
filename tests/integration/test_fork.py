"""A process that forks while a store is open."""

import os

import pytest

import fingerpost
from stores import open_store


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_parent_and_forked_child_both_go_on_with_an_open_store(place: str) -> None:
    api = fingerpost.Api(open_store(place), "alice")
    api.create_registry("before")
    child = os.fork()
    if child == 0:
        # No pytest in here: whatever happens, the child ends at once and says how.
        try:
            api.create_registry("by the child")
            os._exit(0)
        except BaseException:  # noqa: BLE001
            os._exit(1)
    api.create_registry("by the parent")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    names = {registry.name for registry in api.registries()}
    assert names == {"Model", "Dataset", "before", "by the child", "by the parent"}
