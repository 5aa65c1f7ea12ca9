"""BER, TLV and what is cut out of certificates: round trips, and agreement with libraries that share no code."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reader import ber, certificate, tlv
from reader.errors import ReaderError
from reader.lds import dg13, fields

KEY = ec.generate_private_key(ec.SECP256R1())
PRIMITIVE = st.sampled_from([0x01, 0x02, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x80, 0x81, 0x5F1F])
CONSTRUCTED = st.sampled_from([0x30, 0x31, 0xA0, 0xA1, 0x7F61])
LEAF = st.tuples(PRIMITIVE, st.binary(max_size=300))
TREE = st.recursive(LEAF, lambda inner: st.tuples(CONSTRUCTED, st.lists(inner, max_size=4)), max_leaves=12)


def written(tree, *, indefinite: bool = False) -> bytes:
    """A tree in DER, or with indefinite lengths and octet strings in chunks."""
    tag, content = tree
    if isinstance(content, list):
        body = b"".join(written(child, indefinite=indefinite) for child in content)
        if not indefinite:
            return ber.build(tag, body)
        return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + b"\x80" + body + b"\x00\x00"
    if indefinite and tag == ber.OCTET_STRING:
        half = len(content) // 2
        return b"\x24\x80" + ber.build(0x04, content[:half]) + ber.build(0x04, content[half:]) + b"\x00\x00"
    return ber.build(tag, content)


@given(TREE)
def test_a_tree_comes_back_from_its_bytes(tree):
    raw = written(tree)
    found = ber.element(raw)
    assert (found.tag, found.raw) == (tree[0], raw)
    if isinstance(tree[1], list):
        assert [child.tag for child in found.children()] == [child[0] for child in tree[1]]
    assert ber.definite(raw + b"behind") == raw


@given(TREE)
def test_indefinite_lengths_and_chunks_become_the_same_bytes(tree):
    assert ber.definite(written(tree, indefinite=True)) == written(tree)


@given(TREE)
def test_both_readers_of_data_objects_agree(tree):
    raw = written(tree)
    (found,) = tlv.objects(raw)
    assert (found.tag, found.value, found.size) == (tree[0], ber.element(raw).value, len(raw))
    assert tlv.build(found.tag, found.value) == raw


@given(TREE, st.data())
def test_cut_and_spoiled_objects_raise_what_is_documented(tree, data):
    raw = bytearray(written(tree, indefinite=data.draw(st.booleans())))
    if raw:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    with suppress(ReaderError):
        ber.element(ber.definite(cut))
    with suppress(ReaderError):
        list(tlv.objects(cut))


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_object_identifiers_are_read_as_another_library_writes_them(arcs, first, second):
    dotted = ".".join(str(arc) for arc in (first, second, *arcs))
    assert ber.dotted(core.ObjectIdentifier(dotted).contents) == dotted


@given(st.integers(-(2**200), 2**200))
def test_numbers_are_read_as_another_library_writes_them(number):
    assert ber.element(core.Integer(number).dump()).integer() == number


@given(st.integers(-631152000, 2524607999))
def test_times_are_read_as_another_library_writes_them(seconds):
    """From 1950 to 2049, which the two digits of UTCTime reach."""
    expected = datetime.fromtimestamp(seconds, UTC)
    assert ber.moment(ber.element(core.UTCTime(expected).dump())) == expected
    assert ber.moment(ber.element(core.GeneralizedTime(expected).dump())) == expected


@given(st.text(st.characters(codec="utf-16", exclude_categories=["Cs"]), max_size=40))
def test_texts_of_every_string_type_are_read(text):
    assert ber.text(ber.element(core.UTF8String(text).dump())) == text
    assert ber.text(ber.element(core.BMPString(text).dump())) == text if all(ord(c) < 0x10000 for c in text) else True


NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(NAMES, NAMES, st.integers(1, 2**159 - 1), st.booleans())
def test_a_certificate_says_the_same_here_and_in_the_library(organisation, common, serial, authority):
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(datetime(2060, 1, 2, 3, 4, 5, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(KEY.public_key()), critical=False)
        .sign(KEY, hashes.SHA256())
    )
    found = certificate.parse(made.public_bytes(serialization.Encoding.DER))
    assert (found.serial_number, found.tbs) == (serial, made.tbs_certificate_bytes)
    assert (found.not_before, found.not_after) == (made.not_valid_before_utc, made.not_valid_after_utc)
    assert [value for _, value in found.subject.pairs] == [attribute.value for attribute in made.subject]
    assert found.authority == authority
    assert found.key_identifier == found.key_sha1
    certificate.verify_issued(found, found)


@given(st.dictionaries(st.integers(1, 60), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs"]), max_size=30), min_size=1, max_size=20))  # fmt: skip
def test_every_field_of_a_vietnamese_dg13_comes_back(values):
    import unicodedata

    entries = [ber.build(0x30, ber.build(0x02, bytes((n,))) + ber.build(0x0C, text.encode())) for n, text in values.items()]  # fmt: skip
    body = b"\x02\x01\x01" + bytes.fromhex("060628D316010008") + ber.build(0x31, b"".join(entries))
    found = dg13.fields(ber.build(0x6D, ber.build(0x30, body)), range(99))
    assert found == {n: (unicodedata.normalize("NFC", text).strip(),) for n, text in values.items()}


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_dates_come_back_from_both_codings(day):
    digits = day.strftime("%Y%m%d")
    assert fields.iso_date(digits.encode()) == fields.iso_date(bytes.fromhex(digits)) == day.isoformat()
    assert dg13.iso_day(day.strftime("%d/%m/%Y")) == day.isoformat()


@settings(deadline=None)
@example([b"\x30\x02", b"\x30\x7f"] * 18 + [b"\x00\x00"] * 100)
@given(
    st.lists(
        st.sampled_from([b"\x30\x02", b"\x30\x7f", b"\x30\x80", b"\x24\x04", b"\x00\x00", b"\x04\x01a"]), max_size=400
    )
)
def test_every_octet_is_looked_at_once_a_level(pieces):
    """Found by the fuzzer: objects that reach beyond the one around them were looked into before they were refused, each time anew."""
    raw, seen = ber.build(0x30, b"".join(pieces)), 0

    def counted(*arguments):
        nonlocal seen
        seen += 1
        assert seen <= (ber.DEEPEST + 2) * len(raw)
        return header(*arguments)

    header, ber._header = ber._header, counted
    try:
        with suppress(ReaderError):
            ber.definite(raw)
    finally:
        ber._header = header
