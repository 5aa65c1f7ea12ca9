"""EF.SOD: the signed hashes of all data groups (Doc 9303-10 section 4.6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import algos, cms, core

from reader import tlv
from reader.errors import NotSupported, parsing

TAG = 0x77
LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
# Older issuers put other content types around the same object (chip.md section 3, gmrtd #425).
LEGACY_CONTENT = {"1.2.840.113549.1.7.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "data"}


class _GroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012 - asn1crypto's own form


class _GroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _GroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _GroupHashes),
        ("version_info", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """What was signed: digests by data group, and the CMS around them."""

    hash_algorithm: str
    hashes: dict[str, bytes]
    content: bytes
    content_type: str
    signed: cms.SignedData


@parsing("EF.SOD")
def parse(raw: bytes) -> SecurityObject:
    """The security object of an EF.SOD; BER with indefinite lengths is read as well.

    Raises:
        Malformed: not a CMS SignedData with an LDS security object.
        NotSupported: an unknown content type.
    """
    value = tlv.first(raw, TAG)
    info = cms.ContentInfo.load(value)
    signed = info["content"]
    content_type = signed["encap_content_info"]["content_type"].dotted
    content = signed["encap_content_info"]["content"].native
    if not isinstance(content, bytes):
        content = signed["encap_content_info"]["content"].parsed.dump()
    lds = _LdsSecurityObject.load(content, strict=True)
    hashes = {f"DG{entry['number'].native}": bytes(entry["value"].native) for entry in lds["hashes"]}
    algorithm = str(lds["hash_algorithm"]["algorithm"].native)
    if content_type != LDS_SECURITY_OBJECT and content_type not in LEGACY_CONTENT:
        raise NotSupported(f"EF.SOD with content type {content_type}")
    return SecurityObject(algorithm, hashes, content, content_type, signed)
