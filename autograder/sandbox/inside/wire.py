"""Plain data as bytes, for both ends of the line between grader and kernel; it refuses everything that is not plain.

A frame is a JSON header, and behind it the bytes of the arrays that the header names. What may cross: None, bool, int,
float, str, list, tuple, dict, and arrays or array scalars of bool, integer and float types. Objects cross as numbers
that only their owner can resolve. Nothing that arrives is ever evaluated, imported or unpickled.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

DTYPES = frozenset(
    ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"],
)
MAX_FRAME = 64 * 2**20  # bytes; the largest honest reply of the course is below 8 MiB
MAX_HEADER = 4 * 2**20  # bytes of it that are JSON: as Python's objects they take thirty times as many, and seconds
MAX_DEPTH = 32
MAX_NDIM = 32

Reference = Callable[[Any], Any]


class BadFrame(ValueError):
    """The bytes are not a frame of plain data; the message says which rule they break."""


def encode(value: Any, refer: Reference | None = None) -> bytes:
    """Bytes of `value`; `refer(obj)` gives the JSON that stands for an object that is not plain data.

    >>> decode(encode({"a": (1, 2.5, None)}))
    {'a': (1, 2.5, None)}
    """
    buffers: list[bytes] = []
    header = json.dumps(_pack(value, refer, buffers, 0)).encode()
    return b"".join([struct.pack("<I", len(header)), header, *buffers])


def decode(frame: bytes, resolve: Reference | None = None) -> Any:
    """The value of a frame; `resolve(json)` gives what a reference stands for. Raises BadFrame for anything odd."""
    if len(frame) > MAX_FRAME:
        raise BadFrame(f"a frame of {len(frame)} bytes, at most {MAX_FRAME} are allowed")
    if len(frame) < 4:
        raise BadFrame("a frame shorter than its own length field")
    (length,) = struct.unpack_from("<I", frame)
    if length > MAX_HEADER:
        raise BadFrame(f"a header of {length} bytes, at most {MAX_HEADER} are allowed: arrays belong behind it")
    try:
        packed = parse(frame[4 : 4 + length].decode())
        return _unpack(packed, resolve, memoryview(frame)[4 + length :], 0)
    except BadFrame:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError, MemoryError) as error:
        raise BadFrame(f"not plain data ({type(error).__name__})") from error


def parse(text: str) -> Any:
    """The value of JSON in which no string holds half a character (a lone surrogate): no file could be written of it.

    >>> parse(r'["\\ud83d\\ude00", "\\ud83d"]')
    ['😀', '?']
    """
    value = json.loads(text)
    if re.search(r"\\u[dD][89a-fA-F]", text):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    return value


def _pack(value: Any, refer: Reference | None, buffers: list[bytes], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise BadFrame(f"data nested deeper than {MAX_DEPTH} levels")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.newbyteorder("<").str in DTYPES:
            little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            start = sum(map(len, buffers))
            buffers.append(little.tobytes())
            kind = "n" if isinstance(value, np.generic) else "a"
            return {kind: [little.dtype.str, list(array.shape), start]}

    depth += 1
    if isinstance(value, dict):
        return {"d": [[_pack(k, refer, buffers, depth), _pack(v, refer, buffers, depth)] for k, v in value.items()]}
    if isinstance(value, list):
        return {"l": [_pack(v, refer, buffers, depth) for v in value]}
    if isinstance(value, tuple):
        return {"t": [_pack(v, refer, buffers, depth) for v in value]}
    if refer is None:
        raise BadFrame(f"an object of type {type(value).__name__} is not plain data")
    return refer(value)


def _unpack(packed: Any, resolve: Reference | None, buffers: memoryview, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise BadFrame(f"data nested deeper than {MAX_DEPTH} levels")
    if packed is None or isinstance(packed, (bool, int, float, str)):
        return packed
    if not isinstance(packed, dict) or not packed:
        raise BadFrame("a value without its kind")

    depth += 1
    kind, body = next(iter(packed.items()))
    if kind == "d":
        return {_unpack(k, resolve, buffers, depth): _unpack(v, resolve, buffers, depth) for k, v in body}
    if kind == "l":
        return [_unpack(v, resolve, buffers, depth) for v in body]
    if kind == "t":
        return tuple([_unpack(v, resolve, buffers, depth) for v in body])
    if kind in ("a", "n"):
        array = _array(buffers, *body)
        return array[()] if kind == "n" else array
    if resolve is None:
        raise BadFrame(f"a reference {kind!r} where plain data is expected")
    return resolve(packed)


def _array(buffers: memoryview, dtype: str, shape: list[int], start: int) -> np.ndarray:
    if dtype not in DTYPES:
        raise BadFrame(f"an array of type {str(dtype)[:20]!r}")
    if len(shape) > MAX_NDIM or not all(type(n) is int and 0 <= n <= MAX_FRAME for n in [*shape, start]):
        raise BadFrame("an array of an impossible shape")
    count = 1
    for n in shape:
        count *= n
    end = start + count * np.dtype(dtype).itemsize
    if end > len(buffers):
        raise BadFrame(f"an array of shape {tuple(shape)} without its bytes")
    return np.frombuffer(buffers[start:end], dtype).reshape(shape).copy()
