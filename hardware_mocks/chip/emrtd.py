"""The chip itself: files, BAC, PACE with generic mapping on brainpoolP256r1, secure messaging, active authentication.

`transmit` is pure but for the injected randomness; power and reset drop all state. `extended` is how many bytes one read
may ask for, which differs between chips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from hardware_mocks.chip import curve
from hardware_mocks.chip.channel import ProtectedLine, Refusal, des_mac, session_key
from hardware_mocks.chip.image import CARD_ACCESS, CardImage
from hardware_mocks.chip.octets import unwrap, wrap

APPLICATION = bytes.fromhex("A0000002471001")
PACE_OID = bytes.fromhex("04007F00070202040202")
LOCKED = {0x0103, 0x0104}


@dataclass(frozen=True, slots=True)
class _Command:
    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    expected: int

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))


def _parse(raw: bytes) -> _Command:
    head, rest = raw[:4], raw[4:]
    if len(head) < 4:
        raise Refusal(0x6700)
    if not rest:
        return _Command(head[0], head[1], head[2], head[3], b"", 0)
    if len(rest) == 1:
        return _Command(head[0], head[1], head[2], head[3], b"", rest[0] or 256)
    if rest[0] != 0:
        data, tail = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        return _Command(head[0], head[1], head[2], head[3], data, (tail[0] or 256) if tail else 0)
    if len(rest) == 3:
        return _Command(head[0], head[1], head[2], head[3], b"", int.from_bytes(rest[1:], "big") or 65536)
    size = int.from_bytes(rest[1:3], "big")
    data, tail = rest[3 : 3 + size], rest[3 + size :]
    return _Command(head[0], head[1], head[2], head[3], data, (int.from_bytes(tail, "big") or 65536) if tail else 0)


class Chip:
    """One chip with one card's content."""

    def __init__(self, card: CardImage, random: Callable[[int], bytes], extended: int = 2048) -> None:
        self._card, self._random, self._extended = card, random, extended
        self.apdus = 0
        self.reset()

    def reset(self) -> None:
        """What power loss leaves: nothing."""
        self._line: ProtectedLine | None = None
        self._application = False
        self._selected: int | None = None
        self._challenge = b""
        self._pace: dict[str, object] = {}

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command."""
        self.apdus += 1
        try:
            command = _parse(raw)
            if command.cla & 0x0C == 0x0C:
                return self._protected(command)
            data = self._dispatch(command)
        except Refusal as refusal:
            return refusal.status.to_bytes(2, "big")
        return data + b"\x90\x00"

    def _protected(self, command: _Command) -> bytes:
        line = self._line
        if line is None:
            raise Refusal(0x6E00)
        try:
            plain, expected = line.take(command.header, command.data)
        except Refusal:
            # A broken channel is closed (Doc 9303-11 section 9.8.8).
            self._line = None
            raise
        inner = _Command(0, command.ins, command.p1, command.p2, plain, expected)
        try:
            data, status = self._dispatch(inner), 0x9000
        except Refusal as refusal:
            data, status = b"", refusal.status
        return line.give(data, status, odd=bool(command.ins & 1))

    def _dispatch(self, command: _Command) -> bytes:
        actions: dict[int, Callable[[_Command], bytes]] = {
            0xA4: self._select,
            0xB0: self._read,
            0xB1: self._read_far,
            0x84: self._get_challenge,
            0x82: self._mutual_authenticate,
            0x22: self._set_template,
            0x86: self._general_authenticate,
            0x88: self._internal_authenticate,
        }
        action = actions.get(command.ins)
        if action is None:
            raise Refusal(0x6D00)
        return action(command)

    # -- files

    def _select(self, command: _Command) -> bytes:
        if command.p1 == 0x04:
            if command.data != APPLICATION:
                raise Refusal(0x6A82)
            self._application, self._selected = True, None
            return b""
        wanted = int.from_bytes(command.data, "big")
        if wanted == 0x3F00:
            self._selected = None
            return b""
        self._must_exist(wanted)
        self._selected = wanted
        return b""

    def _must_exist(self, wanted: int) -> None:
        if wanted == CARD_ACCESS:
            if not self._card.pace:
                raise Refusal(0x6A82)
            return
        if not self._application or self._line is None or wanted in LOCKED:
            raise Refusal(0x6982)
        if wanted not in self._card.files:
            raise Refusal(0x6A82)

    def _read(self, command: _Command) -> bytes:
        if command.p1 & 0x80:
            self._must_exist(0x0100 | command.p1 & 0x1F)
            self._selected, offset = 0x0100 | command.p1 & 0x1F, command.p2
        else:
            offset = command.p1 << 8 | command.p2
        return self._piece(offset, command.expected)

    def _read_far(self, command: _Command) -> bytes:
        offset = int.from_bytes(unwrap(command.data).get(0x54, b""), "big")
        return wrap(0x53, self._piece(offset, command.expected - 8))

    def _piece(self, offset: int, length: int) -> bytes:
        if self._selected is None:
            raise Refusal(0x6986)
        content = self._card.files.get(self._selected, b"")
        if offset >= len(content):
            raise Refusal(0x6B00)
        if length > max(256, self._extended):
            raise Refusal(0x6700)
        return content[offset : offset + length]

    # -- basic access control (Doc 9303-11 section 4.3)

    def _get_challenge(self, _: _Command) -> bytes:
        if not self._card.bac or not self._application:
            raise Refusal(0x6982)
        self._challenge = self._random(8)
        return self._challenge

    def _mutual_authenticate(self, command: _Command) -> bytes:
        seed = hashlib.sha1(self._card.mrz_information.encode(), usedforsecurity=False).digest()[:16]
        enc, mac = session_key(seed, 1, parity=True), session_key(seed, 2, parity=True)
        token, code = command.data[:32], command.data[32:]
        if not self._challenge or des_mac(mac, token) != code:
            raise Refusal(0x6300)
        decryptor = _des_cbc(enc).decryptor()
        plain = decryptor.update(token) + decryptor.finalize()
        theirs, ours, their_key = plain[:8], plain[8:16], plain[16:]
        if ours != self._challenge:
            raise Refusal(0x6300)
        own_key = self._random(16)
        encryptor = _des_cbc(enc).encryptor()
        answer = encryptor.update(ours + theirs + own_key) + encryptor.finalize()
        shared = bytes(x ^ y for x, y in zip(their_key, own_key, strict=True))
        counter = int.from_bytes(ours[4:] + theirs[4:], "big")
        keys = session_key(shared, 1, parity=True), session_key(shared, 2, parity=True)
        self._line = ProtectedLine(*keys, aes=False, counter=counter)
        self._challenge = b""
        return answer + des_mac(mac, answer)

    # -- PACE (Doc 9303-11 section 4.4)

    def _set_template(self, command: _Command) -> bytes:
        objects = unwrap(command.data)
        reference = objects.get(0x83, b"")
        if not self._card.pace or objects.get(0x80) != PACE_OID or reference not in {b"\x01", b"\x02"}:
            raise Refusal(0x6A80)
        secret = self._card.can.encode()
        if reference == b"\x01":
            secret = hashlib.sha1(self._card.mrz_information.encode(), usedforsecurity=False).digest()
        self._pace = {"key": session_key(secret, 3), "step": 0}
        return b""

    def _general_authenticate(self, command: _Command) -> bytes:
        steps = (self._pace_nonce, self._pace_map, self._pace_agree, self._pace_confirm)
        step = self._pace.get("step")
        if not isinstance(step, int) or step >= len(steps):
            raise Refusal(0x6985)
        inner = unwrap(unwrap(command.data).get(0x7C, b""))
        answer = steps[step](inner)
        if self._pace:
            self._pace["step"] = step + 1
        return wrap(0x7C, answer)

    def _scalar(self) -> int:
        return int.from_bytes(self._random(32), "big") % (curve.N - 1) + 1

    def _pace_nonce(self, _: dict[int, bytes]) -> bytes:
        nonce = self._random(16)
        self._pace["nonce"] = int.from_bytes(nonce, "big")
        key = self._pace["key"]
        assert isinstance(key, bytes)
        encryptor = Cipher(AES(key), modes.CBC(bytes(16))).encryptor()
        return wrap(0x80, encryptor.update(nonce) + encryptor.finalize())

    def _pace_map(self, inner: dict[int, bytes]) -> bytes:
        theirs = curve.from_octets(inner.get(0x81, b""))
        if theirs is None:
            raise Refusal(0x6A80)
        secret = self._scalar()
        nonce = self._pace["nonce"]
        assert isinstance(nonce, int)
        self._pace["base"] = curve.plus(curve.times(nonce, curve.G), curve.times(secret, theirs))
        return wrap(0x82, curve.to_octets(curve.times(secret, curve.G)))

    def _pace_agree(self, inner: dict[int, bytes]) -> bytes:
        theirs = curve.from_octets(inner.get(0x83, b""))
        base = self._pace["base"]
        if theirs is None or not isinstance(base, tuple):
            raise Refusal(0x6A80)
        secret = self._scalar()
        own = curve.times(secret, base)
        shared = curve.times(secret, theirs)[0].to_bytes(32, "big")
        self._pace.update(own=own, theirs=theirs, enc=session_key(shared, 1), mac=session_key(shared, 2))
        return wrap(0x84, curve.to_octets(own))

    def _pace_confirm(self, inner: dict[int, bytes]) -> bytes:
        pace, self._pace = self._pace, {}
        own, theirs, enc, mac = pace["own"], pace["theirs"], pace["enc"], pace["mac"]
        assert isinstance(own, tuple)
        assert isinstance(theirs, tuple)
        assert isinstance(enc, bytes)
        assert isinstance(mac, bytes)
        if inner.get(0x85) != _token(mac, own):
            raise Refusal(0x6300)
        self._line = ProtectedLine(enc, mac, aes=True)
        return wrap(0x86, _token(mac, theirs))

    # -- active authentication (Doc 9303-11 section 6.1)

    def _internal_authenticate(self, command: _Command) -> bytes:
        if self._line is None or self._card.authentication_key is None or len(command.data) != 8:
            raise Refusal(0x6985)
        key = serialization.load_der_private_key(self._card.authentication_key, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        r, s = decode_dss_signature(key.sign(command.data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _des_cbc(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8)))


def _token(mac: bytes, public: curve.Affine) -> bytes:
    message = wrap(0x7F49, wrap(0x06, PACE_OID), wrap(0x86, curve.to_octets(public)))
    cmac = CMAC(AES(mac))
    cmac.update(message)
    return cmac.finalize()[:8]
