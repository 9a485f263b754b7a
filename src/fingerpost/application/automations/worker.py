"""The worker: delivers what automations owe, again and again until it is done or given up."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from fingerpost.domain.automation import action_from_json
from fingerpost.domain.errors import FingerpostError, SecretUnavailableError

from ..ports.deliveries import Attempt, Delivery, DeliveryState, DeliveryStore
from ..ports.secret_vault import SecretVault
from ..ports.sender import OutgoingRequest, Sender, SendResult
from ..read_models.automation_rows import AutomationRow
from ..store import Store
from .planning import example_facts, plan
from .requests import request_for
from .response_classification import is_delivered, is_final, problem_of
from .retry_policy import Patience, Tally
from .scopes import secret_owner

_LOG: Final = logging.getLogger("fingerpost")

_PRUNED_EVERY: Final = timedelta(hours=1)


class Worker:
    """Follows the ledger and delivers; any number of workers may do so at once.

    A delivery is durable before it is sent, and its outcome is recorded after: whenever the worker
    dies, nothing is lost, and what was under way may be sent twice, with the same idempotency key.

    Args:
        store: the ledger, its read tables and a clock.
        deliveries: what is owed.
        vault: values of secrets.
        sender: sends.
        patience: how long and how often.
    """

    def __init__(
        self,
        store: Store,
        deliveries: DeliveryStore,
        vault: SecretVault,
        sender: Sender,
        patience: Patience | None = None,
    ) -> None:
        self.tally = Tally()
        self._store = store
        self._deliveries = deliveries
        self._vault = vault
        self._sender = sender
        self._patience = patience or Patience()
        self._owner = uuid4().hex
        self._pruned_at: datetime | None = None
        self._leased: dict[asyncio.Task[None], Delivery] = {}

    async def run_once(self, stop: asyncio.Event | None = None) -> Tally:
        """Deliver all that is due now, and return; what has to wait is left to a later run.

        Args:
            stop: set to end earlier.
        """
        stop = stop or asyncio.Event()
        try:
            self._look()
            # What fails now is due again later, perhaps while others are under way: not in this
            # run, which would never end otherwise.
            start = self._store.clock()
            while self._fill(stop, start):
                await asyncio.wait(self._leased, return_when=asyncio.FIRST_COMPLETED)
                self._reap()
        finally:
            await self._settle()
        return self.tally

    async def run(self, stop: asyncio.Event, poll_s: float = 1.0) -> Tally:
        """Deliver until somebody says stop; attempts under way are ended or given back.

        Args:
            stop: set to end.
            poll_s: seconds between two looks at the ledger.
        """
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                self._look()
                self._fill(stop)
                awaited = {stopping, *self._leased}
                await asyncio.wait(awaited, timeout=poll_s, return_when=asyncio.FIRST_COMPLETED)
                self._reap()
        finally:
            stopping.cancel()
            await self._settle()
        return self.tally

    def _prune(self) -> None:
        now = self._store.clock()
        if self._pruned_at is None or now - self._pruned_at > _PRUNED_EVERY:
            self._deliveries.prune(now - timedelta(seconds=self._patience.history_s))
            self._pruned_at = now

    def _look(self) -> None:
        self._prune()
        self.tally.planned += plan(self._store, self._deliveries)
        for automation_id in self._deliveries.automations_pending():
            row = self._store.queries.automation(automation_id)
            if row is None or not row.is_enabled:
                self._cancel(automation_id, None)
            else:
                self._cancel(automation_id, row.since)

    def _cancel(self, automation_id: UUID, until_position: int | None) -> None:
        now = self._store.clock()
        self.tally.cancelled += self._deliveries.cancel(automation_id, until_position, now)

    def _fill(self, stop: asyncio.Event, due_by: datetime | None = None) -> bool:
        """Begin what is due; return whether anything is under way."""
        while len(self._leased) < self._patience.concurrency and not stop.is_set():
            now = self._store.clock()
            until = now + timedelta(seconds=self._patience.lease_s)
            delivery = self._deliveries.lease(
                self._owner, due_by or now, until, self._patience.yields_after
            )
            if delivery is None:
                break
            self._leased[asyncio.ensure_future(self._deliver(delivery))] = delivery
        return bool(self._leased)

    def _reap(self) -> None:
        for task in [task for task in self._leased if task.done()]:
            del self._leased[task]
            task.result()

    async def _settle(self) -> None:
        """Let attempts under way end, and give back those that do not."""
        if not self._leased:
            return
        await asyncio.wait(self._leased, timeout=self._patience.grace_s)
        for task, delivery in self._leased.items():
            if not task.done():
                task.cancel()
                self._deliveries.give_back(delivery.id, self._owner)
        await asyncio.gather(*self._leased, return_exceptions=True)
        self._leased.clear()

    async def _deliver(self, delivery: Delivery) -> None:
        row = self._store.queries.automation(delivery.automation_id)
        if row is None or not row.acts_on(delivery.position):
            self._deliveries.give_back(delivery.id, self._owner)
            self._cancel(delivery.automation_id, None if row is None else delivery.position)
            return
        started = self._store.clock()
        answer = await self._answer(row, delivery, started)
        self._record(row, delivery, started, answer)

    async def _answer(self, row: AutomationRow, delivery: Delivery, now: datetime) -> SendResult:
        try:
            request = self.request(row, delivery, now)
        except FingerpostError as error:
            # Their messages name secrets and never show them. Keys and values can be set later.
            return SendResult(problem=str(error))
        try:
            async with asyncio.timeout(self._patience.guard_s):
                return await self._sender.send(request, self._patience.timeout_s)
        except TimeoutError:
            return SendResult(problem=f"no answer within {self._patience.timeout_s:g} s")
        except Exception as error:  # noqa: BLE001 - one delivery must not end the worker
            # Its message is not told: it may hold what was sent.
            return SendResult(problem=f"an unexpected {type(error).__name__} while sending")

    def request(self, row: AutomationRow, delivery: Delivery, now: datetime) -> OutgoingRequest:
        """Return what is to be sent, with the secrets in it.

        Raises:
            SecretUnavailableError: a secret has no value.
            SecretsKeyError: it cannot be decrypted.
            InvalidValueError: it is not what it has to be.
        """
        action = action_from_json(row.action)
        owner_id = secret_owner(self._store.queries, row.scope)
        secrets = {name: self._secret(owner_id, name) for name in sorted(action.secrets)}
        return request_for(
            action,
            delivery.facts,
            secrets,
            source_id=self._store.queries.organizations()[0].id,
            kind=row.trigger.kind.value,
            now=now,
        )

    def _secret(self, owner_id: UUID, name: str) -> str:
        value = self._vault.get(owner_id, name)
        if value is None:
            raise SecretUnavailableError(name, self._owner_name(owner_id))
        return value

    def _owner_name(self, owner_id: UUID) -> str:
        named = {row.id: row.entity_name for row in self._store.queries.organizations()}
        return named.get(owner_id) or self._store.queries.entity_names().get(owner_id, "")

    def _record(
        self, row: AutomationRow, delivery: Delivery, started: datetime, answer: SendResult
    ) -> None:
        state, next_at = self._verdict(delivery, answer)
        now = self._store.clock()
        attempt = Attempt(
            delivery_id=delivery.id,
            number=delivery.attempts,
            at=started,
            duration_s=(now - started).total_seconds(),
            status=answer.status,
            problem=None if state is DeliveryState.DELIVERED else problem_of(answer),
        )
        self._deliveries.record(attempt, self._owner, state, next_at)
        self._count(row, attempt, state)

    def _verdict(self, delivery: Delivery, answer: SendResult) -> tuple[DeliveryState, datetime]:
        now = self._store.clock()
        if is_delivered(answer):
            return DeliveryState.DELIVERED, now
        if is_final(answer) or delivery.tries >= self._patience.attempts:
            return DeliveryState.DEAD, now
        pause_s = self._patience.pause_s(delivery.tries, answer.retry_after_s)
        return DeliveryState.PENDING, now + timedelta(seconds=pause_s)

    def _count(self, row: AutomationRow, attempt: Attempt, state: DeliveryState) -> None:
        said = f"automation {row.name!r}, delivery {attempt.delivery_id}, attempt {attempt.number}"
        match state:
            case DeliveryState.DELIVERED:
                self.tally.delivered += 1
                _LOG.info("%s: delivered (%s)", said, attempt.status)
            case DeliveryState.DEAD:
                self.tally.dead += 1
                _LOG.error("%s: given up: %s", said, attempt.problem)
            case _:
                self.tally.failed += 1
                _LOG.warning("%s: %s; it is tried again", said, attempt.problem)

    async def test(self, row: AutomationRow, actor: str) -> SendResult:
        """Send a made-up event to an automation's receiver, once, and return what came of it.

        Nothing of it is kept.
        """
        now, identity = self._store.clock(), uuid4()
        facts = example_facts(row, identity, now.isoformat().replace("+00:00", "Z"), actor)
        delivery = Delivery(
            id=identity, automation_id=row.id, position=0, facts=facts.as_json(), attempts=1
        )
        return await self._answer(row, delivery, now)
