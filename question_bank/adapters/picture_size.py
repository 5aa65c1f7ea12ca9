"""The size of a picture as a paper shows it, in CSS pixels."""

from __future__ import annotations

import io
import re

from PIL import Image

from question_bank.errors import ItemUnfit

WIDEST, HIGHEST = 640, 480
VIEW_BOX = re.compile(rb'viewBox="[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)"')
SIDES = re.compile(rb'<svg[^>]*?\bwidth="([\d.]+)(?:px)?"[^>]*?\bheight="([\d.]+)(?:px)?"')


def measure(raw: bytes, media_type: str) -> tuple[int, int]:
    """Width and height, made smaller until it fits beside a question; a picture is never made larger.

    Raises:
        ItemUnfit: the bytes are no picture of that type.
    """
    if media_type == "image/svg+xml":
        found = SIDES.search(raw) or VIEW_BOX.search(raw)
        if found is None:
            raise ItemUnfit("an SVG picture without a size", "picture")
        width, height = float(found[1]), float(found[2])
    else:
        try:
            with Image.open(io.BytesIO(raw)) as picture:
                width, height = picture.size
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise ItemUnfit("a damaged picture: {problem}", "picture", problem=error) from error
    if width <= 0 or height <= 0:
        raise ItemUnfit("a picture without a size", "picture")
    scale = min(1.0, WIDEST / width, HIGHEST / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
