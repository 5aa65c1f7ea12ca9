"""Design tokens of UX.md section 1: three contrast themes."""

from __future__ import annotations

LIGHT = {
    "page": "#F3F6FB", "surface": "#FFFFFF", "sunken": "#E9EEF6", "ink": "#14213D", "ink2": "#44536B", "line": "#D5DDEA",
    "lineStrong": "#6B7A92", "brand": "#1D4ED8", "brandPressed": "#1739A8", "onBrand": "#FFFFFF", "brandTint": "#EAF0FF",
    "answered": "#DDE6F7", "ok": "#1B8550", "okText": "#0B6B3A", "okTint": "#E3F5EA", "warn": "#F2BD00",
    "warnText": "#8A4B00", "warnTint": "#FFF3DC", "bad": "#9B1510", "badText": "#B3141C", "badTint": "#FDECEC",
    "help": "#6B1482", "info": "#1D4ED8", "neutral": "#505561", "focus": "#1D4ED8", "onStatus": "#FFFFFF", "onWarn": "#14213D",
}  # fmt: skip
DARK = {
    "page": "#0E1524", "surface": "#172136", "sunken": "#0A101C", "ink": "#F2F5FB", "ink2": "#B9C4D8", "line": "#33415C",
    "lineStrong": "#8494B2", "brand": "#8DB4FF", "brandPressed": "#B4CEFF", "onBrand": "#0E1524", "brandTint": "#1F335F",
    "answered": "#2A3A5C", "ok": "#60F2B4", "okText": "#6FD89B", "okTint": "#12352A", "warn": "#FFF178",
    "warnText": "#FFC466", "warnTint": "#3A2A0C", "bad": "#E66C4F", "badText": "#FF9A93", "badTint": "#42191C",
    "help": "#F9A2F9", "info": "#6282FB", "neutral": "#8D9399", "focus": "#8DB4FF", "onStatus": "#0E1524", "onWarn": "#0E1524",
}  # fmt: skip
CONTRAST = {
    "page": "#000000", "surface": "#000000", "sunken": "#000000", "ink": "#FFFFFF", "ink2": "#FFFFFF", "line": "#FFFFFF",
    "lineStrong": "#FFFFFF", "brand": "#FFFFFF", "brandPressed": "#FFFFFF", "onBrand": "#000000", "brandTint": "#333333",
    "answered": "#333333", "ok": "#99FFAA", "okText": "#99FFAA", "okTint": "#000000", "warn": "#F6D416",
    "warnText": "#F6D416", "warnTint": "#000000", "bad": "#FA693E", "badText": "#FA693E", "badTint": "#000000",
    "help": "#E07CB6", "info": "#4C99FD", "neutral": "#FFFFFF", "focus": "#00E5FF", "onStatus": "#000000", "onWarn": "#000000",
}  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
