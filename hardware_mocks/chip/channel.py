"""The chip's side of secure messaging, AES and 3DES (Doc 9303-11 section 9.8)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from hardware_mocks.chip.octets import unwrap, wrap


class Refusal(Exception):
    """The chip answers with this status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


# Key length by the last arc of a protocol identifier; the first is 3DES.
WIDTHS = {1: 16, 2: 16, 3: 24, 4: 32}


def session_key(secret: bytes, number: int, suite: int = 2) -> bytes:
    """A key for the cipher suite: 1 is 3DES, 2 to 4 are AES with 128, 192 and 256 bits."""
    message = secret + bytes((0, 0, 0, number))
    if suite > 2:
        return hashlib.sha256(message).digest()[: WIDTHS[suite]]
    key = hashlib.sha1(message, usedforsecurity=False).digest()[:16]
    if suite != 1:
        return key
    return bytes(b if b.bit_count() % 2 else b ^ 1 for b in key)


def des_mac(key: bytes, message: bytes) -> bytes:
    """Retail MAC over a message that is padded here."""
    message += b"\x80"
    message += b"\x00" * (-len(message) % 8)
    left, right = key[:8], key[8:]
    chain = bytes(8)
    for start in range(0, len(message), 8):
        block = bytes(x ^ y for x, y in zip(chain, message[start : start + 8], strict=True))
        chain = _one_des(left, block)
    return _one_des(left, _one_des(right, chain, backwards=True))


def _one_des(key: bytes, block: bytes, *, backwards: bool = False) -> bytes:
    cipher = Cipher(TripleDES(key * 3), modes.ECB())
    context = cipher.decryptor() if backwards else cipher.encryptor()
    return context.update(block) + context.finalize()


def aes_mac(key: bytes, message: bytes) -> bytes:
    """CMAC, cut to eight bytes."""
    cmac = CMAC(AES(key))
    cmac.update(message)
    return cmac.finalize()[:8]


def chained(suite: int, key: bytes, iv: bytes = b"") -> Cipher[modes.CBC]:
    """CBC of the suite's cipher."""
    if suite == 1:
        return Cipher(TripleDES(key + key[:8]), modes.CBC(iv or bytes(8)))
    return Cipher(AES(key), modes.CBC(iv or bytes(16)))


@dataclass(slots=True)
class ProtectedLine:
    """Keys and counter after BAC (`aes` False) or PACE."""

    enc: bytes
    mac: bytes
    aes: bool
    counter: int = 0

    def _count(self) -> bytes:
        self.counter += 1
        return self.counter.to_bytes(16 if self.aes else 8, "big")

    def _cbc(self, counter: bytes) -> Cipher[modes.CBC]:
        if not self.aes:
            return Cipher(TripleDES(self.enc + self.enc[:8]), modes.CBC(bytes(8)))
        once = Cipher(AES(self.enc), modes.ECB()).encryptor()
        return Cipher(AES(self.enc), modes.CBC(once.update(counter) + once.finalize()))

    def _code(self, message: bytes) -> bytes:
        if not self.aes:
            return des_mac(self.mac, message)
        return aes_mac(self.mac, self._padded(message))

    def _padded(self, message: bytes) -> bytes:
        width = 16 if self.aes else 8
        return message + b"\x80" + b"\x00" * (-(len(message) + 1) % width)

    def take(self, header: bytes, payload: bytes) -> tuple[bytes, int]:
        """Plain data and expected length of a protected command.

        Raises:
            Refusal: 6987 when objects are missing, 6988 when they are wrong.
        """
        counter = self._count()
        objects = unwrap(payload)
        if 0x8E not in objects:
            raise Refusal(0x6987)
        body = payload[: payload.rindex(b"\x8e\x08" + objects[0x8E])]
        covered = self._padded(header) + body if body else header
        if self._code(counter + covered) != objects[0x8E]:
            raise Refusal(0x6988)
        expected = objects.get(0x97, b"")
        length = (int.from_bytes(expected, "big") or 1 << 8 * len(expected)) if expected else 0
        return self._opened(objects, counter), length

    def _opened(self, objects: dict[int, bytes], counter: bytes) -> bytes:
        hidden = objects[0x87][1:] if 0x87 in objects else objects.get(0x85, b"")
        if not hidden:
            return b""
        context = self._cbc(counter).decryptor()
        plain = context.update(hidden) + context.finalize()
        return plain.rstrip(b"\x00")[:-1]

    def give(self, data: bytes, status: int, *, odd: bool = False, stated: bool = True) -> bytes:
        """A protected answer with its outer status word."""
        counter = self._count()
        body = b""
        if data:
            context = self._cbc(counter).encryptor()
            hidden = context.update(self._padded(data)) + context.finalize()
            body = wrap(0x85, hidden) if odd else wrap(0x87, b"\x01", hidden)
        if stated:
            body += wrap(0x99, status.to_bytes(2, "big"))
        return body + wrap(0x8E, self._code(counter + body)) + status.to_bytes(2, "big")
