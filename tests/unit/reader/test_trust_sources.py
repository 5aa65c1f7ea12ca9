"""Trust anchors from every kind of file, and what is refused."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks.issuing_state import IssuingState
from reader import ber, certificate
from reader.adapters import trust_directory, trust_home
from reader.adapters.trust_directory import read_files
from reader.certificate import parse as parse_certificate
from reader.errors import BadSignature, Malformed
from reader.trust import TrustStore
from reader.trust_sources import Signers, read_source

from .conftest import NOW


def test_the_german_master_list_is_read_whole(master_list):
    report = read_source(master_list.name, master_list.read_bytes())
    assert (report.kind, len(report.certificates), len(report.countries)) == ("master_list", 588, 112)
    assert (report.self_signed, report.self_signed_verified, report.link) == (375, 375, 213)
    assert report.refused == []
    assert report.signature == "inconclusive"


def test_the_german_master_list_is_anchored_by_its_root(master_list):
    root = parse_certificate(next(master_list.parent.glob("DE_ROOT*.cer")).read_bytes())
    assert read_source("list", master_list.read_bytes(), Signers((root,), named=True)).signature == "passed"


def test_a_root_that_did_not_sign_the_master_list_fails_it(master_list, state):
    stranger = parse_certificate(state.anchor_der())
    assert read_source("list", master_list.read_bytes(), Signers((stranger,), named=True)).signature == "failed"


def test_vietnam_is_in_the_list_though_its_curve_has_explicit_parameters(master_list):
    store = TrustStore(read_source("list", master_list.read_bytes()).certificates)
    assert "VN" in store.countries()
    assert len(store) == 588


def test_a_changed_master_list_fails_and_adds_no_anchor(master_list, tmp_path):
    raw = bytearray(master_list.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "changed.ml").write_bytes(raw)
    store, (report,) = trust_home.load(tmp_path)
    assert report.signature == "failed"
    assert len(store) == 0
    assert len(trust_directory.load(tmp_path)) == 0


@pytest.mark.parametrize("kind", ["der", "pem", "ldif"])
def test_a_certificate_is_found_in_every_kind_of_file(state, kind):
    der = state.anchor_der()
    text = b"dn: c=UT\ncACertificate;binary:: " + base64.b64encode(der) + b"\n"
    raw = {"der": der, "pem": pem.armor("CERTIFICATE", der), "ldif": text}[kind]
    report = read_source("anchor", raw)
    assert (report.kind, len(report.certificates), report.self_signed_verified) == (kind, 1, 1)
    assert report.countries == {"UT"}


def test_a_self_signed_certificate_with_a_broken_signature_is_refused_by_name(state):
    raw = bytearray(state.anchor_der())
    raw[-1] ^= 1
    report = read_source("anchor", bytes(raw))
    assert report.certificates == []
    (refused,) = report.refused
    assert "CSCA Demonstration" in refused.subject
    assert refused.reason


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x30\x80", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_trust_source_is_refused(raw):
    with pytest.raises(Malformed):
        read_source("x", raw)


def test_a_file_of_no_known_kind_becomes_a_report_with_one_refusal(tmp_path):
    (tmp_path / "x.der").write_bytes(b"hello")
    (report,) = read_files([tmp_path / "x.der"])
    assert len(report.refused) == 1
    assert not trust_directory.usable(report)


def test_the_same_anchor_twice_counts_once(state):
    assert len(TrustStore.from_der([state.anchor_der(), state.anchor_der()])) == 1


def test_anchors_are_found_by_name_whatever_its_case_and_spaces(state):
    name = parse_certificate(state.anchor_der()).subject
    other = x509.Name([x509.NameAttribute(a.oid, f" {a.value.lower()}  ") for a in x509.load_der_x509_certificate(state.anchor_der()).subject if a.oid.dotted_string != "2.5.4.6"])  # fmt: skip
    assert certificate.name(ber.element(other.public_bytes())).key == name.key[1:]


def test_a_revocation_list_of_a_stranger_is_not_taken(state):
    empty = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(state.anchor_der()).subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=1))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    report = read_source("x.crl", empty.public_bytes(serialization.Encoding.DER))
    assert report.kind == "crl"
    with pytest.raises(BadSignature):
        TrustStore.from_der([state.anchor_der()]).add_revocations(report.revocations[0])


def test_a_file_kept_twice_is_there_once_and_another_of_its_name_beside_it(tmp_path, monkeypatch, state):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    source = tmp_path / "csca.bin"
    source.write_bytes(state.anchor_der())
    first = trust_home.keep(source, read_source("csca.bin", source.read_bytes()))
    assert trust_home.keep(source, read_source("csca.bin", source.read_bytes())) == first
    source.write_bytes(IssuingState(NOW).anchor_der())
    second = trust_home.keep(source, read_source("csca.bin", source.read_bytes()))
    assert first != second
    store, _ = trust_home.load(trust_home.folder())
    assert len(store) == 2


def test_no_folder_is_an_empty_store(tmp_path):
    store, reports = trust_home.load(tmp_path / "nowhere")
    assert (len(store), reports) == (0, [])


def test_two_imports_of_one_file_at_once_both_succeed(tmp_path, monkeypatch, state):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    source = tmp_path / "csca.cer"
    source.write_bytes(state.anchor_der())
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda _: trust_home.keep(source, read_source("csca.cer", source.read_bytes())), range(40)))
    assert {path.name for path in kept} == {"csca.cer"}
    assert [path.name for path in trust_home.folder().iterdir()] == ["csca.cer"]
    assert trust_home.folder().joinpath("csca.cer").read_bytes() == state.anchor_der()
