"""Why a blueprint cannot be filled, in words (UX.md section 4, "Ma trận đề kiểm tra")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from question_bank.assembly.pool import CellPool, Reason
from question_bank.assembly.solver import Slack
from question_bank.bank.item import LEVEL_NAMES_VI
from question_bank.blueprint import Blueprint, Cell

KIND_NAMES = {
    "single_choice": ("Nhiều lựa chọn", "single choice"),
    "multiple_choice": ("Nhiều đáp án đúng", "multiple choice"),
    "true_false_cluster": ("Đúng–Sai", "true/false cluster"),
    "short_answer": ("Trả lời ngắn", "short answer"),
}
LEVEL_NAMES_EN = {"NB": "recall", "TH": "understanding", "VD": "application", "VDC": "higher application"}
BARRED: dict[Reason, tuple[str, str]] = {
    "state": ("{n} câu chưa duyệt", "{n} not approved"),
    "used": ("{n} câu đã dùng trong {months} tháng", "{n} used within {months} months"),
    "exposure": ("{n} câu đã quá nhiều thí sinh gặp", "{n} seen by too many candidates"),
    "unfit": ("{n} câu không dùng được (đáp án hoặc công thức)", "{n} unusable (key or formula)"),
}


@dataclass(frozen=True, slots=True)
class Shortage:
    """One cell that lacks items. `wanted` and `there` count items for all forms together."""

    cell: Cell
    wanted: int
    there: int
    lacking: int
    barred: Mapping[Reason, int]
    text_vi: str
    text_en: str


def cell_name_vi(cell: Cell) -> str:
    """`Nguyên hàm – Trả lời ngắn – Vận dụng`."""
    return f"{cell.topic} – {KIND_NAMES[cell.kind][0]} – {LEVEL_NAMES_VI.get(cell.level, cell.level)}"


def cell_name_en(cell: Cell) -> str:
    """The same in English."""
    return f"{cell.topic} – {KIND_NAMES[cell.kind][1]} – {LEVEL_NAMES_EN.get(cell.level, cell.level)}"


def shortages(blueprint: Blueprint, pools: Sequence[CellPool], forms: int, slack: Slack) -> list[Shortage]:
    """A row for each cell that lacks something."""
    return [_shortage(blueprint, pool, forms, slack.lacking[pool.cell]) for pool in pools if pool.cell in slack.lacking]


def _shortage(blueprint: Blueprint, pool: CellPool, forms: int, lacking: int) -> Shortage:
    wanted, there, months = pool.cell.count * forms, len(pool.fit), blueprint.rules.unused_months
    barred = [(n, BARRED[reason]) for reason, n in sorted(pool.barred.items()) if n]
    why_vi = "; ".join(words[0].format(n=n, months=months) for n, words in barred)
    why_en = "; ".join(words[1].format(n=n, months=months) for n, words in barred)
    shared = there >= wanted
    text_vi = f"Ô “{cell_name_vi(pool.cell)}” cần {wanted} câu, "
    text_vi += (
        f"thiếu {lacking} vì các câu phù hợp dùng chung với ô khác hoặc không được đứng cùng đề"
        if shared
        else f"ngân hàng chỉ có {there} câu đã duyệt và chưa dùng trong {months} tháng"
    )
    text_vi += f" ({why_vi})." if why_vi else "."
    text_en = f"Cell “{cell_name_en(pool.cell)}” needs {wanted} items, "
    text_en += (
        f"{lacking} lacking: those that fit also serve other cells or must not stand together"
        if shared
        else f"the bank has only {there} that are approved and unused for {months} months"
    )
    text_en += f" ({why_en})." if why_en else "."
    return Shortage(pool.cell, wanted, there, lacking, dict(pool.barred), text_vi, text_en)


ADVICE_VI = "Có thể: duyệt thêm câu · đổi mức độ · cho dùng lại sớm hơn."
ADVICE_EN = "You can approve more items, change the level, or let items be used again sooner."


def other_reasons(blueprint: Blueprint, slack: Slack) -> list[tuple[str, str]]:
    """What stands in the way when no item lacks."""
    reasons = []
    rules = blueprint.rules
    if slack.difficulty:
        reasons.append(
            (
                f"Đủ câu, nhưng không ghép được đề có điểm trung bình dự kiến cách mục tiêu không quá {rules.tolerance:.0%}.",
                f"There are enough items, but no form comes within {rules.tolerance:.0%} of the target difficulty.",
            )
        )
    reasons += [
        (
            f"Đủ câu, nhưng lượng thông tin tại năng lực {theta:g} không đạt mức yêu cầu.",
            f"There are enough items, but the information asked for at ability {theta:g} is out of reach.",
        )
        for theta in slack.information
    ]
    if not slack.lacking and not reasons:
        reasons.append(
            (
                "Các yêu cầu về độ khó, lượng thông tin và câu không được đứng cùng đề không thể cùng thỏa mãn.",
                "Difficulty, information and the items that must not stand together cannot all be met at once.",
            )
        )
    return reasons
