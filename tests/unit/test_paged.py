"""A list in pages asks for no more than is needed, and can be told where to go on."""

from itertools import islice

import pytest

from fingerpost.sdk.paging import Paged


@pytest.fixture
def asked():
    return []


@pytest.fixture
def numbers(asked):
    """A list of the numbers from 1; those that are gone have no item."""

    def make(count, per_page, start=None, gone=()):
        def fetch(after, limit):
            asked.append((after, limit))
            keys = range((after or 0) + 1, count + 1)[:limit]
            return [(key, None if key in gone else key) for key in keys]

        return Paged(fetch, lambda: count - len(gone), per_page, start)

    return make


def test_nothing_is_fetched_before_it_is_asked_for_and_then_page_by_page(numbers, asked):
    paged = numbers(10, 3)
    assert asked == []
    assert list(islice(paged, 4)) == [1, 2, 3, 4]
    assert asked == [(None, 3), (3, 3)]


def test_the_cursor_is_behind_the_last_item_that_was_handed_out(numbers):
    paged = numbers(10, 3)
    assert paged.cursor is None
    assert list(islice(paged, 4)) == [1, 2, 3, 4]
    assert paged.cursor == "4"
    assert list(numbers(10, 3, start=paged.cursor)) == [5, 6, 7, 8, 9, 10]
    assert numbers(10, 3, start="7").cursor == "7"


def test_what_is_gone_is_passed_over_even_if_it_is_a_whole_page(numbers):
    paged = numbers(9, 2, gone=(2, 3, 4, 9))
    assert list(paged) == [1, 5, 6, 7, 8]
    assert (paged[1], paged[-1], paged[1:3], len(paged)) == (5, 8, [5, 6], 5)
    assert paged.cursor == "9"


def test_an_index_fetches_no_more_than_its_page_and_leaves_the_cursor(numbers, asked):
    paged = numbers(100, 5)
    assert paged[6] == 7
    assert paged[2:4] == [3, 4]
    assert asked == [(None, 5), (5, 5), (None, 5)]
    assert paged.cursor is None
    with pytest.raises(IndexError):
        paged[100]


def test_an_empty_list_is_empty(numbers):
    paged = numbers(0, 3)
    assert (list(paged), len(paged), bool(paged), paged[:2]) == ([], 0, False, [])
    with pytest.raises(StopIteration):
        next(paged)
