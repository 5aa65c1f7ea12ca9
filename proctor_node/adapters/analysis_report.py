"""The report of an analysis as a file: PDF for people, XLSX and JSON-free tables for further work.

The PDF is made from one HTML page: verdict, what to look at first with the shares of each option, charts, the full table and
how it is computed. Nothing is fetched: charts are drawn here as SVG, fonts are those of the station's bundle.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from proctor_node.item_analysis.wording import MINUS, english, vietnamese

WORDS = {
    "vi": {
        "title": "Phân tích câu hỏi", "first": "Xem các câu này trước", "none_first": "Không có câu nào cần xem trước.",
        "table": "Bảng đầy đủ", "item": "Câu", "p": "Độ khó", "r": "Độ phân biệt", "omitted": "Bỏ trống",
        "not_reached": "Không kịp", "remarks": "Nhận xét", "none": "không tính được", "option": "Phương án", "key": "đáp án",
        "low": "Thấp", "middle": "Giữa", "high": "Cao", "share": "Tỉ lệ chọn", "scores": "Phổ điểm", "papers": "Số bài",
        "mark": "Điểm", "facility": "Tỉ lệ làm đúng", "map": "Độ khó và độ phân biệt", "how": "Cách tính",
        "mean": "trung bình", "decimal": ",", "blank": "Bỏ trống và không kịp làm", "fix": "Cần sửa", "look": "Nên xem", "keep": "Giữ",
        "how_text": "Độ khó là điểm trung bình chia cho điểm tối đa. Độ phân biệt là tương quan giữa điểm của câu và điểm "
        "của các câu còn lại. Dải ± là 1,96 lần sai số chuẩn. Các ngưỡng là quy ước, không phải kết luận.",
    },
    "en": {
        "title": "Item analysis", "first": "Look at these first", "none_first": "No item stands out.",
        "table": "Full table", "item": "Item", "p": "Facility", "r": "Discrimination", "omitted": "Omitted",
        "not_reached": "Not reached", "remarks": "Remarks", "none": "cannot be judged", "option": "Option", "key": "key",
        "low": "Low", "middle": "Middle", "high": "High", "share": "Share", "scores": "Score distribution",
        "papers": "Papers", "mark": "Mark", "facility": "Share right", "map": "Difficulty and discrimination",
        "how": "How it is computed", "mean": "mean", "decimal": ".", "blank": "Omitted and not reached", "fix": "Mend", "look": "Look",
        "keep": "Keep",
        "how_text": "Facility is the mean mark over the maximum. Discrimination is the correlation of the item with the rest "
        "of the test. The band of ± is 1.96 standard errors. Thresholds are conventions, not verdicts.",
    },
}  # fmt: skip
INK, BRAND, BAD, GREY, TINT = "#14213D", "#1D4ED8", "#9B1510", "#6B7A92", "#DDE6F7"
URGENT = {"probable_wrong_key", "negative_discrimination", "dif_c"}
STYLE = """
@page { size: A4; margin: 16mm 15mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; color: #44536B } }
body { font-family: "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", sans-serif; font-size: 10pt; line-height: 1.5; color: #14213D }
h1 { font-size: 19pt; line-height: 1.5; margin: 0 } h2 { font-size: 13pt; margin: 18pt 0 6pt; break-after: avoid }
.verdict { font-size: 13pt; font-weight: 600; background: #EAF0FF; border-left: 4pt solid #1D4ED8; padding: 8pt 12pt; margin: 10pt 0 }
.card { border: .75pt solid #6B7A92; border-radius: 6pt; padding: 8pt 12pt; margin: 8pt 0; break-inside: avoid }
.card h3 { margin: 0; font-size: 12pt } .state { font-weight: 600 } .fix { color: #9B1510 } .look { color: #8A4B00 }
table { border-collapse: collapse; width: 100%; font-size: 9pt } th, td { padding: 2.5pt 5pt; border-bottom: .5pt solid #D5DDEA; text-align: right; vertical-align: top }
th { border-bottom: 1pt solid #6B7A92; font-weight: 600 } th:first-child, td:first-child, td.text, th.text { text-align: left }
tr { break-inside: avoid } thead { display: table-header-group } .key { font-weight: 700 } figure { margin: 8pt 0; break-inside: avoid }
figcaption { font-weight: 600 } figure img { width: 100%; height: auto } .small { color: #44536B; font-size: 9pt }
"""


def write_report(path: Path, document: Mapping[str, Any], language: str) -> None:
    """Write the report in the format that the name's ending says: .pdf, .html or .xlsx.

    Raises:
        ValueError: another ending.
    """
    writers: dict[str, Callable[[Path, Mapping[str, Any], str], None]] = {".pdf": _pdf, ".html": _html, ".xlsx": _xlsx}
    if path.suffix.lower() not in writers:
        raise ValueError(f"{path.name}: a report is .pdf, .html or .xlsx")
    writers[path.suffix.lower()](path, document, language)


def page(document: Mapping[str, Any], language: str) -> str:
    """The report as one HTML page that needs nothing else."""
    words, text = WORDS[language], f"text_{language}"
    by_name = {item["id"]: item for item in document["items"]}
    first = [_card(by_name[name], words, text, language) for name in document["look_first"]]
    body = [
        f"<h1>{words['title']}</h1>",
        f'<p class="verdict">{escape(document["test"]["verdict"][text])}</p>',
        *(f'<p class="small">{escape(said[text])}</p>' for said in document["remarks"]),
        f"<h2>{words['first']}</h2>",
        *(first or [f"<p>{words['none_first']}</p>"]),
        *_charts(document, words),
        f"<h2>{words['table']}</h2>",
        _table(document["items"], words, text, language),
        f"<h2>{words['how']}</h2><p>{words['how_text']}</p>",
    ]
    head = f'<meta charset="utf-8"><title>{words["title"]}</title><style>{_font_faces()}{STYLE}</style>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(body)}</body></html>'


def _fonts() -> dict[int, Path]:
    """The font's files by weight."""
    import fontpkg_be_vietnam_pro as package

    folder = Path(package.__file__).parent
    names = {400: "Regular", 600: "SemiBold", 700: "Bold"}
    found = {weight: sorted(folder.rglob(f"*-{name}.ttf")) for weight, name in names.items()}
    return {weight: files[0] for weight, files in found.items() if files}


def _font_faces() -> str:
    """The font inside the page, so that it looks the same everywhere."""
    faces = []
    for weight, file in _fonts().items():
        content = base64.b64encode(file.read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; src: url(data:font/ttf;base64,{content}) }}'
        )
    return "\n".join(faces)


def _number(value: float | None, words: Mapping[str, str], language: str, places: int = 2) -> str:
    if value is None:
        return words["none"]
    return vietnamese(value, places) if language == "vi" else english(value, places)


def _card(item: Mapping[str, Any], words: Mapping[str, str], text: str, language: str) -> str:
    """One item to look at: state in shape and word, reasons with acts, its options by thirds."""
    state = "fix" if {flag["code"] for flag in item["flags"]} & URGENT else "look"
    mark = {"fix": "■", "look": "▲"}[state]
    reasons = "".join(f"<li>{escape(flag[text])}</li>" for flag in item["flags"])
    rows = []
    for option in item["options"][:12]:
        style, note = (' class="key"', f" ({words['key']})") if option["right"] else ("", "")
        shares = "".join(f"<td>{count}</td>" for count in option["by_third"])
        r = _number(option["r_rest"], words, language)
        rows.append(
            f"<tr{style}><td>{escape(option['option'])}{note}</td><td>{100 * option['p']:.0f}%</td>{shares}<td>{r}</td></tr>"
        )
    heads = "".join(f"<th>{words[name]}</th>" for name in ("option", "share", "low", "middle", "high", "r"))
    table = (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        if item["kind"] != "marks"
        else ""
    )
    title = f'<h3>{words["item"]} {escape(item["id"])} <span class="state {state}">{mark} {words[state]}</span></h3>'
    return f'<div class="card">{title}<ul>{reasons}</ul>{table}</div>'


def _table(items: Sequence[Mapping[str, Any]], words: Mapping[str, str], text: str, language: str) -> str:
    heads = "".join(f"<th>{words[name]}</th>" for name in ("item", "p", "r", "omitted", "not_reached"))
    rows = []
    for item in items:
        told = escape(" ".join(flag[text] for flag in item["flags"]))
        numbers = f"<td>{_number(item['p'], words, language)}</td><td>{_number(item['r_rest'], words, language)}</td>"
        blanks = f"<td>{item['omitted']}</td><td>{item['not_reached']}</td>"
        rows.append(f'<tr><td>{escape(item["id"])}</td>{numbers}{blanks}<td class="text">{told}</td></tr>')
    return f'<table><thead><tr>{heads}<th class="text">{words["remarks"]}</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'


# -- charts ----------------------------------------------------------------------------------------------------------


def _charts(document: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    """Score distribution with the band of error, difficulty against discrimination, option curves, blanks."""
    import matplotlib as mpl
    from matplotlib import font_manager

    for file in _fonts().values():
        font_manager.fontManager.addfont(file)
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "path", "font.family": ["Be Vietnam Pro", "DejaVu Sans"], "font.size": 9, "svg.hashsalt": "analysis"})  # fmt: skip
    drawn = [
        (words["scores"], _scores(document["test"], words)),
        (words["map"], _difficulty(document["items"], words)),
        *((f"{words['share']}: {name}", _curves(item, words)) for name, item in _choices(document)),
        (words["blank"], _blanks(document["items"], words)),
    ]
    # As pictures of their own: the identifiers inside two drawings would meet in one page.
    return [
        f'<figure><figcaption>{escape(title)}</figcaption><img alt="{escape(title)}" src="data:image/svg+xml;base64,{svg}"></figure>'
        for title, svg in drawn
        if svg
    ]


def _choices(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    wanted = set(document["look_first"])
    groups = document["test"]["groups"]["by_group"]
    return [
        (item["id"], {**item, "groups": groups})
        for item in document["items"]
        if item["id"] in wanted and item["kind"] == "choice"
    ]


def _figure(height: float = 2.4) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.8, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Any) -> str:
    content = io.StringIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return base64.b64encode(content.getvalue().encode()).decode()


def _decimals(axis: Any, words: Mapping[str, str]) -> None:
    """Numbers of an axis as the language writes them."""
    axis.set_major_formatter(lambda value, _: f"{value:.4g}".replace(".", words["decimal"]).replace("-", MINUS))


def _scores(test: Mapping[str, Any], words: Mapping[str, str]) -> str:
    figure, axes = _figure()
    points = test["score_distribution"]
    gaps = [b["score"] - a["score"] for a, b in pairwise(points)]
    axes.bar(
        [point["score"] for point in points],
        [point["n"] for point in points],
        width=0.85 * min(gaps, default=1),
        color=BRAND,
    )
    if test["sem"] is not None:
        axes.axvspan(
            test["mean"] - 1.96 * test["sem"],
            test["mean"] + 1.96 * test["sem"],
            facecolor=TINT,
            zorder=0,
            hatch="//",
            edgecolor="#B9C4D8",
        )
    axes.axvline(test["mean"], color=INK, linewidth=1.5)
    axes.annotate(
        words["mean"], (test["mean"], 1), xycoords=("data", "axes fraction"), xytext=(3, 3), textcoords="offset points"
    )
    axes.set(xlabel=words["mark"], ylabel=words["papers"])
    return _svg(figure)


def _difficulty(items: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    figure, axes = _figure(3.0)
    judged = [item for item in items if item["r_rest"] is not None]
    for flagged, marker, colour in ((False, "o", BRAND), (True, "s", BAD)):
        own = [item for item in judged if any(flag["code"] != "option_unused" for flag in item["flags"]) is flagged]
        axes.scatter([item["p"] for item in own], [item["r_rest"] for item in own], marker=marker, color=colour, s=22)
        if flagged:
            for item in own[:15]:
                axes.annotate(
                    item["id"], (item["p"], item["r_rest"]), xytext=(4, 3), textcoords="offset points", fontsize=8
                )
    axes.axhline(0.2, color=GREY, linestyle="--", linewidth=1)
    axes.set(xlabel=words["facility"], ylabel=words["r"], xlim=(0, 1))
    _decimals(axes.xaxis, words)
    _decimals(axes.yaxis, words)
    return _svg(figure)


def _curves(item: Mapping[str, Any], words: Mapping[str, str]) -> str:
    figure, axes = _figure()
    styles = ["--", ":", "-.", (0, (5, 1)), (0, (1, 1))]
    used = [place for place, count in enumerate(item["groups"]) if count]
    for number, option in enumerate(item["options"][:8]):
        shares = [option["by_group"][place] / item["groups"][place] for place in used]
        style = (
            {"color": INK, "linewidth": 2.5}
            if option["right"]
            else {"color": GREY, "linestyle": styles[number % 5], "linewidth": 1.3}
        )
        axes.plot(range(len(used)), shares, marker="o", markersize=3, **style)
        axes.annotate(
            option["option"],
            (len(used) - 1, shares[-1]),
            xytext=(6, -3),
            textcoords="offset points",
            fontweight="bold" if option["right"] else "normal",
        )
    labels = [f"n = {item['groups'][place]}" for place in used]
    labels[0], labels[-1] = f"{words['low']}\n{labels[0]}", f"{words['high']}\n{labels[-1]}"
    axes.set_xticks(range(len(used)), labels)
    axes.set(ylabel=words["share"], ylim=(0, 1))
    _decimals(axes.yaxis, words)
    return _svg(figure)


def _blanks(items: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    if not any(item["omitted"] or item["not_reached"] for item in items):
        return ""
    figure, axes = _figure(2.0)
    places = range(len(items))
    omitted = [item["omitted"] for item in items]
    axes.bar(places, omitted, color=BRAND, label=words["omitted"])
    axes.bar(
        places,
        [item["not_reached"] for item in items],
        bottom=omitted,
        color="#F2BD00",
        hatch="//",
        label=words["not_reached"],
    )
    step = max(1, len(items) // 20)
    axes.set_xticks(list(places)[::step], [item["id"] for item in items][::step], fontsize=8)
    axes.set(ylabel=words["papers"])
    axes.legend(frameon=False)
    return _svg(figure)


# -- files -----------------------------------------------------------------------------------------------------------


def _html(path: Path, document: Mapping[str, Any], language: str) -> None:
    path.write_text(page(document, language), encoding="utf-8")


def _pdf(path: Path, document: Mapping[str, Any], language: str) -> None:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # Nothing is fetched: fonts and charts lie in the page.
    HTML(string=page(document, language), url_fetcher=URLFetcher(allowed_protocols=["data"])).write_pdf(path)


def _xlsx(path: Path, document: Mapping[str, Any], language: str) -> None:
    import openpyxl

    words, text = WORDS[language], f"text_{language}"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = words["item"]
    names = ("id", "n", "p", "sd", "r_rest", "r_biserial", "upper_lower_27", "alpha_if_deleted", "discriminative_efficiency", "omitted", "not_reached")  # fmt: skip
    sheet.append([*names, words["remarks"]])
    for item in document["items"]:
        sheet.append([*(item[name] for name in names), " ".join(flag[text] for flag in item["flags"])])
    options = book.create_sheet(words["option"])
    options.append(["id", "option", "right", "n", "p", "r_rest", words["low"], words["middle"], words["high"]])
    for item in document["items"]:
        for option in item["options"]:
            options.append(
                [
                    item["id"],
                    option["option"],
                    option["right"],
                    option["n"],
                    option["p"],
                    option["r_rest"],
                    *option["by_third"],
                ]
            )
    whole = book.create_sheet("test")
    for name in (
        "n",
        "items",
        "max",
        "mean",
        "sd",
        "median",
        "alpha",
        "sem",
        "omega",
        "lambda2",
        "split_half",
        "stratified_alpha",
    ):
        whole.append([name, document["test"][name]])
    whole.append(["verdict", document["test"]["verdict"][text]])
    for page_of_book in book.worksheets:
        page_of_book.freeze_panes = "B2"
    _as_text(book)
    book.save(path)


def _as_text(book: Any) -> None:
    """Names from a file are never formulas."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.data_type = "s"
