"""HTML to PDF with WeasyPrint. Nothing is fetched but the fonts that come with the program."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from proctor_node.errors import DocumentRefused

WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}


@cache
def _weasyprint() -> Any:
    # Half a second to load; only commands that print pay for it.
    return importlib.import_module("weasyprint")


def _fetch(url: str, *_: Any, **__: Any) -> Any:
    """Only our fonts, by name: a name in a roster must not make the node read a file or call a server."""
    folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"
    for weight in WEIGHTS:
        if url == f"font:{weight}":
            raw = (folder / f"BeVietnamPro-{weight}.ttf").read_bytes()
            return importlib.import_module("weasyprint.urls").URLFetcherResponse(url, raw, {"Content-Type": "font/ttf"})
    raise DocumentRefused("a document names {address}", address=url[:60])


# WeasyPrint asks its fetcher whether an address that cannot be had stops the document. It does.
setattr(_fetch, "_fail_on_errors", True)  # noqa: B010 - an attribute of a function


def render(html: str) -> bytes:
    """The PDF of a document.

    Raises:
        DocumentRefused: it names something outside itself.
    """
    weasyprint = _weasyprint()
    faces = "".join(
        f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; src: url("font:{name}") }}'
        for name, weight in WEIGHTS.items()
    )
    text = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    sheet = weasyprint.CSS(string=faces, font_config=text, url_fetcher=_fetch)
    document = weasyprint.HTML(string=html, url_fetcher=_fetch, base_url="document:")
    return bytes(document.write_pdf(stylesheets=[sheet], font_config=text, pdf_identifier=b"khaothi"))
