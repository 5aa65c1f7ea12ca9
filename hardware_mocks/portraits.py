"""Portraits for the bench: a chip picture and live frames of people who agreed to it. None are part of the repository."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

SHARED = "KHAOTHI_SHARED_DATA"
CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Portrait:
    """One person: the chip's image as bytes, the live frames as files."""

    id: str
    sex: str | None
    chip_image: bytes
    live: tuple[Path, ...]


def shared_data() -> Path:
    """Where the development pictures lie, if anywhere."""
    return Path(os.environ.get(SHARED, CHECKOUT.parent / "shared" / "data"))


def people(folder: Path | None = None) -> list[Portrait]:
    """Everybody in a folder with one sub-folder a person (`dg2_*`, `live_*`, and `meta.json` beside); [] without one.

    No installed dependency carries freely licensed portraits, so without a folder the day runs without faces.
    """
    folder = folder or shared_data() / "faces"
    if not folder.is_dir():
        return []
    listed = folder / "meta.json"
    about = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}
    found = []
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        chip, live = sorted(person.glob("dg2_*")), tuple(sorted(person.glob("live_*")))
        if chip and live:
            sex = {"female": "F", "male": "M"}.get(str(about.get(person.name, {}).get("gender", "")))
            found.append(Portrait(person.name, sex, chip[0].read_bytes(), live))
    return found
