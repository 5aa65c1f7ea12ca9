"""Dumped files under the names that programs give them."""

from __future__ import annotations

from pathlib import Path

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
