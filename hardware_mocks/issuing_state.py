"""A state that exists for one run: its CSCA, its document signer, and the cards that it issues (Doc 9303-10, -12).

Under the ICAO specimen code UTO, so that no production node accepts it. What a card holds and how it behaves is a `Recipe`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hardware_mocks import pki
from hardware_mocks.chip.curve import curve
from hardware_mocks.chip.groups import ModularDomain, domain
from hardware_mocks.chip.image import ATR_INFO, CARD_ACCESS, CARD_SECURITY, COM, GROUP, SOD, CardImage, ChipKey
from hardware_mocks.chip.octets import wrap
from hardware_mocks.lds_files import (
    CardHolder,
    common,
    machine_readable_zone,
    mrz_information,
    personal_details,
    portrait_group,
)
from hardware_mocks.recipes import PLAIN, ChipKeyRecipe, Recipe, SigningStyle

__all__ = ["CardHolder", "IssuingState", "machine_readable_zone", "stranger_key"]
CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    "P-256": (ec.SECP256R1(), 12),
    "P-384": (ec.SECP384R1(), 15),
    "brainpoolP256r1": (ec.BrainpoolP256R1(), 13),
    "brainpoolP384r1": (ec.BrainpoolP384R1(), 16),
}
PLAIN_ECDSA = {"sha1": 1, "sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
FINGERPRINTS = wrap(0x63, bytes(64))


class IssuingState:
    """CSCA and document signer with fresh keys. `style` says what keys, and how they sign."""

    def __init__(
        self,
        now: datetime,
        state: str = "UTO",
        country: str = "UT",
        organisation: str = "Demonstration",
        style: SigningStyle | None = None,
    ) -> None:
        self._state, self._now, self.style = state, now, style or SigningStyle()
        self._revoked: list[int] = []
        root_key = self._key(
            self.style.root, "sha384" if self.style.root.endswith("384r1") else self.style.signature_hash
        )
        signer_key = self._key(self.style.signer, self.style.signature_hash)
        self._root = pki.Issuer(pki.name(country, organisation, "CSCA Demonstration"), root_key, serial=_serial())
        start = now - timedelta(days=400)
        pki.certificate(self._root, self._root, authority=True, start=start, end=now + timedelta(days=3650))
        end = now - timedelta(days=310) if self.style.signer_expired else now + timedelta(days=1095)
        self._signer = pki.Issuer(pki.name(country, organisation, "Document Signer 1"), signer_key, serial=_serial())
        pki.certificate(self._signer, self._root, authority=False, start=start, end=end)

    def _key(self, kind: str, digest: str) -> pki.Key:
        if kind not in CURVES:
            return pki.Key.rsa(hash=digest, pss=kind == "RSA-PSS")
        chosen, number = CURVES[kind]
        group = curve(number)
        figures = (group.p, group.a, group.b, group.base, group.n)
        return pki.Key(ec.generate_private_key(chosen), digest, explicit=self.style.explicit, stated=figures)

    def anchor_der(self) -> bytes:
        """The CSCA certificate."""
        return self._root.certificate

    def revoke_signer(self) -> None:
        """Let the document signer stand on the revocation list from now on."""
        self._revoked.append(self._signer.serial)

    def revocation_list(self) -> bytes:
        """The state's CRL."""
        return pki.revocations(self._root, *self._revoked, next_update=self._now + timedelta(days=90))

    # -- cards

    def issue(
        self, holder: CardHolder, portrait: bytes | None, recipe: Recipe = PLAIN, details: tuple[str, ...] = ()
    ) -> CardImage:
        """A card. Without a portrait the chip has no DG2, as for a holder who has none on file here.

        `details` are fields 6 and on of DG13.
        """
        zone = machine_readable_zone(self._state, holder)
        chip_keys = tuple(_chip_key(wanted) for wanted in recipe.chip_keys)
        private, public = _authentication_key(recipe.authentication)
        card_access = recipe.card_access or wrap(0x31, *pace_infos(recipe))
        groups = {"DG1": wrap(0x61, wrap(0x5F1F, zone.encode())), "DG13": personal_details(holder, details)}
        groups["DG14"] = wrap(0x6E, wrap(0x31, *_signed_infos(recipe, chip_keys, card_access)))
        if public:
            groups["DG15"] = wrap(0x6F, public)
        if portrait is not None:
            groups["DG2"] = portrait_group(portrait)
        if recipe.locked_fingerprints:
            groups["DG3"] = FINGERPRINTS
        files = {GROUP[name]: content for name, content in groups.items()}
        files |= {COM: common(groups), SOD: wrap(0x77, self._sign(groups)), CARD_ACCESS: card_access}
        return CardImage(
            files,
            holder.personal_number[-6:],
            mrz_information(zone),
            private,
            recipe.bac,
            recipe.pace,
            recipe.offers,
            chip_keys,
            self._in_front(recipe, chip_keys),
            recipe.authentication_hash,
            recipe.behaviour,
        )

    def _in_front(self, recipe: Recipe, chip_keys: tuple[ChipKey, ...]) -> dict[int, bytes]:
        """EF.ATR/INFO with the buffer sizes, and EF.CardSecurity."""
        found = {}
        if recipe.buffers is not None:
            command, answer = (wrap(0x02, size.to_bytes(3, "big")) for size in recipe.buffers)
            found[ATR_INFO] = wrap(0x47, b"\x00\x00\xc0") + wrap(0x7F66, command, answer)
        if recipe.card_security:
            content = wrap(0x31, *_key_infos(recipe, chip_keys))
            form = pki.Form(content_type="0.4.0.127.0.7.3.2.1", signed_at=None)
            found[CARD_SECURITY] = pki.signed_data(content, self._signer, form)
        return found

    def _sign(self, groups: dict[str, bytes]) -> bytes:
        """The content of EF.SOD."""
        style = self.style
        form = pki.Form(
            digest=style.hash_name,
            signed_at=self._now - timedelta(days=300) if style.states_time else None,
            order="as_signed" if style.sorted_attributes else "reversed_and_signed",
            indefinite=style.indefinite,
        )
        return pki.signed_data(pki.security_object(groups, style.hash_name), self._signer, form)


def _serial() -> int:
    return int.from_bytes(stranger_key()[-16:], "big") >> 1


# -- keys


def _private(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def stranger_key() -> bytes:
    """A private key that belongs to no card, for a clone."""
    return _private(ec.generate_private_key(ec.SECP256R1()))


def _authentication_key(kind: str) -> tuple[bytes | None, bytes]:
    """The key of active authentication: private, and as DG15 carries it."""
    if kind == "none":
        return None, b""
    key = (
        ec.generate_private_key(CURVES[kind][0])
        if kind in CURVES
        else rsa.generate_private_key(65537, 2048 if kind.endswith("2048") else 1024)
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _private(key), public


def _chip_key(recipe: ChipKeyRecipe) -> ChipKey:
    """A static key with a fresh private number."""
    seed = int.from_bytes(stranger_key()[-64:], "big")
    private = seed % (domain(recipe.parameters).n - 1) + 1
    return ChipKey(recipe.oid if recipe.named else "", recipe.parameters, private, recipe.key_id)


def _static_key(recipe: ChipKeyRecipe, key: ChipKey) -> bytes:
    """SubjectPublicKeyInfo of a static key."""
    group = domain(key.parameters)
    algorithm = _algorithm(key.parameters, explicit=recipe.explicit)
    if isinstance(group, ModularDomain):
        return pki.sequence(algorithm, wrap(0x03, b"\x00", pki.integer(group.times(key.private, group.base))))
    point = group.encoded(group.times(key.private, group.base))
    return pki.sequence(algorithm, wrap(0x03, b"\x00", point))


def _algorithm(number: int, *, explicit: bool) -> bytes:
    """AlgorithmIdentifier of a group: prime fields always by their figures (RFC 3279 section 2.3.3), curves as asked."""
    group = domain(number)
    if isinstance(group, ModularDomain):
        parameters = pki.sequence(pki.integer(group.p), pki.integer(group.base), pki.integer(group.n))
        return pki.sequence(pki.oid("1.2.840.10046.2.1"), parameters)
    figures = _figures(number) if explicit else pki.oid(curve(number).identifier)
    return pki.sequence(pki.oid("1.2.840.10045.2.1"), figures)


def _figures(number: int) -> bytes:
    """A curve by its figures (RFC 3279 section 2.3.5)."""
    group = curve(number)
    ends = pki.sequence(*(wrap(0x04, value.to_bytes(group.width, "big")) for value in (group.a, group.b)))
    prime = pki.sequence(pki.oid("1.2.840.10045.1.1"), pki.integer(group.p))
    base = wrap(0x04, group.encoded(group.base))
    return pki.sequence(pki.integer(1), prime, ends, base, pki.integer(group.n), pki.integer(1))


# -- SecurityInfos (Doc 9303-11 section 9.2)


def pace_infos(recipe: Recipe) -> list[bytes]:
    """PACEInfo for each offer, and PACEDomainParameterInfo where the group is not one by its number."""
    infos = []
    for offer in recipe.offers:
        number = [] if offer.reference is None else [pki.integer(offer.reference)]
        oid = bytes.fromhex(offer.oid)
        infos.append(pki.sequence(wrap(0x06, oid), pki.integer(2), *number))
        if offer.domain != "standard":
            named = pki.sequence(pki.oid("0.4.0.127.0.7.1.2"), pki.integer(offer.parameters))
            algorithm = named if offer.domain == "named" else _algorithm(offer.parameters, explicit=True)
            # The protocol of a domain is that of the mapping, without the cipher.
            infos.append(pki.sequence(wrap(0x06, oid[:-1]), algorithm, *number))
    return infos


def _signed_infos(recipe: Recipe, chip_keys: tuple[ChipKey, ...], card_access: bytes) -> list[bytes]:
    """What DG14 signs: the same as EF.CardAccess, and the keys."""
    offered = [card_access[2:]] if recipe.card_access else pace_infos(recipe)
    infos = [*offered, *_key_infos(recipe, chip_keys, protocols=not recipe.card_access)]
    if recipe.authentication_named:
        algorithm = pki.oid(f"0.4.0.127.0.7.1.1.4.1.{PLAIN_ECDSA[recipe.authentication_hash]}")
        infos.append(pki.sequence(pki.oid("2.23.136.1.1.5"), pki.integer(1), algorithm))
    return infos


def _key_infos(recipe: Recipe, chip_keys: tuple[ChipKey, ...], *, protocols: bool = True) -> list[bytes]:
    infos = []
    for wanted, key in zip(recipe.chip_keys, chip_keys, strict=True):
        number = [] if key.key_id is None else [pki.integer(key.key_id)]
        if wanted.named and protocols:
            infos.append(pki.sequence(wrap(0x06, bytes.fromhex(key.oid)), pki.integer(1), *number))
        kind = "1" if isinstance(domain(key.parameters).base, int) else "2"
        infos.append(pki.sequence(pki.oid(f"0.4.0.127.0.7.2.2.1.{kind}"), _static_key(wanted, key), *number))
    return infos
