"""Block ciphers and authentication codes of secure messaging (Doc 9303-11 sections 9.7 and 9.8)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

CipherName = Literal["3DES", "AES-128", "AES-192", "AES-256"]
KEY_BYTES: dict[CipherName, int] = {"3DES": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32}
ENC, MAC, PACE = 1, 2, 3


def odd_parity(key: bytes) -> bytes:
    """DES keys with the parity bit of each byte set."""
    return bytes(byte & 0xFE | (byte >> 1).bit_count() % 2 ^ 1 for byte in key)


def derive(seed: bytes, counter: int, cipher: CipherName) -> bytes:
    """KDF of Doc 9303-11 section 9.7.1: SHA-1 for 3DES and AES-128, SHA-256 for longer keys."""
    size = KEY_BYTES[cipher]
    digest = hashlib.sha1 if size == 16 else hashlib.sha256
    key = digest(seed + counter.to_bytes(4, "big")).digest()[:size]
    return odd_parity(key) if cipher == "3DES" else key


def pad(message: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2."""
    return message + b"\x80" + bytes(-(len(message) + 1) % block)


def unpad(message: bytes) -> bytes:
    """Without padding method 2; a message without the marker comes back unchanged."""
    stripped = message.rstrip(b"\x00")
    return stripped[:-1] if stripped.endswith(b"\x80") else message


@dataclass(frozen=True, slots=True)
class BlockCipher:
    """CBC encryption and authentication under one pair of session keys."""

    name: CipherName

    @property
    def block(self) -> int:
        """Block length in bytes."""
        return 8 if self.name == "3DES" else 16

    def _cipher(self, key: bytes, iv: bytes) -> Cipher[modes.CBC]:
        algorithm = TripleDES(key + key[:8]) if self.name == "3DES" else AES(key)
        return Cipher(algorithm, modes.CBC(iv))

    def encrypt(self, key: bytes, iv: bytes, message: bytes) -> bytes:
        """CBC of whole blocks."""
        encryptor = self._cipher(key, iv).encryptor()
        return encryptor.update(message) + encryptor.finalize()

    def decrypt(self, key: bytes, iv: bytes, message: bytes) -> bytes:
        """CBC of whole blocks."""
        decryptor = self._cipher(key, iv).decryptor()
        return decryptor.update(message) + decryptor.finalize()

    def iv(self, key: bytes, counter: bytes) -> bytes:
        """Initial vector of secure messaging: zero for 3DES, the encrypted counter for AES."""
        return bytes(8) if self.name == "3DES" else self.encrypt(key, bytes(16), counter)

    def mac(self, key: bytes, message: bytes) -> bytes:
        """Eight bytes: retail MAC over the padded message (3DES) or truncated CMAC (AES, padding inside CMAC)."""
        if self.name != "3DES":
            cmac = CMAC(AES(key))
            cmac.update(message)
            return cmac.finalize()[:8]
        return retail_mac(key, pad(message, 8))


def retail_mac(key: bytes, padded: bytes) -> bytes:
    """ISO/IEC 9797-1 MAC algorithm 3 with DES over padded blocks."""
    single = TripleDES(key[:8] * 3)
    encryptor = Cipher(single, modes.CBC(bytes(8))).encryptor()
    last = (encryptor.update(padded) + encryptor.finalize())[-8:]
    # The last block is decrypted under the second half and encrypted under the first again.
    middle = Cipher(TripleDES(key[8:] * 3), modes.ECB()).decryptor()  # noqa: S305 - one block, as the standard says
    final = Cipher(single, modes.ECB()).encryptor()  # noqa: S305
    return final.update(middle.update(last) + middle.finalize()) + final.finalize()
