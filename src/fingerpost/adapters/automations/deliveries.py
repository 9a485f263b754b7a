"""Deliveries in a database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from fingerpost.application.ports.deliveries import (
    Attempt,
    Delivery,
    DeliveryState,
    Execution,
)

from ..read_tables.cursor import Row, from_micros, to_micros
from .ports import Database, DatabaseConnection

_DUE: Final = """
    SELECT * FROM deliveries d
    WHERE state='pending' AND next_at<=? AND COALESCE(lease_until, 0)<=?
    AND NOT EXISTS (
        SELECT 1 FROM deliveries e
        WHERE e.state='pending' AND e.automation_id=d.automation_id AND e.position<d.position
        AND (e.tries<? OR COALESCE(e.lease_until, 0)>?))
    ORDER BY position LIMIT 1
"""


class SqliteDeliveryStore:
    """A :class:`~fingerpost.application.ports.deliveries.DeliveryStore` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self) -> int:
        """Return the place in the ledger up to which deliveries were planned."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT position FROM cursor").fetchone()
        return 0 if row is None else int(row[0])

    def plan(self, deliveries: Sequence[Delivery], cursor: int, now: datetime) -> int:
        """Add deliveries and move the cursor on, both or neither."""
        moment, added = to_micros(now), 0
        with self._database.transaction() as connection:
            for each in deliveries:
                added += connection.execute(
                    "INSERT INTO deliveries (automation_id, position, id, facts, state, "
                    "planned_at, next_at) VALUES (?,?,?,?,'pending',?,?) ON CONFLICT DO NOTHING",
                    (
                        each.automation_id.hex,
                        each.position,
                        each.id.hex,
                        orjson.dumps(each.facts).decode(),
                        moment,
                        moment,
                    ),
                ).rowcount
            connection.execute(
                "INSERT INTO cursor (id, position) VALUES (1, ?) ON CONFLICT (id) DO UPDATE "
                "SET position=excluded.position WHERE cursor.position<excluded.position",
                (cursor,),
            )
        return added

    def lease(
        self, owner: str, now: datetime, until: datetime, yields_after: int
    ) -> Delivery | None:
        """Take the oldest delivery that is due, and count the attempt."""
        moment = to_micros(now)
        wanted = (moment, moment, yields_after, moment)
        with self._database.reading() as connection:
            # Without the write lock: an idle worker writes nothing.
            if connection.execute(_DUE, wanted).fetchone() is None:
                return None
        with self._database.transaction() as connection:
            row = connection.execute(_DUE, wanted).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE deliveries SET attempts=attempts+1, tries=tries+1, lease_owner=?, "
                "lease_until=? WHERE id=?",
                (owner, to_micros(until), row["id"]),
            )
        return _delivery(row, begun=1)

    def record(self, attempt: Attempt, owner: str, state: DeliveryState, next_at: datetime) -> bool:
        """Add an attempt to the history, and end the lease with this state."""
        own = " AND lease_owner=?"
        parameters: list[object] = [state.value, to_micros(next_at), attempt.delivery_id.hex]
        if state is DeliveryState.DELIVERED:
            # Whoever did it, and whatever others made of it meanwhile: it was delivered.
            own = ""
        else:
            parameters.append(owner)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO attempts (delivery_id, number, at, duration_s, status, problem) "
                "VALUES (?,?,?,?,?,?)",
                (
                    attempt.delivery_id.hex,
                    attempt.number,
                    to_micros(attempt.at),
                    attempt.duration_s,
                    attempt.status,
                    attempt.problem,
                ),
            )
            held = connection.execute(
                "SELECT 1 FROM deliveries WHERE id=? AND lease_owner=?",
                (attempt.delivery_id.hex, owner),
            ).fetchone()
            connection.execute(
                "UPDATE deliveries SET state=?, next_at=?, lease_owner=NULL, lease_until=NULL "
                f"WHERE id=?{own}",
                parameters,
            )
        return held is not None

    def give_back(self, delivery_id: UUID, owner: str) -> None:
        """End a lease as if it had not been taken."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET lease_owner=NULL, lease_until=NULL, attempts=attempts-1, "
                "tries=tries-1 WHERE id=? AND lease_owner=?",
                (delivery_id.hex, owner),
            )

    def cancel(self, automation_id: UUID, until_position: int | None, now: datetime) -> int:
        """Cancel an automation's pending deliveries, perhaps only up to a position."""
        last = (1 << 62) if until_position is None else until_position
        wanted = (automation_id.hex, last)
        where = "state='pending' AND automation_id=? AND position<=?"
        with self._database.reading() as connection:
            sql = f"SELECT 1 FROM deliveries WHERE {where} LIMIT 1"
            if connection.execute(sql, wanted).fetchone() is None:
                return 0
        with self._database.transaction() as connection:
            return connection.execute(
                "UPDATE deliveries SET state='cancelled', next_at=?, lease_owner=NULL, "
                f"lease_until=NULL WHERE {where}",
                (to_micros(now), *wanted),
            ).rowcount

    def retry(self, delivery_id: UUID | None, now: datetime) -> int:
        """Put one or all of the dead deliveries into the queue again; return how many."""
        return self._of_dead("state='pending', tries=0, next_at=?", delivery_id, to_micros(now))

    def discard(self, delivery_id: UUID | None) -> int:
        """Take one or all of the dead deliveries off the dead-letter list; return how many."""
        return self._of_dead("state='discarded'", delivery_id)

    def _of_dead(self, change: str, delivery_id: UUID | None, *parameters: object) -> int:
        one, identity = ("", ()) if delivery_id is None else (" AND id=?", (delivery_id.hex,))
        with self._database.transaction() as connection:
            return connection.execute(
                f"UPDATE deliveries SET {change} WHERE state='dead'{one}",
                (*parameters, *identity),
            ).rowcount

    def prune(self, before: datetime) -> int:
        """Forget what was planned before a moment and is delivered, cancelled or discarded."""
        settled = "planned_at<? AND state IN ('delivered', 'cancelled', 'discarded')"
        moment = (to_micros(before),)
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM attempts WHERE delivery_id IN "
                f"(SELECT id FROM deliveries WHERE {settled})",
                moment,
            )
            return connection.execute(f"DELETE FROM deliveries WHERE {settled}", moment).rowcount

    def executions(
        self,
        automation_id: UUID | None = None,
        *,
        state: DeliveryState | None = None,
        limit: int,
    ) -> Sequence[Execution]:
        """Return deliveries of one or all automations with their attempts, newest first."""
        where, parameters = ["1=1"], list[object]()
        if automation_id is not None:
            where, parameters = [*where, "automation_id=?"], [*parameters, automation_id.hex]
        if state is not None:
            where, parameters = [*where, "state=?"], [*parameters, state.value]
        sql = (
            f"SELECT * FROM deliveries WHERE {' AND '.join(where)} "
            "ORDER BY position DESC, planned_at DESC, id LIMIT ?"
        )
        with self._database.reading() as connection:
            found = connection.execute(sql, (*parameters, limit)).fetchall()
            return [_execution(row, _attempts(connection, row["id"])) for row in found]

    def automations_pending(self) -> Sequence[UUID]:
        """Return the automations that have something pending."""
        sql = "SELECT DISTINCT automation_id FROM deliveries WHERE state='pending'"
        with self._database.reading() as connection:
            return [UUID(row[0]) for row in connection.execute(sql).fetchall()]


def _attempts(connection: DatabaseConnection, delivery_id: str) -> tuple[Attempt, ...]:
    sql = "SELECT * FROM attempts WHERE delivery_id=? ORDER BY at, number"
    return tuple(
        Attempt(
            delivery_id=UUID(delivery_id),
            number=row["number"],
            at=from_micros(row["at"]),
            duration_s=row["duration_s"],
            status=row["status"],
            problem=row["problem"],
        )
        for row in connection.execute(sql, (delivery_id,)).fetchall()
    )


def _delivery(row: Row, begun: int = 0) -> Delivery:
    return Delivery(
        id=UUID(row["id"]),
        automation_id=UUID(row["automation_id"]),
        position=row["position"],
        facts=orjson.loads(row["facts"]),
        attempts=row["attempts"] + begun,
        tries=row["tries"] + begun,
    )


def _execution(row: Row, history: tuple[Attempt, ...]) -> Execution:
    return Execution(
        delivery=_delivery(row),
        state=DeliveryState(row["state"]),
        planned_at=from_micros(row["planned_at"]),
        next_at=from_micros(row["next_at"]),
        history=history,
    )
