"""Data objects: what was built is read again, and nothing else passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader import tlv
from reader.errors import LimitExceeded, Malformed, ReaderError

TAGS = st.sampled_from([0x04, 0x30, 0x5C, 0x61, 0x87, 0x5F1F, 0x5F2E, 0x7F49, 0x7F60, 0x7F61])


@given(TAGS, st.binary(max_size=700))
def test_an_object_built_is_read_again(tag, value):
    (found,) = tlv.objects(tlv.build(tag, value))
    assert (found.tag, found.value) == (tag, value)
    assert found.size == len(tlv.build(tag, value))


@given(st.lists(st.tuples(TAGS, st.binary(max_size=40)), max_size=6))
def test_objects_in_a_row_are_read_in_order(items):
    raw = b"".join(tlv.build(tag, value) for tag, value in items)
    assert [(found.tag, found.value) for found in tlv.objects(raw)] == items


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_by_name(raw):
    try:
        found = list(tlv.objects(raw))
    except ReaderError:
        return
    assert sum(item.size for item in found) == len(raw)


@given(TAGS, st.binary(min_size=1, max_size=300))
def test_an_object_cut_off_is_refused(tag, value):
    with pytest.raises(Malformed):
        list(tlv.objects(tlv.build(tag, value)[:-1]))


@pytest.mark.parametrize("raw", ["", "60", "6080", "608500000000", "5FFFFFFF01", "3081"])
def test_headers_that_no_file_has_are_refused(raw):
    with pytest.raises(Malformed):
        tlv.header(bytes.fromhex(raw))


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read():
    with pytest.raises(LimitExceeded):
        tlv.header(bytes.fromhex("758440000000"))


@pytest.mark.parametrize(("tag", "constructed"), [(0x30, True), (0x7F61, True), (0x5F1F, False), (0x87, False)])
def test_the_bit_for_constructed_is_in_the_first_byte(tag, constructed):
    assert next(tlv.objects(tlv.build(tag, b""))).constructed is constructed


def test_a_path_leads_to_the_value_or_to_nothing():
    raw = tlv.build(0x60, tlv.build(0x5F01, b"0107") + tlv.build(0x5C, b"\x61"))
    assert tlv.find(raw, 0x60, 0x5C) == b"\x61"
    assert tlv.find(raw, 0x60, 0x5F36) is None
    with pytest.raises(Malformed):
        tlv.first(raw, 0x77)
