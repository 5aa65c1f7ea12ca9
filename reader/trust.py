"""The trust store: CSCA certificates to believe, and the chain from a document signer to one of them.

Sources: Doc 9303-12 sections 4 (link certificates), 7 and 8, Doc 9303-11 section 5.1, RFC 5280.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress

from reader import certificate as x509
from reader.certificate import Certificate, issued, issued_itself, verify_issued
from reader.deviation_list import Deviation
from reader.errors import BadSignature, Malformed, NoTrustAnchor, NotSupported, ReaderError
from reader.revocation import RevocationList

NameKey = tuple[tuple[str, str], ...]
LONGEST_CHAIN = 8
# Identifier of the country attribute as it stands in an encoded name (2.5.4.6).
COUNTRY_OID = bytes.fromhex("0603550406")


class TrustStore:
    """The CSCA certificates to believe, found by name, key identifier or country; with what revokes or excuses signers."""

    def __init__(self, anchors: Iterable[Certificate] = (), revocations: Iterable[RevocationList] = ()) -> None:
        self._by_subject: dict[NameKey, list[Certificate]] = defaultdict(list)
        self._by_country: dict[str, list[Certificate]] = defaultdict(list)
        self._by_key: dict[bytes, list[Certificate]] = defaultdict(list)
        self._known: set[bytes] = set()
        self._unparsed: list[bytes] = []
        self._revoked: dict[NameKey, list[RevocationList]] = defaultdict(list)
        self._unverified: set[NameKey] = set()
        self._document_signers: list[Certificate] = []
        self.deviations: list[Deviation] = []
        for anchor in anchors:
            self.add(anchor)
        for revocation in revocations:
            self.add_revocations(revocation)

    def __len__(self) -> int:
        return len(self._known)

    @classmethod
    def from_der(cls, certificates: Iterable[bytes]) -> TrustStore:
        """From certificates in DER.

        Raises:
            Malformed: one of them is not a certificate.
        """
        return cls(x509.parse(raw) for raw in certificates)

    def add(self, found: Certificate) -> None:
        """Believe one more authority; the same one twice counts once. Any other certificate is kept as a document signer."""
        if not found.authority:
            self._document_signers.append(found)
            return
        fingerprint = bytes.fromhex(found.sha256)
        if fingerprint not in self._known:
            self._known.add(fingerprint)
            self._index(found)

    def add_listed(self, entries: Iterable[bytes]) -> None:
        """Believe certificates of a list; they are parsed, and self-signed ones checked, when they are asked for."""
        for raw in entries:
            fingerprint = hashlib.sha256(raw).digest()
            if fingerprint not in self._known:
                self._known.add(fingerprint)
                self._unparsed.append(raw)

    def _index(self, anchor: Certificate) -> None:
        self._by_subject[anchor.subject.key].append(anchor)
        self._by_country[anchor.subject.country].append(anchor)
        self._by_key[anchor.key_identifier or anchor.key_sha1].append(anchor)

    def _take_in(self, country: str, key: bytes | None = None) -> None:
        """Parse the entries that may have to do with a country or a key: either stands in their bytes."""
        code = country.encode()
        marks = [COUNTRY_OID + bytes((tag, len(code))) + form for tag in (0x13, 0x0C) for form in (code, code.lower())]
        wanted = [*(marks if code else [b""]), *([key] if key else [])]
        rest = []
        for raw in self._unparsed:
            if any(mark in raw for mark in wanted):
                with suppress(ReaderError):
                    self._take_listed(x509.parse(raw))
            else:
                rest.append(raw)
        self._unparsed = rest

    def document_signers(self) -> Iterator[Certificate]:
        """Certificates that are no authority, for security objects that come without their signer's."""
        self._take_in("")
        yield from self._document_signers

    def _take_listed(self, anchor: Certificate) -> None:
        if not anchor.authority:
            self._document_signers.append(anchor)
            return
        broken = anchor.self_issued and anchor.names_own_key and not issued(anchor, anchor)
        if not broken:
            self._index(anchor)

    def add_revocations(self, revocation: RevocationList) -> None:
        """Take a CRL that one of the anchors signed.

        Raises:
            BadSignature: none of them did.
        """
        for anchor in self._named(revocation.issuer):
            with suppress(ReaderError):
                revocation.verify(anchor)
                self._revoked[revocation.issuer.key].append(revocation)
                return
        self._unverified.add(revocation.issuer.key)
        raise BadSignature("no anchor signed this revocation list")

    def _named(self, name: x509.Name) -> list[Certificate]:
        self._take_in(name.country)
        exact = self._by_subject.get(name.key, [])
        return exact + [anchor for anchor in self._by_country.get(name.country, []) if anchor not in exact]

    def issuers(self, found: Certificate) -> Iterator[Certificate]:
        """Anchors that may have issued a certificate, the likeliest first.

        Names differ in more than string types between real signers and their CSCA (chip.md section 3), so that in the end
        every anchor of the country is tried: the signature decides.
        """
        authority = found.authority_key_identifier
        self._take_in(found.issuer.country, authority)
        by_key = self._by_key.get(authority, []) if authority else []
        by_name = self._by_subject.get(found.issuer.key, [])
        ranked = [anchor for anchor in by_key if anchor.subject.key == found.issuer.key]
        ranked += [*by_key, *by_name, *self._by_country.get(found.issuer.country, [])]
        yield from {anchor.sha256: anchor for anchor in ranked}.values()

    def revocation(self, found: Certificate) -> tuple[bool, RevocationList] | None:
        """Whether a certificate is revoked, and the list that says so; None where no list of its issuer is at hand."""
        lists = self._revoked.get(found.issuer.key, [])
        if not lists:
            return None
        naming = [item for item in lists if found.serial_number in item.revoked]
        return bool(naming), (naming or lists)[-1]

    def only_unverified_revocations(self, found: Certificate) -> bool:
        """Whether there are lists in the name of a certificate's issuer, and no anchor signed any of them."""
        return found.issuer.key in self._unverified and not self._revoked.get(found.issuer.key)

    def countries(self) -> set[str]:
        """Two-letter codes of all anchors."""
        self._take_in("")
        return {code for code, anchors in self._by_country.items() if anchors}


def chain(found: Certificate, store: TrustStore) -> list[Certificate]:
    """The anchors from the issuer of a certificate up to a self-signed root, through link certificates if need be.

    A link certificate whose issuer is not in the store ends the chain: it is believed because somebody put it there. One
    whose issuer is there must verify with that key.

    Raises:
        NoTrustAnchor: nothing in the store leads to it; says nothing against the certificate.
        BadSignature: the very anchor that it names did not sign it.
        NotSupported: the one that it names uses an algorithm that this program does not know.
    """
    refused: ReaderError | None = None
    for anchor in store.issuers(found):
        try:
            verify_issued(found, anchor)
            return _to_root(anchor, store)
        except ReaderError as error:
            refused = refused or (error if _is_the_one(anchor, found) else None)
    if isinstance(refused, NotSupported):
        raise refused
    if refused is not None:
        raise BadSignature(refused.sentence, **refused.values)
    raise NoTrustAnchor("no anchor for {issuer}", issuer=found.issuer.text)


def _is_the_one(anchor: Certificate, found: Certificate) -> bool:
    """Whether a certificate names this very key as its issuer; a name alone may have been given to a new key."""
    authority = found.authority_key_identifier
    same_name = anchor.subject.key == found.issuer.key
    return same_name and authority is not None and anchor.key_identifier == authority


def _to_root(anchor: Certificate, store: TrustStore) -> list[Certificate]:
    path = [anchor]
    while not issued_itself(path[-1]):
        last = path[-1]
        above = [found for found in store.issuers(last) if found.sha256 not in {step.sha256 for step in path}]
        signer = next((found for found in above if issued(last, found)), None)
        if signer is None and any(_is_the_one(found, last) for found in above):
            raise BadSignature("a link certificate was not signed by the anchor that it names")
        if signer is None:
            return path
        if len(path) == LONGEST_CHAIN:
            raise Malformed("the chain of link certificates is too long")
        path.append(signer)
    return path
