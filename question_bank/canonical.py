"""Canonical bytes: RFC 8785 restricted to what two programs cannot read differently (DESIGN.md section 7).

Objects have ASCII keys, strings are NFC, numbers are integers of magnitude below 2^53, there are no floats; decimals travel
as strings. Within these limits RFC 8785 is: keys sorted, no spaces, minimal escapes, UTF-8.
"""

from __future__ import annotations

import json
import unicodedata
from typing import NoReturn

from khaothi.wording import Worded

LARGEST_INTEGER = 2**53 - 1
# A deeper value is an attack on the parser, not a form or a record.
DEEPEST = 32


class NotCanonical(Worded, ValueError):
    """The value cannot be written, or the bytes are not the one way to write it."""

    code = "not_canonical"


def _check(value: object, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise NotCanonical("nested too deeply")
    match value:
        case bool() | None:
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise NotCanonical("integer out of range: {value}", value=value)
        case str():
            _check_text(value)
        case list() | tuple():
            for member in value:
                _check(member, depth + 1)
        case dict():
            _check_keys(value)
            _check(list(value.values()), depth)
        case _:
            raise NotCanonical("no canonical form for {kind}", kind=type(value).__name__)


def _check_keys(value: dict[object, object]) -> None:
    for key in value:
        if not isinstance(key, str) or not key.isascii():
            raise NotCanonical("key is not ASCII text: {key!r}", key=key)


def _check_text(value: str) -> None:
    if value.isascii():
        return
    if not unicodedata.is_normalized("NFC", value):
        raise NotCanonical("text is not in NFC")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("text holds half a surrogate pair") from error


def encode(value: object) -> bytes:
    """The canonical bytes of a value made of dict, list, tuple, str, int, bool and None.

    Raises:
        NotCanonical: a float, bytes, a number out of range, text that is not NFC, or a key that is not ASCII.
    """
    _check(value)
    # For ASCII keys the order of code points is the order of UTF-16 units that RFC 8785 section 3.2.3 asks for.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _no_float(text: str) -> NoReturn:
    raise NotCanonical("number is not an integer: {text}", text=text)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonical("a key stands twice")
    return value


def decode(raw: bytes) -> object:
    """The value of canonical bytes.

    Raises:
        NotCanonical: the bytes are not what `encode` would write for their value.
    """
    try:
        value: object = json.loads(
            raw.decode(), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_unique
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotCanonical("not JSON") from error
    if encode(value) != raw:
        raise NotCanonical("not the canonical form of its value")
    return value
