"""The file that holds a station's keys: written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from station.adapters import device
from station.adapters.device import Device


def made(name: str) -> Device:
    return Device(
        Ed25519PrivateKey.generate(), X25519PrivateKey.generate(), name, "https://node.invalid", b"\x01" * 32, ""
    )


def test_a_write_that_breaks_off_leaves_the_keys_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device.save(tmp_path, made("HT-01"))

    def lost(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", lost)
    with pytest.raises(OSError, match="No space"):
        device.save(tmp_path, made("HT-02"))
    assert device.load(tmp_path).station == "HT-01"


def test_the_keys_are_for_this_user_alone_and_replaced_whole(tmp_path: Path) -> None:
    device.save(tmp_path, made("HT-01"))
    device.save(tmp_path, made("HT-02"))
    assert device.load(tmp_path).station == "HT-02"
    assert [path.name for path in tmp_path.iterdir()] == [device.FILE]
    assert (tmp_path / device.FILE).stat().st_mode & 0o777 == 0o600
