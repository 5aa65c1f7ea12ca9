"""Reading files of chips that are short, odd, lost or hostile."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from reader import tlv
from reader.apdu import CommandApdu, ResponseApdu
from reader.capabilities import Capabilities
from reader.errors import CardRemoved, FileNotPresent, LimitExceeded, Malformed, NotAnIdentityCard, UnexpectedStatus
from reader.file_system import FileSystem, Limits, Reading
from reader.master_file import card_access
from reader.response_chaining import ResponseChaining
from reader.secure_messaging import PlainChannel


@dataclass
class Files:
    """A channel to a chip with one selected file; `most` is the longest read that it takes."""

    content: bytes
    most: int = 65536
    refusal: int = 0x6700
    short: int = 65536
    missing: bool = False
    tear_at: int = 0
    largest_short_read: int = 223
    reads: list[tuple[int, int]] = field(default_factory=list)

    def largest_read(self, response: int) -> int:
        return response - 32

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        if command.ins == 0xA4:
            return ResponseApdu(b"", 0x6A82 if self.missing else 0x9000)
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if self.missing:
                return ResponseApdu(b"", 0x6A82)
            offset = command.p2
        if command.ins == 0xB1:
            offset = int.from_bytes(tlv.first(command.payload, 0x54), "big")
        self.reads.append((offset, command.le))
        if self.tear_at and len(self.reads) == self.tear_at:
            raise CardRemoved("torn")
        if command.le > self.most:
            return ResponseApdu(b"", self.refusal)
        length = command.le if command.ins == 0xB0 else command.le - 8
        piece = self.content[offset : offset + min(length, self.short)]
        return ResponseApdu(tlv.build(0x53, piece) if command.ins == 0xB1 else piece, 0x9000)


def dg2(size: int) -> bytes:
    return tlv.build(0x75, bytes(index % 251 for index in range(size)))


def test_one_extended_read_gives_a_small_file():
    channel = Files(dg2(100))
    assert FileSystem(channel).read(Reading("DG2")) == channel.content
    assert len(channel.reads) == 1


def test_nothing_is_read_past_the_length_of_the_object():
    channel = Files(dg2(5000) + b"behind the end")
    assert FileSystem(channel).read(Reading("DG2")) == dg2(5000)
    assert all(offset + length <= len(dg2(5000)) for offset, length in channel.reads[1:])


@pytest.mark.parametrize("refusal", [0x6700, 0x6B00, 0x6988, 0x6282, 0x6F00])
@pytest.mark.parametrize("most", [256, 223, 192, 100])
def test_a_chip_that_refuses_long_reads_is_read_in_shorter_ones(refusal, most):
    channel = Files(dg2(3000), most=most, refusal=refusal)
    assert FileSystem(channel).read(Reading("DG2")) == channel.content
    assert channel.reads[-1][1] <= most


def test_a_chip_that_names_its_length_is_asked_for_that():
    channel = Files(dg2(3000), most=231, refusal=0x6CE7)
    assert FileSystem(channel).read(Reading("DG2")) == channel.content
    assert channel.reads[1] == (0, 231)


def test_a_chip_that_gives_less_than_asked_is_read_on():
    channel = Files(dg2(3000), short=99)
    assert FileSystem(channel).read(Reading("DG2")) == channel.content


def test_offsets_beyond_32_kib_use_the_odd_instruction():
    channel = Files(dg2(40_000))
    assert FileSystem(channel).read(Reading("DG2")) == channel.content
    assert channel.reads[-1][0] >= 0x8000


def test_a_lost_card_is_read_on_from_the_byte_where_it_stopped():
    reading = Reading("DG2")
    with pytest.raises(CardRemoved):
        FileSystem(Files(dg2(9000), tear_at=3)).read(reading)
    kept = len(reading.content)
    assert kept == 2 * 2000
    again = Files(dg2(9000))
    assert FileSystem(again).read(reading) == dg2(9000)
    assert again.reads[0][0] == kept


def test_progress_counts_bytes_of_the_whole():
    seen: list[tuple[int, int]] = []
    content = dg2(5000)
    FileSystem(Files(content)).read(Reading("DG2"), lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(content), len(content))


def test_a_file_that_claims_more_than_an_honest_one_is_refused_at_its_header():
    channel = Files(bytes.fromhex("758300FFFFFF")[:2] + bytes.fromhex("0FFFFF") + bytes(3000))
    with pytest.raises(LimitExceeded):
        FileSystem(channel).read(Reading("DG2"))
    assert len(channel.reads) == 1


def test_a_chip_that_drips_a_few_bytes_at_a_time_is_given_up():
    with pytest.raises(LimitExceeded):
        FileSystem(Files(dg2(9000), short=4), Limits(reads_a_file=50)).read(Reading("DG2"))


def test_a_file_that_ends_early_is_malformed():
    with pytest.raises((Malformed, UnexpectedStatus)):
        FileSystem(Files(dg2(3000)[:2500])).read(Reading("DG2"))


@pytest.mark.parametrize("name", ["DG3", "DG4"])
def test_fingerprints_and_iris_are_never_asked_for(name):
    channel = Files(dg2(10))
    with pytest.raises(FileNotPresent):
        FileSystem(channel).read(Reading(name))
    assert channel.reads == []


def test_a_file_that_is_not_there_is_said_so():
    with pytest.raises(FileNotPresent):
        FileSystem(Files(b"", missing=True)).read(Reading("DG1"))


def test_a_chip_without_the_application_is_no_identity_card():
    with pytest.raises(NotAnIdentityCard):
        FileSystem(Files(b"", missing=True)).select_application()


class Raw:
    """Answers from a list, whatever is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.sent = list(answers), []

    def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu.hex().upper())
        return bytes.fromhex(self.answers.pop(0)) if self.answers else b"\x6a\x82"


def test_a_plain_channel_follows_61_and_6c():
    raw = Raw("6C02", "AABB9000")
    assert PlainChannel(ResponseChaining(raw)).transmit(CommandApdu(0xB0, le=256)) == ResponseApdu(b"\xaa\xbb", 0x9000)
    assert raw.sent[1] == "00B0000002"
    raw = Raw("AA6101", "BB9000")
    assert PlainChannel(ResponseChaining(raw)).transmit(CommandApdu(0xB0, le=256)) == ResponseApdu(b"\xaa\xbb", 0x9000)
    assert raw.sent[1] == "00C0000001"


@pytest.mark.parametrize("answers", [("6D00", "6A82"), ("6D00", "9000", "6982"), ("9000", "9000", "9000")])
def test_a_chip_that_does_not_give_ef_card_access_is_not_refused_for_it(answers):
    assert card_access(PlainChannel(Raw(*answers)), Capabilities(), Limits()) is None


def test_ef_card_access_is_read_though_the_master_file_is_refused(vectors):
    content = vectors["vietnam"]["card_access"]
    channel = PlainChannel(Raw("6D00", "6D00", "6D00", "9000", content + "6282"))
    assert card_access(channel, Capabilities(), Limits()).hex().upper() == content


def test_an_enormous_ef_card_access_is_refused():
    with pytest.raises(LimitExceeded):
        card_access(PlainChannel(Raw("3183080000009000")), Capabilities(), Limits())
