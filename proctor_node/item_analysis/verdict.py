"""One sentence for the whole test, with its uncertainty (verdicts V1 to V6 of the teacher pages)."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_node.item_analysis.classical import TestStatistics
from proctor_node.item_analysis.wording import Text, english, percent, vietnamese

TRUSTWORTHY, USABLE = 0.80, 0.70  # Nunnally's .70 for low stakes, .80 for decisions about a class
FEWEST, FEW = 30, 100
EASY, HARD, TOP = 8.5, 3.5, 9.0  # on the scale of ten
SCALE = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`codes` are the rules that spoke, the deciding one first."""

    codes: tuple[str, ...]
    text: Text


def judge(test: TestStatistics) -> Verdict:
    """The verdict."""
    codes, text = _reliability(test)
    if codes[0] in {"V1", "V2", "V3"}:
        if test.persons < FEW:
            text += Text("Số bài còn ít, nhận xét có thể thay đổi.", "There are few papers yet; this may change.")
        difficulty = _difficulty(test)
        if difficulty is not None:
            codes, text = (*codes, "V5"), text + difficulty
    return Verdict(codes, text)


def _reliability(test: TestStatistics) -> tuple[tuple[str, ...], Text]:
    n = test.persons
    if n < FEWEST:
        papers = "paper" if n == 1 else "papers"
        return ("V4",), Text(
            f"Mới có {n} bài, chưa đủ để nhận xét đề.", f"Only {n} {papers}: too few to judge the test."
        )
    if test.alpha is None or test.sem is None:
        why = _why_not(test)
        return ("V6",), Text(f"Không tính được độ tin cậy vì {why.vi}.", f"Cannot be judged: {why.en}.")
    half, apart = 1.96 * test.sem, 2.77 * test.sem
    if test.alpha >= TRUSTWORTHY:
        return ("V1",), Text(
            "Điểm bài này đáng tin: điểm thật của một học sinh thường nằm trong khoảng điểm đạt được "
            f"± {vietnamese(half, 1)} (độ tin cậy {vietnamese(test.alpha, 2)}, {vietnamese(n, 0)} bài).",
            f"These scores are trustworthy to ± {english(half, 1)} {'mark' if half == 1 else 'marks'} "
            f"(reliability {english(test.alpha, 2)}, {english(n, 0)} papers).",
        )
    if test.alpha >= USABLE:
        return ("V2",), Text(
            f"Dùng được để nhìn chung cả lớp; hai em hơn kém nhau dưới {vietnamese(apart, 1)} điểm thì chưa coi là khác nhau.",
            f"Good enough for the class as a whole; differences under {english(apart, 1)} between two pupils mean little.",
        )
    return ("V3",), Text(
        f"Điểm còn dao động nhiều (± {vietnamese(half, 1)}); chưa nên dùng riêng bài này để xếp loại.",
        f"Scores vary a lot (± {english(half, 1)}); do not grade on this test alone.",
    )


def _why_not(test: TestStatistics) -> Text:
    if test.items < 2:
        return Text("đề chỉ có một câu", "the test has a single item")
    return Text("mọi bài cùng điểm", "all papers have the same mark")


def _difficulty(test: TestStatistics) -> Text | None:
    mean = test.mean / test.maximum * SCALE
    if HARD <= mean <= EASY:
        return None
    top = sum(count for total, count in test.score_counts if total / test.maximum * SCALE >= TOP - 1e-9) / test.persons
    vi, en = ("dễ", "easy") if mean > EASY else ("khó", "hard")
    return Text(
        f"Đề {vi} so với học sinh: điểm trung bình {vietnamese(mean, 1)} (thang 10), {percent(top)} từ 9 điểm trở lên.",
        f"The test was {en} for this group: mean {english(mean, 1)} out of 10, {percent(top)} at 9 or above.",
    )
