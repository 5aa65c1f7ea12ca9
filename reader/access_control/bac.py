"""Basic access control with 3DES (Doc 9303-11 section 4.3)."""

from __future__ import annotations

import hmac

from reader.access_key import MrzKey
from reader.apdu import CommandApdu, ResponseApdu, StatusWord
from reader.crypto.ciphers import ENC, MAC, BlockCipher, derive
from reader.errors import AccessNotSupported, BadSignature, Malformed, WrongKey
from reader.ports import CardConnection, RandomSource
from reader.secure_messaging import SecureChannel

CIPHER = BlockCipher("3DES")
ANSWER = 40


# No BAC here, whatever the key: what chips say to GET CHALLENGE without it (chip.md section 3).
NO_CHALLENGE = {
    StatusWord.REFERENCE_NOT_FOUND, StatusWord.SECURITY_STATUS, StatusWord.CONDITIONS, StatusWord.INSTRUCTION, 0x6986,
}  # fmt: skip


def open_chip(connection: CardConnection, key: MrzKey, random: RandomSource, *, pace_offered: bool = False) -> SecureChannel:  # fmt: skip
    """Prove knowledge of the MRZ and agree session keys. The eMRTD application must be selected.

    `pace_offered` tells what a 6982 means: "PACE only" on a chip that offers PACE, a wrong key on one that does not.

    Raises:
        WrongKey: the chip refused.
        AccessNotSupported: the chip has no BAC (PACE only).
        UnexpectedStatus: it answered otherwise.
        BadSignature: the chip's own proof is wrong.
    """
    seed = key.seed[:16]
    enc, mac = derive(seed, ENC, "3DES"), derive(seed, MAC, "3DES")
    challenge = _exchange(connection, CommandApdu(0x84, le=8))
    if challenge.status in NO_CHALLENGE:
        raise AccessNotSupported("no BAC: status {status:04X}", status=challenge.status)
    rnd_ic = challenge.expect("GET CHALLENGE")
    if len(rnd_ic) != 8:
        raise Malformed("challenge of another length than eight bytes")
    rnd_ifd, k_ifd = random(8), random(16)
    token = CIPHER.encrypt(enc, bytes(8), rnd_ifd + rnd_ic + k_ifd)
    answer = _exchange(connection, CommandApdu(0x82, payload=token + CIPHER.mac(mac, token), le=ANSWER))
    only_pace = {StatusWord.REFERENCE_NOT_FOUND, *({StatusWord.SECURITY_STATUS} if pace_offered else ())}
    if answer.status in only_pace:
        raise AccessNotSupported("no BAC: status {status:04X}", status=answer.status)
    if not answer.ok:
        raise WrongKey("the chip refused the MRZ key: status {status:04X}", status=answer.status)
    return _agree(connection, (enc, mac), (rnd_ic, rnd_ifd, k_ifd), answer.payload)


def _exchange(connection: CardConnection, command: CommandApdu) -> ResponseApdu:
    return ResponseApdu.parse(connection.transmit(bytes(command)))


def _agree(
    connection: CardConnection, keys: tuple[bytes, bytes], nonces: tuple[bytes, bytes, bytes], answer: bytes
) -> SecureChannel:
    enc, mac = keys
    rnd_ic, rnd_ifd, k_ifd = nonces
    cipher_text, code = answer[:32], answer[32:]
    if len(answer) != ANSWER or not hmac.compare_digest(CIPHER.mac(mac, cipher_text), code):
        raise BadSignature("the chip's authentication token does not verify")
    plain = CIPHER.decrypt(enc, bytes(8), cipher_text)
    if plain[:8] != rnd_ic or plain[8:16] != rnd_ifd:
        raise BadSignature("the chip answered another challenge")
    seed = bytes(a ^ b for a, b in zip(k_ifd, plain[16:], strict=True))
    counter = int.from_bytes(rnd_ic[4:] + rnd_ifd[4:], "big")
    return SecureChannel(connection, CIPHER, derive(seed, ENC, "3DES"), derive(seed, MAC, "3DES"), counter)
