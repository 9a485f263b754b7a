"""What automations keep beside the ledger, and the worker that uses it."""

from pathlib import Path

from fingerpost.application.automation_patience import Patience
from fingerpost.application.automation_worker import Worker
from fingerpost.application.store import Store

from .. import settings as settings_module
from .database import FILE, AutomationsDatabase
from .deliveries import SqliteDeliveryStore
from .ports import Database
from .sender import AiohttpSender
from .targets import Targets
from .vault import SqliteSecretVault


class AutomationsState:
    """Deliveries and secrets of a store, in a file of their own that a rebuild leaves alone.

    Args:
        folder: of the store; ``None`` for a store in memory.
        database: where they are, if it is not a file in that folder.

    Attributes:
        deliveries: what is owed, and what came of it.
        vault: values of secrets. The keys are read from the environment when one is needed.
    """

    def __init__(self, folder: Path | None, database: Database | None = None) -> None:
        path = None if folder is None else folder / FILE
        self._database: Database = database or AutomationsDatabase(path)
        self.deliveries = SqliteDeliveryStore(self._database)
        self.vault = SqliteSecretVault(
            self._database, lambda: settings_module.current_settings().secrets_key
        )

    def worker(self, store: Store, patience: Patience | None = None) -> Worker:
        """Return a worker that may send to whom the environment allows.

        Raises:
            MissingExtraError: aiohttp is not installed.
            InvalidValueError: ``FINGERPOST_ALLOW_WEBHOOK_HOSTS`` makes no sense.
        """
        targets = Targets.parse(settings_module.current_settings().allow_webhook_hosts)
        return Worker(store, self.deliveries, self.vault, AiohttpSender(targets), patience)

    def close(self) -> None:
        """Close the file; the next use opens it again. Idempotent."""
        self._database.close()
