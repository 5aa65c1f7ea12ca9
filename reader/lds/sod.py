"""EF.SOD: the signed hashes of all data groups (Doc 9303-10 section 4.6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from reader import ber, cms
from reader.crypto.signatures import DIGEST_OIDS, SIGNATURE_OIDS
from reader.errors import Malformed, NotSupported, parsing

TAG = 0x77
LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
# Older issuers put other content types around the same object (chip.md section 3, gmrtd #425).
LEGACY_CONTENT = {"1.2.840.113549.1.7.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1"}
GROUPS = range(1, 17)
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """What was signed: digests by data group, and the CMS around them. `lds_version` is "" in version 0 of the object."""

    hash_algorithm: str
    hashes: dict[str, bytes]
    content_type: str
    signed: cms.SignedData
    version: int = 0
    lds_version: str = ""


def parse(raw: bytes) -> SecurityObject:
    """The security object of an EF.SOD, with or without its outer tag; BER with indefinite lengths is read as well.

    Raises:
        Malformed: not a CMS SignedData with an LDS security object.
        NotSupported: an unknown content type.
        LimitExceeded: nested too deeply.
    """
    with parsing("EF.SOD cannot be parsed"):
        if len(raw) > LARGEST:
            raise Malformed("EF.SOD of {size} bytes", size=len(raw))
        signed = cms.parse(_inner(raw))
        if signed.content_type != LDS_SECURITY_OBJECT and signed.content_type not in LEGACY_CONTENT:
            raise NotSupported("EF.SOD with content type {found}", found=signed.content_type)
        return _security_object(signed)


def _inner(raw: bytes) -> bytes:
    """What stands inside the tag of the file; some dumps leave it out, some write it with indefinite length."""
    if raw[:1] == bytes((ber.SEQUENCE,)):
        return raw
    if raw[:1] != bytes((TAG,)):
        raise Malformed("not an EF.SOD: it begins with another tag than {expected:X}", expected=TAG)
    return raw[2:] if raw[1:2] == b"\x80" else ber.element(raw).value


def _security_object(signed: cms.SignedData) -> SecurityObject:
    whole = ber.element(ber.definite(signed.whole_content or signed.content))
    members = whole.children()
    version, algorithm, listed = members[:3]
    if (version.tag, algorithm.tag, listed.tag) != (ber.INTEGER, ber.SEQUENCE, ber.SEQUENCE):
        raise Malformed("not an LDS security object")
    lds_version = ""
    if len(members) > 3 and members[3].tag == ber.SEQUENCE:
        lds_version = ber.text(members[3].children()[0])
    oid = algorithm.children()[0].dotted()
    return SecurityObject(
        DIGEST_OIDS.get(oid) or SIGNATURE_OIDS.get(oid) or oid,
        _hashes(listed),
        signed.content_type,
        signed,
        version.integer(),
        lds_version,
    )


def _hashes(listed: ber.Element) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in listed.children():
        number, digest = entry.children()[:2]
        name = f"DG{number.integer()}"
        if number.integer() not in GROUPS or digest.tag != ber.OCTET_STRING:
            raise Malformed("LDS security object names {name}", name=name)
        # Two different digests of one group would let a reader choose.
        if found.setdefault(name, digest.value) != digest.value:
            raise Malformed("LDS security object names {name} twice", name=name)
    return found
