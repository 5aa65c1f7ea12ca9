"""Dumped files under the names that programs give them."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from reader.adapters import card_files
from reader.errors import LimitExceeded


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("EF_SOD.bin", "EF_SOD"),
        ("EF.SOD", "EF_SOD"),
        ("EF_SOD.BIN", "EF_SOD"),
        ("sod.dat", "EF_SOD"),
        ("011D.bin", "EF_SOD"),
        ("0x011D.bin", "EF_SOD"),
        ("EF.COM", "EF_COM"),
        ("EF_CardAccess.bin", "EF_CardAccess"),
        ("DG1.bin", "DG1"),
        ("DG1.BIN", "DG1"),
        ("dg01.bin", "DG1"),
        ("EF.DG14", "DG14"),
        ("EF_DG2.bin", "DG2"),
        ("Datagroup1.bin", "DG1"),
        ("DataGroup_16.bin", "DG16"),
        ("010d.bin", "DG13"),
        ("Ef.Dg1", "DG1"),
        ("DG 1.bin", "DG1"),
        ("DG1.hex", "DG1"),
        ("EF.DG14.bin.txt", "DG14"),
        ("EFSOD.b64", "EF_SOD"),
        ("SOD.p7s", "EF_SOD"),
        ("DG17.bin", None),
        ("DG0.bin", None),
        ("portrait.jpg", None),
        ("readme.txt", None),
    ],
)
def test_a_file_is_known_by_its_name(given, name):
    assert card_files.file_name(Path(given)) == name


def test_what_stands_behind_the_data_object_is_left_out(tmp_path):
    (tmp_path / "DG14.bin").write_bytes(bytes.fromhex("6E023100") + b"\x90\x00" + bytes(100))
    (tmp_path / "EF.SOD").write_bytes(bytes.fromhex("770100"))
    assert card_files.load(tmp_path) == {"EF_SOD": bytes.fromhex("770100"), "DG14": bytes.fromhex("6E023100")}


def test_a_file_without_bytes_is_absent_and_hidden_ones_are_passed_over(tmp_path):
    (tmp_path / "DG1.bin").write_bytes(b"")
    (tmp_path / ".DG2.bin").write_bytes(b"\x75\x00")
    (tmp_path / "DG11.bin").mkdir()
    assert card_files.load(tmp_path) == {}


WRITTEN = {
    "hex": b"6E 02 31 00",
    "lines of hex": b"6e02\r\n3100\r\n",
    "hex with colons": b"6E:02:31:00",
    "a C array": b"0x6e, 0x02, 0x31, 0x00,",
    "a string of escapes": b"\\x6e\\x02\\x31\\x00",
    "base64": b"bgIxAA==\n",
    "PEM": b"-----BEGIN DG14-----\nbgIxAA==\n-----END DG14-----\n",
    "hex behind a byte order mark": b"\xef\xbb\xbf6E023100",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_dump_written_as_text_is_read(tmp_path, written):
    (tmp_path / "DG14.txt").write_bytes(written)
    assert card_files.load(tmp_path) == {"DG14": bytes.fromhex("6E023100")}


@pytest.mark.parametrize(
    "raw",
    [b"61", b"6102", b"aGVsbG8=", b"-----BEGIN", b"\\x6", b"a 0x" * 2000, b"-----BEGIN A-----" * 50_000, b"", bytes(9)],
)
def test_text_that_is_no_file_of_a_card_stays_as_it_is(tmp_path, raw):
    (tmp_path / "DG1.bin").write_bytes(raw)
    # Only what stands behind a data object is cut off.
    assert raw.startswith(card_files.load(tmp_path).get("DG1", b""))


def test_files_with_a_beginning_of_somebodys_own_or_numbers_alone_are_known(tmp_path):
    given = {"specimen_EF_SOD.bin": "7700", "specimen_DG1.bin": "6100", "14": "6E023100", "specimen_notes.txt": "00"}
    for name, content in given.items():
        (tmp_path / name).write_bytes(bytes.fromhex(content))
    found = card_files.load(tmp_path)
    assert set(found) == {"EF_SOD", "DG1", "DG14"}


def test_a_security_object_under_a_name_of_somebodys_own_is_found_if_there_is_one(tmp_path):
    (tmp_path / "lichtbild_sod_final").write_bytes(bytes.fromhex("770100"))
    (tmp_path / "notes.txt").write_bytes(b"hello")
    assert card_files.load(tmp_path) == {"EF_SOD": bytes.fromhex("770100")}
    (tmp_path / "another").write_bytes(bytes.fromhex("770101"))
    assert card_files.load(tmp_path) == {}


def test_files_come_in_the_order_of_their_numbers(tmp_path):
    for name in ("DG2.bin", "DG14.bin", "DG1.bin", "EF_SOD.bin", "EF_COM.bin"):
        (tmp_path / name).write_bytes(b"\x61\x00")
    assert list(card_files.load(tmp_path)) == ["EF_COM", "EF_SOD", "DG1", "DG2", "DG14"]


def test_a_file_larger_than_any_of_a_card_is_refused(tmp_path):
    (tmp_path / "DG2.bin").write_bytes(bytes(card_files.LARGEST + 1))
    with pytest.raises(LimitExceeded):
        card_files.load(tmp_path)


def test_a_device_without_an_end_is_refused_and_a_pipe_is_read(tmp_path):
    with pytest.raises(LimitExceeded):
        card_files.load(Path("/dev/zero"))
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=lambda: (tmp_path / "pipe").write_bytes(bytes.fromhex("770100")))
    writer.start()
    assert card_files.load(tmp_path / "pipe") == {"EF_SOD": bytes.fromhex("770100")}
    writer.join()


def test_pipes_and_devices_among_the_files_of_a_folder_are_passed_over(tmp_path):
    (tmp_path / "EF_SOD.bin").write_bytes(bytes.fromhex("770100"))
    os.mkfifo(tmp_path / "DG2.bin")
    (tmp_path / "DG1.bin").symlink_to("/dev/zero")
    (tmp_path / "DG14.bin").symlink_to(tmp_path / "DG14.bin")
    assert list(card_files.load(tmp_path)) == ["EF_SOD"]
