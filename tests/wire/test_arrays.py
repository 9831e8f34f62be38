"""Arrays travel with type and shape, and what does not add up is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from msgspec import msgpack

from ganlab_desktop.wire.arrays import Array, WireError

KINDS = st.sampled_from(["<f4", "<f8", "<i4", "<i8", "u1", ">f4", ">i8"])


def travelled(array):
    return msgpack.decode(msgpack.encode(Array.of(array)), type=Array).numpy()


@settings(deadline=None)
@given(KINDS.flatmap(lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))))
def test_arrays_arrive_with_type_shape_and_values(array):
    if array.dtype.byteorder == ">":
        with pytest.raises(TypeError, match="do not travel"):
            Array.of(array)
        return
    arrived = travelled(array)
    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    np.testing.assert_array_equal(arrived, array)


@pytest.mark.parametrize("change", [np.transpose, lambda a: a[::2], lambda a: a[:, 1:], np.asfortranarray])
def test_views_arrive_as_what_they_show(change):
    array = change(np.arange(24, dtype=np.float32).reshape(4, 6))
    np.testing.assert_array_equal(travelled(array), array)


def test_an_array_that_arrived_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        travelled(np.zeros(3))[0] = 1.0


@pytest.mark.parametrize("kind", [np.float16, np.complex64, np.bool_, np.int16, object, "U3"])
def test_other_types_do_not_travel(kind):
    with pytest.raises(TypeError, match="do not travel"):
        Array.of(np.zeros(2, kind))


@pytest.mark.parametrize(
    ("kind", "shape", "size"),
    [
        ("f4", (2, 3), 23),
        ("f4", (2, 3), 25),
        ("f4", (), 0),
        ("f4", (-1, -6), 24),
        ("f4", (2**40, 2**40), 24),
        ("f4", (0, 2**62, 2**62), 0),
        ("f4", (1,) * 100, 4),
        ("O", (3,), 24),
        ("f2", (3,), 6),
        ("", (), 0),
        ("f4,i4", (3,), 24),
    ],
)
def test_type_shape_and_size_that_disagree_are_refused(kind, shape, size):
    with pytest.raises(WireError):
        Array(kind, shape, memoryview(bytes(size))).numpy()
