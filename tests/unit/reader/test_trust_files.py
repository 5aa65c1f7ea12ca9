"""What files of trust hold, as other states and the ICAO directory publish them."""

from __future__ import annotations

import base64
import json
import textwrap

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks import pki
from hardware_mocks.pki import Form, Issuer, Key
from reader import cli, passive_authentication
from reader.adapters import trust_directory, trust_home
from reader.certificate import parse
from reader.errors import Malformed
from reader.trust import chain
from reader.trust_sources import Signers, contents, read_source

OLD, NEW, LISTER = (Key.ec(ec.SECP256R1()) for _ in range(3))
ML = pki.MASTER_LIST


class World:
    """One state with a link, a second one, and somebody who signs lists."""

    def __init__(self) -> None:
        self.root = pki.root(OLD)
        self.link = pki.certificate(Issuer(self.root.subject, NEW, serial=2), self.root, authority=True)
        self.other = pki.root(NEW, country="DE", common="Other CSCA")
        self.signer = pki.signer(OLD, self.root)
        self.lister = pki.certificate(
            Issuer(pki.name("UT", "Utopia", "List signer"), LISTER, serial=9),
            self.root,
            authority=False,
            more=[pki.purposes("2.23.136.1.1.3")],
        )
        self.entries = [issuer.certificate for issuer in (self.root, self.link, self.other)]

    def list(self, form: Form | None = None, entries: list[bytes] | None = None) -> bytes:
        form = form or Form(content_type=ML)
        return pki.master_list(self.entries if entries is None else entries, self.lister, form)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def ldif(*values: tuple[str, bytes]) -> bytes:
    """Folded at 76 characters, as the directory's download is."""
    out = "# ICAO\nversion: 1\n\n"
    for number, (attribute, value) in enumerate(values):
        out += (
            f"dn: cn=x{number},o=ml,c=UT,dc=data,dc=download,dc=pkd,dc=icao,dc=int\nobjectClass: top\ncn: x{number}\n"
        )
        line = f"{attribute}:: {base64.b64encode(value).decode()}"
        out += line[:76] + "\n" + "".join(f" {part}\n" for part in textwrap.wrap(line[76:], 75)) + "\n"
    return out.encode()


@pytest.mark.parametrize(
    "form",
    [
        Form(content_type=ML),
        Form(content_type=ML, indefinite=True),
        Form(content_type=ML, by_key_identifier=True),
        Form(content_type=ML, signed_at=None, digest="sha512"),
    ],
)
def test_a_master_list_is_counted_and_its_signature_anchored(world, form):
    raw = world.list(form)
    report = read_source("x.ml", raw)
    assert (report.kind, report.signature, len(report.certificates)) == ("master_list", "inconclusive", 3)
    assert (report.self_signed, report.self_signed_verified, report.link) == (2, 2, 1)
    assert report.countries == {"UT", "DE"}
    for anchor in (world.root, world.lister):
        assert read_source("x", raw, Signers((parse(anchor.certificate),), named=True)).signature == "passed"
    assert read_source("x", raw, Signers((parse(world.other.certificate),), named=True)).signature == "failed"
    assert len(contents(raw).certificates) == 3


def test_a_lists_signer_may_be_reached_through_a_link_that_travels_with_it(world):
    newer = pki.certificate(
        Issuer(pki.name("UT", "Utopia", "List signer 2"), LISTER, serial=10), world.link, authority=False
    )
    form = Form(content_type=ML, more_certificates=(world.link.certificate,))
    raw = pki.master_list(world.entries, newer, form)
    assert read_source("x", raw, Signers((parse(world.root.certificate),), named=True)).signature == "passed"


def test_a_list_without_its_signers_certificate_is_unknown_until_that_is_named(world):
    raw = world.list(Form(content_type=ML, with_certificate=False))
    assert read_source("x.ml", raw).signature == "inconclusive"
    assert len(contents(raw).certificates) == 3
    named = Signers((parse(world.lister.certificate),), named=True)
    assert read_source("x.ml", raw, named).signature == "passed"
    changed = bytearray(raw)
    changed[-4] ^= 1
    assert read_source("x.ml", bytes(changed), named).signature == "failed"


def test_entries_are_not_deduplicated_and_broken_ones_are_named(world):
    broken = bytearray(world.other.certificate)
    broken[-4] ^= 1
    entries = [*world.entries, world.root.certificate, bytes(broken), pki.sequence(pki.integer(1))]
    report = read_source("x.ml", world.list(entries=entries))
    assert len(report.certificates) == 4
    assert {(refused.subject, bool(refused.reason)) for refused in report.refused} == {
        ("CN=Other CSCA, O=Utopia, C=DE", True),
        ("", True),
    }
    assert (report.self_signed, report.self_signed_verified) == (4, 3)


def test_a_list_that_was_changed_is_not_believed(world, tmp_path):
    raw = bytearray(world.list())
    raw[-4] ^= 1
    assert read_source("x", bytes(raw)).signature == "failed"
    assert contents(bytes(raw)).certificates == []
    (tmp_path / "x.ml").write_bytes(raw)
    assert len(trust_directory.load(tmp_path)) == 0


@pytest.mark.parametrize("attribute", ["CscaMasterListData", "pkdMasterListContent"])
def test_lists_in_the_directorys_download_are_found(world, attribute):
    raw = ldif((attribute, world.list()), (attribute, world.list()))
    report = read_source("x", raw)
    assert (report.kind, report.signature, len(report.certificates)) == ("ldif", "inconclusive", 6)
    assert read_source("x", raw, Signers((parse(world.root.certificate),), named=True)).signature == "passed"


def test_signers_and_revocation_lists_in_the_directorys_download_are_found(world):
    crl = pki.revocations(world.root, 77)
    raw = ldif(
        ("userCertificate;binary", world.signer.certificate),
        ("cACertificate;binary", world.root.certificate),
        ("certificateRevocationList;binary", crl),
        ("userCertificate;binary", b"\x30\x03\x02\x01\x01"),
        ("jpegPhoto", b"\xff\xd8\xff"),
    )
    report = read_source("x", raw.replace(b"\n", b"\r\n"))
    assert (len(report.certificates), len(report.revocations), len(report.refused)) == (2, 1, 1)
    assert (report.self_signed_verified, report.link) == (1, 0)


def test_one_broken_list_in_a_download_spoils_only_itself(world):
    raw = bytearray(world.list())
    raw[-4] ^= 1
    report = read_source("x", ldif(("CscaMasterListData", bytes(raw)), ("CscaMasterListData", world.list())))
    assert len(report.certificates) == 3
    assert "signature of the master list" in str(report.refused[0].reason)
    assert report.signature == "inconclusive"


def armoured(kind: str, raw: bytes) -> bytes:
    body = "\n".join(textwrap.wrap(base64.b64encode(raw).decode(), 64))
    return f"subject=/C=UT\n-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n".encode()


def test_a_bundle_of_pem_with_everything_in_it(world):
    raw = b"".join(
        (
            armoured("CERTIFICATE", world.root.certificate),
            armoured("TRUSTED CERTIFICATE", world.link.certificate),
            armoured("X509 CRL", pki.revocations(world.root)),
            armoured("PRIVATE KEY", b"\x30\x00"),
            armoured("CERTIFICATE", b"\x30\x03\x02\x01\x01"),
        )
    )
    report = read_source("bundle", raw)
    assert (report.kind, len(report.certificates), len(report.revocations), len(report.refused)) == ("pem", 2, 1, 1)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda raw: raw + b"\n",
        lambda raw: raw + bytes(16),
        base64.b64encode,
        base64.encodebytes,
        lambda raw: armoured("CERTIFICATE", raw),
        lambda raw: b"\xef\xbb\xbf" + armoured("CERTIFICATE", raw),
    ],
)
def test_one_certificate_in_whatever_wrapping(world, wrapped):
    assert len(read_source("x", wrapped(world.root.certificate)).certificates) == 1


def test_certificates_one_after_another_and_in_a_bag(world):
    assert len(read_source("x", b"".join(world.entries)).certificates) == 3
    bag = pki.sequence(
        pki.oid(pki.SIGNED_DATA),
        pki.wrap(
            0xA0,
            pki.sequence(
                pki.integer(1),
                pki.wrap(0x31),
                pki.sequence(pki.oid(pki.DATA)),
                pki.wrap(0xA0, *world.entries),
                pki.wrap(0x31),
            ),
        ),
    )
    assert len(read_source("x.p7b", bag).certificates) == 3


def test_a_deviation_list_is_recognised(world):
    report = read_source("x", pki.deviation_list(world.signer, world.lister))
    assert (report.kind, report.signature, len(report.deviations)) == ("deviation_list", "inconclusive", 1)
    assert trust_directory.usable(report)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x30",
        b"\x30\x80\x06",
        b"dn: x\n",
        b"-----BEGIN X-----",
        b"<html>",
        bytes(100),
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_what_holds_nothing_is_refused(raw):
    try:
        report = read_source("x", raw)
    except Malformed:
        return
    assert not trust_directory.usable(report)


def test_a_security_object_is_no_source_of_trust(world):
    with pytest.raises(Malformed):
        read_source("x", pki.signed_data(pki.security_object({"DG1": b"x"}), world.signer, Form()))


def shown(capsys, *arguments: str) -> tuple[int, dict]:
    status = cli.trust([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_list_imported_with_its_signer_stays_anchored(world, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    (tmp_path / "x.ml").write_bytes(world.list())
    (tmp_path / "root.cer").write_bytes(world.root.certificate)
    status, document = shown(capsys, "import", str(tmp_path / "x.ml"), "--signer", str(tmp_path / "root.cer"))
    assert (status, document["files"][0]["signature"], document["certificates"]) == (0, "passed", 3)
    status, document = shown(capsys, "list")
    assert {(f["file"], f["signature"]) for f in document["files"]} == {
        ("x.ml", "passed"),
        ("root.cer", "not_performed"),
    }


def test_another_signer_is_the_answer_no(world, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    (tmp_path / "x.ml").write_bytes(world.list())
    (tmp_path / "root.cer").write_bytes(world.other.certificate)
    status, document = shown(capsys, "check", str(tmp_path / "x.ml"), "--signer", str(tmp_path / "root.cer"))
    assert (status, document["files"][0]["signature"]) == (1, "failed")


def test_refused_certificates_alone_keep_the_answer_yes(world, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    (tmp_path / "x.ml").write_bytes(world.list(entries=[*world.entries, pki.sequence(pki.integer(1))]))
    status, document = shown(capsys, "check", str(tmp_path / "x.ml"))
    assert (status, document["certificates"], document["refused"]) == (0, 3, 1)


def test_many_beginnings_without_an_end_take_no_time():
    with pytest.raises(Malformed):
        read_source("x", b"-----BEGIN CERTIFICATE-----\n" * 40_000)


def test_a_document_type_list_nested_a_thousand_times_is_empty(world):
    nested = b""
    for _ in range(1500):
        nested = pki.wrap(0x30, nested)
    made = pki.signer(OLD, world.root, more=[pki.extension("2.23.136.1.1.6.2", nested)])
    assert parse(made.certificate).document_types == ()


@pytest.mark.parametrize("wrapped", ["pem", "ldif", "binary", "base64", "directory"])
def test_a_folder_opened_for_a_card_holds_what_the_full_report_holds(world, tmp_path, wrapped):
    crl = pki.revocations(world.root, 77)
    raw = {
        "pem": armoured("CERTIFICATE", world.root.certificate) + armoured("X509 CRL", crl),
        "ldif": ldif(("cACertificate;binary", world.root.certificate), ("certificateRevocationList;binary", crl)),
        "binary": world.root.certificate,
        "base64": base64.encodebytes(world.root.certificate),
        "directory": ldif(("CscaMasterListData", world.list()), ("userCertificate;binary", world.signer.certificate)),
    }[wrapped]
    (tmp_path / "x.pem").write_bytes(raw)
    (tmp_path / "x.crl").write_bytes(crl)
    store = trust_directory.load(tmp_path)
    signer = parse(world.signer.certificate)
    assert [step.serial_number for step in chain(signer, store)] == [1]
    assert store.revocation(signer)[0] is True
    assert [found.serial_number for found in store.document_signers()] == ([77] if wrapped == "directory" else [])


def test_a_deviation_list_without_deviations_is_refused(world):
    """Found by the fuzzer: one changed bit in the tag of the set."""
    content = pki.sequence(pki.integer(0), pki.wrap(0x32, b""))
    with pytest.raises(Malformed):
        read_source("x", pki.signed_data(content, world.lister, Form(content_type=pki.DEVIATION_LIST)))


def test_sources_without_an_end_are_refused_and_spoil_no_other(world, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    (tmp_path / "root.cer").write_bytes(world.root.certificate)
    with (tmp_path / "sparse.ml").open("wb") as stream:
        stream.truncate(1 << 40)
    status, document = shown(capsys, "check", "/dev/zero", str(tmp_path / "sparse.ml"), str(tmp_path / "root.cer"))
    assert (status, document["certificates"], document["refused"]) == (1, 1, 2)
    assert all("more than" in source["refused"][0]["reason"] for source in document["files"][:2])
    assert len(trust_directory.load(tmp_path)) == 1


def test_what_is_kept_is_what_was_judged(world, tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    source = tmp_path / "root.cer"
    source.write_bytes(world.root.certificate)
    (report,) = trust_directory.read_files([source])
    source.write_bytes(b"another")
    assert trust_home.keep(source, report).read_bytes() == world.root.certificate


def test_a_revocation_list_that_nobody_known_signed_is_told_and_not_taken_for_none(world, tmp_path):
    crl = bytearray(pki.revocations(world.root, 77))
    crl[-3] ^= 1
    (tmp_path / "root.cer").write_bytes(world.root.certificate)
    (tmp_path / "x.crl").write_bytes(crl)
    signer = parse(world.signer.certificate)
    store = trust_directory.load(tmp_path)
    assert store.only_unverified_revocations(signer)
    group = pki.wrap(0x61, b"")
    findings = passive_authentication.verify(
        pki.security_file({"DG1": group}, world.signer), {"DG1": group}, store, "UTO", None
    )
    (found,) = [found for found in findings if found.check == "passive_authentication.revocation"]
    assert (found.result.value, found.code) == ("inconclusive", "revocation_list_not_verified")
    (tmp_path / "y.crl").write_bytes(pki.revocations(world.root, 77))
    store = trust_directory.load(tmp_path)
    assert not store.only_unverified_revocations(signer)
    assert store.revocation(signer)[0] is True
