"""Counts HTML with the standard library's parser: text, formulas in TeX or MathML, pictures, tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from question_bank.formats.walker.census import Census

TEX = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]|\$\$.+?\$\$", re.DOTALL)


class _Counter(HTMLParser):
    def __init__(self, census: Census) -> None:
        super().__init__(convert_charrefs=True)
        self._census, self._silent = census, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in {"math", "script", "style", "svg"}:
            self._silent += 1
            self._census.formulas += tag == "math"
            self._census.pictures += tag == "svg"
        elif not self._silent:
            self._census.pictures += tag == "img" or (
                tag in {"object", "audio", "video", "iframe", "embed"} and bool(names.get("data") or names.get("src"))
            )
            self._census.tables += tag == "table"
            self._census.pictures += tag == "a" and (names.get("href") or "").startswith("@@PLUGINFILE@@")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"math", "script", "style", "svg"}:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"math", "script", "style", "svg"} and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            plain_text(data, self._census)


def plain_text(text: str, census: Census) -> None:
    """Count text that may hold TeX."""
    census.formulas += len(TEX.findall(text))
    census.runs += [run for run in TEX.split(text) if run.strip()]


def html(text: str, census: Census) -> None:
    """Count a piece of HTML."""
    counter = _Counter(census)
    counter.feed(text)
    counter.close()
