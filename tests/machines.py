"""Where the state machines of ``fingerpost.testing`` keep their stores, to be mixed into them."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

import fingerpost
from stores import CONTENT, open_store


class InMemory:
    def open_store(self):
        return fingerpost.open_store("memory://", actor="alice")


class OnDisk:
    def open_store(self):
        self._folder = tempfile.mkdtemp()
        return fingerpost.open_store(Path(self._folder) / "store", actor="alice")

    def reopen(self, store):
        store.close()
        return fingerpost.open_store(store.location, actor="bob", create=False)

    def teardown(self):
        super().teardown()
        shutil.rmtree(self._folder)


class OnPostgres:
    server = None

    def open_store(self):
        self._lending = self.server.lent_url()
        self._folder = tempfile.mkdtemp()
        os.environ[CONTENT] = self._folder
        self._place = self._lending.__enter__()
        return open_store(self._place)

    def reopen(self, store):
        store.close()
        return open_store(self._place, actor="bob", create=False)

    def teardown(self):
        super().teardown()
        self._lending.__exit__(None, None, None)
        del os.environ[CONTENT]
        shutil.rmtree(self._folder)


def of_size(max_examples, steps):
    """Keep a profile that asks for more; the default one is for every change."""
    profile = settings()
    if profile.max_examples > settings.get_profile("default").max_examples:
        return profile
    return settings(profile, max_examples=max_examples, stateful_step_count=steps)
