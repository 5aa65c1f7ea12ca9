"""What a state puts on its cards and how it signs: profiles of states, as data.

The Vietnamese one is the card as it is known (chip.md section 4); the others have what is peculiar to some states, without
pretending to be any one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from hardware_mocks.chip.behaviour import Behaviour
from hardware_mocks.chip.image import PaceOffer

KeyKind = Literal["P-256", "P-384", "brainpoolP256r1", "brainpoolP384r1", "RSA", "RSA-PSS"]

# Terminal authentication, chip authentication, PACE: the 54 bytes that applications know by heart.
VIETNAMESE_CARD_ACCESS = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d"
)
CA = "04007f00070202030"
CHIP_AES_128, CHIP_AES_192, CHIP_AES_256, CHIP_3DES = (f"{CA}20{number}" for number in (2, 3, 4, 1))
CHIP_DH_AES_128, CHIP_DH_3DES = f"{CA}102", f"{CA}101"
PACE = "04007f000702020"


def pace(mapping: int, suite: int, parameters: int) -> PaceOffer:
    """An offer: mapping 1 to 6 as in the object identifier, suite 1 (3DES) to 4 (AES-256)."""
    return PaceOffer(f"{PACE}40{mapping}0{suite}", parameters)


@dataclass(frozen=True, slots=True)
class SigningStyle:
    """How the state signs."""

    root: KeyKind = "brainpoolP384r1"
    signer: KeyKind = "brainpoolP256r1"
    explicit: bool = False
    hash_name: str = "sha256"
    signature_hash: str = "sha256"
    indefinite: bool = False
    sorted_attributes: bool = True
    signer_expired: bool = False
    states_time: bool = True


@dataclass(frozen=True, slots=True)
class ChipKeyRecipe:
    """A static key: its protocol, group, and whether DG14 names the protocol and writes the curve by its figures."""

    oid: str = CHIP_AES_128
    parameters: int = 13
    key_id: int | None = None
    named: bool = True
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind of card."""

    style: SigningStyle = field(default_factory=SigningStyle)
    offers: tuple[PaceOffer, ...] = (PaceOffer(),)
    card_access: bytes | None = None
    chip_keys: tuple[ChipKeyRecipe, ...] = ()
    authentication: Literal["P-256", "P-384", "RSA", "RSA-2048", "none"] = "P-256"
    authentication_hash: str = "sha256"
    authentication_named: bool = False
    bac: bool = True
    pace: bool = True
    locked_fingerprints: bool = False
    buffers: tuple[int, int] | None = None
    card_security: bool = False
    behaviour: Behaviour = field(default_factory=Behaviour)

    def behaving(self, **manners: object) -> Recipe:
        """The same with other manners of the chip."""
        return replace(self, behaviour=replace(self.behaviour, **manners))  # type: ignore[arg-type] # names of fields


PLAIN = Recipe()
VIETNAM = Recipe(
    card_access=VIETNAMESE_CARD_ACCESS,
    chip_keys=(ChipKeyRecipe(),),
    authentication="RSA",
    locked_fingerprints=True,
    buffers=(2032, 2032),
    behaviour=Behaviour(master_file=0x6D00, extended=2032, answer=2032),
)
# A German-like passport: no BAC, key identifiers, chip authentication mapping beside generic mapping.
PACE_ONLY = Recipe(
    offers=(pace(6, 2, 13), pace(2, 2, 13)),
    chip_keys=(ChipKeyRecipe(key_id=13), ChipKeyRecipe(CHIP_AES_256, 16, key_id=16)),
    authentication="none",
    bac=False,
    card_security=True,
)
# A Dutch-like one: a curve that libraries do not know, explicit parameters.
RARE_CURVE = Recipe(
    SigningStyle(root="P-384", signer="P-384", explicit=True, signature_hash="sha384", hash_name="sha384"),
    offers=(pace(2, 4, 14),),
    chip_keys=(ChipKeyRecipe(parameters=14, explicit=True),),
    authentication="P-384",
    authentication_hash="sha384",
)
# A Ukrainian-like one: parameters must be named, reads of 192 bytes at most, MF refused with 6A87.
NARROW = Recipe(
    behaviour=Behaviour(pace_needs_parameters=True, longest_read=192, master_file=0x6A87, extended=256),
    chip_keys=(ChipKeyRecipe(),),
)
# A New-Zealand-like one: indefinite lengths in EF.SOD, DO84 wanted, PSS.
INDEFINITE = Recipe(
    SigningStyle(root="RSA", signer="RSA-PSS", indefinite=True, sorted_attributes=False),
    behaviour=Behaviour(pace_needs_parameters=True),
)
# A French-like one: a static key without its protocol, 3DES by MSE:Set KAT under an AES-256 session.
UNNAMED_KEY = Recipe(
    offers=(pace(2, 4, 12),),
    chip_keys=(ChipKeyRecipe(oid=CHIP_3DES, parameters=12, named=False),),
    authentication="none",
    behaviour=Behaviour(key_template="KAT"),
)
# A Malaysian-like one: BAC, 3DES chip authentication by MSE:Set AT, errors in the clear.
OLD = Recipe(
    SigningStyle(root="RSA", signer="RSA", hash_name="sha1", signature_hash="sha1"),
    chip_keys=(ChipKeyRecipe(oid=CHIP_3DES),),
    authentication="none",
    offers=(),
    pace=False,
    behaviour=Behaviour(key_template="AT", naked=True, extended=256, short_identifiers=False),
)
# Keys agreed over prime fields throughout.
FINITE_FIELD = Recipe(
    offers=(pace(1, 2, 0),), chip_keys=(ChipKeyRecipe(oid=CHIP_DH_AES_128, parameters=0),), authentication="RSA"
)
# A Portuguese-like one: active authentication in DER with a hash that DG14 names.
NAMED_HASH = Recipe(
    authentication_named=True, authentication_hash="sha512", behaviour=Behaviour(active_authentication="der")
)
PROFILES = {
    "plain": PLAIN, "vietnam": VIETNAM, "pace only": PACE_ONLY, "rare curve": RARE_CURVE, "narrow": NARROW,
    "indefinite": INDEFINITE, "unnamed key": UNNAMED_KEY, "old": OLD, "finite field": FINITE_FIELD, "named hash": NAMED_HASH,
}  # fmt: skip
