"""What automations keep beside the ledger, and the worker that uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

from fingerpost.application.automations.retry_policy import Patience
from fingerpost.application.automations.worker import Worker
from fingerpost.application.store import Store

from .database import FILE, AutomationsDatabase
from .deliveries import SqliteDeliveryStore
from .ports import Database
from .sender import AiohttpSender
from .targets import Targets
from .vault import SqliteSecretVault


class AutomationsState:
    """Deliveries and secrets of a store, in a file of their own that a rebuild leaves alone.

    Args:
        database: where they are kept.
        secrets_key: returns the keys that encrypt secrets, or ``None``; called when one is needed.
        allowed_hosts: returns the hosts that webhooks may be sent to although their addresses are
            private, or ``None``; called when a worker is made.

    Attributes:
        deliveries: what is owed, and what came of it.
        vault: values of secrets.
    """

    def __init__(
        self,
        database: Database,
        secrets_key: Callable[[], str | None],
        allowed_hosts: Callable[[], str | None],
    ) -> None:
        self._database = database
        self._allowed_hosts = allowed_hosts
        self.deliveries = SqliteDeliveryStore(self._database)
        self.vault = SqliteSecretVault(self._database, secrets_key)

    @classmethod
    def in_folder(
        cls,
        folder: Path | None,
        secrets_key: Callable[[], str | None],
        allowed_hosts: Callable[[], str | None],
    ) -> Self:
        """Return the state kept in a file of a store's folder, or in memory for ``None``."""
        path = None if folder is None else folder / FILE
        return cls(AutomationsDatabase(path), secrets_key, allowed_hosts)

    def worker(self, store: Store, patience: Patience | None = None) -> Worker:
        """Return a worker that may send to whom the environment allows.

        Raises:
            MissingExtraError: aiohttp is not installed.
            InvalidValueError: ``FINGERPOST_ALLOW_WEBHOOK_HOSTS`` makes no sense.
        """
        targets = Targets.parse(self._allowed_hosts())
        return Worker(store, self.deliveries, self.vault, AiohttpSender(targets), patience)

    def close(self) -> None:
        """Close the file; the next use opens it again. Idempotent."""
        self._database.close()
