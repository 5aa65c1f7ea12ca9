"""Short codes that people copy by hand and a node can check again: receipts and result slips."""

from __future__ import annotations

import hashlib
import hmac

# No 0 O 1 I L U: nobody mistakes a sign when copying it by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS, GROUP = 12, 4


def code(secret: bytes, text: str) -> str:
    """Twelve signs (58 bits) that only who knows the secret can make for a text; the same every time."""
    number = int.from_bytes(hmac.digest(secret, text.encode(), hashlib.sha256), "big")
    signs = ""
    for _ in range(SIGNS):
        number, index = divmod(number, len(ALPHABET))
        signs += ALPHABET[index]
    return "-".join(signs[start : start + GROUP] for start in range(0, SIGNS, GROUP))


def same(one: str, other: str) -> bool:
    """Whether a typed code is the one meant; case, spaces and dashes do not count."""
    return hmac.compare_digest(_bare(one), _bare(other))


def _bare(text: str) -> bytes:
    return "".join(sign for sign in text.upper() if sign.isalnum()).encode()
