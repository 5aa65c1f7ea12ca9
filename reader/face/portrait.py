"""Pictures from files: JPEG, PNG, JPEG 2000 (box or codestream) to RGB, with caps before anything is decoded."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image

from reader.errors import Malformed, NotSupported
from reader.face.errors import ImageRefused
from reader.face.ports import Rgb
from reader.lds import dg2

LARGEST_CHIP_IMAGE = 200 * 1024
LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 24_000_000
FORMATS = ("JPEG", "PNG", "JPEG2000", "BMP", "WEBP")


def decode(raw: bytes, *, largest: int = LARGEST_FILE, pixels: int = MOST_PIXELS) -> Rgb:
    """RGB of a picture file.

    Raises:
        ImageRefused: no picture, damaged, or larger than the caps.
    """
    if len(raw) > largest:
        raise ImageRefused(f"{len(raw)} bytes are too many")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                if image.width * image.height > pixels:
                    raise ImageRefused(f"{image.width} x {image.height} pixels are too many")
                return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ImageRefused("not a picture, or damaged") from error


def from_chip(raw: bytes) -> Rgb:
    """RGB of a chip portrait, within the caps of one. Call it only after the hash of DG2 passed."""
    return decode(raw, largest=LARGEST_CHIP_IMAGE, pixels=4_000_000)


def from_file(raw: bytes) -> Rgb:
    """RGB of a picture file or of a DG2 as dumped from a chip."""
    if raw[:1] != b"\x75":
        return decode(raw)
    try:
        return from_chip(dg2.image(raw))
    except (Malformed, NotSupported) as error:
        raise ImageRefused(str(error)) from error
