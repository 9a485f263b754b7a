"""What the global options of one command line say, and the store that they open."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from attrs import define

from .output import note

if TYPE_CHECKING:
    from fingerpost.application.transactions.transaction import Session
    from fingerpost.bootstrap.store import OpenStore
    from fingerpost.sdk import Api, Run


CommandRunner = Callable[[Sequence[str]], int]


@define
class Invocation:
    """The global options; filled while the command line is parsed.

    Attributes:
        run_command: runs another command line in this process, and returns its exit code.
        store: folder or URL.
        content: folder or URL where a new store's content is.
        actor: on whose behalf.
        entity: where names without an entity are looked for.
        project: where names without a project are looked for.
        is_json: whether a program reads the answer.
        is_quiet: whether to print the answer only.
    """

    run_command: CommandRunner
    store: str | None = None
    content: str | None = None
    actor: str | None = None
    entity: str | None = None
    project: str | None = None
    is_json: bool = False
    is_quiet: bool = False

    @contextmanager
    def opened(
        self, *, create: bool = False, before_making: Callable[[], None] = lambda: None
    ) -> "Iterator[OpenStore]":
        """Open the store; without ``create`` there must be one.

        Args:
            create: whether to make one.
            before_making: called first if one is to be made; what it raises leaves none behind.

        Raises:
            StoreNotFoundError: there is none.
        """
        from fingerpost.bootstrap.open_store import open_store
        from fingerpost.domain.errors import StoreNotFoundError

        try:
            opened = open_store(self.store, actor=self.actor, create=False, content=self.content)
        except StoreNotFoundError:
            if not create:
                raise
            before_making()
            opened = open_store(self.store, actor=self.actor, content=self.content)
            self.hint(f"made a new store in {opened.location}")
        with opened:
            yield opened

    @contextmanager
    def api(self, *, create: bool = False) -> "Iterator[Api]":
        """Open the store for reading and administering."""
        with self.opened(create=create) as opened:
            yield self.api_of(opened)

    def api_of(self, opened: "OpenStore") -> "Api":
        """Return the interface to an open store."""
        from fingerpost.sdk import Api

        return Api(opened, self.actor, entity=self.entity, project=self.project)

    def session(self, opened: "OpenStore") -> "Session":
        """Return a session of the actor in an open store, for use cases."""
        from fingerpost.application.transactions.transaction import Session
        from fingerpost.bootstrap.settings import actor_name, current_settings

        return Session(store=opened.store, actor=actor_name(self.actor, current_settings()))

    def run(self, opened: "OpenStore", job_type: str | None, name: str | None) -> "Run":
        """Start a run in an open store."""
        from fingerpost.sdk import init

        return init(
            entity=self.entity,
            project=self.project,
            job_type=job_type,
            name=name,
            store=opened,
            actor=self.actor,
        )

    def hint(self, text: str) -> None:
        """Say something to people that is not the answer."""
        if not (self.is_quiet or self.is_json):
            note(text)


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)
