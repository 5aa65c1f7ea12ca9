"""Weights of a block-quantised ONNX file as plain numbers, before OpenCV reads it.

OpenCV 4 unpacks such weights number by number, which is most of what loading SFace costs. Only the wire format of protocol
buffers is walked, and only what such a file needs (onnx.proto3: ModelProto.graph = 7, GraphProto.node = 1, .initializer = 5).
The digest of a file is checked before, so nothing here meets foreign bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

GRAPH, NODE, INITIALIZER = 7, 1, 5
NODE_INPUT, NODE_OUTPUT, NODE_OPERATION, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_INTEGER = 1, 3
DIMENSION, TYPE, NAME, RAW = 1, 2, 8, 9
FLOAT = 1
DEQUANTIZE = b"DequantizeLinear"
VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
Part = bytes | memoryview
Numbers = npt.NDArray[np.float32]


class Field(NamedTuple):
    """One field of a message: its number, its content, and all of its bytes. `value` counts for whole numbers."""

    number: int
    content: memoryview
    value: int
    whole: memoryview


def plain(model: bytes) -> npt.NDArray[np.uint8]:
    """The same model with every `DequantizeLinear` of stored weights carried out."""
    parts: list[Part] = []
    for field in _fields(model):
        parts += _message(GRAPH, _graph(field.content)) if field.number == GRAPH else [field.whole]
    # `bytes.join` would hold the interpreter, and with it the window, for as long as 40 MB take.
    whole, at = np.empty(sum(map(len, parts)), np.uint8), 0
    for part in parts:
        whole[at : at + len(part)] = np.frombuffer(part, np.uint8)
        at += len(part)
    return whole


def _graph(graph: memoryview) -> list[Part]:
    fields = list(_fields(graph))
    stored = {_text(field.content, NAME): field for field in fields if field.number == INITIALIZER}
    kept: list[Part] = []
    for field in fields:
        if field.number == NODE and _text(field.content, NODE_OPERATION) == DEQUANTIZE:
            node = list(_fields(field.content))
            inputs = [stored.pop(bytes(part.content)) for part in node if part.number == NODE_INPUT]
            stated = {
                _text(part.content, ATTRIBUTE_NAME): part.content for part in node if part.number == NODE_ATTRIBUTE
            }
            axis, block = (_whole(stated[name], ATTRIBUTE_INTEGER) for name in (b"axis", b"block_size"))
            packed, scales, zeros = (_array(one.content) for one in inputs)
            weights = _unpacked(packed, scales, zeros, axis, block)
            kept += _message(INITIALIZER, _tensor(_text(field.content, NODE_OUTPUT), weights))
        elif field.number != INITIALIZER:
            kept.append(field.whole)
    return [*kept, *(field.whole for field in stored.values())]


def _unpacked(packed: npt.NDArray[np.int8], scales: Numbers, zeros: npt.NDArray[np.int8], axis: int, block: int) -> Numbers:  # fmt: skip
    """(packed - zero) * scale, with one zero and scale for each block along the axis (ONNX, DequantizeLinear 21)."""
    shape = (*packed.shape[:axis], scales.shape[axis], block, *packed.shape[axis + 1 :])
    # The difference of two bytes is exact in sixteen bits and in any float.
    offset = np.subtract(packed.reshape(shape), np.expand_dims(zeros, axis + 1), dtype=np.int16)
    return np.multiply(offset, np.expand_dims(scales, axis + 1), dtype=np.float32).reshape(packed.shape)


def _array(tensor: memoryview) -> npt.NDArray[Any]:
    fields = list(_fields(tensor))
    shape = [field.value for field in fields if field.number == DIMENSION]
    kind = next(field.value for field in fields if field.number == TYPE)
    raw = next(field.content for field in fields if field.number == RAW)
    return np.frombuffer(raw, "<f4" if kind == FLOAT else np.int8).reshape(shape)


def _tensor(name: bytes, weights: Numbers) -> list[Part]:
    shape = b"".join(_key(DIMENSION, VARINT) + _varint(length) for length in weights.shape)
    raw = weights.data.cast("B")
    return [shape, _key(TYPE, VARINT), _varint(FLOAT), *_message(NAME, [name]), *_message(RAW, [raw])]


def _text(message: memoryview, number: int) -> bytes:
    return next((bytes(field.content) for field in _fields(message) if field.number == number), b"")


def _whole(message: memoryview, number: int) -> int:
    return next(field.value for field in _fields(message) if field.number == number)


def _fields(message: bytes | memoryview) -> Iterator[Field]:
    view, at = memoryview(message), 0
    while at < len(view):
        start = at
        key, at = _read(view, at)
        kind, value = key & 7, 0
        if kind == VARINT:
            value, end = _read(view, at)
        elif kind == LENGTH:
            length, at = _read(view, at)
            end = at + length
        else:
            end = at + {EIGHT_BYTES: 8, FOUR_BYTES: 4}[kind]
        yield Field(key >> 3, view[at:end], value, view[start:end])
        at = end


def _read(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _message(number: int, parts: list[Part]) -> list[Part]:
    """Put together at the very end: the weights are copied once."""
    return [_key(number, LENGTH), _varint(sum(map(len, parts))), *parts]


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
