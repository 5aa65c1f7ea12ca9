"""The report of an analysis for a terminal: verdict, what to look at first, one line an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from proctor_node.item_analysis.wording import english, vietnamese

NOTEWORTHY = 0.05
WORDS = {
    "vi": {
        "first": "Xem các câu này trước", "item": "Câu", "p": "Độ khó", "r": "Độ phân biệt", "blank": "Bỏ trống",
        "not_reached": "Không kịp", "flags": "Nhận xét", "none": "không tính được", "test": "Bài: {n} · Câu: {items} · "
        "Trung bình: {mean} · Độ lệch chuẩn: {sd} · Độ tin cậy: {alpha}",
    },
    "en": {
        "first": "Look at these first", "item": "Item", "p": "Facility", "r": "Discrimination", "blank": "Omitted",
        "not_reached": "Not reached", "flags": "Remarks", "none": "cannot be judged", "test": "Papers: {n} · Items: {items} · "
        "Mean: {mean} · SD: {sd} · Reliability: {alpha}",
    },
}  # fmt: skip


def render(document: Mapping[str, Any], language: str, console: Console) -> None:
    """Print it."""
    words, text = WORDS[language], f"text_{language}"

    def number(value: float | None, places: int = 2) -> str:
        if value is None:
            return words["none"]
        return vietnamese(value, places) if language == "vi" else english(value, places)

    test = document["test"]
    facts = {name: number(test[name]) for name in ("mean", "sd", "alpha")}
    console.print(f"[bold]{test['verdict'][text]}[/bold]", highlight=False)
    console.print(words["test"].format(n=test["n"], items=test["items"], **facts), highlight=False)
    for remark in document["remarks"]:
        console.print(f"• {remark[text]}", highlight=False)
    by_name = {item["id"]: item for item in document["items"]}
    if document["look_first"]:
        console.print(f"\n[bold]{words['first']}[/bold]")
    for name in document["look_first"]:
        console.print(f"  {name}: {by_name[name]['flags'][0][text]}", highlight=False)
    _more(document, text, console)
    table = Table(box=None, pad_edge=False)
    for title in ("item", "p", "r", "blank", "not_reached", "flags"):
        table.add_column(words[title], justify="left" if title in {"item", "flags"} else "right")
    for item in document["items"]:
        told = " ".join(flag[text] for flag in item["flags"])
        table.add_row(item["id"], number(item["p"]), number(item["r_rest"]), str(item["omitted"]), str(item["not_reached"]), told)  # fmt: skip
    console.print()
    console.print(table)


def _told_briefly(part: Mapping[str, Any] | None, text: str, console: Console) -> None:
    """The sentence of a key change; of a model its likelihood and what must be known about it."""
    if part is None:
        return
    if text in part:
        console.print(f"• {part[text]}", highlight=False)
        return
    console.print(
        f"• {part['model']}: log-likelihood {part['loglik']:.4f}, {len(part['items'])} items", highlight=False
    )
    for remark in part["remarks"]:
        console.print(f"  {remark[text]}", highlight=False)


def _more(document: Mapping[str, Any], text: str, console: Console) -> None:
    """What was asked for beside the items."""
    for part in ("key_change", "irt"):
        _told_briefly(document[part], text, console)
    for pair in document["pairs"][:5]:
        if pair["p_adjusted"] < NOTEWORTHY:
            console.print(f"• {pair[text]}", highlight=False)
