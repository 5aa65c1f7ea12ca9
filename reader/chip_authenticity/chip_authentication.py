"""Chip authentication version 1: a key agreement with the static key of DG14 (Doc 9303-11 section 6.2).

Only a chip that holds the private key can go on under the new session keys; the proof is the first answer under them. It
cannot be shown to anybody else afterwards, so that a finding made of it is attested by the station.
"""

from __future__ import annotations

from asn1crypto import keys

from reader import tlv
from reader.apdu import CommandApdu
from reader.crypto.ciphers import ENC, MAC, BlockCipher, derive
from reader.crypto.curves import CURVES
from reader.crypto.elliptic import Curve, Point
from reader.crypto.signatures import explicit_curve
from reader.errors import NotSupported, parsing
from reader.lds.security_infos import ChipAuthenticationInfo
from reader.ports import CardConnection, RandomSource
from reader.secure_messaging import Channel, SecureChannel

DG14_FILE = bytes.fromhex("010E")
CURVE_OF_OID = {
    "1.2.840.10045.3.1.7": "secp256r1",
    "1.3.132.0.34": "secp384r1",
    "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
    "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
}


def prove(connection: CardConnection, channel: Channel, info: ChipAuthenticationInfo, random: RandomSource) -> SecureChannel:  # fmt: skip
    """Agree new keys with the chip's static key and let it answer under them; returns the new channel.

    Raises:
        SecureMessagingBroken: the chip does not hold the private key.
        UnexpectedStatus: the chip refused a step.
        NotSupported, Malformed: its key is of no known kind.
    """
    curve, chip = _public_key(info.public_key)
    secret = int.from_bytes(random(curve.size + 8), "big") % (curve.n - 1) + 1
    _send_public_key(channel, info, curve.encode(curve.multiply(secret, curve.g)))
    shared = curve.multiply(secret, chip)[0].to_bytes(curve.size, "big")
    enc, mac = derive(shared, ENC, info.cipher), derive(shared, MAC, info.cipher)
    renewed = SecureChannel(connection, BlockCipher(info.cipher), enc, mac)
    renewed.transmit(CommandApdu(0xA4, 0x02, 0x0C, DG14_FILE)).expect("SELECT DG14 after chip authentication")
    return renewed


def _send_public_key(channel: Channel, info: ChipAuthenticationInfo, public: bytes) -> None:
    """Two commands; one for old 3DES chips, which do not know the others (Doc 9303-11 section 6.2.4)."""
    key_id = b"" if info.key_id is None else tlv.build(0x84, info.key_id.to_bytes(1, "big"))
    if info.oid:
        chosen = channel.transmit(CommandApdu(0x22, 0x41, 0xA4, tlv.build(0x80, info.oid) + key_id))
        if chosen.ok or info.cipher != "3DES":
            chosen.expect("MSE:Set AT for chip authentication")
            agreement = tlv.build(0x7C, tlv.build(0x80, public))
            channel.transmit(CommandApdu(0x86, payload=agreement, le=256)).expect("GENERAL AUTHENTICATE")
            return
    template = tlv.build(0x91, public) + key_id
    channel.transmit(CommandApdu(0x22, 0x41, 0xA6, template)).expect("MSE:Set KAT")


@parsing("public key of DG14")
def _public_key(raw: bytes) -> tuple[Curve, Point]:
    public = keys.PublicKeyInfo.load(raw, strict=True)
    kind = str(public["algorithm"]["algorithm"].native)
    if kind != "ec":
        raise NotSupported(f"DG14 key of kind {kind}")
    curve = _curve(public["algorithm"]["parameters"])
    return curve, curve.decode(bytes(public["public_key"].native))


def _curve(parameters: keys.ECDomainParameters) -> Curve:
    if parameters.name != "named":
        return explicit_curve(parameters)
    dotted = parameters.chosen.dotted
    if dotted not in CURVE_OF_OID:
        raise NotSupported(f"curve {dotted}")
    return CURVES[CURVE_OF_OID[dotted]]
