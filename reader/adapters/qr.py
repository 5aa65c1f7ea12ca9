"""QR codes in pictures, through ZXing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, UnidentifiedImageError

from reader import card_qr
from reader.card_qr import CardQr
from reader.errors import Malformed
from reader.face.ports import Rgb

# Pictures of a hostile size are not even opened.
MOST_PIXELS = 40_000_000


def find(picture: Rgb) -> CardQr | None:
    """The code of a card in a picture (height, width, 3; 8 bits), or None. Other codes are passed over."""
    for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        try:
            return card_qr.parse(found.text)
        except Malformed:
            continue
    return None


def find_in_file(path: Path) -> CardQr:
    """The code of a card in a picture file.

    Raises:
        Malformed: no picture, or no such code in it.
        OSError: the file cannot be read.
    """
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Malformed("{file} has more than {most} pixels", file=path, most=MOST_PIXELS)
            picture = np.asarray(opened.convert("RGB"), np.uint8)
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        raise Malformed("{file} is no picture", file=path) from error
    found = find(picture)
    if found is None:
        raise Malformed("no card's QR code in {file}", file=path)
    return found
