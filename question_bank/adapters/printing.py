"""HTML to PDF by WeasyPrint. Nothing is fetched: fonts come from the installed package, pictures as data."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib.resources import files

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

WEIGHTS = {400: "Regular", 600: "SemiBold"}


@lru_cache(maxsize=1)
def _faces() -> str:
    folder = files("fontpkg_be_vietnam_pro") / "files"
    faces = []
    for weight, name in WEIGHTS.items():
        raw = base64.b64encode((folder / f"BeVietnamPro-{name}.ttf").read_bytes()).decode()
        source = f"url(data:font/ttf;base64,{raw})"
        faces.append(f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; src: {source} }}')
    return "\n".join(faces)


def pdf(html: str) -> bytes:
    """The PDF of a page; an address that is not `data:` draws nothing."""
    fonts = FontConfiguration()
    inside = URLFetcher(allowed_protocols=["data"])
    sheet = CSS(string=_faces(), font_config=fonts, url_fetcher=inside)
    return bytes(HTML(string=html, url_fetcher=inside).write_pdf(stylesheets=[sheet], font_config=fonts))
