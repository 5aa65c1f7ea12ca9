"""Deviation lists: what an issuing state says is wrong with documents that it issued (Doc 9303-12 section 9)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from reader import ber, certificate, cms
from reader.certificate import Certificate
from reader.crypto.signatures import SIZES
from reader.errors import Malformed, parsing

CONTENT_TYPE = "2.23.136.1.1.7"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One defect: its kinds as object identifiers, and the document signer that it concerns as far as it is named."""

    kinds: tuple[str, ...]
    issuer: certificate.Name | None = None
    serial_number: int | None = None
    key_identifier: bytes | None = None
    digest: bytes | None = None

    def concerns(self, signer: Certificate) -> bool:
        """Whether it names this document signer; one that names none concerns documents that are told apart otherwise."""
        if self.issuer is not None:
            return self.issuer.key == signer.issuer.key and self.serial_number == signer.serial_number
        if self.key_identifier is not None:
            return self.key_identifier in {signer.key_identifier, signer.key_sha1}
        if self.digest is None:
            return False
        chosen = SIZES.get(len(self.digest))
        return chosen is not None and hashlib.new(chosen, signer.der, usedforsecurity=False).digest() == self.digest


def parse(signed: cms.SignedData) -> tuple[Deviation, ...]:
    """The deviations of a list; its signature is checked elsewhere.

    Raises:
        Malformed: the content is none.
    """
    with parsing("deviation list cannot be parsed"):
        if signed.content_type != CONTENT_TYPE:
            raise Malformed("CMS of another content type")
        members = ber.element(ber.definite(signed.content)).children()
        listed = next((member for member in reversed(members) if member.tag == ber.SET), None)
        if listed is None:
            raise Malformed("deviation list without a set of deviations")
        return tuple(_deviation(entry) for entry in listed.children())


def _deviation(entry: ber.Element) -> Deviation:
    documents, descriptions = entry.children()[:2]
    kinds = [
        next((part.dotted() for part in description.children() if part.tag == ber.OID), "")
        for description in descriptions.children()
    ]
    named = next((part for part in documents.children() if part.tag == 0xA1), None)
    if named is None:
        return Deviation(tuple(kinds))
    inner = named.children()
    if inner[0].tag == ber.SEQUENCE and len(inner) == 1:
        inner = inner[0].children()
    if len(inner) == 2 and inner[1].tag == ber.INTEGER:
        return Deviation(tuple(kinds), certificate.name(inner[0]), inner[1].integer())
    if inner[0].tag & 0x1F == 2:
        return Deviation(tuple(kinds), key_identifier=inner[0].value)
    return Deviation(tuple(kinds), digest=inner[0].value)
