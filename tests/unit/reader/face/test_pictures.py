"""Picture files as they come: every depth, turn and format ends as upright RGB; what is wrong is told by its code."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from reader.face import portrait, search
from reader.face.errors import ImageAnimated, ImageDamaged, ImageRefused, ImageTooLarge, NotAnImage

RAMP = np.stack([np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))] * 3, axis=-1)
RAMP[:24] //= 2


def encoded(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


RAMP_IMAGE = Image.fromarray(RAMP)
DEEP = Image.fromarray((RAMP[:, :, 0].astype(np.uint16) << 8) | 0x40)
FORMATS = {
    "JPEG": encoded(RAMP_IMAGE, format="JPEG", quality=95),
    "PNG": encoded(RAMP_IMAGE, format="PNG"),
    "JP2 box": encoded(RAMP_IMAGE, format="JPEG2000"),
    "JPEG 2000 codestream": encoded(RAMP_IMAGE, format="JPEG2000", no_jp2=True),
    "grey codestream": encoded(RAMP_IMAGE.convert("L"), format="JPEG2000", no_jp2=True),
    "grey PNG": encoded(RAMP_IMAGE.convert("L"), format="PNG"),
    "16-bit grey PNG": encoded(DEEP, format="PNG"),
    "16-bit grey JP2": encoded(DEEP, format="JPEG2000"),
    "palette": encoded(RAMP_IMAGE.quantize(128), format="PNG"),
    "CMYK JPEG": encoded(RAMP_IMAGE.convert("CMYK"), format="JPEG", quality=95),
    "transparent": encoded(RAMP_IMAGE.convert("RGBA"), format="PNG"),
    "portable greymap": encoded(RAMP_IMAGE.convert("L"), format="PPM"),
    "TIFF": encoded(RAMP_IMAGE, format="TIFF"),
    "deep TIFF of fractions": encoded(Image.fromarray(RAMP[:, :, 0].astype(np.float32) / 255), format="TIFF"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_is_the_same_whatever_it_is_stored_as(name):
    rgb = portrait.from_file(FORMATS[name])
    assert rgb.shape == RAMP.shape
    assert rgb.dtype == np.uint8
    assert np.abs(rgb.astype(int) - RAMP).mean() < 8


@pytest.mark.parametrize(("orientation", "quarters"), [(3, 2), (6, 3), (8, 1)])
def test_a_picture_stands_upright_as_its_exif_says(orientation, quarters):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.rot90(RAMP, -quarters).copy())
    rgb = portrait.from_file(encoded(stored, format="PNG", exif=exif))
    assert np.array_equal(rgb, RAMP)


def test_a_large_picture_is_scaled_down():
    rgb = portrait.from_file(encoded(Image.new("RGB", (5000, 3000), "grey"), format="JPEG"))
    assert max(rgb.shape) <= portrait.LONGEST_SIDE
    assert abs(rgb.shape[1] / rgb.shape[0] - 5 / 3) < 0.01


def bomb(width, height):
    """A PNG that claims its size and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def moving(kind):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    return encoded(frames[0], format=kind, save_all=True, append_images=frames[1:])


WRONG = {
    "nothing": (b"", NotAnImage),
    "words": ("Không phải ảnh".encode() * 40, NotAnImage),
    "a program": (b"\x7fELF" + bytes(4000), NotAnImage),
    "a page that says it is a picture": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAnImage),
    "half a JPEG": (FORMATS["JPEG"][: len(FORMATS["JPEG"]) // 2], ImageDamaged),
    "half a PNG": (encoded(Image.effect_noise((200, 200), 80), format="PNG")[:9000], ImageDamaged),
    "half a JP2": (FORMATS["JP2 box"][: len(FORMATS["JP2 box"]) // 2], ImageDamaged),
    "half a codestream": (FORMATS["JPEG 2000 codestream"][: len(FORMATS["JPEG 2000 codestream"]) // 2], ImageDamaged),
    "a PNG without its picture": (bomb(100, 100), ImageDamaged),
    "100 megapixels": (bomb(10_000, 10_000), ImageTooLarge),
    "4 gigapixels": (bomb(65_000, 65_000), ImageTooLarge),
    "a moving GIF": (moving("GIF"), ImageAnimated),
    "a moving PNG": (moving("PNG"), ImageAnimated),
    "a moving WebP": (moving("WEBP"), ImageAnimated),
    "a DG2 that breaks off": (b"\x75\x82\x10\x00\x7f\x61", ImageRefused),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_sound_picture_is_refused_by_name(name):
    raw, error = WRONG[name]
    with pytest.raises(error) as refused:
        portrait.from_file(raw)
    assert type(refused.value) is error


def test_half_a_picture_is_refused_whatever_another_library_has_switched_on(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(ImageDamaged):
        portrait.from_file(WRONG["half a PNG"][0])


def test_a_chip_holds_no_other_formats_and_no_large_picture():
    for name in ("PNG", "palette", "TIFF"):
        with pytest.raises(NotAnImage):
            portrait.from_chip(FORMATS[name])
    with pytest.raises(ImageTooLarge):
        portrait.from_chip(FORMATS["JPEG"] + bytes(portrait.LARGEST_CHIP_IMAGE))
    with pytest.raises(ImageTooLarge):
        portrait.from_chip(encoded(Image.new("L", (3000, 2000)), format="JPEG", quality=10))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "JP2 box", "JPEG 2000 codestream"])
def test_any_flipped_byte_is_a_picture_or_a_refusal(name):
    raw = FORMATS[name]
    for place in range(0, len(raw), max(1, len(raw) // 60)):
        hostile = raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :]
        with contextlib.suppress(ImageRefused):
            assert portrait.from_file(hostile).ndim == 3


@pytest.mark.parametrize("shape", [(1, 1), (1, 2048), (2048, 1), (3, 700), (160, 2048)])
def test_a_strip_of_a_picture_shows_nobody_and_is_not_blown_up(sface, shape):
    strip = np.full((*shape, 3), 90, np.uint8)
    assert search.look(sface, strip).faces == []
    assert max(search._roomy(strip).shape) <= 2 * portrait.LONGEST_SIDE
