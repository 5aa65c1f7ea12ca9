"""The fault table: every way in which a card, its chip or the line to it was ever seen to be wrong, and the check that must name it.

A row is a sentence, a card, and what has to come of it: a finding by name, result and code; or a named error. A fault that
is only inconvenient (a chip with odd manners) must leave the card authentic and genuine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from asn1crypto import keys

from hardware_mocks import recipes
from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.chip.image import CARD_ACCESS, CARD_SECURITY, COM, GROUP, SOD, CardImage
from hardware_mocks.chip.octets import wrap
from hardware_mocks.issuing_state import CardHolder, IssuingState, stranger_key
from hardware_mocks.recipes import CHIP_3DES, PLAIN, VIETNAM, ChipKeyRecipe, Recipe, SigningStyle, pace
from reader.access_key import Can, MrzKey
from reader.errors import (
    AccessDenied,
    AccessNotSupported,
    BadSignature,
    CardRemoved,
    LimitExceeded,
    NotAnIdentityCard,
    OtherCard,
    ReaderError,
    WrongKey,
)
from reader.evidence import chip_verdict, data_verdict
from reader.inspection import Inspection, Options, inspect
from reader.trust import TrustStore
from reader.trust_sources import read_source

from .conftest import HOLDER, NOW, PORTRAIT, Counted, Direct

TODAY = NOW.date()
OTHER = CardHolder("001200054321", "Trần Văn Khác", "2000-01-01", "M", "2035-01-01")
FULL = Recipe(chip_keys=(ChipKeyRecipe(),))
CAM = replace(recipes.PACE_ONLY, bac=True)
PASSIVE = "passive_authentication."
GENUINE = ("authentic", "genuine")
_STATES: dict[str, IssuingState] = {}
_CARDS: dict[tuple[str, str], CardImage] = {}


def state_of(style: SigningStyle = PLAIN.style, name: str = "UTO", country: str = "UT") -> IssuingState:
    """Keys are dear: one state for each style."""
    return _STATES.setdefault(f"{style}{name}{country}", IssuingState(NOW, name, country, style=style))


def card_of(recipe: Recipe = FULL, holder: CardHolder = HOLDER) -> CardImage:
    key = (str(replace(recipe, behaviour=PLAIN.behaviour)), holder.personal_number)
    if key not in _CARDS:
        _CARDS[key] = state_of(recipe.style).issue(holder, PORTRAIT, recipe)
    return replace(_CARDS[key], behaviour=recipe.behaviour)


def store_of(recipe: Recipe = FULL) -> TrustStore:
    return TrustStore.from_der([state_of(recipe.style).anchor_der()])


@dataclass
class Row:
    """A card on a reader, and how it is read."""

    card: CardImage
    keys: tuple = ()
    store: TrustStore | None = None
    options: Options | None = None
    connection: object = None
    back: Callable[[], object] = lambda: None

    def inspect(self) -> Inspection:
        connection = self.connection or Direct(Chip(self.card, Counted(7)))
        keys = self.keys or (Can(self.card.can), MrzKey(self.card.mrz_information))
        return inspect(
            connection, keys, store_of() if self.store is None else self.store, self.options or Options(TODAY, read_details=True),
            random=Counted(3), clock=lambda: 0.0, wait_for_card=self.back,
        )  # fmt: skip


def plain(**manners: object) -> Row:
    return Row(card_of().behaving(**manners))


def of(recipe: Recipe, **more: object) -> Row:
    return Row(card_of(recipe), store=store_of(recipe), **more)


def bac_of(card: CardImage, **more: object) -> Row:
    """Opened by the MRZ."""
    return Row(card, keys=(MrzKey(card.mrz_information),), **more)


def with_file(number: int, content: bytes | None, card: CardImage | None = None) -> Row:
    card = card or card_of()
    files = {key: value for key, value in card.files.items() if key != number}
    return Row(replace(card, files=files if content is None else {**files, number: content}))


def signed_again(groups: dict[str, bytes], **manners: object) -> Row:
    """A card with other groups, signed by the right state."""
    card = card_of()
    kept = {name: card.files[number] for name, number in GROUP.items() if number in card.files}
    kept |= groups
    sod = wrap(0x77, state_of()._sign(kept))
    files = {**card.files, **{GROUP[name]: raw for name, raw in groups.items()}, SOD: sod}
    return Row(replace(card, files=files).behaving(**manners))


def revoked() -> Row:
    state = IssuingState(NOW)
    card = state.issue(HOLDER, PORTRAIT, FULL)
    state.revoke_signer()
    store = TrustStore.from_der([state.anchor_der()])
    for listed in read_source("a.crl", state.revocation_list()).revocations:
        store.add_revocations(listed)
    return Row(card, store=store)


def torn(at: int, back: CardImage | None) -> Row:
    card = card_of()
    first = Direct(Chip(card, Counted(7)), tear_at=at)
    return Row(card, connection=first, back=lambda: None if back is None else Direct(Chip(back, Counted(8))))


def large(**manners: object) -> Row:
    """A file that READ BINARY with an even instruction cannot reach to its end."""
    card = state_of().issue(HOLDER, PORTRAIT + bytes(30_000), FULL)
    return Row(card.behaving(**manners))


class Dead:
    """Answers everything with one status word."""

    def __init__(self, status: str) -> None:
        self.status = bytes.fromhex(status)

    def transmit(self, _: bytes) -> bytes:
        return self.status


# Each would be looked into again by every one around it: the time doubled with every four octets.
OVERLAPPING = bytes.fromhex("7782011A" + "308030820110" + "3002307F" * 18 + "00" * 204)


def endless_key() -> bytes:
    """DG15 with an RSA key whose use would keep a processor busy for minutes."""
    numbers = keys.RSAPublicKey({"modulus": (1 << 8191) + 1, "public_exponent": (1 << 400_000) + 1})
    return wrap(0x6F, keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": numbers}).dump())


class Endless:
    """Says for ever that there is more to fetch."""

    def transmit(self, _: bytes) -> bytes:
        return b"\xaa" * 16 + b"\x61\x10"


def downgraded_offers() -> Row:
    """EF.CardAccess stripped to the weaker of two protocols that DG14 signs."""
    recipe = replace(FULL, offers=(pace(2, 4, 12), pace(2, 1, 12)))
    card = card_of(recipe)
    weak = wrap(0x31, wrap(0x30, wrap(0x06, bytes.fromhex(pace(2, 1, 12).oid)), b"\x02\x01\x02", b"\x02\x01\x0c"))
    return Row(replace(card, files={**card.files, CARD_ACCESS: weak}), store=store_of(recipe))


def stolen_photo() -> Row:
    """The portrait of somebody else, with everything else true."""
    return with_file(GROUP["DG2"], card_of(FULL, OTHER).files[GROUP["DG2"]].replace(b"\xff\xd8\xff", b"\xff\xd8\xfe"))


def without_cam_key() -> Row:
    card = card_of(CAM)
    return Row(replace(card, chip_keys=()), store=store_of(CAM))


def forged_card_security() -> Row:
    """EF.CardSecurity and DG14 both changed to a key of the forger's."""
    card = card_of(CAM)
    other = IssuingState(NOW).issue(HOLDER, PORTRAIT, CAM)
    files = {**card.files, GROUP["DG14"]: other.files[GROUP["DG14"]]}
    forged = other.master[CARD_SECURITY]
    master = {**card.master, CARD_SECURITY: forged[:-4] + bytes([forged[-4] ^ 1]) + forged[-3:]}
    return Row(replace(card, files=files, master=master, chip_keys=other.chip_keys), store=store_of(CAM))


ALTERED = ("DG1", "DG2", "DG13", "DG14", "DG15")

# sentence -> (row, check, result, code)
FINDINGS: dict[str, tuple[Callable[[], Row], str, str, str]] = {
    **{
        f"{group} altered after signing": (
            lambda group=group: Row(card_of().with_altered_byte(group, -5)), f"{PASSIVE}hash.{group}", "failed", "data_group_altered",
        )
        for group in ALTERED
    },
    "the portrait of another person": (stolen_photo, f"{PASSIVE}hash.DG2", "failed", "data_group_altered"),
    "a group that nobody signed": (lambda: Row(replace(card_of(), files={**card_of().files, SOD: wrap(0x77, state_of()._sign({"DG1": card_of().files[GROUP["DG1"]]}))})), f"{PASSIVE}hash.DG2", "failed", "data_group_not_signed"),
    "no EF.SOD at all": (lambda: with_file(SOD, None), f"{PASSIVE}signature", "failed", "no_security_object"),
    "EF.SOD of objects that reach beyond one another": (lambda: with_file(SOD, OVERLAPPING), f"{PASSIVE}signature", "failed", "sod_malformed"),
    "EF.SOD that is no signature": (lambda: with_file(SOD, wrap(0x77, bytes(40))), f"{PASSIVE}signature", "failed", "sod_malformed"),
    "EF.SOD with one bit turned over in the signature": (lambda: Row(replace(card_of(), files={**card_of().files, SOD: card_of().files[SOD][:-8] + bytes([card_of().files[SOD][-8] ^ 1]) + card_of().files[SOD][-7:]})), f"{PASSIVE}signature", "failed", "signature_invalid"),
    "a forger's state of the same name": (lambda: Row(IssuingState(NOW).issue(HOLDER, PORTRAIT, FULL)), f"{PASSIVE}chain", "inconclusive", "no_trust_anchor"),
    "no trust anchor at all": (lambda: Row(card_of(), store=TrustStore()), f"{PASSIVE}chain", "inconclusive", "no_trust_anchor"),
    "a signer that had expired before it signed": (lambda: of(replace(FULL, style=SigningStyle(signer_expired=True))), f"{PASSIVE}validity", "failed", "signer_not_valid_then"),
    "a signer that had expired before it signed, no signing time": (lambda: of(replace(FULL, style=SigningStyle(signer_expired=True, states_time=False))), f"{PASSIVE}validity", "failed", "signer_not_valid_then"),
    "a revoked signer": (revoked, f"{PASSIVE}revocation", "failed", "signer_revoked"),
    "an issuing state that is not the signer's": (lambda: Row(state_of(name="VNM").issue(HOLDER, PORTRAIT, FULL), store=TrustStore.from_der([state_of(name="VNM").anchor_der()])), f"{PASSIVE}country", "failed", "country_differs"),
    "a signature with SHA-1": (lambda: of(replace(FULL, style=recipes.OLD.style)), f"{PASSIVE}signature", "passed", "weak_hash"),
    "a copied chip without the private keys": (lambda: Row(card_of().without_private_key(stranger_key())), "chip_authentication", "failed", "chip_key_not_proven"),
    "a key with an exponent of 400,000 bits": (lambda: signed_again({"DG15": endless_key()}), "active_authentication", "not_supported", "not_supported"),
    "a copied chip asked to sign": (lambda: Row(card_of(PLAIN).without_private_key(stranger_key())), "active_authentication", "failed", "chip_signature_invalid"),
    "a chip that refuses to sign": (lambda: plain(active_authentication="refused"), "active_authentication", "failed", "no_signature"),
    "a chip that signs another challenge": (lambda: plain(active_authentication="other_challenge"), "active_authentication", "failed", "chip_signature_invalid"),
    "a signature cut in half": (lambda: plain(active_authentication="cut"), "active_authentication", "failed", "chip_signature_invalid"),
    "a chip that refuses chip authentication": (lambda: plain(chip_authentication="refused"), "chip_authentication", "failed", "chip_key_not_proven"),
    "a chip that does not know chip authentication": (lambda: plain(chip_authentication="unknown"), "chip_authentication", "failed", "chip_key_not_proven"),
    "a chip that goes on under other keys": (lambda: plain(chip_authentication="wrong_keys"), "chip_authentication", "failed", "chip_key_not_proven"),
    "the same over 3DES": (lambda: of(Recipe(chip_keys=(ChipKeyRecipe(CHIP_3DES),)).behaving(chip_authentication="wrong_keys")), "chip_authentication", "failed", "chip_key_not_proven"),
    "a broken chip authentication leaves active authentication": (lambda: plain(chip_authentication="wrong_keys"), "active_authentication", "passed", ""),
    "DG15 that was signed and is withheld": (lambda: with_file(GROUP["DG15"], None), "consistency.promised_keys", "failed", "promised_key_missing"),
    "DG14 that was signed and is withheld": (lambda: with_file(GROUP["DG14"], None), "consistency.promised_keys", "failed", "promised_key_missing"),
    "DG15 locked by the chip": (lambda: plain(lock=(GROUP["DG15"],)), "consistency.promised_keys", "failed", "promised_key_missing"),
    "DG2 that was signed and is withheld": (lambda: with_file(GROUP["DG2"], None), f"{PASSIVE}hash.DG2", "not_performed", "data_group_absent"),
    "a portrait that ends early": (lambda: with_file(GROUP["DG2"], card_of().files[GROUP["DG2"]][:4000]), f"{PASSIVE}hash.DG2", "failed", "file_cut_off"),
    "DG14 with another key": (lambda: with_file(GROUP["DG14"], card_of(FULL, OTHER).files[GROUP["DG14"]]), "chip_authentication", "not_performed", "key_not_signed"),
    "DG15 with another key": (lambda: with_file(GROUP["DG15"], card_of(FULL, OTHER).files[GROUP["DG15"]]), "active_authentication", "not_performed", "key_not_signed"),
    "DG14 that is no set of infos": (lambda: signed_again({"DG14": wrap(0x6E, b"\x30\x00")}), "chip_authentication", "failed", "security_infos_malformed"),
    "a list of groups with one too many": (lambda: with_file(COM, card_of().files[COM].replace(b"\x61\x75", b"\x61\x6b")), "consistency.com_sod", "failed", "com_sod_differ"),
    "a list of groups that cannot be read": (lambda: with_file(COM, b"\x60\x03\x5c\x01\xff"), "consistency.com_sod", "failed", "com_malformed"),
    "details of another person": (lambda: signed_again({"DG13": card_of(FULL, OTHER).files[GROUP["DG13"]]}), "consistency.dg1_dg13", "failed", "dg13_differs"),
    "details without structure": (lambda: signed_again({"DG13": wrap(0x6D, b"\x30\x02\x31\x00")}), "consistency.dg1_dg13", "not_supported", "dg13_malformed"),
    "a DG1 that holds no MRZ": (lambda: signed_again({"DG1": wrap(0x61, wrap(0x5F1F, b"HELLO"))}), "consistency.dg1", "failed", "dg1_malformed"),
    "PACE withheld from EF.CardAccess": (lambda: bac_of(replace(card_of(), pace=False)), "access.downgrade", "failed", "pace_withheld"),
    "PACE that breaks down at its first command": (lambda: bac_of(card_of().behaving(pace_refusal=0x6FFF)), "access.downgrade", "failed", "pace_failed"),
    "BAC asked for on a chip with PACE": (lambda: bac_of(card_of(), options=Options(TODAY, access="bac")), "access.downgrade", "not_performed", "bac_requested"),
    "EF.CardAccess stripped to the weaker protocol": (downgraded_offers, "consistency.card_access_dg14", "failed", "card_access_differs"),
    "EF.CardAccess that cannot be reached": (lambda: plain(card_access="locked", master_file=0x6D00), "access.protocol", "passed", "card_access_assumed"),
    "PACE-CAM by a chip without its key": (without_cam_key, "pace_cam", "failed", "no_chip_mapping_data"),
    "PACE-CAM by a copied chip": (lambda: Row(card_of(CAM).without_private_key(b""), store=store_of(CAM)), "pace_cam", "failed", "chip_key_not_proven"),
    "PACE-CAM with keys of the forger's own": (forged_card_security, "pace_cam", "failed", "card_security_invalid"),
    "PACE-CAM proves the chip": (lambda: of(CAM), "pace_cam", "passed", ""),
    "no chip proof on a card without keys": (lambda: of(Recipe(authentication="none")), "active_authentication", "not_supported", "no_active_authentication_key"),
}  # fmt: skip

ERRORS: dict[str, tuple[Callable[[], Row], type[ReaderError]]] = {
    "a wrong card access number": (lambda: Row(card_of(), keys=(Can("999999"),)), WrongKey),
    "a wrong MRZ by PACE": (lambda: Row(card_of(), keys=(MrzKey.from_fields("123456789", "990203", "340203"),)), WrongKey),
    "a wrong password told by 6982": (lambda: Row(card_of().behaving(wrong_password=0x6982), keys=(Can("999999"),)), WrongKey),
    "a wrong password told by 63C2": (lambda: Row(card_of().behaving(wrong_password=0x63C2), keys=(Can("999999"),)), WrongKey),
    "a wrong MRZ by BAC": (lambda: Row(replace(card_of(), pace=False), keys=(MrzKey.from_fields("123456789", "990203", "340203"),)), WrongKey),
    "a wrong MRZ by BAC told by 6988": (lambda: Row(replace(card_of().behaving(wrong_mrz=0x6988), pace=False), keys=(MrzKey.from_fields("123456789", "990203", "340203"),)), WrongKey),
    "a chip that has PACE only, asked for BAC": (lambda: bac_of(replace(card_of(), bac=False), options=Options(TODAY, access="bac")), AccessNotSupported),
    "a chip that says PACE only by 6A88": (lambda: Row(card_of().behaving(wrong_mrz=0x6A88), keys=(MrzKey.from_fields("123456789", "990203", "340203"),), options=Options(TODAY, access="bac")), AccessNotSupported),
    "a chip without PACE, asked for it": (lambda: Row(replace(card_of(), pace=False), options=Options(TODAY, access="pace")), AccessNotSupported),
    "an access number on a chip that has BAC only": (lambda: Row(replace(card_of(), pace=False), keys=(Can(card_of().can),)), AccessDenied),
    "a chip that does not know the password itself": (lambda: Row(card_of().behaving(bad_token=True), keys=(Can(card_of().can),)), BadSignature),
    "a chip that sends our own keys back": (lambda: Row(card_of().behaving(mirror=True), keys=(Can(card_of().can),)), BadSignature),
    "a chip whose BAC answer is wrong": (lambda: bac_of(replace(card_of().behaving(bad_token=True), pace=False)), BadSignature),
    "a card of another application": (lambda: bac_of(card_of(), connection=Dead("6A82")), NotAnIdentityCard),
    "a card that answers everything with 6F00": (lambda: bac_of(card_of(), connection=Dead("6F00")), NotAnIdentityCard),
    "a chip that always has more to say": (lambda: bac_of(card_of(), connection=Endless()), LimitExceeded),
    "a portrait of a gigabyte": (lambda: with_file(GROUP["DG2"], b"\x75\x84\x40\x00\x00\x00" + bytes(100)), LimitExceeded),
    "a portrait of a megabyte": (lambda: with_file(GROUP["DG2"], b"\x75\x83\x0f\xff\xff" + bytes(100)), LimitExceeded),
    "an EF.CardAccess of a megabyte": (lambda: with_file(CARD_ACCESS, b"\x31\x83\x0f\xff\xff" + bytes(100)), LimitExceeded),
    "a card that is taken away": (lambda: torn(14, None), CardRemoved),
    "another person's card put back": (lambda: torn(14, card_of(FULL, OTHER)), OtherCard),
    "another card of the same person put back": (lambda: torn(14, IssuingState(NOW).issue(HOLDER, PORTRAIT, FULL)), OtherCard),
}  # fmt: skip

# Odd but honest: authentic and genuine all the same.
HONEST: dict[str, Callable[[], Row]] = {
    "the Vietnamese card": lambda: of(VIETNAM),
    "SELECT MF refused with 6D00": lambda: plain(master_file=0x6D00),
    "SELECT MF refused with 6A87, EF.CardAccess by SELECT only": lambda: plain(master_file=0x6A87, card_access="select"),
    "EF.CardAccess after SELECT MF only": lambda: plain(card_access="after_master_file"),
    "EF.CardAccess that does not like to be read past its end": lambda: plain(card_access="select", past_the_end="6B00"),
    "parameters wanted in MSE:Set AT": lambda: plain(pace_needs_parameters=True),
    "no short identifiers": lambda: plain(short_identifiers=False),
    "short identifiers taken for offsets": lambda: plain(identifiers_are_offsets=True, short_identifiers=False),
    "no short identifiers, told in the clear": lambda: plain(short_identifiers=False, naked=True),
    "SELECT that insists on P2 00": lambda: plain(selects_with=(0x00,)),
    "no extended length": lambda: plain(extended=256),
    "no extended length, told in the clear": lambda: plain(extended=256, naked=True),
    "extended reads of 1,000 bytes at most": lambda: plain(extended=1000),
    "extended reads of 500 bytes at most": lambda: plain(extended=500),
    "reads of 192 bytes at most": lambda: plain(extended=256, longest_read=192),
    "reads of 100 bytes at most, refused with 6B00": lambda: plain(extended=256, longest_read=100, refusal=0x6B00),
    "reads past the end refused with 6B00": lambda: plain(past_the_end="6B00"),
    "reads past the end refused with 6B00 in the clear": lambda: plain(past_the_end="6B00", naked=True),
    "reads past the end give 6282 and the rest": lambda: plain(past_the_end="6282"),
    "reads past the end give 6282 and nothing": lambda: plain(past_the_end="6282_empty"),
    "reads past the end give 6282 and data without an authentication code": lambda: plain(past_the_end="6282_bare"),
    "a data group of four bytes, no reads past the end": lambda: signed_again({"DG14": bytes.fromhex("6E023100")}, past_the_end="6282_empty", short_identifiers=False),
    "a data group of four bytes, no reads past the end, told in the clear": lambda: signed_again({"DG14": bytes.fromhex("6E023100")}, past_the_end="6B00", naked=True),
    "as an emulator of 2011: BAC, no DO99, 6282 without a code, no short identifiers": lambda: bac_of(replace(card_of(FULL).behaving(past_the_end="6282_bare", no_status_object="success", short_identifiers=False, extended=256), pace=False)),
    "reads past the end answered with 6Cxx": lambda: plain(past_the_end="6Cxx"),
    "plain reads answered with 6Cxx": lambda: plain(wrong_length=True),
    "answers in pieces of 100 bytes (61xx)": lambda: plain(pieces=100),
    "a chip that gives 90 bytes at a time": lambda: plain(drip=90),
    "no DO99 beside data": lambda: plain(no_status_object="data"),
    "no DO99 in any answer that succeeds": lambda: plain(no_status_object="success"),
    "the channel dropped in the middle, once": lambda: plain(lost_after=9),
    "an answer spoiled on the way": lambda: plain(spoil=8),
    "an answer stripped of its protection": lambda: plain(strip=8),
    "active authentication in DER": lambda: plain(active_authentication="der"),
    "active authentication that gives nothing to a long Le": lambda: of(VIETNAM.behaving(active_authentication="empty_long")),
    "chip authentication by MSE:Set KAT only": lambda: of(Recipe(chip_keys=(ChipKeyRecipe(CHIP_3DES),)).behaving(key_template="KAT")),
    "3DES chip authentication by MSE:Set AT only": lambda: of(Recipe(chip_keys=(ChipKeyRecipe(CHIP_3DES),)).behaving(key_template="AT")),
    "a portrait beyond 32 KiB": large,
    "a portrait beyond 32 KiB at short length": lambda: large(extended=256),
    "two static keys told apart by their identifiers": lambda: of(recipes.PACE_ONLY),
    "a static key without its protocol": lambda: of(recipes.UNNAMED_KEY),
    "explicit parameters on a rare curve": lambda: of(recipes.RARE_CURVE),
    "keys over finite fields": lambda: of(recipes.FINITE_FIELD),
    "a signer that states no time": lambda: of(replace(FULL, style=SigningStyle(states_time=False))),
    "EF.SOD of indefinite length under PSS": lambda: of(recipes.INDEFINITE),
    "a hash that DG14 names": lambda: of(recipes.NAMED_HASH),
    "3DES, BAC, SHA-1, everything told in the clear": lambda: of(recipes.OLD),
    "integrated mapping": lambda: of(replace(FULL, offers=(pace(4, 2, 13),))),
    "integrated mapping with AES-256": lambda: of(replace(FULL, offers=(pace(4, 4, 16),))),
    "integrated mapping over a finite field, 3DES": lambda: of(replace(FULL, offers=(pace(3, 1, 0),))),
    "generic mapping with 3DES on a NIST curve": lambda: of(replace(FULL, offers=(pace(2, 1, 12),))),
    "generic mapping with AES-192 on P-521": lambda: of(replace(FULL, offers=(pace(2, 3, 18),))),
    "one protocol with two groups": lambda: of(replace(FULL, offers=(pace(2, 2, 12), pace(2, 2, 13)))),
    "a card taken away and put back": lambda: torn(14, card_of()),
    "a card taken away during the proofs and put back": lambda: torn(27, card_of()),
}  # fmt: skip


def verdicts(done: Inspection) -> tuple[str, str]:
    data = data_verdict(done.evidence.findings)
    return data, chip_verdict(done.evidence.findings, data)


@pytest.mark.parametrize("sentence", FINDINGS)
def test_the_fault_is_named(sentence):
    row, check, result, code = FINDINGS[sentence]
    done = row().inspect()
    found = done.evidence.finding(check)
    assert (found.result.value, found.code) == (result, code)
    if result == "failed" and check.startswith(PASSIVE):
        assert verdicts(done)[0] == "not_authentic"
    if result == "failed" and check in {
        "chip_authentication",
        "active_authentication",
        "pace_cam",
        "consistency.promised_keys",
    }:
        assert verdicts(done)[1] == "not_genuine"
    if result in {"inconclusive", "not_performed"} and check.startswith(PASSIVE):
        assert verdicts(done)[0] == "inconclusive"


@pytest.mark.parametrize("sentence", ERRORS)
def test_the_fault_ends_in_its_error(sentence):
    row, expected = ERRORS[sentence]
    with pytest.raises(expected) as raised:
        row().inspect()
    assert type(raised.value) is expected


@pytest.mark.parametrize("sentence", HONEST)
def test_an_odd_but_honest_card_is_read_and_believed(sentence):
    done = HONEST[sentence]().inspect()
    assert verdicts(done) == GENUINE
    assert done.portrait is not None
    assert done.portrait.startswith(PORTRAIT)


def test_the_table_is_long_enough():
    assert len(FINDINGS) + len(ERRORS) >= 60
