"""The contract of the delivery store: leases, order, and what several workers do to each other."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from fingerpost.adapters.automations.database import AutomationsDatabase
from fingerpost.adapters.automations.deliveries import SqliteDeliveryStore
from fingerpost.adapters.event_store.postgres import PostgresEventStore
from fingerpost.application.ports.deliveries import Attempt, Delivery, DeliveryState

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def owed(position, automation=ONE, **facts):
    identity = uuid5(automation, str(position))
    return Delivery(id=identity, automation_id=automation, position=position, facts=facts)


@pytest.fixture(params=["disk", "memory", "postgres"])
def stores(request, tmp_path):
    """Two views of the same deliveries, as two workers have them."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        with server.lent_url() as url, ExitStack() as opened:
            events = [opened.enter_context(closing(PostgresEventStore(url))) for _ in range(2)]
            yield [SqliteDeliveryStore(each.automations) for each in events]
        return
    path = tmp_path / "a.sqlite"
    databases = [AutomationsDatabase(path) for _ in range(2)]
    if request.param == "memory":
        databases = [AutomationsDatabase(None)] * 2
    yield [SqliteDeliveryStore(database) for database in databases]
    for database in databases:
        database.close()


@pytest.fixture
def store(stores):
    return stores[0]


def lease(store, owner="me", at=0, until=60, yields_after=4):
    return store.lease(owner, later(at), later(until), yields_after)


def end(store, delivery, state, owner="me", next_at=0):
    attempt = Attempt(
        delivery_id=delivery.id,
        number=delivery.attempts,
        at=NOW,
        duration_s=0.5,
        status=None,
        problem="x",
    )
    return store.record(attempt, owner, state, later(next_at))


def test_what_was_planned_twice_is_there_once_and_the_cursor_never_goes_back(stores):
    assert stores[0].cursor() == 0
    assert stores[0].plan([owed(3), owed(4)], 9, NOW) == 2
    assert stores[1].plan([owed(3), owed(4), owed(5)], 7, NOW) == 1
    assert [store.cursor() for store in stores] == [9, 9]


def test_what_one_has_the_other_does_not_get_until_the_lease_ends(stores):
    stores[0].plan([owed(1)], 1, NOW)
    mine = lease(stores[0])
    assert (mine.attempts, mine.tries) == (1, 1)
    assert lease(stores[1], "you", at=59.9, until=200) is None
    again = lease(stores[1], "you", at=60, until=200)
    assert (again.id, again.attempts) == (mine.id, 2)
    assert lease(stores[0], at=61) is None


def test_who_lost_the_lease_does_not_decide_but_a_delivery_counts(stores):
    stores[0].plan([owed(1)], 1, NOW)
    mine = lease(stores[0])
    yours = lease(stores[1], "you", at=60, until=200)
    assert not end(stores[0], mine, DeliveryState.DEAD)
    assert stores[0].executions(limit=9)[0].state is DeliveryState.PENDING
    assert not end(stores[0], mine, DeliveryState.DELIVERED)
    assert end(stores[1], yours, DeliveryState.PENDING, "you") is False
    (execution,) = stores[0].executions(limit=9)
    assert execution.state is DeliveryState.DELIVERED
    assert len(execution.history) == 3


def test_a_later_delivery_waits_for_an_earlier_one_of_its_automation_alone(store):
    store.plan([owed(1), owed(2), owed(3, TWO)], 3, NOW)
    first = lease(store)
    assert first.position == 1
    assert lease(store).automation_id == TWO
    assert lease(store) is None
    end(store, first, DeliveryState.PENDING, next_at=100)
    assert lease(store, at=50) is None
    assert lease(store, at=100, until=160).position == 1


def test_an_earlier_delivery_that_was_tried_often_is_waited_for_no_more(store):
    store.plan([owed(1), owed(2)], 3, NOW)
    for number in range(2):
        end(store, lease(store, at=number), DeliveryState.PENDING, next_at=number + 1)
    again = lease(store, at=2, yields_after=2)
    assert again.position == 1
    assert lease(store, at=2, yields_after=2) is None
    end(store, again, DeliveryState.PENDING, next_at=500)
    assert lease(store, at=3, yields_after=2).position == 2


def test_what_is_given_back_does_not_count_as_an_attempt(store):
    store.plan([owed(1)], 1, NOW)
    store.give_back(lease(store).id, "me")
    again = lease(store)
    assert (again.attempts, again.tries) == (1, 1)
    store.give_back(again.id, "somebody else")
    assert lease(store) is None


def test_only_what_is_pending_up_to_a_position_is_cancelled(store):
    store.plan([owed(1), owed(2), owed(3), owed(1, TWO)], 3, NOW)
    end(store, lease(store), DeliveryState.DELIVERED)
    assert store.cancel(ONE, 2, NOW) == 1
    assert store.cancel(ONE, 2, NOW) == 0
    assert [
        (each.delivery.position, each.state.value) for each in store.executions(ONE, limit=9)
    ] == [
        (3, "pending"),
        (2, "cancelled"),
        (1, "delivered"),
    ]
    assert store.cancel(ONE, None, NOW) == 1
    assert store.automations_pending() == [TWO]


def test_only_dead_letters_are_retried_or_discarded(store):
    store.plan([owed(1), owed(2), owed(3)], 3, NOW)
    first = lease(store)
    end(store, first, DeliveryState.DEAD)
    second = lease(store)
    end(store, second, DeliveryState.DEAD)
    assert store.retry(owed(3).id, NOW) == 0
    assert store.retry(first.id, NOW) == 1
    assert (lease(store).tries, store.discard(None)) == (1, 1)
    assert store.executions(state=DeliveryState.DEAD, limit=9) == []


def test_facts_come_back_as_they_were(store):
    facts = {"a": [1, None, {"é": "\u2028\0"}]}
    store.plan([owed(1, **facts)], 1, NOW)
    assert lease(store).facts == facts


def test_only_what_is_settled_and_old_is_forgotten_and_never_planned_again(store):
    store.plan([owed(1), owed(2), owed(3)], 3, NOW)
    end(store, lease(store), DeliveryState.DELIVERED)
    end(store, lease(store), DeliveryState.DEAD)
    assert store.prune(NOW) == 0
    assert store.prune(later(1)) == 1
    found = [(each.delivery.position, each.state.value) for each in store.executions(limit=9)]
    assert found == [(3, "pending"), (2, "dead")]
    assert store.cursor() == 3
