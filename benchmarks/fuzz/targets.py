"""What is fuzzed: one function for each parser of foreign bytes, with the seeds that it starts from.

A target may raise `ReaderError` and nothing else; it must end, and keep nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from hardware_mocks import issuing_state, pki
from hardware_mocks.recipes import Recipe
from hardware_mocks.recipes import pace as offer
from reader import ber, mrz, passive_authentication, tlv
from reader.access_control import bac, pace
from reader.access_key import Can, MrzKey
from reader.crypto import groups
from reader.crypto.ciphers import BlockCipher
from reader.errors import ReaderError
from reader.file_system import FileSystem, Limits, Reading
from reader.lds import com, dg2, dg7, dg11, dg12, dg13, dg14, dg15, dg16, security_infos, sod
from reader.secure_messaging import DO8E, PlainChannel, SecureChannel
from reader.trust import TrustStore
from reader.trust_sources import read_source

TODAY = date(2026, 6, 15)
MRZ = b"I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
CARD_ACCESS = bytes.fromhex(
    "3134300D060804007F0007020202020101300F060A04007F000702020302020201013012060A04007F0007020204020202010202010D"
)
GROUPS = {"DG1": tlv.build(0x61, tlv.build(0x5F1F, MRZ)), "DG14": bytes.fromhex("6E0431023000")}
SMALL = Limits(largest_file=8192, reads_a_file=64)


@dataclass(frozen=True)
class Target:
    """`run` takes any bytes; `seeds` are inputs that get far."""

    run: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    longest: int = 4096


# -- structures ------------------------------------------------------------------------------------------------------


def fuzz_tlv(raw: bytes) -> None:
    with suppress(ReaderError):
        for item in tlv.objects(raw):
            with suppress(ReaderError):
                list(tlv.objects(item.value))
            assert tlv.header(tlv.build(item.tag, item.value))[1] == len(item.value)
    with suppress(ReaderError):
        walk(ber.element(ber.definite(raw)))


def walk(found: ber.Element, depth: int = 0) -> None:
    assert ber.element(found.raw).value == found.value
    ber.text(found)
    ber.moment(found)
    with suppress(ReaderError):
        found.dotted()
    if depth < 8:
        with suppress(ReaderError):
            for child in found.children():
                walk(child, depth + 1)


def fuzz_mrz(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    with suppress(ReaderError):
        found = mrz.parse(text)
        assert found.information and found.personal_number is not None  # noqa: PT018
        mrz.iso_date(found.birth_date, TODAY)
        mrz.iso_date(found.expiry_date, TODAY, future=True)


def fuzz_dg2(raw: bytes) -> None:
    for parse in (dg2.image, dg7.images):
        with suppress(ReaderError):
            parse(raw)


def fuzz_dg13(raw: bytes) -> None:
    with suppress(ReaderError):
        dg13.parse(raw)
        dg13.fields(raw, range(99))
    for parse in (dg11.parse, dg12.parse, dg16.parse, com.groups):
        with suppress(ReaderError):
            parse(raw)


def fuzz_dg14(raw: bytes) -> None:
    with suppress(ReaderError):
        raw = dg14.infos(raw)
    for read in (
        security_infos.pace_infos,
        security_infos.protocols,
        security_infos.chip_authentication_infos,
        dg15.parse,
    ):
        with suppress(ReaderError):
            read(raw)
    with suppress(ReaderError):
        for info in security_infos.pace_infos(raw):
            # Figures of the issuer's own are where a chip could make us reckon for ever.
            with suppress(ReaderError):
                pace.group_of(info)
    with suppress(ReaderError):
        for key in security_infos.chip_authentication_infos(raw):
            with suppress(ReaderError):
                groups.public_key(key.public_key)


@cache
def state() -> tuple[TrustStore, dict[str, bytes]]:
    """An issuing state, and security objects of every form, made once."""
    root = pki.root(pki.Key.ec(pki.ec.SECP256R1()))
    signer = pki.signer(pki.Key.ec(pki.ec.SECP256R1()), root)
    pss = pki.signer(pki.Key.rsa(1024, pss=True), root)
    forms = {
        "plain": pki.security_file(GROUPS, signer),
        "ber": pki.security_file(GROUPS, signer, pki.Form(indefinite=True)),
        "key identifier": pki.security_file(GROUPS, signer, pki.Form(by_key_identifier=True), lds_version="0108"),
        "bare": pki.security_file(GROUPS, signer, pki.Form(bare_content=True)),
        "no attributes": pki.security_file(GROUPS, signer, pki.Form(attributes=False)),
        "pss": pki.security_file(GROUPS, pss),
    }
    return TrustStore.from_der([root.certificate]), forms


def fuzz_sod(raw: bytes) -> None:
    found = passive_authentication.verify(raw, GROUPS, state()[0], "UTO")
    if all(finding.result != "failed" for finding in found) and any(f.check.endswith("chain") and f.result == "passed" for f in found):  # fmt: skip
        # Whatever was changed, the signed digests are still those of the state.
        assert sod.parse(raw).hashes == sod.parse(state()[1]["plain"]).hashes


def fuzz_master_list(raw: bytes) -> None:
    with suppress(ReaderError):
        read_source("x", raw)


def sources() -> list[bytes]:
    root = pki.root(pki.Key.ec(pki.ec.SECP256R1()))
    lister = pki.signer(pki.Key.ec(pki.ec.SECP256R1()), root)
    listed = pki.master_list([root.certificate, lister.certificate], lister)
    text = base64.b64encode(root.certificate)
    return [
        listed,
        pki.master_list([root.certificate], lister, pki.Form(content_type=pki.MASTER_LIST, indefinite=True)),
        pki.deviation_list(lister, lister),
        pki.revocations(root, 1, 2, 3),
        root.certificate,
        b"-----BEGIN CERTIFICATE-----\n" + text + b"\n-----END CERTIFICATE-----\n",
        b"dn: c=UT\ncACertificate;binary:: " + text + b"\n",
        b"dn: c=UT\nCscaMasterListData:: " + base64.b64encode(listed) + b"\n",
    ]


# -- answers of a chip -----------------------------------------------------------------------------------------------


class Told:
    """A chip that answers what the input says: answers of a length that two bytes give, one after another."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self.asked = raw, 0

    def transmit(self, _: bytes) -> bytes:
        self.asked += 1
        assert self.asked < 4096, "a chip makes us ask for ever"
        size = int.from_bytes(self._raw[:2], "big") % 600
        answer, self._raw = self._raw[2 : 2 + size], self._raw[2 + size :]
        return answer if self._raw else answer + b"\x6f\x00"


class Signed(Told):
    """The same with a true authentication code, as a hostile chip that was opened can make it."""

    def __init__(self, raw: bytes, cipher: BlockCipher) -> None:
        super().__init__(raw)
        self._cipher, self._counter = cipher, 0

    def transmit(self, command: bytes) -> bytes:
        self._counter += 2
        answer = super().transmit(command)
        block = self._cipher.block
        message = self._counter.to_bytes(block, "big") + answer[:-2]
        padded = message if self._cipher.name == "3DES" else message + b"\x80" + bytes(-(len(message) + 1) % 16)
        code = self._cipher.mac(KEY, padded)
        return answer[:-2] + tlv.build(DO8E, code) + answer[-2:]


KEY = bytes(range(1, 17))


def counted(size: int) -> bytes:
    return bytes(range(1, size % 250 + 1)).ljust(size, b"\x07")


def fuzz_apdu(raw: bytes) -> None:
    kind, raw = raw[:1], raw[1:]
    with suppress(ReaderError):
        if kind < b"\x40":
            read_file(PlainChannel(Told(raw)))
        elif kind < b"\x90":
            cipher = BlockCipher("AES-128" if kind < b"\x70" else "3DES")
            read_file(SecureChannel(Signed(raw, cipher), cipher, KEY, KEY))
        elif kind < b"\xb0":
            read_file(SecureChannel(Told(raw), BlockCipher("AES-128"), KEY, KEY))
        elif kind < b"\xd0":
            bac.open_chip(Told(raw), MrzKey("L898902C<369080619406236"), counted)
        else:
            info = security_infos.pace_infos(CARD_ACCESS)[0]
            pace.open_chip(Told(raw), Can("123456"), info, counted)


def read_file(channel: PlainChannel | SecureChannel) -> None:
    files = FileSystem(channel, SMALL)
    files.select_application()
    reading = Reading("EF_SOD")
    files.read(reading)
    assert len(reading.content) <= 3 * SMALL.largest_file


def answers() -> list[bytes]:
    def told(*parts: str) -> bytes:
        return b"".join((len(p) // 2).to_bytes(2, "big") + bytes.fromhex(p) for p in parts)

    file = GROUPS["DG1"].hex() + "9000"
    return [
        b"\x00" + told("9000", "9000", file, "9000"),
        b"\x00" + told("9000", "9000", "6282", "6C10", file, "6700"),
        b"\x50" + told("990290009000", "990290009000", "8711011B2EE500E84960DF7F37AFE7ADFF5383990290009000"),
        b"\x80" + told("990290009000", "990290009000", "8709011B2EE500E84960DF990290009000"),
        b"\xa0" + told("990290008E0811223344556677889000"),
        b"\xb0"
        + told(
            "4608F919887022129000",
            "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
        ),
        b"\xe0" + told("9000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000", "7C4382410000", "7C009000"),
    ]


def key_group() -> list[bytes]:
    curve = pki.Key.ec(pki.ec.SECP256R1())
    chip = pki.sequence(pki.oid("0.4.0.127.0.7.2.2.1.2"), curve.public, pki.integer(1))
    protocol = pki.sequence(pki.oid("0.4.0.127.0.7.2.2.3.2.2"), pki.integer(1), pki.integer(1))
    own = [replace(offer(kind, 2, group), domain="explicit", alias=32) for kind, group in ((2, 12), (1, 0))]
    return [
        tlv.build(0x6E, CARD_ACCESS),
        *[tlv.build(0x6E, pki.wrap(0x31, *issuing_state.pace_infos(Recipe(offers=(one,))))) for one in own],
        tlv.build(0x6E, pki.wrap(0x31, chip, protocol)),
        tlv.build(0x6F, curve.public),
        tlv.build(0x6F, pki.Key.rsa(1024).public),
    ]


def portraits() -> list[bytes]:
    picture = b"\xff\xd8\xff\xe0" + bytes(40)
    head = b"FAC\x00010\x00" + bytes(4) + b"\x00\x01" + (32 + 44).to_bytes(4, "big") + bytes(16) + bytes(12)
    new = b"\x80" + bytes((len(picture),)) + picture
    for tag in (0xA0, 0xA0, 0xA1, 0x30, 0xA1, 0x65, 0xA1):
        new = tlv.build(tag, new)
    blocks = (tlv.build(0x5F2E, head + picture), tlv.build(0x7F2E, new))
    templates = [tlv.build(0x7F60, tlv.build(0xA1, b"\x80\x01\x02") + block) for block in blocks]
    return [
        *[tlv.build(0x75, tlv.build(0x7F61, b"\x02\x01\x01" + template)) for template in templates],
        tlv.build(0x67, b"\x02\x01\x01" + tlv.build(0x5F43, picture)),
    ]


def details() -> list[bytes]:
    entries = [tlv.build(0x30, bytes((2, 1, n)) + tlv.build(0x0C, f"field {n}".encode())) for n in range(1, 6)]
    body = b"\x02\x01\x01" + bytes.fromhex("060628D316010008") + tlv.build(0x31, b"".join(entries))
    return [
        tlv.build(0x6D, tlv.build(0x30, body)),
        tlv.build(0x6B, tlv.build(0x5F0E, b"SMITH<<JOHN") + tlv.build(0x5F2B, b"19740812")),
        tlv.build(0x6C, tlv.build(0x5F26, b"20020531") + tlv.build(0x5F55, b"20020531122233")),
        tlv.build(0x70, tlv.build(0xA1, tlv.build(0x5F51, b"BROWN<<MARY"))),
        bytes.fromhex("60145F0104303130365F36063034303030305C026175"),
    ]


TARGETS = {
    "tlv": Target(fuzz_tlv, lambda: [CARD_ACCESS, GROUPS["DG1"], state()[1]["ber"]], 512),
    "mrz": Target(fuzz_mrz, lambda: [MRZ, MRZ[:72], b"P<" + MRZ[:86]], 256),
    "sod": Target(fuzz_sod, lambda: list(state()[1].values())),
    "dg2": Target(fuzz_dg2, portraits, 512),
    "dg13": Target(fuzz_dg13, details, 512),
    "dg14": Target(fuzz_dg14, key_group, 1024),
    "master_list": Target(fuzz_master_list, sources, 8192),
    "apdu": Target(fuzz_apdu, answers, 1024),
}
