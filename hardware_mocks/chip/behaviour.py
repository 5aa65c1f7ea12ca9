"""How chips differ, and how they go wrong, as data. Each field stands for something seen in the field (chip.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Defaults are a chip without quirks.

    Attributes:
        extended: bytes that one read may ask for; up to 256 means short length only.
        answer: longest protected answer in bytes; beyond it a read is refused. 0: no limit.
        short_identifiers: whether READ BINARY selects by short identifier.
        identifiers_are_offsets: whether the bit for short identifiers is taken for a part of the offset.
        master_file: status word that SELECT MF gets.
        card_access: how EF.CardAccess may be reached.
        past_the_end: what a read that asks for more than the file holds gets; `bare` leaves out the authentication code.
        longest_read: plain bytes of the longest read; a longer one gets `refusal`.
        refusal: status word for a read that is too long.
        naked: whether errors come without protection and end the channel.
        selects_with: P2 that SELECT takes.
        drip: plain bytes given at most in one read; 0: as many as asked.
        lock: files that answer 6982 though they are there.
        pace_needs_parameters: whether MSE:Set AT must name them (DO84).
        pace_refusal: status word at the first PACE command; 0: none.
        wrong_password: status word for a wrong token.
        wrong_mrz: status word for a wrong BAC cryptogram.
        mirror: whether the chip sends our own keys back.
        bad_token: whether its own PACE token, or BAC answer, is wrong.
        no_status_object: whether DO99 is left out of answers with data, or of all that succeed.
        pieces: bytes after which an answer is cut and the rest announced by 61xx; 0: never.
        wrong_length: whether a plain read with another length than the file's gets 6Cxx.
        chip_authentication: whether it works, is refused, goes on under wrong keys, or is unknown.
        key_template: which of the two ways of chip authentication are known.
        active_authentication: likewise; `der` is ECDSA in DER, `empty_long` gives nothing to a long Le, `cut` half a signature.
        lost_after: commands after which the channel is dropped with 6988, once.
        spoil: number of a protected answer of which one byte is turned over; 0: none.
        strip: number of a protected answer that comes without protection.
        endless: whether every read of DG2 gives 61xx for ever.
    """

    extended: int = 2048
    answer: int = 0
    short_identifiers: bool = True
    identifiers_are_offsets: bool = False
    master_file: int = 0x9000
    card_access: Literal["any", "short_identifier", "select", "after_master_file", "locked"] = "any"
    past_the_end: Literal["give", "6282", "6282_empty", "6282_bare", "6B00", "6Cxx"] = "give"
    longest_read: int = 0
    refusal: int = 0x6700
    naked: bool = False
    selects_with: tuple[int, ...] = (0x0C, 0x00)
    drip: int = 0
    lock: tuple[int, ...] = ()
    pace_needs_parameters: bool = False
    pace_refusal: int = 0
    wrong_password: int = 0x6300
    wrong_mrz: int = 0x6300
    mirror: bool = False
    bad_token: bool = False
    no_status_object: Literal["", "data", "success"] = ""
    pieces: int = 0
    wrong_length: bool = False
    chip_authentication: Literal["works", "refused", "wrong_keys", "unknown"] = "works"
    key_template: Literal["both", "AT", "KAT"] = "both"
    active_authentication: Literal["works", "refused", "der", "empty_long", "cut", "other_challenge"] = "works"
    lost_after: int = 0
    spoil: int = 0
    strip: int = 0
    endless: bool = False
