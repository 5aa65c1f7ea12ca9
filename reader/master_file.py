"""The files in front of the application, read in the clear: EF.CardAccess and EF.ATR/INFO (Doc 9303-10 section 3.11).

Chips differ in how they let one reach them: many select the master file only by 00A4000C3F00, the Vietnamese one refuses
that with 6D00 and gives EF.CardAccess to a direct SELECT, some take the short identifier alone (chip.md section 3). So
every way is tried, the cheapest first, and any status word is tolerated.
"""

from __future__ import annotations

from reader import tlv
from reader.apdu import SHORT_LE, CommandApdu, StatusWord
from reader.capabilities import Capabilities, WayToCardAccess
from reader.errors import LimitExceeded, Malformed
from reader.file_reading import GOOD
from reader.file_system import Limits
from reader.secure_messaging import PlainChannel

MASTER_FILE, CARD_ACCESS, ATR_INFO = bytes.fromhex("3F00"), bytes.fromhex("011C"), bytes.fromhex("2F01")
CARD_ACCESS_SHORT, ATR_INFO_SHORT = 0x1C, 0x01
SET, HEADER, PROBE = 0x31, 8, 2000
# What chips without extended length say to it.
NO_EXTENDED = {StatusWord.WRONG_LENGTH, 0x6E00, 0x6883}
# What Vietnamese cards hold; their applications know it by heart, since some cards do not give the file (chip.md section 4).
VIETNAMESE_CARD_ACCESS = bytes.fromhex(
    "3134300D060804007F0007020202020101300F060A04007F000702020302020201013012060A04007F0007020204020202010202010D"
)
WAYS: tuple[WayToCardAccess, ...] = ("short_identifier", "select", "master_file")


def card_access(channel: PlainChannel, capabilities: Capabilities, limits: Limits) -> bytes | None:
    """EF.CardAccess, or None where the chip has none or does not give it. Learns the way.

    Raises:
        LimitExceeded: larger than any honest one.
        CardRemoved: the card has gone.
    """
    known = capabilities.card_access
    ways = [known] if known in WAYS else []
    for way in [*ways, *(other for other in WAYS if other not in ways)]:
        content = _by(channel, way, limits, capabilities)
        if content is not None:
            capabilities.card_access = way
            return content
    capabilities.card_access = "absent"
    return None


def _by(channel: PlainChannel, way: WayToCardAccess, limits: Limits, capabilities: Capabilities) -> bytes | None:
    if way == "short_identifier":
        probed = _probe(channel, capabilities) if capabilities.extended and not capabilities.buffers_known else b""
        return _read(channel, CARD_ACCESS_SHORT, limits, probed)
    if way == "master_file":
        channel.transmit(CommandApdu(0xA4, 0x00, 0x0C, MASTER_FILE))
    selected = channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, CARD_ACCESS))
    return _read(channel, 0, limits) if selected.ok or selected.status >> 8 in {0x61, 0x62} else None


def _probe(channel: PlainChannel, capabilities: Capabilities) -> bytes | None:
    """Ask in extended length: here a refusal costs one command, under secure messaging it would cost the channel.

    Returns nothing where the short form should be tried, None where the file is not to be had by its short identifier.
    """
    answer = channel.transmit(CommandApdu(0xB0, 0x80 | CARD_ACCESS_SHORT, 0, le=PROBE))
    if answer.status in GOOD and answer.payload:
        return answer.payload
    if answer.status in NO_EXTENDED:
        capabilities.extended = False
    absent = answer.status >> 8 in {0x69, 0x6A} or answer.status == StatusWord.INSTRUCTION
    return None if absent else b""


def _read(channel: PlainChannel, identifier: int, limits: Limits, begun: bytes | None = b"") -> bytes | None:
    """The file, or None if what is there is no set of SecurityInfos; `begun` is what of it was read before."""
    if begun is None:
        return None
    content = begun or _piece(channel, identifier, 0, SHORT_LE)
    if not content and not identifier:
        # Some chips refuse to be asked for more than the file holds.
        content = _piece(channel, 0, 0, HEADER)
    total = _measured(content, limits)
    while len(content) < total:
        more = _piece(channel, 0, len(content), min(SHORT_LE, total - len(content)))
        if not more:
            return None
        content += more
    return content[:total] or None


def _piece(channel: PlainChannel, identifier: int, offset: int, length: int) -> bytes:
    """What one READ BINARY gives; nothing if it is refused."""
    p1, p2 = (0x80 | identifier, 0) if identifier else (offset >> 8, offset & 0xFF)
    answer = channel.transmit(CommandApdu(0xB0, p1, p2, le=length))
    return answer.payload if answer.status in GOOD else b""


def _measured(content: bytes, limits: Limits) -> int:
    try:
        tag, length, head = tlv.header(content)
    except Malformed:
        return 0
    if length > limits.largest_card_access:
        raise LimitExceeded("EF.CardAccess of {length} bytes", length=length)
    return head + length if tag == SET else 0


def learn_buffers(channel: PlainChannel, capabilities: Capabilities) -> None:
    """Ask EF.ATR/INFO how long commands and answers may be; once for a kind of card.

    Raises:
        CardRemoved: the card has gone.
    """
    if capabilities.buffers_known or not capabilities.extended:
        return
    capabilities.buffers_known = True
    content = _piece(channel, ATR_INFO_SHORT, 0, SHORT_LE)
    if (
        not content
        and capabilities.card_access in {"select", "master_file"}
        and channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, ATR_INFO)).ok
    ):
        content = _piece(channel, 0, 0, SHORT_LE)
    if content:
        capabilities.learn_buffers(content)
