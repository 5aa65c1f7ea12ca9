"""Security objects in every form that real states write them (chip.md section 3), from a forge that shares no code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks import pki
from hardware_mocks.pki import Form, Issuer, Key
from reader import tlv
from reader.crypto.curves import CURVES
from reader.evidence import Result, data_verdict
from reader.passive_authentication import verify
from reader.trust import TrustStore

MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
GROUPS = {"DG1": tlv.build(0x61, tlv.build(0x5F1F, MRZ.encode())), "DG14": bytes.fromhex("6E0431023000")}


def named(curve: str) -> tuple[int, int, int, tuple[int, int], int]:
    found = CURVES[curve]
    return found.p, found.a, found.b, found.g, found.n


@dataclass
class OddKey:
    """A key on a curve that the library does not know; signs with the arithmetic of this program."""

    name: str = "brainpoolP320r1"
    explicit: bool = True
    secret: int = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF

    @property
    def public(self) -> bytes:
        curve = CURVES[self.name]
        stand_in = replace(kept("p256"), explicit=True, stated=named(self.name))
        size = curve.size
        base = curve.encode(curve.g)
        prime = pki.sequence(pki.oid("1.2.840.10045.1.1"), pki.integer(curve.p))
        ab = pki.sequence(*[tlv.build(0x04, x.to_bytes(size, "big")) for x in (curve.a, curve.b)])
        stated = pki.sequence(pki.integer(1), prime, ab, tlv.build(0x04, base), pki.integer(curve.n))
        assert stand_in.explicit
        return pki.sequence(pki.sequence(pki.oid("1.2.840.10045.2.1"), stated), tlv.build(0x03, b"\x00" + self._point))

    @property
    def _point(self) -> bytes:
        curve = CURVES[self.name]
        return curve.encode(curve.multiply(self.secret, curve.g))

    @property
    def identifier(self) -> bytes:
        return hashlib.sha1(self._point).digest()

    @property
    def algorithm(self) -> bytes:
        return pki.sequence(pki.oid("1.2.840.10045.4.3.2"))

    def sign(self, message: bytes) -> bytes:
        curve = CURVES[self.name]
        e, k = int.from_bytes(hashlib.sha256(message).digest(), "big"), 0xABCDEF987654321
        r = curve.multiply(k, curve.g)[0] % curve.n
        return pki.sequence(pki.integer(r), pki.integer(pow(k, -1, curve.n) * (e + r * self.secret) % curve.n))


@cache
def kept(kind: str) -> Key:
    """Keys are dear: one of each kind for the whole module."""
    return {
        "rsa": Key.rsa,
        "p256": lambda: Key.ec(ec.SECP256R1()),
        "p384": lambda: Key.ec(ec.SECP384R1(), hash="sha384"),
        "p521": lambda: Key.ec(ec.SECP521R1(), hash="sha512"),
        "bp384": lambda: Key.ec(ec.BrainpoolP384R1(), hash="sha384"),
        "bp512": lambda: Key.ec(ec.BrainpoolP512R1(), hash="sha512"),
        "p224": lambda: Key.ec(ec.SECP224R1(), hash="sha224"),
    }[kind]()


def state(key: Key, signer_key: Key | None = None, **how) -> tuple[Issuer, Issuer]:
    root = pki.root(key)
    return root, pki.signer(signer_key or key, root, **how)


def judged(sod: bytes, *anchors: bytes, groups=GROUPS, issuing_state="UTO", **how):
    found = verify(sod, groups, TrustStore.from_der(anchors), issuing_state, **how)
    return {finding.check.removeprefix("passive_authentication."): finding for finding in found}


def verdict(found) -> str:
    return data_verdict(found.values())


KEYS = {
    "RSA PKCS#1": lambda: kept("rsa"),
    "RSA PKCS#1 with SHA-512": lambda: replace(kept("rsa"), hash="sha512"),
    "RSA PKCS#1 with SHA-1": lambda: replace(kept("rsa"), hash="sha1"),
    "PSS": lambda: replace(kept("rsa"), pss=True),
    "PSS with SHA-512, as Italy": lambda: replace(kept("rsa"), pss=True, hash="sha512", salt=64),
    "PSS with another mask hash": lambda: replace(kept("rsa"), pss=True, hash="sha256", mask="sha1", salt=20),
    "PSS with a salt of another length than stated": lambda: replace(kept("rsa"), pss=True, salt=20, stated_salt=32),
    "ECDSA P-256": lambda: kept("p256"),
    "ECDSA P-256 with SHA-1": lambda: replace(kept("p256"), hash="sha1"),
    "ECDSA P-256 with SHA-512, longer than the order": lambda: replace(kept("p256"), hash="sha512"),
    "ECDSA P-224": lambda: kept("p224"),
    "ECDSA P-384 explicit": lambda: replace(kept("p384"), explicit=True, stated=named("secp384r1")),
    "ECDSA P-521 explicit": lambda: replace(kept("p521"), explicit=True, stated=named("secp521r1")),
    "ECDSA brainpoolP384r1": lambda: kept("bp384"),
    "ECDSA brainpoolP512r1 explicit": lambda: replace(kept("bp512"), explicit=True, stated=named("brainpoolP512r1")),
    "ECDSA plain": lambda: replace(kept("p256"), plain=True),
    "ECDSA on a curve that no library knows": OddKey,
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_true_document_is_authentic_whatever_its_keys(kind):
    root, signer = state(KEYS[kind]())
    found = judged(pki.security_file(GROUPS, signer), root.certificate)
    assert verdict(found) == "authentic", found
    assert found["validity"].result is Result.PASSED
    assert (found["signature"].code == "weak_hash") == ("SHA-1" in kind)
    assert (found["chain"].code == "weak_hash") == ("SHA-1" in kind)


@pytest.mark.parametrize("kind", KEYS)
def test_a_changed_signature_fails_whatever_the_keys(kind):
    root, signer = state(KEYS[kind]())
    sod = bytearray(pki.security_file(GROUPS, signer))
    sod[-5] ^= 1
    found = judged(bytes(sod), root.certificate)
    assert found["signature"].result is Result.FAILED
    assert verdict(found) == "not_authentic"


FORMS = {
    "as the standard says": Form(),
    "BER with indefinite lengths and chunks": Form(indefinite=True),
    "signer named by key identifier": Form(by_key_identifier=True),
    "attributes sent in another order than signed": Form(order="reversed_on_the_wire"),
    "attributes signed in another order than DER's": Form(order="reversed_and_signed"),
    "no signed attributes": Form(attributes=False),
    "legacy content type of China": Form(content_type=pki.DATA),
    "legacy content type of the Netherlands": Form(content_type="1.2.528.1.1006.1.20.1"),
    "legacy content type of the first draft": Form(content_type="1.3.27.1.1.1"),
    "content that is no octet string": Form(bare_content=True),
    "SHA-512 in the signer's entry": Form(digest="sha512"),
    "issuer with other string types": Form(sid_name=pki.name("UT", "Utopia", "CSCA", string=0x13)),
    "issuer in other letters": Form(sid_name=pki.name("ut", "UTOPIA", "csca ")),
    "issuer with another name altogether": Form(sid_name=pki.name("UT", "Ministry", "Country Signer")),
    "the CSCA travels along": Form(more_certificates=(pki.root(kept("p256")).certificate,)),
}


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("lds_version", ["", "0108"])
def test_a_true_document_is_authentic_however_it_is_written(kind, lds_version):
    root, signer = state(kept("p256"))
    sod = pki.security_file(GROUPS, signer, FORMS[kind], lds_version=lds_version)
    found = judged(sod, root.certificate)
    assert verdict(found) == "authentic", found
    assert found["signature"].evidence["lds_version"] == lds_version


@pytest.mark.parametrize("kind", FORMS)
def test_a_changed_digest_fails_however_it_is_written(kind):
    root, signer = state(kept("p256"))
    sod = pki.security_file(GROUPS, signer, FORMS[kind])
    digest = hashlib.sha256(GROUPS["DG1"]).digest()
    forged = sod.replace(digest[:8], hashlib.sha256(b"other").digest()[:8])
    found = judged(forged, root.certificate)
    assert found["signature"].result is Result.FAILED
    assert verdict(found) == "not_authentic"


def test_the_signers_entry_decides_and_not_its_certificate():
    """Turkey signs with PKCS#1 though the certificate was signed with PSS (chip.md section 3)."""
    root, signer = state(replace(kept("rsa"), pss=True), replace(kept("rsa"), pss=False))
    assert verdict(judged(pki.security_file(GROUPS, signer), root.certificate)) == "authentic"


def test_a_generic_rsa_algorithm_takes_the_hash_of_the_entry():
    root, signer = state(replace(kept("rsa"), hash="sha512"))
    sod = pki.security_file(GROUPS, signer, Form(digest="sha512", generic_algorithm=True))
    assert verdict(judged(sod, root.certificate)) == "authentic"


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_a_signature_over_the_hash_of_the_entry_though_the_algorithm_names_another(kind):
    root, signer = state(kept(kind))
    wrong = replace(kept(kind), hash="sha384").algorithm
    assert verdict(judged(pki.security_file(GROUPS, signer, Form(algorithm=wrong)), root.certificate)) == "authentic"


def test_another_content_type_in_the_attributes_passes_and_is_named():
    root, signer = state(kept("p256"))
    found = judged(pki.security_file(GROUPS, signer, Form(attribute_type=pki.DATA)), root.certificate)
    assert (found["signature"].result, found["signature"].code) == (Result.PASSED, "content_type_differs")


def test_an_unknown_content_type_is_not_supported_and_no_forgery():
    root, signer = state(kept("p256"))
    found = judged(pki.security_file(GROUPS, signer, Form(content_type="1.2.3.4")), root.certificate)
    assert found["signature"].result is Result.NOT_SUPPORTED
    assert verdict(found) == "inconclusive"


def test_an_unknown_signature_algorithm_is_not_supported_and_no_forgery():
    root, signer = state(kept("p256"))
    unknown = pki.sequence(pki.oid("1.2.3.4.5"))
    found = judged(pki.security_file(GROUPS, signer, Form(algorithm=unknown)), root.certificate)
    assert found["signature"].result is Result.NOT_SUPPORTED


def test_weak_hashes_of_data_groups_pass_and_are_named():
    root, signer = state(kept("p256"))
    found = judged(pki.security_file(GROUPS, signer, hash_name="sha1"), root.certificate)
    assert {found[f"hash.{name}"].code for name in GROUPS} == {"weak_hash"}
    assert verdict(found) == "authentic"


@pytest.mark.parametrize("hash_name", ["sha224", "sha384", "sha512"])
def test_every_hash_of_the_standard_is_known(hash_name):
    root, signer = state(kept("p256"))
    assert verdict(judged(pki.security_file(GROUPS, signer, hash_name=hash_name), root.certificate)) == "authentic"


def test_a_key_of_another_curve_than_stated_is_found_on_its_own_curve():
    """As a real signer did (chip.md section 3, gmrtd #130)."""
    wrong = replace(kept("p256"), explicit=True, stated=named("brainpoolP256r1"))
    root, signer = state(kept("p384"), wrong)
    assert verdict(judged(pki.security_file(GROUPS, signer), root.certificate)) == "authentic"


def test_a_generator_of_ones_own_forges_nothing():
    """With G = Q the private key would be 1 (CVE-2020-0601): explicit parameters of a known curve count only as a whole."""
    p, a, b, _, n = named("secp384r1")
    root = pki.root(kept("p384"))
    point = kept("p384").point
    q = int.from_bytes(point[1:49], "big"), int.from_bytes(point[49:], "big")
    thief = pki.Key(ec.derive_private_key(1, ec.SECP384R1()), hash="sha384", explicit=True, stated=(p, a, b, q, n))
    forger = Issuer(root.subject, thief, serial=root.serial)
    signer = pki.signer(kept("p256"), pki.certificate(forger, forger, authority=True))
    found = judged(pki.security_file(GROUPS, signer), root.certificate)
    assert found["chain"].result is not Result.PASSED


# -- signer ----------------------------------------------------------------------------------------------------------


def test_without_its_certificate_a_signature_is_inconclusive_and_with_a_known_one_it_is_judged():
    root, signer = state(kept("p256"))
    sod = pki.security_file(GROUPS, signer, Form(with_certificate=False))
    found = judged(sod, root.certificate)
    assert (found["signature"].result, found["signature"].code) == (Result.INCONCLUSIVE, "no_signer_certificate")
    assert verdict(found) == "inconclusive"
    # The ICAO directory publishes signers, too; they are no anchors.
    assert verdict(judged(sod, root.certificate, signer.certificate)) == "authentic"
    assert judged(sod, signer.certificate)["chain"].code == "no_trust_anchor"


@pytest.mark.parametrize("purpose", ["2.23.136.1.1.3", "2.23.136.1.1.8"])
def test_a_signer_of_lists_must_not_sign_documents(purpose):
    root, signer = state(kept("p256"), more=[pki.purposes(purpose)])
    found = judged(pki.security_file(GROUPS, signer), root.certificate)
    assert (found["document_signer"].result, found["document_signer"].code) == (Result.FAILED, "not_a_document_signer")
    assert verdict(found) == "not_authentic"


@pytest.mark.parametrize(
    ("allowed", "result", "code"),
    [
        (("P",), Result.PASSED, ""),
        (("ID", "P"), Result.PASSED, ""),
        (("P<",), Result.PASSED, ""),
        (("ID", "AR"), Result.FAILED, "document_type_not_allowed"),
        ((), Result.INCONCLUSIVE, "document_type_list_malformed"),
    ],
)
def test_a_signer_signs_only_the_documents_that_it_may(allowed, result, code):
    root, signer = state(kept("p256"), more=[pki.document_types(*allowed)])
    found = judged(pki.security_file(GROUPS, signer), root.certificate)["document_type"]
    assert (found.result, found.code) == (result, code)


def test_without_dg1_the_document_type_is_not_compared():
    root, signer = state(kept("p256"), more=[pki.document_types("ID")])
    found = judged(pki.security_file(GROUPS, signer), root.certificate, groups={"DG14": GROUPS["DG14"]})
    assert (found["document_type"].result, found["document_type"].code) == (Result.NOT_PERFORMED, "no_document_type")


# -- validity --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "result", "code"),
    [
        (-300, Result.PASSED, ""),
        (-401, Result.FAILED, "signer_not_valid_then"),
        (1300, Result.FAILED, "signer_not_valid_then"),
    ],
)
def test_the_signer_must_have_been_valid_when_it_signed(days, result, code):
    root, signer = state(kept("p256"))
    found = judged(pki.security_file(GROUPS, signer, Form(signed_at=pki.NOW + timedelta(days=days))), root.certificate)
    assert (found["validity"].result, found["validity"].code) == (result, code)


def test_an_anchor_that_was_not_valid_then_is_named():
    root = pki.Issuer(pki.name("UT", "Utopia", "CSCA"), kept("p256"))
    pki.certificate(root, root, authority=True, start=pki.NOW - timedelta(days=10))
    found = judged(pki.security_file(GROUPS, pki.signer(kept("p256"), root)), root.certificate)
    assert (found["validity"].result, found["validity"].code) == (Result.INCONCLUSIVE, "anchor_not_valid_then")
    assert verdict(found) == "authentic"


# -- country ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mrz", "code"), [("D<<", "DE"), ("D", "de"), ("RKS", "XK"), ("GBR", "GBR"), ("EUE", "EU")])
def test_countries_agree_in_the_spellings_of_real_certificates(mrz, code):
    root = pki.root(kept("p256"), country=code)
    signer = pki.signer(kept("p256"), root, country=code)
    assert judged(pki.security_file(GROUPS, signer), root.certificate, issuing_state=mrz)["country"].result is Result.PASSED  # fmt: skip


def test_a_signer_of_another_country_than_its_csca_fails():
    root = pki.root(kept("p256"))
    signer = pki.signer(kept("p256"), root, country="DE")
    found = judged(pki.security_file(GROUPS, signer), root.certificate)
    assert found["country"].code == "country_differs"
    assert verdict(found) == "not_authentic"
