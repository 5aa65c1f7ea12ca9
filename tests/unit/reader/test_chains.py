"""Chains through link certificates, revocation and deviation lists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks import pki
from hardware_mocks.pki import Issuer, Key
from reader import certificate, cms, deviation_list, revocation
from reader.certificate import parse
from reader.errors import BadSignature, NoTrustAnchor
from reader.evidence import Result
from reader.passive_authentication import verify
from reader.trust import TrustStore, chain

GROUPS = {"DG14": bytes.fromhex("6E0431023000")}
OLD, NEW, NEWEST, SIGNER = (Key.ec(ec.SECP256R1()) for _ in range(4))


@pytest.fixture(scope="module")
def pieces() -> dict[str, Issuer]:
    """Three generations of one CSCA under one name, with the links between them, and a signer of the last."""
    old, newest = pki.root(OLD, serial=1), pki.root(NEWEST, serial=5)
    link = pki.certificate(Issuer(old.subject, NEW, serial=2), old, authority=True)
    second = pki.certificate(Issuer(old.subject, NEWEST, serial=3), Issuer(old.subject, NEW), authority=True)
    return {"old": old, "link": link, "second": second, "newest": newest, "signer": pki.signer(SIGNER, newest)}


def store(*issuers: Issuer) -> TrustStore:
    return TrustStore.from_der(issuer.certificate for issuer in issuers)


def findings(sod: bytes, trust: TrustStore, at: date | None = None) -> dict:
    return {f.check.removeprefix("passive_authentication."): f for f in verify(sod, GROUPS, trust, "UTO", at)}


def test_a_chain_goes_up_through_every_link_to_the_root(pieces):
    trust = store(pieces["old"], pieces["link"], pieces["second"])
    path = chain(parse(pieces["signer"].certificate), trust)
    assert [step.serial_number for step in path] == [3, 2, 1]


def test_the_new_root_itself_is_a_shorter_way(pieces):
    assert len(chain(parse(pieces["signer"].certificate), store(pieces["newest"]))) == 1


def test_a_link_whose_issuer_is_not_at_hand_is_believed_because_it_was_put_there(pieces):
    assert len(chain(parse(pieces["signer"].certificate), store(pieces["second"]))) == 1


def test_the_old_root_alone_is_no_anchor_for_the_new_key(pieces):
    with pytest.raises(NoTrustAnchor):
        chain(parse(pieces["signer"].certificate), store(pieces["old"]))


def test_a_forged_link_is_refused(pieces):
    thief = Key.ec(ec.SECP256R1())
    pretended = Issuer(pieces["old"].subject, thief, serial=9)
    forged = pki.certificate(pretended, pieces["old"], authority=True)
    raw = bytearray(forged.certificate)
    raw[-4] ^= 1
    trust = TrustStore.from_der([pieces["old"].certificate, bytes(raw)])
    with pytest.raises(BadSignature):
        chain(parse(pki.signer(SIGNER, forged).certificate), trust)


def test_a_document_signer_is_no_authority(pieces):
    """Neither alone nor as an issuer: else one stolen signer could make others."""
    second = pki.signer(Key.ec(ec.SECP256R1()), pieces["signer"], serial=78)
    with pytest.raises(NoTrustAnchor):
        chain(parse(second.certificate), store(pieces["newest"], pieces["signer"]))


def test_an_issuer_under_another_name_is_found_by_its_key(pieces):
    odd = pki.signer(SIGNER, pieces["newest"], issuer_name=pki.name("UT", "Renamed", "Country Signing Authority"))
    assert len(chain(parse(odd.certificate), store(pieces["newest"]))) == 1


def test_without_key_identifiers_the_country_is_searched(pieces):
    odd = pki.signer(SIGNER, pieces["newest"], issuer_name=pki.name("UT", "Renamed", "x"), identifiers=False)
    assert len(chain(parse(odd.certificate), store(pieces["old"], pieces["newest"]))) == 1


def test_entries_of_a_master_list_are_parsed_when_asked_for(pieces):
    lazy = TrustStore()
    lazy.add_listed([pieces[name].certificate for name in ("old", "link", "second")])
    lazy.add_listed([pki.root(OLD, country="XX", common="other").certificate])
    assert len(lazy) == 4
    assert len(chain(parse(pieces["signer"].certificate), lazy)) == 3
    assert lazy.countries() == {"UT", "XX"}


def test_a_listed_root_with_a_broken_signature_anchors_nothing(pieces):
    raw = bytearray(pieces["newest"].certificate)
    raw[-4] ^= 1
    lazy = TrustStore()
    lazy.add_listed([bytes(raw)])
    with pytest.raises(NoTrustAnchor):
        chain(parse(pieces["signer"].certificate), lazy)


def test_two_roots_that_sign_each_other_end(pieces):
    """A loop of cross certificates must not be walked for ever."""
    one, two = Issuer(pki.name("UT", "a", "a"), OLD, serial=1), Issuer(pki.name("UT", "b", "b"), NEW, serial=2)
    pki.certificate(one, two, authority=True)
    pki.certificate(two, one, authority=True)
    assert len(chain(parse(pki.signer(SIGNER, one).certificate), store(one, two))) == 2


# -- revocation ------------------------------------------------------------------------------------------------------


def test_a_revocation_list_is_read_whole(pieces):
    found = revocation.parse(pki.revocations(pieces["newest"], 77, 1000))
    assert set(found.revoked) == {77, 1000}
    assert found.issuer.country == "UT"
    found.verify(parse(pieces["newest"].certificate))


@pytest.mark.parametrize(
    ("serials", "result", "code"), [((77,), Result.FAILED, "signer_revoked"), ((), Result.PASSED, "")]
)
def test_a_revoked_signer_fails(pieces, serials, result, code):
    trust = store(pieces["newest"])
    trust.add_revocations(revocation.parse(pki.revocations(pieces["newest"], *serials)))
    found = findings(pki.security_file(GROUPS, pieces["signer"]), trust)["revocation"]
    assert (found.result, found.code) == (result, code)


def test_a_revoked_anchor_fails(pieces):
    trust = store(pieces["newest"])
    trust.add_revocations(revocation.parse(pki.revocations(pieces["newest"], 5)))
    assert findings(pki.security_file(GROUPS, pieces["signer"]), trust)["revocation"].code == "anchor_revoked"


def test_an_outdated_revocation_list_is_named(pieces):
    trust = store(pieces["newest"])
    old = pki.revocations(pieces["newest"], next_update=pki.NOW - timedelta(days=2))
    trust.add_revocations(revocation.parse(old))
    found = findings(pki.security_file(GROUPS, pieces["signer"]), trust, pki.NOW.date())["revocation"]
    assert (found.result, found.code) == (Result.PASSED, "revocation_list_outdated")


def test_a_list_under_a_renamed_key_is_taken_if_an_anchor_signed_it(pieces):
    trust = store(pieces["newest"], pieces["old"])
    trust.add_revocations(revocation.parse(pki.revocations(pieces["old"], 77)))
    with pytest.raises(BadSignature):
        trust.add_revocations(revocation.parse(pki.revocations(Issuer(pieces["old"].subject, SIGNER), 77)))


# -- deviations ------------------------------------------------------------------------------------------------------


def test_a_known_deviation_is_told_and_judges_nothing(pieces):
    raw = pki.deviation_list(pieces["signer"], pieces["newest"])
    trust = store(pieces["newest"])
    trust.deviations += deviation_list.parse(cms.parse(raw))
    found = findings(pki.security_file(GROUPS, pieces["signer"]), trust)
    assert (found["deviation"].result, found["deviation"].code) == (Result.INCONCLUSIVE, "known_deviation")
    other = pki.signer(SIGNER, pieces["newest"], serial=4711)
    assert "deviation" not in findings(pki.security_file(GROUPS, other), trust)


def test_a_certificate_says_what_it_is(pieces):
    found = certificate.parse(pieces["signer"].certificate)
    assert (found.authority, found.may_sign_documents, found.serial) == (False, True, "4D")
    assert found.subject.text == "CN=DS, O=Utopia, C=UT"
