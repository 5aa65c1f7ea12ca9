"""Vietnamese text in older encodings: TCVN3 (ABC, fonts .Vn…) and VNI, recognised and brought to Unicode.

Tables: TCVN 5712:1993 (VN3) and the VNI double-byte layout, both as they show through Windows-1252.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Legacy = Literal["TCVN3", "VNI"]

_TCVN3_FROM = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ®¡¢£¤¥¦§"
_TCVN3_TO = "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđĂÂÊÔƠƯĐ"
TCVN3 = dict(zip(_TCVN3_FROM, _TCVN3_TO, strict=True))
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323", "â": "\u0302", "á": "\u0302\u0301",
    "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301",
    "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_MARKS = "".join(_VNI_MARKS)
VNI_SIGN = re.compile(f"([aeouyôö])([{_MARKS}])|([{''.join(_VNI_SINGLE)}])", re.IGNORECASE)
VIETNAMESE = re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹăđơưĂĐƠƯ]", re.IGNORECASE)
TCVN3_TRACE = re.compile("[µ¶·¹»¼½¾Ç®©ª«¬¸Ë×Ø]|\u00ad")
VNI_TRACE = re.compile("[aeouyôö][ùøûõïáàåãäêéèúüë]|ñ[aeiouyöô]|[ö][ôù]")


def of_font(font: str) -> Legacy | None:
    """The encoding that a font's name gives away."""
    if font.startswith((".Vn", ".VN")):
        return "TCVN3"
    return "VNI" if font.upper().startswith("VNI") else None


def convert(text: str, legacy: Legacy, *, capitals: bool = False) -> str:
    """The text in Unicode NFC; `capitals` for the fonts whose small letters look like capitals (.VnTimeH)."""
    if legacy == "TCVN3":
        made = "".join(TCVN3.get(sign, sign) for sign in text)
        return made.upper() if capitals else made
    return unicodedata.normalize("NFC", VNI_SIGN.sub(_vni_sign, text))


def _vni_sign(found: re.Match[str]) -> str:
    base, mark = found[1] or found[3], found[2] or ""
    single = _VNI_SINGLE.get(base.lower(), base)
    base = single.upper() if base.isupper() else single
    return base + _VNI_MARKS.get(mark.lower(), "")


def guess(text: str) -> Legacy | None:
    """The legacy encoding that a text without fonts seems to be in; None when it reads as Unicode."""
    if VIETNAMESE.search(text):
        return None
    letters = sum(map(str.isalpha, text)) or 1
    tcvn3, vni = len(TCVN3_TRACE.findall(text)), len(VNI_TRACE.findall(text))
    if max(tcvn3, vni) < 3 or max(tcvn3, vni) / letters < 0.02:
        return None
    return "TCVN3" if tcvn3 >= vni else "VNI"


def decoded(raw: bytes) -> tuple[str, str, Legacy | None]:
    """Text of bytes in NFC, the encoding that was used (empty for UTF-8), and the legacy encoding that was converted."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(name, "replace")
            return unicodedata.normalize("NFC", text), "" if name == "utf-8" else name.upper(), None
    try:
        text, used = raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        text, used = raw.decode("cp1252", "replace"), "Windows-1252"
        if not guess(text):
            vietnamese = raw.decode("cp1258", "replace")
            if VIETNAMESE.search(unicodedata.normalize("NFC", vietnamese)):
                text, used = vietnamese, "Windows-1258"
    legacy = guess(text)
    if legacy:
        text = convert(text, legacy)
    return unicodedata.normalize("NFC", text), used, legacy
