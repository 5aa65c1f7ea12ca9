"""Chip authentication version 1: a key agreement with the static key of DG14 (Doc 9303-11 section 6.2).

Only a chip that holds the private key can go on under the new session keys; the proof is the first answer under them. It
cannot be shown to anybody else afterwards, so that a finding made of it is attested by the station.
"""

from __future__ import annotations

from typing import Literal

from reader import tlv
from reader.apdu import CommandApdu
from reader.crypto.ciphers import ENC, MAC, BlockCipher, derive
from reader.crypto.groups import public_key, secret_scalar
from reader.errors import NotSupported
from reader.lds.security_infos import ChipAuthenticationInfo
from reader.ports import RandomSource
from reader.secure_messaging import Channel, PlainChannel, SecureChannel

Way = Literal["AT", "KAT"]
DG14_FILE = bytes.fromhex("010E")


def ways(info: ChipAuthenticationInfo) -> tuple[Way, ...]:
    """How the public key may be sent, the standard's way first.

    3DES goes by one command of its own (Doc 9303-11 section 6.2.4.1), but some states' 3DES chips take only the two of
    AES; a protocol that DG14 does not name cannot be named in MSE:Set AT.
    """
    if not info.oid:
        return ("KAT",)
    return ("KAT", "AT") if info.cipher == "3DES" else ("AT",)


def agree(channel: Channel, info: ChipAuthenticationInfo, random: RandomSource, way: Way) -> SecureChannel:
    """Agree new keys with the chip's static key; returns the channel under them, of which nothing is proven yet.

    Raises:
        SecureMessagingBroken: the chip dropped the channel.
        UnexpectedStatus: the chip refused a step.
        NotSupported, Malformed: its key is of no known kind.
    """
    if isinstance(channel, PlainChannel):
        raise NotSupported("chip authentication without secure messaging")
    group, chip = public_key(info.public_key)
    secret = secret_scalar(group, random)
    _send_public_key(channel, info, group.encode(group.power(secret, group.generator)), way)
    shared = group.shared(secret, chip)
    enc, mac = derive(shared, ENC, info.cipher), derive(shared, MAC, info.cipher)
    return SecureChannel(channel.connection, BlockCipher(info.cipher), enc, mac)


def confirm(renewed: Channel) -> None:
    """Let the chip answer under the new keys.

    Raises:
        SecureMessagingBroken: it cannot.
        UnexpectedStatus: it can, and has no DG14.
    """
    renewed.transmit(CommandApdu(0xA4, 0x02, 0x0C, DG14_FILE)).expect("SELECT DG14")


def _send_public_key(channel: Channel, info: ChipAuthenticationInfo, public: bytes, way: Way) -> None:
    key_id = b""
    if info.key_id is not None:
        key_id = tlv.build(0x84, info.key_id.to_bytes((info.key_id.bit_length() + 7) // 8 or 1, "big"))
    if way == "KAT":
        template = tlv.build(0x91, public) + key_id
        channel.transmit(CommandApdu(0x22, 0x41, 0xA6, template)).expect("MSE:Set KAT")
        return
    chosen = channel.transmit(CommandApdu(0x22, 0x41, 0xA4, tlv.build(0x80, info.oid) + key_id))
    chosen.expect("MSE:Set AT (CA)")
    agreement = tlv.build(0x7C, tlv.build(0x80, public))
    channel.transmit(CommandApdu(0x86, payload=agreement, le=256)).expect("GENERAL AUTHENTICATE")
