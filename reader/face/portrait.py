"""Pictures from files to RGB: caps before anything is decoded, and one clear error for each way a file can be wrong.

A chip holds JPEG or JPEG 2000 (Doc 9303-10 section 4.7.2.3), the latter as a box file or as a bare codestream. Files that
people hold come in more formats, depths and turns; they all end as 8-bit RGB, upright as their EXIF says.
"""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from reader.errors import Malformed, NotSupported
from reader.face.errors import ImageAnimated, ImageDamaged, ImageRefused, ImageTooLarge, NotAnImage
from reader.face.ports import Rgb
from reader.lds import dg2

LARGEST_CHIP_IMAGE = 200 * 1024
MOST_CHIP_PIXELS = 4_000_000
LARGEST_FILE = 40 * 1024 * 1024
# A telephone takes 50 megapixels; what claims more is no portrait.
MOST_PIXELS = 64_000_000
# A face is compared at 112 pixels: beyond this side a picture costs memory for no gain.
LONGEST_SIDE = 2048
# What a person needs to compare two faces on a screen.
SHOWN_SIDE = 640
CHIP_FORMATS = ("JPEG", "JPEG2000")
FORMATS = (*CHIP_FORMATS, "PNG", "BMP", "WEBP", "GIF", "TIFF", "PPM")
ANIMATED = {"GIF", "PNG", "WEBP"}
TRANSPARENT = {"LA", "La", "PA", "RGBA", "RGBa"}
DG2_TAG = b"\x75"
# What decoders raise on hostile bytes, beside OSError.
BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, AttributeError, ArithmeticError, EOFError, MemoryError, struct.error)  # fmt: skip


def decode(
    raw: bytes, *, largest: int = LARGEST_FILE, pixels: int = MOST_PIXELS, formats: tuple[str, ...] = FORMATS
) -> Rgb:
    """Upright 8-bit RGB of a picture file, at most `LONGEST_SIDE` pixels long.

    Raises:
        NotAnImage: no picture format that is read here.
        ImageDamaged: it breaks off or contradicts itself.
        ImageTooLarge: more bytes or pixels than the caps.
        ImageAnimated: more than one picture.
    """
    if len(raw) > largest:
        raise ImageTooLarge("{size} bytes are too many", size=len(raw))
    with warnings.catch_warnings():
        # Odd metadata in a sound picture is nobody's concern, and the caps below replace Pillow's warning.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(raw), formats=formats) as image:
                return _rgb(image, pixels)
        except UnidentifiedImageError as error:
            raise NotAnImage("not a picture of a known format") from error
        except Image.DecompressionBombError as error:
            raise ImageTooLarge("too many pixels") from error
        except BROKEN as error:
            raise ImageDamaged("the picture is damaged or breaks off") from error


def _rgb(image: Image.Image, pixels: int) -> Rgb:
    if image.width * image.height > pixels:
        raise ImageTooLarge("{width} x {height} pixels are too many", width=image.width, height=image.height)
    if image.format in ANIMATED and getattr(image, "is_animated", False):
        raise ImageAnimated("a moving picture is no portrait")
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    # Libraries that print (WeasyPrint) switch this on for the whole process; half a picture is no portrait.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    image.load()
    plain = _eight_bits(_upright(image))
    if max(plain.size) > LONGEST_SIDE:
        plain = plain.reduce(-(-max(plain.size) // LONGEST_SIDE))
    return np.array(plain, dtype=np.uint8)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image  # metadata that cannot be read say nothing


def _eight_bits(image: Image.Image) -> Image.Image:
    """RGB of any mode: deep grey is scaled (Pillow would clip it), transparency stands on white."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_scaled(np.asarray(image))).convert("RGB")
    if image.mode in TRANSPARENT or "transparency" in image.info:
        coloured = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB")
    return image.convert("RGB")


def _scaled(deep: np.ndarray) -> np.ndarray:
    """0 to 255 of grey values of any depth; the depth is the power of two that holds the brightest."""
    if deep.dtype.kind == "f":
        sound = np.nan_to_num(deep, nan=0.0, posinf=0.0, neginf=0.0).clip(0)
        top = float(sound.max(initial=0.0))
        deep = sound * (255.0 if top <= 1 else 255.0 / max(top, 255.0))
        return deep.astype(np.uint8)
    positive = deep.astype(np.int64).clip(0)
    shift = max(0, int(positive.max(initial=0)).bit_length() - 8)
    return (positive >> shift).astype(np.uint8)


def from_chip(raw: bytes) -> Rgb:
    """RGB of a chip portrait, within the caps and formats of one. Call it only after the hash of DG2 passed.

    Raises:
        ImageRefused: as `decode`.
    """
    return decode(raw, largest=LARGEST_CHIP_IMAGE, pixels=MOST_CHIP_PIXELS, formats=CHIP_FORMATS)


def to_jpeg(picture: Rgb, longest: int = SHOWN_SIDE) -> bytes:
    """A picture for a person to look at: JPEG without metadata, at most `longest` pixels long."""
    image = Image.fromarray(picture)
    image.thumbnail((longest, longest))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def read(path: Path) -> bytes:
    """The bytes of a file, unless there are too many.

    Raises:
        ImageTooLarge: it is larger than any picture that is read here.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise ImageTooLarge("more than {most} bytes", most=LARGEST_FILE)
    return raw


def from_file(raw: bytes) -> Rgb:
    """RGB of a picture file or of a DG2 as dumped from a chip.

    Raises:
        ImageRefused: as `decode`, or a DG2 whose portrait cannot be taken out.
    """
    if raw[:1] != DG2_TAG:
        return decode(raw)
    try:
        portrait = dg2.image(raw)
    except (Malformed, NotSupported) as error:
        raise ImageRefused("DG2: {problem}", problem=error) from error
    return from_chip(portrait)
