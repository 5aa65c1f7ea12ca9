"""The page that all documents share: state head, title, tables, signatures; and Vietnamese ways of writing numbers and times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from html import escape

VIETNAM = timezone(timedelta(hours=7))
STYLE = """
@page { size: A4 %(orientation)s; margin: 18mm 16mm 16mm; @bottom-right { content: "Trang " counter(page) "/" counter(pages);
  font: 9pt "Be Vietnam Pro"; color: #44536B } @bottom-left { content: "%(foot)s"; font: 9pt "Be Vietnam Pro"; color: #44536B } }
body { font: 10.5pt/1.5 "Be Vietnam Pro"; color: #14213D; margin: 0 }
header { display: flex; justify-content: space-between; text-align: center; margin-bottom: 6mm }
header div { width: 48%% } header p { margin: 0 } .motto { font-weight: 600; border-bottom: 0.5pt solid #14213D; display: inline-block }
h1 { font-size: 14pt; line-height: 1.55; text-align: center; margin: 2mm 0 1mm } .under { text-align: center; margin: 0 0 5mm }
table { width: 100%%; border-collapse: collapse; font-size: 9.5pt } thead { display: table-header-group }
th, td { border: 0.5pt solid #6B7A92; padding: 1.2mm 1.6mm; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600; background: #E9EEF6 } td.n, th.n { text-align: right; white-space: nowrap } tr { break-inside: avoid }
.sign { display: flex; justify-content: space-around; text-align: center; margin-top: 8mm; break-inside: avoid }
.sign div { min-width: 50mm } .sign i { display: block; font-size: 9pt } .sign div { padding-bottom: 20mm }
.code { font-size: 15pt; font-weight: 700; letter-spacing: 0.06em } p { margin: 1.5mm 0 } .photo { width: 18mm; height: 22mm }
"""


def number(value: Decimal | None, empty: str = "–") -> str:
    """A mark with a decimal comma; what has no mark has a dash, never a zero."""
    return empty if value is None else str(value).replace(".", ",")


def moment(ms: int) -> datetime:
    """Node time as Vietnamese time."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(VIETNAM)


def clock(ms: int) -> str:
    """08:31:07."""
    return f"{moment(ms):%H:%M:%S}"


def day(ms: int) -> str:
    """24/11/2026."""
    return f"{moment(ms):%d/%m/%Y}"


def date_of(iso: str) -> str:
    """15/03/2008 from 2008-03-15."""
    return "/".join(reversed(iso.split("-"))) if iso else ""


def paragraph(text: str) -> str:
    """One paragraph; the text is escaped."""
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table of escaped cells; `right` are columns of numbers."""
    aligned = set(right)

    def cell(tag: str, place: int, text: str) -> str:
        return f"<{tag}{' class=n' if place in aligned else ''}>{escape(text)}</{tag}>"

    head = "".join(cell("th", place, text) for place, text in enumerate(header))
    body = "".join("<tr>" + "".join(cell("td", n, text) for n, text in enumerate(row)) + "</tr>" for row in rows)
    named = f"<thead><tr>{head}</tr></thead>" if any(header) else ""
    return f"<table>{named}<tbody>{body}</tbody></table>"


def signatures(*who: str) -> str:
    """Places to sign."""
    places = "".join(f"<div>{escape(name)}<i>(Ký, ghi rõ họ tên)</i></div>" for name in who)
    return f'<div class="sign">{places}</div>'


def page(title: str, under: str, body: str, *, organiser: str = "", foot: str = "", wide: bool = False) -> str:
    """A whole document. `body` is HTML; everything else is escaped."""
    # A foot stands in a style sheet: nothing in it may end the string.
    safe = "".join(sign for sign in foot if sign.isalnum() or sign in " -/.:,·")
    style = STYLE % {"orientation": "landscape" if wide else "portrait", "foot": safe}
    return (
        f"<!doctype html><html lang=vi><head><meta charset=utf-8><title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><header><div><p><b>{escape(organiser)}</b></p></div><div><p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p>"
        f'<p class="motto">Độc lập - Tự do - Hạnh phúc</p></div></header>'
        f'<h1>{escape(title)}</h1><p class="under">{escape(under)}</p>{body}</body></html>'
    )
