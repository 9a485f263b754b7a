"""Whatever array, table or sound is added, it comes back."""

import math
import tempfile

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.extra import numpy as of_numpy

import fingerpost
from fingerpost import Audio

DTYPES = of_numpy.scalar_dtypes() | of_numpy.unicode_string_dtypes() | of_numpy.byte_string_dtypes()
ARRAYS = of_numpy.arrays(DTYPES, of_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0))
SHAPES = of_numpy.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=5)
SOUNDS = st.sampled_from(["u1", "<i2", ">i2", "i4", "f4", ">f8"]).flatmap(
    lambda dtype: of_numpy.arrays(dtype, SHAPES)
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
COLUMNS = st.sampled_from(
    [
        st.integers(-(1 << 63), (1 << 63) - 1),
        st.floats(),
        st.booleans(),
        TEXT,
        st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")),
    ]
)


@st.composite
def frames(draw):
    length = draw(st.integers(0, 5))
    names = draw(st.lists(TEXT, unique=True, max_size=4))
    columns = {
        name: draw(st.lists(draw(COLUMNS), min_size=length, max_size=length)) for name in names
    }
    index = draw(st.lists(st.integers(0, 9) | TEXT, min_size=length, max_size=length))
    same = all(isinstance(each, str) for each in index) or not any(
        isinstance(each, str) for each in index
    )
    return pd.DataFrame(columns, index=index if same else None)


@pytest.fixture(scope="module")
def back():
    """Log an object, and get it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fingerpost.open_store(folder, actor="alice") as opened,
        fingerpost.init("team", "p", store=opened, actor="alice") as run,
    ):

        def back(obj):
            artifact = fingerpost.Artifact("data", "dataset")
            artifact.add(obj, "thing")
            return run.log_artifact(artifact).get("thing")

        yield back


@given(array=ARRAYS)
def test_an_array_comes_back(back, array):
    found = back(array)
    assert (found.dtype, found.shape, found.tobytes()) == (
        array.dtype,
        array.shape,
        array.tobytes(),
    )


@given(arrays=st.dictionaries(TEXT.filter(lambda key: "\0" not in key), ARRAYS, max_size=3))
def test_a_dictionary_of_arrays_comes_back(back, arrays):
    found = back(arrays)
    assert {key: (value.dtype, value.tobytes()) for key, value in found.items()} == {
        key: (value.dtype, value.tobytes()) for key, value in arrays.items()
    }


@given(frame=frames())
def test_a_frame_comes_back(back, frame):
    pd.testing.assert_frame_equal(back(frame), frame)


@given(data=SOUNDS, rate=st.integers(1, (1 << 32) - 1))
def test_sound_comes_back(back, data, rate):
    found = back(Audio(data, rate))
    assert (found.sample_rate, found.data.dtype) == (rate, data.dtype.newbyteorder("="))
    # One channel has one dimension, however it was given.
    assert math.prod(found.data.shape) == data.size
    assert found.data.astype(data.dtype).tobytes() == data.tobytes()
    assert found.data.ndim == (1 if data.ndim == 1 or data.shape[1] == 1 else 2)
