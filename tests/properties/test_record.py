"""The record: what goes in comes out, and any flipped bit shows."""

from __future__ import annotations

import msgspec
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine import events as e
from exam_engine.errors import ExamEngineError, RecordBroken
from exam_engine.record import (
    Entry,
    advance,
    decode_entry,
    encode_entry,
    genesis,
    make_batch,
    sign_receipt,
    verify_batch,
    verify_receipt,
)
from question_bank import canonical

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
ENTRIES = tuple(encode_entry(Entry(number, 1_000 + number, e.Answered(f"I.{number}", "B"))) for number in range(1, 5))
BATCH = make_batch(KEY, "K/1/30000001", 1, 1, ENTRIES, genesis("K/1/30000001", 1))


def test_a_batch_verifies_and_gives_its_entries_back():
    assert [entry.event.item for entry in verify_batch(BATCH, PUBLIC)] == ["I.1", "I.2", "I.3", "I.4"]


@settings(max_examples=200)
@given(st.data())
def test_any_flipped_bit_of_a_batch_is_noticed(data):
    number = data.draw(st.integers(0, 3))
    raw = bytearray(BATCH.entries[number].encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    texts = list(BATCH.entries)
    texts[number] = raw.decode("latin-1")
    with pytest.raises((ExamEngineError, UnicodeError)):
        verify_batch(msgspec.structs.replace(BATCH, entries=tuple(texts)), PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"attempt": "K/1/30000002"}, {"epoch": 2}, {"first": 2, "last": 5}, {"last": 5}, {"previous_head": "00" * 32},
        {"head": "00" * 32}, {"signature": bytes(64)}, {"entries": BATCH.entries[:3]}, {"entries": ()},
    ],
)  # fmt: skip
def test_any_changed_field_is_noticed(change):
    with pytest.raises(ExamEngineError):
        verify_batch(msgspec.structs.replace(BATCH, **change), PUBLIC)


def test_another_stations_key_is_noticed():
    with pytest.raises(ExamEngineError):
        verify_batch(BATCH, Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def test_a_receipt_is_the_nodes_word_and_no_other():
    receipt = sign_receipt(KEY, "K/1/1", 1, 4, "ab", "CODE")
    verify_receipt(receipt, PUBLIC)
    with pytest.raises(ExamEngineError):
        verify_receipt(msgspec.structs.replace(receipt, sequence=5), PUBLIC)


def test_the_chain_depends_on_attempt_epoch_and_what_came_before():
    heads = {genesis("a", 1), genesis("b", 1), genesis("a", 2), genesis("a", 2, "ff"), advance(genesis("a", 1), b"x")}
    assert len(heads) == 5


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b'{"at":1,"event":{"type":"nothing"},"sequence":1}', b'{"at":1.5}', b"\xff"]
)
def test_what_is_no_entry_is_refused(raw):
    with pytest.raises(ExamEngineError):
        decode_entry(raw)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(alphabet='aăâbcđeêô ẲỔ"\\\n/é', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="abcXYZ_-", max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_json_is_what_another_implementation_writes(value):
    raw = canonical.encode(value)
    assert raw == rfc8785.dumps(value)
    assert canonical.decode(raw) == value


@pytest.mark.parametrize(
    "raw", [b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a": 1}', b"1.0", b"1e3", b"NaN", b'"\\u0041"', b"9007199254740993", b"[" * 100, b"\xef\xbb\xbf1"]
)  # fmt: skip
def test_every_other_way_to_write_it_is_refused(raw):
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(raw)


@pytest.mark.parametrize("value", [1.5, b"x", {"é": 1}, "e\u0301", 2**53, object()])
def test_what_cannot_be_read_one_way_is_not_written(value):
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"at":1,"event":{"item":"I.1","response":"B","type":"answered"},"sequence":9007199254740993}',
        b'{"at":1,"at":1,"event":{"item":"I.1","response":"B","type":"answered"},"sequence":1}',
        b'{"at":1,"event":{"item":"I.1","response":"B","type":"answered"},"sequence":1.0}',
        b'{"at":1,"event":{"item":"I.1","type":"answered","response":"B"},"sequence":1}',
        b'{"at":1, "event":{"item":"I.1","response":"B","type":"answered"},"sequence":1}',
        '{"at":1,"event":{"item":"I.1","response":"e\u0301","type":"answered"},"sequence":1}'.encode(),
    ],
    ids=["beyond 2^53", "key twice", "float", "keys out of order", "space", "not NFC"],
)
def test_the_fast_way_believes_nothing_that_the_careful_way_refuses(raw):
    with pytest.raises(RecordBroken):
        decode_entry(raw)
