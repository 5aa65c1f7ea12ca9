"""The optional data groups, in every form that the standard allows, and portraits of both standards."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader import mrz, tlv
from reader.errors import LimitExceeded, Malformed, NotSupported, ReaderError
from reader.evidence import Result
from reader.lds import dg1, dg2, dg7, dg11, dg12, dg13, dg14, dg15, dg16, structure

from .conftest import PORTRAIT

JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(50)


def objects(*pairs: tuple[int, bytes | str]) -> bytes:
    return b"".join(tlv.build(tag, value.encode() if isinstance(value, str) else value) for tag, value in pairs)


# -- DG1 -------------------------------------------------------------------------------------------------------------

ZONES = {
    "TD3 of Doc 9303-4": (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ("P", "UTO", "L898902C3", "ERIKSSON ANNA MARIA", "740812", "F", "120415"),
    ),
    "TD1 of Doc 9303-5": (
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ("I", "UTO", "D23145890", "ERIKSSON ANNA MARIA", "740812", "F", "120415"),
    ),
    "TD2 of Doc 9303-6": (
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6",
        ("I", "UTO", "D23145890", "ERIKSSON ANNA MARIA", "740812", "F", "120415"),
    ),
    "TD1 with a number of twelve characters": (
        "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<",
        ("I", "UTO", "D23145890734", "STEVENSON PETER JOHN", "340712", "M", "950712"),
    ),
    "TD2 with a number of twelve characters": (
        "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<D23145890<UTO3407127M95071227349<<<8",
        ("I", "UTO", "D23145890734", "STEVENSON PETER JOHN", "340712", "M", "950712"),
    ),
}


@pytest.mark.parametrize("kind", ZONES)
def test_the_zone_is_read_in_every_size(kind):
    text, expected = ZONES[kind]
    found = dg1.parse(tlv.build(0x61, tlv.build(0x5F1F, text.encode())))
    assert (
        found.document_code,
        found.issuing_state,
        found.document_number,
        found.name,
        found.birth_date,
        found.sex,
        found.expiry_date,
    ) == expected
    assert found.wrong_checks == ()


@pytest.mark.parametrize("optional", ["<<<A<<<<<<<<<<<", "<<<<<<<<<<<<<<1", "<7<<<<<<<<<<<<<"])
def test_a_filler_for_the_check_digit_without_a_long_number_is_no_crash(optional):
    found = mrz.parse(f"I<UTOD23145890<{optional}" + "7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    assert found.document_number == "D23145890"


@pytest.mark.parametrize("character", ["²", "٣", "é", "ß", "\u0130", "-"])
def test_a_character_of_no_mrz_is_refused(character):
    with pytest.raises(Malformed):
        mrz.parse(ZONES["TD1 of Doc 9303-5"][0].replace("D", character, 1))


# -- DG2 -------------------------------------------------------------------------------------------------------------


def record_39794(image: bytes, *, tag: int = 0x7F2E, around: bool = True, ids: bytes = b"\x80\x01\x00") -> bytes:
    """FaceImageDataBlock as ISO/IEC 39794-5 tags it automatically, with siblings before what is looked for."""
    data = objects((0x80, image), (0xA1, objects((0xA0, objects((0x80, b"\x01"))))))
    representation = ids + objects((0xA1, objects((0xA0, objects((0xA0, data))))), (0xA2, b""))
    version = objects((0xA0, objects((0x80, b"\x03"), (0x81, b"\x07\xe3"))))
    block = tlv.build(0x65, version + objects((0xA1, objects((0x30, representation)))))
    return wrapped(tag, tlv.build(0xA1, block) if around else block)


def wrapped(tag: int, block: bytes) -> bytes:
    template = objects((0x02, b"\x01"), (0x7F60, objects((0xA1, b"\x80\x01\x02"), (tag, block))))
    return tlv.build(0x75, tlv.build(0x7F61, template))


@pytest.mark.parametrize("picture", [PORTRAIT, JP2, b"\xff\x4f\xff\x51" + bytes(99)])
@pytest.mark.parametrize("tag", [0x7F2E, 0x5F2E])
@pytest.mark.parametrize("around", [True, False])
def test_a_portrait_of_the_new_standard_comes_out_byte_for_byte(picture, tag, around):
    assert dg2.image(record_39794(picture, tag=tag, around=around)) == picture


@pytest.mark.parametrize("cut", range(0, 84, 7))
def test_a_portrait_that_breaks_off_is_refused(cut):
    raw = record_39794(b"\xff\xd8\xff" + bytes(30))
    with pytest.raises((Malformed, NotSupported)):
        dg2.image(raw[:cut])


def test_a_block_without_a_picture_and_a_record_of_nothing_are_told_apart():
    with pytest.raises(Malformed):
        dg2.image(wrapped(0x7F2E, tlv.build(0xA1, tlv.build(0x65, b""))))
    with pytest.raises(NotSupported):
        dg2.image(wrapped(0x5F2E, tlv.build(0x66, b"")))


def test_a_picture_beyond_all_portraits_is_a_limit():
    with pytest.raises(LimitExceeded):
        dg2.image(record_39794(bytes(dg2.LARGEST_IMAGE + 1)))


def test_a_block_that_counts_less_than_its_picture_ends_with_its_object():
    head = b"FAC\x00010\x00" + bytes(4) + b"\x00\x01" + (20).to_bytes(4, "big") + bytes(16) + bytes(12)
    assert dg2.image(wrapped(0x5F2E, head + PORTRAIT)) == PORTRAIT


# -- DG7, DG11, DG12, DG16 -------------------------------------------------------------------------------------------


def test_displayed_signatures_come_out_byte_for_byte():
    raw = tlv.build(0x67, objects((0x02, b"\x02"), (0x5F43, PORTRAIT), (0x5F43, JP2)))
    assert dg7.images(raw) == [PORTRAIT, JP2]
    with pytest.raises(Malformed):
        dg7.images(tlv.build(0x67, objects((0x02, b"\x00"))))


@pytest.mark.parametrize("birth", [b"19740812", bytes.fromhex("19740812")])
def test_personal_details_with_dates_in_both_codings(birth):
    """Field by field as in the example of Doc 9303-10 section 4.7.11."""
    others = objects((0x02, b"\x02"), (0x5F0F, "SMITH<<J"), (0x5F0F, "DOE<<JANE"))
    raw = tlv.build(
        0x6B,
        objects(
            (0x5C, bytes.fromhex("5F0E5F105F115F425F125F135F14")), (0x5F0E, "SMITH<<JOHN<J"), (0xA0, others),
            (0x5F10, "123456789"), (0x5F2B, birth), (0x5F11, "ANYTOWN<MN"), (0x5F42, "123 MAPLE RD<ANYTOWN<MN"),
            (0x5F12, "16125551212"), (0x5F13, "TRAVEL AGENT"), (0x5F14, "MR"), (0x5F16, bytes(99)), (0x5F77, b"?"),
        ),
    )  # fmt: skip
    found = dg11.parse(raw)
    assert (found.name, found.other_names) == ("SMITH JOHN J", ("SMITH J", "DOE JANE"))
    assert (found.personal_number, found.birth_date) == ("123456789", "1974-08-12")
    assert (found.birth_place, found.address) == (("ANYTOWN", "MN"), ("123 MAPLE RD", "ANYTOWN", "MN"))
    assert (found.telephone, found.profession, found.title) == ("16125551212", "TRAVEL AGENT", "MR")


def test_names_in_utf_8_and_latin_1_are_read():
    assert dg11.parse(tlv.build(0x6B, objects((0x5F0E, "NGUYỄN<<THỊ<MẪU")))).name == "NGUYỄN THỊ MẪU"
    assert dg11.parse(tlv.build(0x6B, objects((0x5F0E, "MÜLLER<<ANNA".encode("latin-1"))))).name == "MÜLLER ANNA"


def test_document_details_with_dates_in_both_codings():
    texts = objects((0x5C, b""), (0x5F19, "UNITED STATES OF AMERICA"), (0x5F26, "20020531"), (0x5F55, "20020531122233"))
    found = dg12.parse(tlv.build(0x6C, texts))
    assert (found.authority, found.issue_date) == ("UNITED STATES OF AMERICA", "2002-05-31")
    assert found.personalised_at == "2002-05-31T12:22:33"
    packed = objects((0x5F26, bytes.fromhex("20020531")), (0x5F55, bytes.fromhex("20020531992233")))
    found = dg12.parse(tlv.build(0x6C, packed))
    assert (found.issue_date, found.personalised_at) == ("2002-05-31", "2002-05-31")


def test_persons_to_notify_are_listed():
    one = objects((0x5F50, "20020101"), (0x5F51, "SMITH<<CHARLES<R"), (0x5F52, "19525551212"), (0x5F53, "123 MAPLE RD"))
    raw = tlv.build(0x70, objects((0x02, b"\x02"), (0xA1, one), (0xA2, objects((0x5F51, "BROWN<<MARY<J")))))
    assert [person.name for person in dg16.parse(raw)] == ["SMITH CHARLES R", "BROWN MARY J"]


# -- DG13 ------------------------------------------------------------------------------------------------------------


def vietnamese(*entries: bytes, outer: bool = True) -> bytes:
    body = objects((0x02, b"\x01"), (0x06, bytes.fromhex("28D316010008")), (0x31, b"".join(entries)))
    return tlv.build(0x6D, tlv.build(0x30, body) if outer else body)


def entry(number: int, value: bytes | str, tag: int = 0x0C) -> bytes:
    return tlv.build(0x30, objects((0x02, bytes((number,))), (tag, value)))


def test_fields_are_found_by_number_in_any_order_and_unknown_ones_are_left():
    raw = vietnamese(
        entry(99, "x"),
        entry(13, objects((0x0C, "cha"), (0x0C, "mẹ")), tag=0x30),
        entry(3, "03/02/1999"),
        entry(2, "Nguyễn Thị Mẫu"),
        tlv.build(0x30, objects((0x02, b"\x07"))),
        entry(1, "001199012345", tag=0x13),
    )
    found = dg13.parse(raw)
    assert (found.personal_number, found.name, found.birth_date) == ("001199012345", "Nguyễn Thị Mẫu", "1999-02-03")
    assert (found.sex, found.nationality) == ("", "")
    assert dg13.fields(raw, {13, 99}) == {13: ("cha", "mẹ"), 99: ("x",)}


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("03/02/1999", "1999-02-03"),
        ("03021999", "1999-02-03"),
        ("1999", ""),
        ("31/02/1999", ""),
        ("không thời hạn", ""),
    ],
)
def test_days_are_understood_as_the_cards_write_them(written, iso):
    assert dg13.parse(vietnamese(entry(3, written))).birth_date == iso


def test_content_that_looks_like_a_number_field_is_no_field():
    """Parsers that scan for 02 01 nn break on this (chip.md section 4)."""
    assert (
        dg13.parse(vietnamese(entry(2, b"\x02\x01\x01A"), entry(1, "001199012345"))).personal_number == "001199012345"
    )


def test_names_come_in_one_unicode_form():
    assert dg13.parse(vietnamese(entry(2, "Ma\u0302\u0303u"))).name == "Mẫu"


def test_the_sequence_around_may_be_missing_but_not_the_fields():
    assert dg13.parse(vietnamese(entry(1, "1"), outer=False)).personal_number == "1"
    for raw in (tlv.build(0x6D, b"free text"), vietnamese(), tlv.build(0x6B, b""), b""):
        with pytest.raises(Malformed):
            dg13.parse(raw)


# -- DG14, DG15, structure -------------------------------------------------------------------------------------------


def test_dg14_gives_its_set_and_nothing_else():
    assert dg14.infos(bytes.fromhex("6E04310230003131")) == bytes.fromhex("31023000")
    for raw in ("6E023000", "6F023100", "6E00", ""):
        with pytest.raises(Malformed):
            dg14.infos(bytes.fromhex(raw))


def test_the_key_of_dg15_is_told_by_kind_and_size(card):
    from hardware_mocks.chip.image import GROUP

    found = dg15.parse(card.files[GROUP["DG15"]])
    assert (found.kind, found.bits) == ("EC", 256)
    with pytest.raises(Malformed):
        dg15.parse(bytes.fromhex("6F023000"))


def test_an_odd_structure_is_inconclusive_and_no_forgery():
    assert structure.check("DG11", b"\x6b\x02\x01").result is Result.INCONCLUSIVE
    assert structure.check("DG1", tlv.build(0x61, tlv.build(0x5F1F, ZONES["TD1 of Doc 9303-5"][0].encode()))).result is Result.PASSED  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(structure.PARSERS)), st.binary(max_size=300), st.data())
def test_hostile_groups_raise_only_what_is_documented(name, body, data):
    tag = {"DG1": 0x61, "DG2": 0x75, "DG7": 0x67, "DG11": 0x6B, "DG12": 0x6C, "DG14": 0x6E, "DG15": 0x6F, "DG16": 0x70}
    raw = tlv.build(tag[name], body) if data.draw(st.booleans()) else body
    with suppress(ReaderError):
        structure.PARSERS[name](raw)
