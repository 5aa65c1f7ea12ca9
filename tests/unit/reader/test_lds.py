"""The elementary files, one by one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.chip.image import COM, GROUP, SOD
from reader import tlv
from reader.errors import LimitExceeded, Malformed, NotSupported, ReaderError
from reader.lds import com, dg1, dg2, dg13, security_infos, sod

from .conftest import HOLDER, PORTRAIT


def test_ef_com_of_the_worked_example_lists_two_groups():
    assert com.groups(bytes.fromhex("60145F0104303130365F36063034303030305C026175")) == ["DG1", "DG2"]


def test_a_tag_that_no_group_has_is_refused():
    with pytest.raises(Malformed):
        com.groups(bytes.fromhex("60045C0261AA"))


def test_the_groups_of_a_card_are_those_signed(card):
    assert set(com.groups(card.files[COM])) == set(sod.parse(card.files[SOD]).hashes)


def test_the_zone_of_dg1_is_the_holders(card):
    zone = dg1.parse(card.files[GROUP["DG1"]])
    assert (zone.personal_number, zone.wrong_checks) == (HOLDER.personal_number, ())


def test_the_portrait_comes_out_byte_for_byte(card):
    assert dg2.image(card.files[GROUP["DG2"]]) == PORTRAIT


def record(image: bytes, points: int = 0, *, trailing: bytes = b"") -> bytes:
    block = (20 + 8 * points + 12 + len(image)).to_bytes(4, "big") + points.to_bytes(2, "big") + bytes(14)
    raw = b"FAC\x00010\x00" + bytes(4) + b"\x00\x01" + block + bytes(8 * points) + bytes(12) + image + trailing
    inner = tlv.build(0x7F60, tlv.build(0xA1, b"") + tlv.build(0x5F2E, raw))
    return tlv.build(0x75, tlv.build(0x7F61, tlv.build(0x02, b"\x01") + inner))


@pytest.mark.parametrize("points", [0, 1, 12])
def test_feature_points_before_the_portrait_are_stepped_over(points):
    assert dg2.image(record(b"\xff\xd8picture", points)) == b"\xff\xd8picture"


def test_padding_behind_the_portrait_is_left_out():
    assert dg2.image(record(b"picture", trailing=bytes(9))) == b"picture"


def test_a_record_of_another_standard_is_not_supported(card):
    with pytest.raises(NotSupported):
        dg2.image(record(b"x").replace(b"FAC\x00", b"XYZ\x00"))


@pytest.mark.parametrize("points", [2000, 65535])
def test_a_record_that_promises_more_points_than_it_has_is_refused(points):
    raw = record(b"picture").replace(b"\x00\x00" + bytes(14), points.to_bytes(2, "big") + bytes(14), 1)
    with pytest.raises(ReaderError):
        dg2.image(raw)


def entry(number: int, value: bytes, tag: int = 0x0C) -> bytes:
    return tlv.build(0x30, tlv.build(0x02, bytes([number])) + tlv.build(tag, value))


def details(*entries: bytes) -> bytes:
    oid = bytes.fromhex("060628D316010008")
    return tlv.build(0x6D, tlv.build(0x30, b"\x02\x01\x01" + oid + tlv.build(0x31, b"".join(entries))))


def test_fields_are_found_by_number_and_never_by_position():
    raw = details(
        entry(99, b"?"), entry(3, b"03/02/1999"), entry(2, "Nguyễn Thị Mẫu".encode()), entry(1, b"001199012345")
    )
    found = dg13.parse(raw)
    assert (found.personal_number, found.name, found.birth_date) == ("001199012345", "Nguyễn Thị Mẫu", "1999-02-03")
    assert (found.sex, found.nationality) == ("", "")


@pytest.mark.parametrize("written", [b"03/02/1999", b"03021999", b"03-02-1999"])
def test_birth_dates_are_understood_in_every_form_seen(written):
    assert dg13.parse(details(entry(3, written))).birth_date == "1999-02-03"


def test_names_come_out_composed():
    decomposed = "Nguye\u0302\u0303n".encode()
    assert dg13.parse(details(entry(2, decomposed))).name == "Nguy\u1ec5n"


def test_what_the_exam_does_not_need_is_not_kept():
    found = dg13.parse(details(entry(7, b"religion"), entry(6, b"ethnicity"), entry(1, b"001199012345")))
    assert "religion" not in repr(found)
    assert "ethnicity" not in repr(found)


PARSERS = (com.groups, dg1.parse, dg2.image, dg13.parse, sod.parse, security_infos.pace_infos, security_infos.protocols)


@given(st.sampled_from(PARSERS), st.binary(max_size=120))
def test_any_bytes_are_parsed_or_refused_by_name(parse, raw):
    with suppress(Malformed, NotSupported, LimitExceeded):
        assert parse(raw) is not None


@given(st.sampled_from(["EF_SOD", "DG1", "DG2", "DG13"]), st.data())
def test_a_card_file_with_any_byte_changed_is_parsed_or_refused_by_name(card, name, data):
    number, parse = {"EF_SOD": (SOD, sod.parse), "DG1": (GROUP["DG1"], dg1.parse), "DG2": (GROUP["DG2"], dg2.image), "DG13": (GROUP["DG13"], dg13.parse)}[name]  # fmt: skip
    raw = bytearray(card.files[number])
    raw[data.draw(st.integers(0, min(len(raw), 300) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(Malformed, NotSupported, LimitExceeded):
        assert parse(bytes(raw)) is not None


@pytest.mark.parametrize("raw", ["31023000", "31053003020105", "31143012060A04007F00070202040202020102820101"])
def test_security_infos_of_other_types_are_refused_by_name(raw):
    with pytest.raises(Malformed):
        security_infos.pace_infos(bytes.fromhex(raw))
