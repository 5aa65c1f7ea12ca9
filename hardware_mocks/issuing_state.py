"""A state that exists for one run: its CSCA, its document signer, and the cards that it issues (Doc 9303-10, -12).

Under the ICAO specimen code UTO, so that no production node accepts it. The layout of the MRZ is the Vietnamese one.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hardware_mocks.chip.image import CARD_ACCESS, COM, GROUP, SOD, CardImage
from hardware_mocks.chip.octets import wrap

WEIGHTS = (7, 3, 1)
PACE_OID = "0.4.0.127.0.7.2.2.4.2.2"
LDS_OBJECT = "2.23.136.1.1.1"
GROUP_TAG = {"DG1": 0x61, "DG2": 0x75, "DG13": 0x6D, "DG14": 0x6E, "DG15": 0x6F}


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card: invented. Dates are ISO 8601, `sex` is M or F."""

    personal_number: str
    name: str
    birth_date: str
    sex: str
    expiry_date: str


def _digit(text: str) -> str:
    values = [0 if c == "<" else int(c, 36) for c in text]
    return str(sum(value * WEIGHTS[index % 3] for index, value in enumerate(values)) % 10)


def plain_letters(name: str) -> str:
    """The name as an MRZ spells it."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D").upper()


def machine_readable_zone(state: str, holder: CardHolder) -> str:
    """Three lines of thirty characters, unbroken: number = last nine digits, optional data = all twelve."""
    number, optional = holder.personal_number[-9:], holder.personal_number + "<<"
    one = f"ID{state:<3}{number}{_digit(number)}{optional}{_digit(optional)}".replace(" ", "<")
    birth, expiry = holder.birth_date.replace("-", "")[2:], holder.expiry_date.replace("-", "")[2:]
    two = f"{birth}{_digit(birth)}{holder.sex}{expiry}{_digit(expiry)}{state:<3}{'<' * 11}".replace(" ", "<")
    two += _digit(one[5:] + two[:7] + two[8:15] + two[18:29])
    family, *given = plain_letters(holder.name).split()
    return one + two + f"{family}<<{'<'.join(given)}".ljust(30, "<")[:30]


def mrz_information(zone: str) -> str:
    """What the MRZ key is derived from."""
    return zone[5:15] + zone[30:37] + zone[38:45]


class _GroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("digest", core.OctetString)]  # noqa: RUF012


class _GroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _GroupHash


class _SecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _GroupHashes),
    ]


class IssuingState:
    """CSCA and document signer with fresh keys."""

    def __init__(
        self, now: datetime, state: str = "UTO", country: str = "UT", organisation: str = "Demonstration"
    ) -> None:
        self._state, self._now = state, now
        self._root_key = ec.generate_private_key(ec.BrainpoolP384R1())
        self._signer_key = ec.generate_private_key(ec.BrainpoolP256R1())
        root_name = self._name(country, organisation, "CSCA Demonstration")
        signer_name = self._name(country, organisation, "Document Signer 1")
        own = x509.SubjectKeyIdentifier.from_public_key(self._root_key.public_key())
        self._root = (
            self._certificate(root_name, root_name, self._root_key, years=10)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(self._usage(root=True), critical=True)
            .add_extension(own, critical=False)
            .sign(self._root_key, hashes.SHA384())
        )
        self._signer = (
            self._certificate(root_name, signer_name, self._signer_key, years=3)
            .add_extension(self._usage(root=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
            .sign(self._root_key, hashes.SHA384())
        )

    @staticmethod
    def _name(country: str, organisation: str, common: str) -> x509.Name:
        pairs = (
            (NameOID.COUNTRY_NAME, country),
            (NameOID.ORGANIZATION_NAME, organisation),
            (NameOID.COMMON_NAME, common),
        )
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])

    def _certificate(self, issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, years: int) -> x509.CertificateBuilder:  # fmt: skip
        return (
            x509.CertificateBuilder()
            .issuer_name(issuer)
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - timedelta(days=400))
            .not_valid_after(self._now + timedelta(days=365 * years))
        )

    @staticmethod
    def _usage(*, root: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=not root, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=root, crl_sign=root, encipher_only=False, decipher_only=False,
        )  # fmt: skip

    def anchor_der(self) -> bytes:
        """The CSCA certificate."""
        return self._root.public_bytes(serialization.Encoding.DER)

    def issue(self, holder: CardHolder, portrait: bytes | None) -> CardImage:
        """A card. Without a portrait the chip has no DG2, as for a holder who has none on file here."""
        zone = machine_readable_zone(self._state, holder)
        chip_key = ec.generate_private_key(ec.SECP256R1())
        card_access = _security_infos()
        groups = {
            "DG1": wrap(0x61, wrap(0x5F1F, zone.encode())),
            "DG13": _personal_details(holder),
            "DG14": wrap(0x6E, card_access),
            "DG15": wrap(0x6F, _public(chip_key)),
        }
        if portrait is not None:
            groups["DG2"] = _portrait_group(portrait)
        files = {GROUP[name]: content for name, content in groups.items()}
        files[COM] = _common(groups)
        files[SOD] = wrap(0x77, self._sign(groups))
        files[CARD_ACCESS] = card_access
        private = chip_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return CardImage(files, holder.personal_number[-6:], mrz_information(zone), private)

    def _sign(self, groups: dict[str, bytes]) -> bytes:
        hashed = [
            {"number": int(name[2:]), "digest": hashlib.sha256(content).digest()}
            for name, content in sorted(groups.items())
        ]
        content = _SecurityObject({"version": 0, "hash_algorithm": {"algorithm": "sha256"}, "hashes": hashed}).dump()
        signer = asn1_x509.Certificate.load(self._signer.public_bytes(serialization.Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": [LDS_OBJECT]},
                {
                    "type": "signing_time",
                    "values": [cms.Time({"utc_time": (self._now - timedelta(days=300)).astimezone(UTC)})],
                },
                {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            ]
        )
        signature = self._signer_key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        identifier = cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number})
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": LDS_OBJECT, "content": core.ParsableOctetString(content)},
                "certificates": [cms.CertificateChoices("certificate", signer)],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier("issuer_and_serial_number", identifier),
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": attributes,
                        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                        "signature": signature,
                    }
                ],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def stranger_key() -> bytes:
    """A private key that belongs to no card, for a clone."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _security_infos() -> bytes:
    """PACE with generic mapping, AES-128, brainpoolP256r1 (parameter 13), as the Vietnamese card offers."""
    info = wrap(0x30, core.ObjectIdentifier(PACE_OID).dump(), wrap(0x02, b"\x02"), wrap(0x02, b"\x0d"))
    return wrap(0x31, info)


def _common(groups: dict[str, bytes]) -> bytes:
    tags = bytes(GROUP_TAG[name] for name in sorted(groups, key=lambda name: int(name[2:])))
    return wrap(0x60, wrap(0x5F01, b"0107"), wrap(0x5F36, b"040000"), wrap(0x5C, tags))


def _personal_details(holder: CardHolder) -> bytes:
    year, month, day = holder.birth_date.split("-")
    sex = {"M": "Nam", "F": "Nữ"}[holder.sex]
    values = (holder.personal_number, holder.name, f"{day}/{month}/{year}", sex, "Utopia")
    fields = [wrap(0x30, wrap(0x02, bytes((n,))), wrap(0x0C, value.encode())) for n, value in enumerate(values, 1)]
    oid = core.ObjectIdentifier("1.0.10646.1.0.8").dump()
    return wrap(0x6D, wrap(0x30, wrap(0x02, b"\x01"), oid, wrap(0x31, *fields)))


def _portrait_group(image: bytes) -> bytes:
    """CBEFF around one ISO/IEC 19794-5 record with one image (Doc 9303-10 section 4.7.2)."""
    jpeg2000 = not image.startswith(b"\xff\xd8")
    information = (20 + 12 + len(image)).to_bytes(4, "big") + bytes(16)
    picture = bytes((0x01, 0x01 if jpeg2000 else 0x00)) + (240).to_bytes(2, "big") + (320).to_bytes(2, "big")
    picture += bytes((0x01, 0x02)) + bytes(4)
    total = 14 + len(information) + len(picture) + len(image)
    record = b"FAC\x00010\x00" + total.to_bytes(4, "big") + b"\x00\x01" + information + picture + image
    header = wrap(0xA1, wrap(0x80, b"\x01\x01"), wrap(0x81, b"\x02"), wrap(0x87, b"\x01\x01"), wrap(0x88, b"\x00\x08"))
    return wrap(0x75, wrap(0x7F61, wrap(0x02, b"\x01"), wrap(0x7F60, header, wrap(0x5F2E, record))))
