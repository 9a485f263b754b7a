"""Doing the same to many items on a few threads."""

import itertools
import threading
import time

import pytest

from fingerpost.adapters.downloads.workers import for_each

THREADS = [1, 2, 5]


def busy() -> list[str]:
    return [
        each.name for each in threading.enumerate() if each.name.startswith("fingerpost-worker-")
    ]


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("count", [0, 1, 3, 500])
def test_every_item_is_handled_once(threads, count):
    handled = []
    for_each(lambda item, _: handled.append(item), range(count), threads=threads)
    assert sorted(handled) == list(range(count))
    assert busy() == []


@pytest.mark.parametrize("threads", THREADS)
def test_an_error_stops_an_endless_iterable_and_is_raised(threads):
    taken = itertools.count()

    def action(item, handled):
        handled(1)
        if item == 50:
            raise ValueError("no 50")

    with pytest.raises(ValueError, match="no 50"):
        for_each(action, taken, threads=threads)
    assert busy() == []
    assert next(taken) > 50


def test_of_two_errors_that_of_the_first_item_is_raised():
    both_work = threading.Barrier(2)
    the_second_failed = threading.Event()

    def action(item, _):
        both_work.wait()
        if item == 0:
            the_second_failed.wait()
            raise ValueError("first")
        the_second_failed.set()
        raise ValueError("second")

    with pytest.raises(ValueError, match="first"):
        for_each(action, range(2), threads=2)


def test_what_is_at_work_on_something_long_stops_when_another_item_fails():
    long_one_works = threading.Event()

    def action(item, handled):
        if item == 1:
            long_one_works.wait()
            raise ValueError("one")
        while True:
            handled(1)
            long_one_works.set()
            time.sleep(0.001)

    with pytest.raises(ValueError, match="one"):
        for_each(action, range(2), threads=2)
    assert busy() == []


@pytest.mark.parametrize("threads", THREADS)
def test_an_iterable_that_fails_is_an_error_too(threads):
    def items():
        yield 0
        raise LookupError("no page")

    with pytest.raises(LookupError, match="no page"):
        for_each(lambda *_: None, items(), threads=threads)


@pytest.mark.parametrize("threads", THREADS)
def test_progress_is_told_in_the_callers_thread_and_adds_up(threads):
    told = []

    def action(item, handled):
        for _ in range(item):
            handled(3)

    for_each(
        action,
        range(40),
        threads=threads,
        progress=lambda count: told.append((threading.current_thread(), count)),
    )
    assert {thread for thread, _ in told} == {threading.current_thread()}
    assert sum(count for _, count in told) == 3 * sum(range(40))


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("threads", THREADS)
def test_what_progress_raises_stops_everything(threads, error):
    def action(_, handled):
        while True:
            handled(1)
            time.sleep(0.001)

    def progress(_):
        raise error

    with pytest.raises(error):
        for_each(action, range(10), threads=threads, progress=progress)
    assert busy() == []


def test_small_items_are_handled_one_after_the_other_beside_large_ones():
    one_at_a_time = threading.Lock()
    small_one_was_handled = threading.Event()
    clashes = []

    def action(item, _):
        if item % 10 == 0:  # a large one: takes until a small one was handled beside it
            assert small_one_was_handled.wait(60)
            return
        if not one_at_a_time.acquire(blocking=False):
            clashes.append(item)
            return
        time.sleep(0.001)
        one_at_a_time.release()
        small_one_was_handled.set()

    for_each(action, range(41), threads=4, is_small=lambda item: item % 10 != 0)
    assert clashes == []
