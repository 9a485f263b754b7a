"""Prefetching one item."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fingerpost.adapters.object_stores.prefetch import one_ahead


def test_the_next_item_is_made_while_the_caller_has_one():
    made = [threading.Event() for _ in range(4)]

    def items():
        for number, event in enumerate(made):
            event.set()
            yield number

    found = one_ahead(items())
    assert next(found) == 0
    assert made[1].wait(10)
    assert not made[2].is_set()
    assert list(found) == [1, 2, 3]


def test_nothing_is_an_iterator_of_nothing():
    assert list(one_ahead(iter([]))) == []


def test_what_making_one_raises_comes_after_those_before_it():
    def items():
        yield 1
        yield 2
        raise OSError("lost")

    found = one_ahead(items())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(OSError, match="lost"):
        next(found)


def test_who_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    found = one_ahead(iter(range(10)))
    next(found)
    found.close()
    assert threading.active_count() == before


def test_it_can_be_used_in_several_threads():
    with ThreadPoolExecutor(4) as pool:
        counted = pool.map(lambda count: len(list(one_ahead(iter(range(count))))), range(20))
        assert list(counted) == list(range(20))
