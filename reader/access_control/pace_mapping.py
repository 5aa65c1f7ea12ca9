"""The three mappings of PACE: generic, integrated, chip authentication (Doc 9303-11 sections 4.4.3.3.1 to .3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reader.crypto.ciphers import KEY_BYTES, BlockCipher
from reader.crypto.groups import Group, secret_scalar
from reader.errors import BadSignature, Malformed
from reader.ports import RandomSource

# Doc 9303-11 section 4.4.3.3.2: constants of the pseudo-random function for keys of 128 bits and of more.
CONSTANTS = {
    16: ("a668892a7c41e3ca739f40b057d85904", "a4e136ac725f738b01c1f60217c188ad"),
    32: (
        "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
        "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517",
    ),
}
EXTRA_BITS = 64

# Sends one object of the second step and returns the objects of the answer.
Step = Callable[[int, bytes], dict[int, bytes]]


def generic(group: Group, nonce: bytes, random: RandomSource, step: Step) -> tuple[Any, Any]:
    """A key agreement moves the generator; returns the new one and the chip's mapping key (for CAM).

    Raises:
        BadSignature: the chip mirrored our key.
        Malformed: its key is none of the group.
    """
    secret = secret_scalar(group, random)
    own = group.power(secret, group.generator)
    answer = step(0x81, group.encode(own))
    if 0x82 not in answer:
        raise Malformed("PACE answer without a mapping key")
    other = group.decode(answer[0x82])
    if own == other:
        raise BadSignature("the chip returned our own mapping key")
    return group.mapped(int.from_bytes(nonce, "big"), secret, other), other


def integrated(group: Group, cipher: BlockCipher, nonce: bytes, random: RandomSource, step: Step) -> Any:
    """A second nonce of ours goes in the clear; both decide the generator.

    Raises:
        NotSupported: a field on which the mapping is not defined.
        Malformed: the nonces lead to no generator.
    """
    ours = random(KEY_BYTES[cipher.name])
    step(0x81, ours)
    return group.from_pseudo_random(pseudo_random(cipher, nonce, ours, group.field))


def pseudo_random(cipher: BlockCipher, nonce: bytes, ours: bytes, field: int) -> int:
    """Rp(s, t): the pseudo-random octets modulo the field."""
    return int.from_bytes(pseudo_random_octets(cipher, nonce, ours, field.bit_length()), "big") % field


def pseudo_random_octets(cipher: BlockCipher, nonce: bytes, ours: bytes, bits: int) -> bytes:
    """R(s, t) for a field of so many bits: CBC with the second nonce as first key, then a chain of keys.

    Raises:
        Malformed: the chip's nonce has a length that the cipher does not allow.
    """
    size = KEY_BYTES[cipher.name]
    constants = CONSTANTS[16 if size == 16 else 32]
    c0, c1 = (bytes.fromhex(constant) for constant in constants)
    if len(nonce) != len(c0):
        raise Malformed("nonce has another length than the integrated mapping needs")
    zero = bytes(cipher.block)
    key, blocks = cipher.encrypt(ours, zero, nonce)[:size], b""
    while len(blocks) * 8 < bits + EXTRA_BITS:
        blocks += cipher.encrypt(key, zero, c1)
        key = cipher.encrypt(key, zero, c0)[:size]
    return blocks
