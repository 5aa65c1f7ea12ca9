"""Secure messaging (Doc 9303-11 section 9.8): every command encrypted and authenticated, every answer checked."""

from __future__ import annotations

import hmac

from reader import tlv
from reader.apdu import EXTENDED_LE, SHORT_LE, CommandApdu, ResponseApdu
from reader.crypto.ciphers import BlockCipher, pad, unpad
from reader.errors import LimitExceeded, Malformed, SecureMessagingBroken
from reader.ports import CardConnection

DO87, DO85, DO97, DO99, DO8E = 0x87, 0x85, 0x97, 0x99, 0x8E
SM_CLASS = 0x0C
# Bytes that one protected short answer can carry: 256 less DO99 (4), DO8E (10), DO87 header (4) and padding.
LARGEST_SHORT_PLAIN = {8: 231, 16: 223}


class SecureChannel:
    """A protected connection. `counter` is the send sequence counter, one block wide."""

    def __init__(
        self, connection: CardConnection, cipher: BlockCipher, enc: bytes, mac: bytes, counter: int = 0
    ) -> None:
        self.connection = connection
        self._cipher = cipher
        self._enc, self._mac, self._counter = enc, mac, counter

    @property
    def largest_short_read(self) -> int:
        """How many plain bytes one short answer can hold."""
        return LARGEST_SHORT_PLAIN[self._cipher.block]

    def largest_read(self, response: int) -> int:
        """How many plain bytes fit in a protected answer of so many bytes, status word included."""
        around = 2 + 4 + 10 + 5  # status word, DO99, DO8E, header and padding indicator of DO87
        return max(self.largest_short_read, (response - around) // self._cipher.block * self._cipher.block - 1)

    def _next(self) -> bytes:
        self._counter += 1
        return self._counter.to_bytes(self._cipher.block, "big")

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        """Protect, send, check, and open the answer.

        Raises:
            SecureMessagingBroken: the answer is not authenticated; the channel is of no more use.
            CardRemoved: the card has gone.
        """
        raw = self.connection.transmit(bytes(self.protect(command)))
        try:
            return self.open(ResponseApdu.parse(raw))
        except (Malformed, LimitExceeded) as error:
            # Damaged on the way or on purpose: either way it is not authenticated, and the card may be opened again.
            raise SecureMessagingBroken("answer without structure: {problem}", problem=error) from error

    def protect(self, command: CommandApdu) -> CommandApdu:
        """The command with DO87 or DO85, DO97 and DO8E."""
        counter = self._next()
        head = bytes([command.cla | SM_CLASS, command.ins, command.p1, command.p2])
        body = self._payload_object(command, counter)
        if command.le:
            le = (command.le & 0xFF).to_bytes(1, "big")
            if command.le > SHORT_LE or command.extended:
                le = (command.le & 0xFFFF).to_bytes(2, "big")
            body += tlv.build(DO97, le)
        block = self._cipher.block
        covered = pad(head, block) + body
        code = self._authenticate(counter, covered if body else head)
        payload = body + tlv.build(DO8E, code)
        extended = len(payload) > 255 or command.le > SHORT_LE or command.extended
        return CommandApdu(head[1], head[2], head[3], payload, EXTENDED_LE if extended else SHORT_LE, head[0], extended)

    def _payload_object(self, command: CommandApdu, counter: bytes) -> bytes:
        if not command.payload:
            return b""
        block = self._cipher.block
        cipher_text = self._cipher.encrypt(self._enc, self._cipher.iv(self._enc, counter), pad(command.payload, block))
        # Odd instructions carry BER-TLV, so their object has no padding indicator (DO85).
        return tlv.build(DO85, cipher_text) if command.ins & 1 else tlv.build(DO87, b"\x01" + cipher_text)

    def _authenticate(self, counter: bytes, covered: bytes) -> bytes:
        message = counter + covered
        return self._cipher.mac(self._mac, message if self._cipher.name == "3DES" else pad(message, 16))

    def open(self, response: ResponseApdu) -> ResponseApdu:
        """The plain answer of a protected one; a naked status word is never believed.

        Raises:
            SecureMessagingBroken: objects are missing, doubled or do not verify.
        """
        if not response.payload:
            raise SecureMessagingBroken(
                "answer without protection, status {status:04X}", response.status, status=response.status
            )
        counter = self._next()
        found, covered = _objects(response.payload)
        if DO8E not in found or (len(found) == 1 and not response.ok):
            raise SecureMessagingBroken("answer without authentication code or status", response.status)
        if not hmac.compare_digest(self._authenticate(counter, covered), found[DO8E]):
            raise SecureMessagingBroken("authentication code does not verify")
        # Chips that leave DO99 out state success outside, and have nothing but DO8E to say where there are no data; both are
        # authenticated all the same (ISO/IEC 7816-4 section 10). No error can be turned into that: its DO99 is under the code.
        status = int.from_bytes(found[DO99], "big") if DO99 in found else response.status
        return ResponseApdu(self._plain(found, counter), status)

    def _plain(self, found: dict[int, bytes], counter: bytes) -> bytes:
        cipher_text = found.get(DO85, b"")
        if DO87 in found:
            if found[DO87][:1] != b"\x01":
                raise SecureMessagingBroken("unknown padding indicator")
            cipher_text = found[DO87][1:]
        if not cipher_text:
            return b""
        if len(cipher_text) % self._cipher.block:
            raise SecureMessagingBroken("cipher text is not whole blocks")
        return unpad(self._cipher.decrypt(self._enc, self._cipher.iv(self._enc, counter), cipher_text))


def _objects(payload: bytes) -> tuple[dict[int, bytes], bytes]:
    """The objects of an answer, each at most once, and the bytes under the authentication code, as they came."""
    found: dict[int, bytes] = {}
    covered, offset = b"", 0
    for item in tlv.objects(payload):
        if item.tag in found or item.tag not in {DO87, DO85, DO99, DO8E}:
            raise SecureMessagingBroken("unexpected object {tag:02X}", tag=item.tag)
        if item.tag == DO99 and len(item.value) != 2:
            raise SecureMessagingBroken("status object of a wrong length")
        found[item.tag] = item.value
        if item.tag != DO8E:
            covered += payload[offset : offset + item.size]
        offset += item.size
    return found, covered


class PlainChannel:
    """The same interface before any key is agreed."""

    largest_short_read = SHORT_LE

    def __init__(self, connection: CardConnection) -> None:
        self.connection = connection

    def largest_read(self, response: int) -> int:
        """How many plain bytes fit in an answer of so many bytes."""
        return max(1, response - 2)

    def transmit(self, command: CommandApdu) -> ResponseApdu:
        """Send as it is.

        Raises:
            CardRemoved: the card has gone.
        """
        return ResponseApdu.parse(self.connection.transmit(bytes(command)))


Channel = SecureChannel | PlainChannel
