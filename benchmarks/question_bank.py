# ruff: noqa: E402 - the checkout is put on the path first
"""Times of the question bank: a Word paper of 40 items and 100 formulas, a bank of 50,000 items searched, formulas drawn.

Run: `python benchmarks/question_bank.py [--items 50000]`; writes docs/benchmarks/question_bank.md.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import text

from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import of_text
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, letter
from question_bank.formats import importing
from question_bank.ports import Search
from tests.unit.question_bank.golden_formulas import FORMULAS
from tests.unit.question_bank.papers import paper

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ["hàm", "số", "đồ", "thị", "cực", "trị", "tiệm", "cận", "mặt", "cầu", "đường", "tròn", "tích", "phân", "nguyên", "hàm", "xác", "suất", "cấp", "số", "cộng", "lôgarit", "vectơ", "khoảng", "cách", "góc", "thể", "tích", "khối", "chóp", "lăng", "trụ", "đạo", "hàm", "giới", "hạn", "phương", "trình", "bất", "nghiệm", "tập", "xác", "định", "đơn", "điệu", "nghịch", "biến", "đồng", "biến"]  # fmt: skip
QUERIES = [
    "tiệm cận",
    "tiem can",
    "mặt cầu",
    "duong tron",
    "tích phân hàm",
    "cau 777",
    "xác suất cấp số",
    "the tich khoi chop",
]


def timed(action: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and CPU seconds of a call, and its value."""
    wall, cpu = time.perf_counter(), time.process_time()
    value = action()
    return time.perf_counter() - wall, time.process_time() - cpu, value


def word_paper() -> bytes:
    """40 items, 100 formulas."""
    lines = []
    for number in range(1, 41):
        lines.append(
            f"Câu {number}: Giá trị của ${number}a/b$ với x là số thực bất kì thuộc khoảng đã cho bằng bao nhiêu?"
        )
        formulas = 2 if number > 20 else 1
        cells = [f"${number}/{n}$" if n <= formulas else f"giá trị thứ {n}" for n in (1, 2, 3, 4)]
        lines += [f"_A._ {cells[0]}", f"B. {cells[1]}", f"C. {cells[2]}", f"D. {cells[3]}"]
    return paper(*lines)


def draft(number: int) -> Draft:
    """An invented item."""
    pick = [WORDS[(number * step + step * step) % len(WORDS)] for step in (1, 3, 7, 11, 13, 17, 19, 23)]
    options = tuple(Option(letter(n), of_text(f"{WORDS[(number + n) % len(WORDS)]} {number + n}")) for n in range(4))
    known = Metadata(level=("NB", "TH", "VD", "VDC")[number % 4], topic=f"Chủ đề {number % 60}")
    return Draft(
        BankItem("single_choice", of_text(f"Câu {number} {' '.join(pick)}?"), options, metadata=known), Key(("A",))
    )


def formulas_drawn(renderer: MathJaxRenderer) -> list[tuple[str, str, str]]:
    """CPU time of each golden formula, the least of nine: what it costs where nobody else wants the processor."""
    each = {
        latex: min(timed(lambda latex=latex: renderer.svg(latex))[1] for _ in range(9)) * 1000 for latex in FORMULAS
    }
    chemistry = {latex: spent for latex, spent in each.items() if "\\ce" in latex}
    rows = []
    for what, of in (
        ("golden formulas without chemistry", each.keys() - chemistry.keys()),
        (r"formulas with \ce", chemistry),
    ):
        spent = {latex: each[latex] for latex in of}
        slowest = max(spent, key=spent.__getitem__)
        over = sum(value > 10 for value in spent.values())
        told = f"median {statistics.median(spent.values()):.1f} ms, {over} of {len(spent)} over 10 ms, worst {spent[slowest]:.1f} ms: `{slowest}`"
        rows.append((f"{what}, CPU", told.replace("|", "\\|"), "10 ms"))
    return rows


def measured(count: int) -> list[tuple[str, str, str]]:
    """All rows of the report."""
    rows = []
    renderer = MathJaxRenderer()
    start, start_cpu, _ = timed(lambda: renderer.svg("x"))
    rows.append(("formula engine, first formula", f"{start:.2f} s (CPU {start_cpu:.2f} s)", ""))
    rows += formulas_drawn(renderer)
    raw = word_paper()
    wall, cpu, (imported, lost, drawn) = timed(lambda: importing.read(raw, "de.docx", None, MathJaxRenderer()))
    formulas = len(drawn)
    assert (len(imported.items), lost) == (40, 0)
    rows.append(
        (
            f"Word paper, 40 items, 100 formulas ({formulas} different), engine start included",
            f"{wall:.2f} s (CPU {cpu:.2f} s)",
            "5 s",
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        bank = SqlBankStore(f"sqlite:///{folder}/bank.sqlite")
        filling, filling_cpu, _ = timed(
            lambda: [
                bank.add([draft(n) for n in range(at, min(at + 1000, count))], (), {}, "bench", NOW)
                for at in range(0, count, 1000)
            ]
        )
        rows.append(
            (f"{count} items into the bank, 1,000 a transaction", f"{filling:.0f} s (CPU {filling_cpu:.0f} s)", "")
        )
        times = {
            query: [timed(lambda query=query: bank.search(Search(text=query)))[0] for _ in range(7)]
            for query in QUERIES
        }
        worst = max(statistics.median(values) for values in times.values())
        rows.append(
            (
                f"search by words, {len(QUERIES)} queries with and without marks, first 50",
                f"median of the slowest query {worst * 1000:.0f} ms",
                "150 ms",
            )
        )
        cell = [
            timed(lambda: bank.search(Search(topic="Chủ đề 7", levels=("TH",), states=("draft",))))[0] for _ in range(7)
        ]
        rows.append(("search by topic, level and state", f"median {statistics.median(cell) * 1000:.0f} ms", "150 ms"))
        near = [timed(lambda n=n: bank.near(draft(n).item, 0.7))[0] for n in range(0, count, max(1, count // 7))]
        rows.append(("near-duplicates of one item", f"median {statistics.median(near) * 1000:.0f} ms", ""))
        with bank._engine.connect() as connection:
            pages = (
                connection.execute(text("PRAGMA page_count")).scalar_one()
                * connection.execute(text("PRAGMA page_size")).scalar_one()
            )
        rows.append(("size of the bank on disk", f"{pages / 2**20:.0f} MB", ""))
        bank.close()
    return rows


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=50_000)
    count = parser.parse_args().items
    rows = measured(count)
    table = "\n".join(f"| {what} | {got} | {goal} |" for what, got, goal in rows)
    report = f"""# Question bank: what was measured
`python benchmarks/question_bank.py --items {count}` on {platform.machine()}, Python {platform.python_version()}, two shared
cores with other work running; wall time where nothing else is said.

| What | Measured | To reach |
|---|---|---|
{table}
"""
    (ROOT / "docs" / "benchmarks" / "question_bank.md").write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
