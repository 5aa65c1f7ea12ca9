"""The files of a card: names, identifiers and tags (Doc 9303-10 sections 3.6 and 4)."""

from __future__ import annotations

APPLICATION = bytes.fromhex("A0000002471001")
FILES = {
    "EF_COM": (0x011E, 0x1E),
    "EF_SOD": (0x011D, 0x1D),
    **{f"DG{number}": (0x0100 + number, number) for number in range(1, 17)},
}
# The tag with which each file begins (Doc 9303-10 table 38): a chip that takes a short identifier for an offset gives another.
TAGS = {
    "EF_COM": 0x60, "EF_SOD": 0x77, "DG1": 0x61, "DG2": 0x75, "DG5": 0x65, "DG6": 0x66, "DG7": 0x67, "DG8": 0x68, "DG9": 0x69,
    "DG10": 0x6A, "DG11": 0x6B, "DG12": 0x6C, "DG13": 0x6D, "DG14": 0x6E, "DG15": 0x6F, "DG16": 0x70,
}  # fmt: skip
# In front of the application, where the same identifier means another file.
CARD_SECURITY = "EF_CardSecurity"
IDENTIFIERS = {**FILES, CARD_SECURITY: (0x011D, 0x1D)}
# Fingerprints and iris: never read (DESIGN.md section 4.8).
FORBIDDEN = {"DG3", "DG4"}
