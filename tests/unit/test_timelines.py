"""Timelines: what is drawn, how large it gets, and that any name can be in it."""

import re
import xml.dom.minidom
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.application.read_models.rows import AliasChange
from fingerpost.sdk.render.timeline import timeline_svg
from fingerpost.sdk.render.timeline.axis import ticks

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SVG = "http://www.w3.org/2000/svg"


def history(alias, versions, step=HOUR, start=NOON, reason=None):
    """Return changes of one alias, a step apart; ``None`` takes it off."""
    labels = [None, *(None if each is None else f"v{each}" for each in versions)]
    return [
        AliasChange(
            position=number,
            event_version=number,
            alias=alias,
            from_version=before,
            to_version=after,
            actor="alice",
            at=start + number * step,
            effective_at=start + number * step,
            reason=reason,
            run_id=None,
            policy_version=None,
        )
        for number, (before, after) in enumerate(pairwise(labels))
    ]


def drawn(changes, now=NOON + 10 * HOUR):
    svg = timeline_svg("team/p/m", changes, now)
    return svg, xml.dom.minidom.parseString(svg).documentElement


def titles(root):
    return [each.firstChild.data for each in root.getElementsByTagName("title")]


def test_it_is_a_document_of_its_own_with_a_title_and_a_description():
    svg, root = drawn(history("best", [0, 1]))
    assert (root.tagName, root.getAttribute("xmlns")) == ("svg", SVG)
    assert root.getAttribute("role") == "img"
    named = root.getAttribute("aria-labelledby").split()
    assert [each.getAttribute("id") for each in root.childNodes if each.nodeType == 1][:2] == named
    assert "best v1" in root.getElementsByTagName("desc")[0].firstChild.data
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<image|@import", svg)


def test_what_holds_now_is_open_and_what_was_taken_off_is_not():
    _, held = drawn(history("best", [0, 1]))
    _, off = drawn(history("best", [0, None]))
    assert [len(root.getElementsByTagName("path")) for root in (held, off)] == [1, 0]
    assert [title for title in titles(held) if "to now" in title] == [
        "best at v1 from 2026-03-03 13:00:00Z to now, by alice"
    ]


def test_two_hundred_aliases_have_a_row_each_that_do_not_overlap():
    changes = [row for number in range(200) for row in history(f"a{number:03}", [0, 1])]
    _, root = drawn(changes)
    names = [group.getAttribute("aria-label") for group in root.getElementsByTagName("g")]
    assert names == [f"a{number:03}" for number in range(200)]
    texts = [
        float(g.getElementsByTagName("text")[0].getAttribute("y"))
        for g in root.getElementsByTagName("g")
    ]
    assert all(later - earlier >= 20 for earlier, later in pairwise(texts))
    assert float(root.getAttribute("height")) > texts[-1]


def test_ten_thousand_moves_stay_a_small_picture_that_says_how_many_they_are():
    changes = history("best", [number % 7 for number in range(10_000)], timedelta(seconds=1))
    svg, root = drawn(changes, NOON + timedelta(seconds=10_100))
    assert len(svg) < 400_000
    counted = [
        int(found[1])
        for found in map(re.compile(r"best: (\d+) changes").match, titles(root))
        if found
    ]
    single = [title for title in titles(root) if title.startswith("best at ")]
    assert sum(counted) + len(single) == 10_000
    assert counted == [9_999]
    assert "10000 changes" in root.getElementsByTagName("desc")[0].firstChild.data


def test_of_too_many_aliases_the_rest_is_counted():
    changes = [row for number in range(502) for row in history(f"a{number:03}", [0])]
    svg, root = drawn(changes)
    assert len(root.getElementsByTagName("g")) == 500
    assert "and 2 more aliases" in svg


@given(alias=st.text(min_size=1), reason=st.none() | st.text())
def test_any_text_leaves_it_well_formed(alias, reason):
    clean = alias.encode("utf-8", "replace").decode()
    drawn(history(clean, [0, 1], reason=reason and reason.encode("utf-8", "replace").decode()))


spans = st.timedeltas(timedelta(seconds=1), timedelta(days=365 * 900))


starts = st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1))  # noqa: DTZ001 - as it asks


@given(start=starts, span=spans)
def test_the_axis_has_a_few_round_moments_in_order(start, span):
    start = start.replace(tzinfo=UTC)
    found = ticks(start, start + span, 6)
    moments = [at for at, _ in found]
    assert len(found) <= 8
    assert moments == sorted(set(moments))
    assert all(start <= at <= start + span for at in moments)
    assert len({label for _, label in found}) == len(found)


@pytest.mark.parametrize("now", [NOON, NOON - 9 * HOUR])
def test_no_time_at_all_is_drawn_too(now):
    _, root = drawn(history("best", [0]), now)
    assert len(root.getElementsByTagName("path")) == 1
