"""The line carries plain data exactly, and refuses everything else."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from autograder.sandbox.inside.wire import DTYPES, MAX_DEPTH, BadFrame, decode, encode

PLAIN = [None, True, 0, -(2**80), 1.5, float("inf"), "text ä", [1, [2]], (1, "a"), {"k": (1,), 3: [None]}, [], {}, ()]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_come_back_as_they_were(value):
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_arrays_keep_type_shape_and_values(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    back = decode(encode({"x": [array, array]}))["x"][1]
    assert back.dtype == array.dtype
    assert back.shape == shape
    assert np.array_equal(back, array)
    assert back.flags.writeable


def test_a_view_in_another_memory_order_keeps_its_values():
    array = np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1)[::2]
    assert np.array_equal(decode(encode(array)), array)


def test_array_scalars_stay_scalars():
    assert isinstance(decode(encode(np.float32(1.5))), np.float32)


def test_an_object_crosses_only_as_its_owner_says():
    with pytest.raises(BadFrame, match="object of type object"):
        encode(object())
    frame = encode([object()], lambda obj: {"r": 7})
    assert decode(frame, lambda packed: packed["r"]) == [7]
    with pytest.raises(BadFrame, match="reference"):
        decode(frame)


def test_an_array_of_objects_does_not_cross():
    with pytest.raises(BadFrame):
        encode(np.array([object()], dtype=object))


def test_an_endless_list_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(BadFrame, match=f"deeper than {MAX_DEPTH}"):
        encode(endless)


def frame(header: object, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + body


FORGED = {
    "nothing": b"",
    "half a length": b"\x01",
    "no JSON": struct.pack("<I", 4) + b"{{{{",
    "no UTF-8": struct.pack("<I", 2) + b"\xff\xfe",
    "a bare list": frame([1]),
    "an empty kind": frame({}),
    "an unknown kind": frame({"x": 1}),
    "a type that runs code": frame({"a": ["O", [1], 0]}, b"12345678"),
    "a complex type": frame({"a": ["<c16", [1], 0]}, b"1" * 16),
    "a negative size": frame({"a": ["<f8", [-1], 0]}, b"12345678"),
    "a size that is no number": frame({"a": ["<f8", ["8"], 0]}, b"12345678"),
    "a size that is a truth value": frame({"a": ["<f8", [True], 0]}, b"12345678"),
    "more elements than bytes": frame({"a": ["<f8", [2], 0]}, b"12345678"),
    "a huge shape": frame({"a": ["<f8", [2**40, 2**40], 0]}, b"12345678"),
    "zero times huge": frame({"a": ["<f8", [0, 2**62], 0]}),
    "too many axes": frame({"a": ["<f8", [1] * 65, 0]}, b"12345678"),
    "a start outside": frame({"a": ["<f8", [1], 100]}, b"12345678"),
    "a negative start": frame({"a": ["<f8", [1], -8]}, b"12345678"),
    "a list as a key": frame({"d": [[{"l": []}, 1]]}),
    "pairs that are none": frame({"d": [[1]]}),
    "deep nesting": struct.pack("<I", 200_000) + b'{"l":[' * 33_000 + b"]" * 2000,
    "a number of a million digits": struct.pack("<I", 1_000_000) + b"1" * 1_000_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_frame_is_refused(name):
    with pytest.raises(BadFrame):
        decode(FORGED[name], lambda packed: (_ for _ in ()).throw(BadFrame("unknown reference")))
