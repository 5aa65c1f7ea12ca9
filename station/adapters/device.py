"""The station's own keys and its enrolment, in a file that only this user can read."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from station.errors import NotEnrolled, StoreDamaged

FILE = "device.json"


@dataclass(frozen=True, slots=True)
class Device:
    """Keys of this PC and what it learned at enrolment. `node_certificate` is the pinned CA in PEM."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey
    station: str = ""
    node_url: str = ""
    node_key: bytes = b""
    node_certificate: str = ""

    @property
    def fingerprint(self) -> str:
        """What the invigilator compares: four groups of the digest over both public keys."""
        both = self.signing.public_key().public_bytes_raw() + self.sealing.public_key().public_bytes_raw()
        text = hashlib.sha256(b"khaothi/device/1\x00" + both).hexdigest()[:16].upper()
        return "-".join(text[index : index + 4] for index in range(0, 16, 4))


def home() -> Path:
    """Where the station keeps its things."""
    return Path(os.environ.get("KHAOTHI_HOME", Path.home() / ".khaothi")) / "station"


def create() -> Device:
    """Fresh keys, not enrolled."""
    return Device(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())


def save(folder: Path, device: Device) -> None:
    """Write the file, for this user alone; power lost on the way leaves the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "signing": base64.b64encode(device.signing.private_bytes_raw()).decode(),
        "sealing": base64.b64encode(device.sealing.private_bytes_raw()).decode(),
        "station": device.station,
        "node_url": device.node_url,
        "node_key": base64.b64encode(device.node_key).decode(),
        "node_certificate": device.node_certificate,
    }
    beside = folder / f"{FILE}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(plain, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)


def load(folder: Path) -> Device:
    """The device as enrolled.

    Raises:
        NotEnrolled: there is no such file.
        StoreDamaged: it is not as it was written.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotEnrolled("this PC is not enrolled (K301)")
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Device(
            Ed25519PrivateKey.from_private_bytes(base64.b64decode(plain["signing"])),
            X25519PrivateKey.from_private_bytes(base64.b64decode(plain["sealing"])),
            plain["station"],
            plain["node_url"],
            base64.b64decode(plain["node_key"]),
            plain["node_certificate"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreDamaged("the device file {file} is damaged", file=path) from error
