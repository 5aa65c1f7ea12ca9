"""The chip's side of BAC and PACE (Doc 9303-11 sections 4.3 and 4.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from hardware_mocks.chip.channel import ProtectedLine, Refusal, aes_mac, chained, des_mac, session_key
from hardware_mocks.chip.groups import Domain, domain
from hardware_mocks.chip.image import CardImage, PaceOffer
from hardware_mocks.chip.octets import unwrap, wrap

Random = Callable[[int], bytes]
GENERIC, INTEGRATED, CHIP = {"1", "2"}, {"3", "4"}, {"6"}
CONSTANTS = {
    False: ("a668892a7c41e3ca739f40b057d85904", "a4e136ac725f738b01c1f60217c188ad"),
    True: (
        "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
        "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517",
    ),
}


def mrz_seed(card: CardImage) -> bytes:
    """SHA-1 of the MRZ information."""
    return hashlib.sha1(card.mrz_information.encode(), usedforsecurity=False).digest()


class BasicAccess:
    """One run of BAC."""

    def __init__(self, card: CardImage, random: Random) -> None:
        self._card, self._random = card, random
        self._challenge = b""

    def challenge(self) -> bytes:
        """GET CHALLENGE."""
        self._challenge = self._random(8)
        return self._challenge

    def authenticate(self, data: bytes) -> tuple[bytes, ProtectedLine]:
        """MUTUAL AUTHENTICATE."""
        wrong = Refusal(self._card.behaviour.wrong_mrz)
        seed = mrz_seed(self._card)[:16]
        enc, mac = session_key(seed, 1, 1), session_key(seed, 2, 1)
        token, code = data[:32], data[32:]
        if not self._challenge or des_mac(mac, token) != code:
            raise wrong
        decryptor = chained(1, enc).decryptor()
        plain = decryptor.update(token) + decryptor.finalize()
        theirs, ours, their_key = plain[:8], plain[8:16], plain[16:]
        if ours != self._challenge:
            raise wrong
        own_key = self._random(16)
        encryptor = chained(1, enc).encryptor()
        answer = encryptor.update(ours + theirs + own_key) + encryptor.finalize()
        shared = bytes(x ^ y for x, y in zip(their_key, own_key, strict=True))
        counter = int.from_bytes(ours[4:] + theirs[4:], "big")
        line = ProtectedLine(session_key(shared, 1, 1), session_key(shared, 2, 1), aes=False, counter=counter)
        self._challenge = b""
        code = des_mac(mac, answer)
        return answer + (bytes(8) if self._card.behaviour.bad_token else code), line


@dataclass(slots=True)
class PaceRun:
    """One run of PACE, from MSE:Set AT to the tokens. `line` is there once it has succeeded."""

    card: CardImage
    random: Random
    offer: PaceOffer
    seed: bytes
    step: int = 0
    nonce: bytes = b""
    base: Any = None
    mapping_secret: int = 0
    own: Any = None
    theirs: Any = None
    said: bytes = b""
    shared: bytes = b""
    line: ProtectedLine | None = None

    @property
    def suite(self) -> int:
        """Cipher suite: the last arc of the protocol."""
        return int(self.offer.oid[-2:], 16)

    @property
    def mapping(self) -> str:
        """The arc of the mapping."""
        return str(int(self.offer.oid[-4:-2], 16))

    @property
    def group(self) -> Domain:
        """The group of the offer."""
        return domain(self.offer.parameters)

    def general_authenticate(self, data: bytes) -> bytes:
        """One of the four steps."""
        steps = (self._nonce, self._map, self._agree, self._confirm)
        if self.step >= len(steps):
            raise Refusal(0x6985)
        inner = unwrap(unwrap(data).get(0x7C, b""))
        answer = steps[self.step](inner)
        self.step += 1
        return wrap(0x7C, answer)

    def _nonce(self, _: dict[int, bytes]) -> bytes:
        self.nonce = self.random(32 if self.mapping in INTEGRATED and self.suite > 2 else 16)
        encryptor = chained(self.suite, session_key(self.seed, 3, self.suite)).encryptor()
        return wrap(0x80, encryptor.update(self.nonce) + encryptor.finalize())

    def _map(self, inner: dict[int, bytes]) -> bytes:
        group: Any = self.group
        if self.mapping in INTEGRATED:
            self.base = group.mapped_from(self._pseudo_random(inner.get(0x81, b""), group.p))
            return wrap(0x82)
        theirs = group.decoded(inner.get(0x81, b""))
        if theirs is None:
            raise Refusal(0x6A80)
        self.mapping_secret = group.scalar(self.random)
        number = int.from_bytes(self.nonce, "big")
        self.base = group.plus(group.times(number, group.base), group.times(self.mapping_secret, theirs))
        own = theirs if self.card.behaviour.mirror else group.times(self.mapping_secret, group.base)
        return wrap(0x82, group.encoded(own))

    def _pseudo_random(self, theirs: bytes, prime: int) -> int:
        """R(s, t): each round makes a block and the next key."""
        width = len(session_key(b"", 1, self.suite))
        if len(theirs) != width:
            raise Refusal(0x6A80)
        next_key, block = (bytes.fromhex(text) for text in CONSTANTS[width > 16])

        def under(key: bytes, message: bytes) -> bytes:
            context = chained(self.suite, key).encryptor()
            return context.update(message) + context.finalize()

        key, number, bits = under(theirs, self.nonce)[:width], 0, 0
        while bits < prime.bit_length() + 64:
            number = number << 8 * len(block) | int.from_bytes(under(key, block), "big")
            bits += 8 * len(block)
            key = under(key, next_key)[:width]
        return number % prime

    def _agree(self, inner: dict[int, bytes]) -> bytes:
        group: Any = self.group
        self.theirs = group.decoded(inner.get(0x83, b""))
        if self.theirs is None:
            raise Refusal(0x6A80)
        # The reader's token is over our key as we send it; what it sent is what our own token is over.
        self.said = inner[0x83]
        secret = group.scalar(self.random)
        while group.encoded(group.times(secret, self.base))[0] == 0:
            # Peers differ in whether leading zero octets of a prime field's value stay under the token.
            secret = group.scalar(self.random)
        self.own = self.theirs if self.card.behaviour.mirror else group.times(secret, self.base)
        self.shared = group.secret(secret, self.theirs)
        return wrap(0x84, group.encoded(self.own))

    def _confirm(self, inner: dict[int, bytes]) -> bytes:
        enc, mac = session_key(self.shared, 1, self.suite), session_key(self.shared, 2, self.suite)
        if inner.get(0x85) != self._token(mac, self.group.encoded(self.own)):
            raise Refusal(self.card.behaviour.wrong_password)
        self.line = ProtectedLine(enc, mac, aes=self.suite != 1)
        token = self._token(mac, self.said)
        answer = wrap(0x86, bytes(8) if self.card.behaviour.bad_token else token)
        return answer + (self._chip_data(enc) if self.mapping in CHIP else b"")

    def _token(self, mac: bytes, public: bytes) -> bytes:
        group: Any = self.group
        key = wrap(group.token_tag, public)
        message = wrap(0x7F49, wrap(0x06, bytes.fromhex(self.offer.oid)), key)
        return des_mac(mac, message) if self.suite == 1 else aes_mac(mac, message)

    def _chip_data(self, enc: bytes) -> bytes:
        """CA.IC = mapping secret / static secret, encrypted under counter -1."""
        key = next((key for key in self.card.chip_keys if key.parameters == self.offer.parameters), None)
        if key is None:
            return b""
        width = -(-self.group.n.bit_length() // 8)
        plain = (self.mapping_secret * pow(key.private, -1, self.group.n) % self.group.n).to_bytes(
            width, "big"
        ) + b"\x80"
        plain += bytes(-len(plain) % 16)
        once = Cipher(AES(enc), modes.ECB()).encryptor()
        context = chained(self.suite, enc, once.update(b"\xff" * 16) + once.finalize()).encryptor()
        return wrap(0x8A, context.update(plain) + context.finalize())
