"""PACE over elliptic curves and prime fields, with all mappings and ciphers (Doc 9303-11 section 4.4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from reader import tlv
from reader.access_control import pace_mapping
from reader.access_key import AccessKey
from reader.apdu import CommandApdu, ResponseApdu, StatusWord
from reader.crypto.ciphers import ENC, MAC, PACE, BlockCipher, CipherName, derive
from reader.crypto.groups import Group, group_of_algorithm, secret_scalar, standard_group
from reader.errors import BadSignature, Malformed, NotSupported, PaceRefused, WrongKey
from reader.lds.security_infos import PaceInfo
from reader.ports import CardConnection, RandomSource
from reader.secure_messaging import SecureChannel

CHAINED = 0x10
DYNAMIC = 0x7C
LONGEST_NONCE = 64
# An honest group needs as many with a chance of 2 ** -256.
MOST_DRAWS = 32
# What chips say to a wrong token: the standard says 6300, the field says more (chip.md section 3).
WRONG_PASSWORD = {
    StatusWord.SECURITY_STATUS, StatusWord.SM_OBJECTS_INCORRECT, StatusWord.CONDITIONS, StatusWord.WRONG_DATA, 0x6983, 0x6984,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChipMappingKey:
    """What chip authentication mapping leaves to be checked against the chip's static key: CA.IC * PK.IC = PKmap.IC."""

    group: Group
    mapping_key: Any
    chip_secret: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The protected channel; `chip_mapping` after PACE-CAM only."""

    channel: SecureChannel
    chip_mapping: ChipMappingKey | None = None


@dataclass(frozen=True, slots=True)
class _Agreement:
    """The second key agreement: both public keys on the mapped generator as they went over the line, and the shared secret."""

    own: bytes
    other: bytes
    secret: bytes


def open_chip(
    connection: CardConnection, key: AccessKey, info: PaceInfo, random: RandomSource, *, name_parameters: bool = False
) -> Opened:
    """Run PACE.

    Args:
        connection: the card, in the clear.
        key: the password.
        info: the protocol, as EF.CardAccess offers it.
        random: source of keys and nonces.
        name_parameters: whether the domain parameters must be named because the protocol alone does not tell them.

    Raises:
        WrongKey: the chip refused the password.
        PaceRefused: the chip refused a step before the password mattered.
        BadSignature: the chip's token is wrong.
        NotSupported: a group or mapping that this program does not know.
        Malformed: the chip does not follow the protocol.
    """
    group, cipher = group_of(info), BlockCipher(info.cipher)
    _set_authentication_template(connection, key, info, named=name_parameters)
    nonce = _nonce(connection, key, cipher)
    generator, mapping_key = _map(connection, group, info, nonce, random)
    agreement = _agree(connection, group, generator, random)
    enc, mac = derive(agreement.secret, ENC, info.cipher), derive(agreement.secret, MAC, info.cipher)
    answer = _authenticate(connection, group, info, mac, agreement)
    channel = SecureChannel(connection, cipher, enc, mac)
    if info.mapping != "CAM":
        return Opened(channel)
    return Opened(channel, _chip_mapping(group, mapping_key, cipher, enc, answer))


def group_of(info: PaceInfo) -> Group:
    """The group in which keys are agreed.

    Raises:
        NotSupported, Malformed: as the parameters are unknown or broken.
    """
    if info.domain:
        return group_of_algorithm(info.domain)
    if info.parameter_id is None:
        raise NotSupported("PACE without domain parameters")
    group = standard_group(info.parameter_id)
    if (group.public_key_tag == 0x84) != (info.agreement == "DH"):
        raise Malformed(
            "{agreement} with domain parameters {number}", agreement=info.agreement, number=info.parameter_id
        )
    return group


def _set_authentication_template(connection: CardConnection, key: AccessKey, info: PaceInfo, *, named: bool) -> None:
    template = tlv.build(0x80, info.oid) + tlv.build(0x83, bytes([key.pace_reference]))
    number = b"" if info.parameter_id is None else tlv.build(0x84, bytes([info.parameter_id & 0xFF]))
    tries = [template + number] if named else [template, template + number]
    for attempt in tries:
        # Some chips want the parameters named even when there is only one set (chip.md section 3).
        response = _send(connection, CommandApdu(0x22, 0xC1, 0xA4, attempt))
        # 63Cx only warns that the password has few tries left, 6283 that it is suspended.
        if response.ok or response.status >> 8 == 0x63 or response.status == 0x6283:
            return
    raise PaceRefused("MSE:Set AT (PACE)", response.status)


def _send(connection: CardConnection, command: CommandApdu) -> ResponseApdu:
    return ResponseApdu.parse(connection.transmit(bytes(command)))


def _general_authenticate(
    connection: CardConnection, tag: int, value: bytes, *, last: bool = False
) -> dict[int, bytes]:
    inner = tlv.build(tag, value) if tag else b""
    command = CommandApdu(0x86, payload=tlv.build(DYNAMIC, inner), le=256, cla=0 if last else CHAINED)
    response = _send(connection, command)
    if last and (response.status >> 8 == 0x63 or response.status in WRONG_PASSWORD):
        raise WrongKey("the chip refused the password: status {status:04X}", status=response.status)
    if not response.ok:
        raise PaceRefused("GENERAL AUTHENTICATE", response.status)
    if not response.payload:
        return {}
    return {item.tag: item.value for item in tlv.objects(tlv.first(response.payload, DYNAMIC))}


def _expected(answer: dict[int, bytes], tag: int) -> bytes:
    if tag not in answer:
        raise Malformed("PACE answer without object {tag:02X}", tag=tag)
    return answer[tag]


def _nonce(connection: CardConnection, key: AccessKey, cipher: BlockCipher) -> bytes:
    encrypted = _expected(_general_authenticate(connection, 0, b""), 0x80)
    if not encrypted or len(encrypted) % cipher.block or len(encrypted) > LONGEST_NONCE:
        raise Malformed("encrypted nonce has a wrong length")
    return cipher.decrypt(derive(key.seed, PACE, cipher.name), bytes(cipher.block), encrypted)


def _map(connection: CardConnection, group: Group, info: PaceInfo, nonce: bytes, random: RandomSource) -> tuple[Any, Any]:  # fmt: skip
    def step(tag: int, value: bytes) -> dict[int, bytes]:
        return _general_authenticate(connection, tag, value)

    if info.mapping == "IM":
        return pace_mapping.integrated(group, BlockCipher(info.cipher), nonce, random, step), None
    return pace_mapping.generic(group, nonce, random, step)


def _agree(connection: CardConnection, group: Group, generator: Any, random: RandomSource) -> _Agreement:
    secret, own = _ephemeral(group, generator, random)
    raw = _expected(_general_authenticate(connection, 0x83, own), 0x84)
    other = group.decode(raw)
    if group.encode(other) == own:
        raise BadSignature("the chip returned our own ephemeral key")
    return _Agreement(own, raw, group.shared(secret, other))


def _ephemeral(group: Group, generator: Any, random: RandomSource) -> tuple[int, bytes]:
    """Our key pair for the second agreement.

    The public value of a prime field is an unsigned integer; OpenPACE writes it without leading zero octets into the object
    under the token, others as wide as the prime. A value that fills its width reads the same to both; one in 256 does not
    and is drawn again.

    Raises:
        Malformed: none does, so that this is no group in which keys may be agreed.
    """
    for _ in range(MOST_DRAWS):
        secret = secret_scalar(group, random)
        own = group.encode(group.power(secret, generator))
        if own[0]:
            return secret, own
    raise Malformed("group of small numbers only")


def token_input(oid: bytes, public: bytes, tag: int = 0x86) -> bytes:
    """The public key object that an authentication token is made over (Doc 9303-11 section 9.4)."""
    return tlv.build(0x7F49, tlv.build(0x06, oid) + tlv.build(tag, public))


def token(oid: bytes, cipher: CipherName, mac: bytes, public: bytes, tag: int = 0x86) -> bytes:
    """Authentication token over a public key object (Doc 9303-11 section 4.4.3.4)."""
    return BlockCipher(cipher).mac(mac, token_input(oid, public, tag))


def _authenticate(
    connection: CardConnection, group: Group, info: PaceInfo, mac: bytes, agreement: _Agreement
) -> dict[int, bytes]:
    tag = group.public_key_tag
    # Each key as it went over the line: the chip writes its own under the token as it sent it.
    ours = token(info.oid, info.cipher, mac, agreement.other, tag)
    theirs = token(info.oid, info.cipher, mac, agreement.own, tag)
    answer = _general_authenticate(connection, 0x85, ours, last=True)
    if not hmac.compare_digest(_expected(answer, 0x86), theirs):
        raise BadSignature("the chip's authentication token does not verify")
    return answer


def _chip_mapping(group: Group, mapping_key: Any, cipher: BlockCipher, enc: bytes, answer: dict[int, bytes]) -> ChipMappingKey | None:  # fmt: skip
    """The encrypted chip authentication data: CBC under the session key, counter -1 (Doc 9303-11 section 4.4.3.3.3)."""
    encrypted = answer.get(0x8A, b"")
    if not encrypted or len(encrypted) % cipher.block:
        return None
    counter = cipher.encrypt(enc, bytes(cipher.block), b"\xff" * cipher.block)
    plain = cipher.decrypt(enc, counter, encrypted)
    stripped = plain.rstrip(b"\x00")
    secret = int.from_bytes(stripped[:-1] if stripped.endswith(b"\x80") else plain, "big")
    return ChipMappingKey(group, mapping_key, secret)
