"""Engines are loaded once; pictures are the development data's, transformed in memory and in temporary folders only."""

from __future__ import annotations

import pytest

from reader.adapters import face_models
from reader.face import portrait


@pytest.fixture(scope="session")
def sface():
    return face_models.create()


@pytest.fixture(scope="session")
def faces(shared_data):
    """Folder of a few dozen people, each with a chip picture and two live ones."""
    return shared_data / "faces"


@pytest.fixture(scope="session")
def rgb(faces):
    """Pictures by person and kind, decoded once."""
    kept = {}

    def get(person, kind="live_640x480_neutral.jpg"):
        path = faces / person / kind
        if path not in kept:
            kept[path] = portrait.from_file(path.read_bytes())
        return kept[path]

    return get
