"""Where the key that opens a chip may come from: typed digits, a typed MRZ, the QR code of the card."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from reader import access_key, card_qr
from reader.access_key import Can, MrzKey
from reader.adapters import qr
from reader.errors import Malformed

SEVEN = "001199012345|123456789|Nguyễn Thị Mẫu|03021999|Nữ|Số 1, Phường Mẫu, Hà Nội|01012022"
ELEVEN = SEVEN + "|Cha Mẫu|Mẹ Mẫu|x|y"
TD1 = "IDVNM1990123456001199012345<<7/9902037F3402030VNM<<<<<<<<<<<8/NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"


def drawn(text: str) -> np.ndarray:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    grey = np.pad(np.asarray(code), 60, constant_values=255)
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("text", [SEVEN, ELEVEN])
def test_a_code_in_a_picture_gives_the_number_and_whom_to_look_up(text):
    found = qr.find(drawn(text))
    assert found == card_qr.CardQr("001199012345", "Nguyễn Thị Mẫu", "1999-02-03", "Nữ", "2022-01-01")


def test_a_code_in_a_file_is_found(tmp_path):
    Image.fromarray(drawn(SEVEN)).save(tmp_path / "qr.png")
    assert qr.find_in_file(tmp_path / "qr.png").personal_number == "001199012345"


@pytest.mark.parametrize(
    "text", ["https://example.invalid", "1|2|3", SEVEN.replace("0011", "A011"), "|".join(["001199012345"] * 12)]
)
def test_other_codes_are_passed_over(text):
    assert qr.find(drawn(text)) is None


def test_what_is_no_picture_is_said_so(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    with pytest.raises(Malformed):
        qr.find_in_file(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("001199012345", Can("012345")),
        (" 0011 9901 2345 ", Can("012345")),
        ("012345", Can("012345")),
        (SEVEN, Can("012345")),
        (ELEVEN, Can("012345")),
        (TD1, MrzKey.from_fields("199012345", "990203", "340203")),
        (TD1.replace("/", "\n").lower(), MrzKey.from_fields("199012345", "990203", "340203")),
    ],
)  # fmt: skip
def test_what_is_typed_is_understood(text, key):
    assert access_key.typed(text) == key


@pytest.mark.parametrize(
    "text", ["", "12345", "٠١٢٣٤٥", "1234567", "00119901234A", "|", "1|2", TD1.replace("990203", "990204"), "X" * 5000]
)
def test_anything_else_is_refused_by_name(text):
    with pytest.raises(Malformed):
        access_key.typed(text)


@pytest.mark.parametrize("birth", ["31022000", "2000", "", "0a021999"])
def test_a_date_that_is_none_is_left_out(birth):
    assert card_qr.parse(SEVEN.replace("03021999", birth)).birth_date == ""
