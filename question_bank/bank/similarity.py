"""Near-duplicates: shingles of words, a MinHash signature in bands to find candidates, Jaccard to judge them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from question_bank.bank.content import plain
from question_bank.bank.item import BankItem
from question_bank.bank.searching import unmarked

SHINGLE = 3
# 16 bands of 4 rows: a pair with similarity 0.7 shares a band with probability 0.988, one with 0.3 with 0.12.
BANDS, ROWS = 16, 4
NEAR = 0.7


def _parameters() -> list[tuple[int, int]]:
    pairs = []
    for index in range(BANDS * ROWS):
        raw = hashlib.sha256(f"khaothi/minhash/{index}".encode()).digest()
        pairs.append((int.from_bytes(raw[:8]) | 1, int.from_bytes(raw[8:16])))
    return pairs


# Multiply-add hashes modulo 2^64, of which the upper half is used.
_FACTORS, _TERMS = (np.array(column, dtype=np.uint64)[:, None] for column in zip(*_parameters(), strict=True))


def shingles(item: BankItem) -> frozenset[int]:
    """Hashes of every three signs-and-words in a row of stem and options; the order of options does not matter."""
    found: set[int] = set()
    for content in (item.stem, *(option.content for option in item.options)):
        tokens = _tokens(plain(content))
        for start in range(max(1, len(tokens) - SHINGLE + 1)):
            piece = " ".join(tokens[start : start + SHINGLE])
            if piece:
                found.add(int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=7).digest()))
    return frozenset(found)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    word = ""
    for sign in unmarked(text):
        if sign.isalnum():
            word += sign
            continue
        if word:
            tokens.append(word)
        word = ""
        if not sign.isspace():
            tokens.append(sign)
    return [*tokens, word] if word else tokens


def bands(found: Iterable[int]) -> tuple[int, ...]:
    """One 63-bit number a band; items that share one are candidates. Nothing to compare gives no bands."""
    values = np.fromiter(found, dtype=np.uint64)
    if not values.size:
        return ()
    signature = ((_FACTORS * values + _TERMS) >> np.uint64(32)).min(axis=1).tolist()
    numbers = []
    for band in range(BANDS):
        rows = repr((band, signature[band * ROWS : (band + 1) * ROWS])).encode()
        numbers.append(int.from_bytes(hashlib.blake2b(rows, digest_size=8).digest()) >> 1)
    return tuple(numbers)


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard similarity from 0 to 1."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0
