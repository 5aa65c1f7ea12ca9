"""PACE with elliptic curves and generic mapping (Doc 9303-11 section 4.4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from reader import tlv
from reader.access_key import AccessKey
from reader.apdu import CommandApdu, ResponseApdu, StatusWord
from reader.crypto.ciphers import ENC, MAC, PACE, BlockCipher, CipherName, derive
from reader.crypto.curves import pace_curve
from reader.crypto.elliptic import Curve, Point
from reader.errors import BadSignature, Malformed, WrongKey
from reader.lds.security_infos import PaceInfo
from reader.ports import CardConnection, RandomSource
from reader.secure_messaging import SecureChannel

CHAINED = 0x10
DYNAMIC = 0x7C


@dataclass(frozen=True, slots=True)
class _Agreement:
    """The second key agreement: both public keys on the mapped generator, and the shared secret."""

    own: Point
    other: Point
    secret: bytes


def open_chip(connection: CardConnection, key: AccessKey, info: PaceInfo, random: RandomSource) -> SecureChannel:
    """Run PACE and return the protected channel.

    Raises:
        WrongKey: the chip refused the password.
        BadSignature: the chip's token is wrong.
        NotSupported: another mapping or group.
        Malformed, UnexpectedStatus: the chip does not follow the protocol.
    """
    curve, cipher = pace_curve(info.parameter_id), BlockCipher(info.cipher)
    _set_authentication_template(connection, key, info)
    nonce = _nonce(connection, key, cipher)
    agreement = _agree(connection, curve, nonce, random)
    enc, mac = derive(agreement.secret, ENC, info.cipher), derive(agreement.secret, MAC, info.cipher)
    _authenticate(connection, curve, info, mac, agreement)
    return SecureChannel(connection, cipher, enc, mac)


def _set_authentication_template(connection: CardConnection, key: AccessKey, info: PaceInfo) -> None:
    template = tlv.build(0x80, info.oid) + tlv.build(0x83, bytes([key.pace_reference]))
    command = CommandApdu(0x22, 0xC1, 0xA4, template)
    response = ResponseApdu.parse(connection.transmit(bytes(command)))
    if response.status in {StatusWord.REFERENCE_NOT_FOUND, 0x6A87, 0x6A80}:
        # Some chips want the parameters named even when there is only one set (chip.md section 3).
        named = template + tlv.build(0x84, bytes([info.parameter_id]))
        response = ResponseApdu.parse(connection.transmit(bytes(CommandApdu(0x22, 0xC1, 0xA4, named))))
    if response.status >> 8 != 0x63:
        # 63Cx only warns that the password has few tries left.
        response.expect("MSE:Set AT for PACE")


def _general_authenticate(
    connection: CardConnection, tag: int, value: bytes, *, last: bool = False
) -> dict[int, bytes]:
    inner = tlv.build(tag, value) if tag else b""
    command = CommandApdu(0x86, payload=tlv.build(DYNAMIC, inner), le=256, cla=0 if last else CHAINED)
    response = ResponseApdu.parse(connection.transmit(bytes(command)))
    if last and (response.status >> 8 == 0x63 or response.status == StatusWord.SECURITY_STATUS):
        raise WrongKey(f"the chip refused the password: status {response.status:04X}")
    payload = response.expect("GENERAL AUTHENTICATE")
    return {item.tag: item.value for item in tlv.objects(tlv.first(payload, DYNAMIC))}


def _expected(answer: dict[int, bytes], tag: int) -> bytes:
    if tag not in answer:
        raise Malformed(f"PACE answer without object {tag:02X}")
    return answer[tag]


def _nonce(connection: CardConnection, key: AccessKey, cipher: BlockCipher) -> int:
    encrypted = _expected(_general_authenticate(connection, 0, b""), 0x80)
    if not encrypted or len(encrypted) % cipher.block or len(encrypted) > 64:
        raise Malformed("encrypted nonce has a wrong length")
    password = derive(key.seed, PACE, cipher.name)
    return int.from_bytes(cipher.decrypt(password, bytes(cipher.block), encrypted), "big")


def _secret_scalar(curve: Curve, random: RandomSource) -> int:
    # Eight bytes more than the order make the bias of the reduction negligible (FIPS 186-5 appendix A.2.1).
    return int.from_bytes(random(curve.size + 8), "big") % (curve.n - 1) + 1


def _agree(connection: CardConnection, curve: Curve, nonce: int, random: RandomSource) -> _Agreement:
    own_secret = _secret_scalar(curve, random)
    own = curve.multiply(own_secret, curve.g)
    other = curve.decode(_expected(_general_authenticate(connection, 0x81, curve.encode(own)), 0x82))
    if own == other:
        raise BadSignature("the chip returned our own mapping key")
    # G~ = s * G + H (Doc 9303-11 section 4.4.3.3.1).
    mapped = curve.add(curve.multiply(nonce, curve.g), curve.multiply(own_secret, other))
    ephemeral = _secret_scalar(curve, random)
    public = curve.multiply(ephemeral, mapped)
    chip = curve.decode(_expected(_general_authenticate(connection, 0x83, curve.encode(public)), 0x84))
    if chip == public:
        raise BadSignature("the chip returned our own ephemeral key")
    return _Agreement(public, chip, curve.multiply(ephemeral, chip)[0].to_bytes(curve.size, "big"))


def token(oid: bytes, cipher: CipherName, mac: bytes, public: bytes) -> bytes:
    """Authentication token over a public key object (Doc 9303-11 section 4.4.3.4)."""
    message = tlv.build(0x7F49, tlv.build(0x06, oid) + tlv.build(0x86, public))
    return BlockCipher(cipher).mac(mac, message)


def _authenticate(connection: CardConnection, curve: Curve, info: PaceInfo, mac: bytes, agreement: _Agreement) -> None:
    ours = token(info.oid, info.cipher, mac, curve.encode(agreement.other))
    theirs = token(info.oid, info.cipher, mac, curve.encode(agreement.own))
    answer = _general_authenticate(connection, 0x85, ours, last=True)
    if not hmac.compare_digest(_expected(answer, 0x86), theirs):
        raise BadSignature("the chip's authentication token does not verify")
