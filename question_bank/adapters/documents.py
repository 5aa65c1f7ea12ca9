"""Word files by pandoc and PDF by WeasyPrint. Neither may fetch anything: all that a document needs is inside it."""

from __future__ import annotations

import base64
import importlib
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from question_bank.errors import DocumentFailed

WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}


def word(html: str) -> bytes:
    r"""The .docx of an HTML document; `\(…\)` becomes equations of Word.

    Raises:
        DocumentFailed: pandoc is missing or refuses it.
    """
    pypandoc: Any = importlib.import_module("pypandoc")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.docx"
        try:
            pypandoc.convert_text(
                html, "docx", format="html+tex_math_single_backslash", outputfile=str(target), extra_args=["--sandbox"]
            )
        except (RuntimeError, OSError) as error:
            raise DocumentFailed("pandoc: {problem}", problem=error) from error
        return target.read_bytes()


def _fetch(url: str, *_: Any, **__: Any) -> Any:
    """Only our fonts by name, and what stands in the document itself."""
    response = importlib.import_module("weasyprint.urls").URLFetcherResponse
    folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"
    for weight in WEIGHTS:
        if url == f"font:{weight}":
            return response(url, (folder / f"BeVietnamPro-{weight}.ttf").read_bytes(), {"Content-Type": "font/ttf"})
    head, comma, body = url.partition(",")
    if head.startswith("data:") and head.endswith(";base64") and comma:
        return response(
            url, base64.b64decode(body), {"Content-Type": head.removeprefix("data:").removesuffix(";base64")}
        )
    raise DocumentFailed("a document names {address}", address=url[:60])


def pdf(html: str) -> bytes:
    """The PDF of an HTML document.

    Raises:
        DocumentFailed: it names something outside itself.
    """
    weasyprint: Any = importlib.import_module("weasyprint")
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; src: url("font:{name}") }}'
        for name, weight in WEIGHTS.items()
    )
    sheet = weasyprint.CSS(string=faces, font_config=fonts, url_fetcher=_fetch)
    document = weasyprint.HTML(string=html, url_fetcher=_fetch, base_url="document:")
    return bytes(document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_identifier=b"khaothi"))
