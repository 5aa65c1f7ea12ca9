"""What is noticed about an item, in words with what to do. Thresholds are data; a flag is never a verdict alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from proctor_node.item_analysis.classical import ItemStatistics, OptionStatistics
from proctor_node.item_analysis.wording import Text, english, percent, vietnamese


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Conventions, editable for each school.

    Sources: facility Ebel & Frisbie 1991; low discrimination Ebel & Frisbie and the 0.2 line of ShinyItemAnalysis;
    distractors Haladyna & Downing 1993.
    """

    too_easy: float = 0.90
    too_hard: float = 0.20
    low_discrimination: float = 0.20
    unused_option: float = 0.05
    not_reached: float = 0.05
    fewest_persons: int = 30
    fewest_for_options: int = 50
    significance: float = 2.0


@dataclass(frozen=True, slots=True)
class Flag:
    """One remark on an item. `severity` orders the list "look at these first"; `act` is the button offered."""

    code: str
    severity: float
    reason: Text
    advice: Text
    act: str

    @property
    def text(self) -> Text:
        """Reason and advice."""
        return self.reason + self.advice


SEVERITY = {
    "probable_wrong_key": 100, "negative_discrimination": 80, "option_attracts_strong": 60, "dif_c": 55, "too_hard": 45,
    "low_discrimination": 40, "not_reached": 30, "dif_b": 25, "equal_value_other_form": 50, "too_easy": 20,
    "option_unused": 10, "too_few": 0,
}  # fmt: skip


def _flag(code: str, reason: Text, advice: Text, act: str, more: float = 0.0) -> Flag:
    return Flag(code, SEVERITY[code] + min(max(more, 0.0), 1.0) * 9, reason, advice, act)


def of_item(item: ItemStatistics, limits: Thresholds | None = None) -> tuple[Flag, ...]:
    """Flags of an item, worst first. Below the smallest number of persons there is one: too few."""
    limits = limits or Thresholds()
    if item.n < limits.fewest_persons:
        reason = Text(f"Mới có {item.n} bài: chưa đủ để kết luận về câu này.", f"Only {item.n} papers.")
        return (_flag("too_few", reason, Text("Chờ thêm bài; không gắn cờ.", "Wait; no flag."), "wait"),)
    rules: tuple[Callable[[ItemStatistics, Thresholds], Iterator[Flag]], ...] = (
        _wrong_key, _direction, _statements, _strong_distractors, _difficulty, _unused, _not_reached, _other_form,
    )  # fmt: skip
    found = [flag for rule in rules for flag in rule(item, limits)]
    return tuple(sorted(found, key=lambda flag: -flag.severity))


def _significant(item: ItemStatistics, limits: Thresholds) -> float:
    """The correlation beyond which chance is not a good reason, about `significance` / sqrt(n)."""
    return limits.significance / float(np.sqrt(item.n))


def suspect_key(item: ItemStatistics, limits: Thresholds) -> OptionStatistics | None:
    """The distractor that the strong choose rather than the key, if there is one."""
    if item.item.kind != "choice":
        return None
    keys = [option.r_rest if option.r_rest is not None else -1.0 for option in item.options if option.right]
    wrong = [option for option in item.options if not option.right and option.r_rest is not None]
    if not keys or not wrong:
        return None
    rival = max(wrong, key=lambda option: option.r_rest or 0.0)
    least = _significant(item, limits)
    r = rival.r_rest or 0.0
    clear = r > least and r - max(keys) > least * np.sqrt(2) and rival.p >= limits.unused_option
    return rival if clear else None


def _wrong_key(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    rival = suspect_key(item, limits)
    if rival is None or rival.r_rest is None:
        return
    key = ", ".join(option.option for option in item.options if option.right)
    signed = f"+{vietnamese(rival.r_rest, 2)}", f"+{english(rival.r_rest, 2)}"
    yield _flag(
        "probable_wrong_key",
        Text(
            f"Có thể sai đáp án: học sinh khá giỏi chọn {rival.option} ({percent(rival.p)}, r = {signed[0]}) nhiều hơn đáp án {key}.",
            f"Probably a wrong key: strong pupils choose {rival.option} (r = {signed[1]}, {percent(rival.p)}) rather than {key}.",
        ),
        Text(
            "Kiểm tra đáp án; nếu sai, xem trước rồi chấm lại.", "Check the key; if it is wrong, preview and re-mark."
        ),
        "check_key",
        rival.r_rest,
    )


def _direction(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    if item.r_rest is None:
        return
    if item.r_rest < 0:
        yield _flag(
            "negative_discrimination",
            Text("Học sinh khá giỏi làm đúng ít hơn học sinh yếu.", "Strong pupils do worse than weak ones."),
            Text("Đọc lại câu dẫn, tìm chỗ hiểu hai cách.", "Reread the stem for a second meaning."),
            "reword",
            -item.r_rest,
        )
    elif item.r_rest < limits.low_discrimination:
        yield _flag(
            "low_discrimination",
            Text(
                f"Câu này ít phân biệt học sinh khá giỏi với học sinh yếu (r = {vietnamese(item.r_rest, 2)}).",
                f"This item hardly tells strong pupils from weak ones (r = {english(item.r_rest, 2)}).",
            ),
            Text("Đọc lại câu dẫn và các phương án.", "Reread stem and options."),
            "reword",
            limits.low_discrimination - item.r_rest,
        )


def _statements(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    for part in item.statements:
        if part.r_rest is not None and part.r_rest < -_significant(item, limits):
            letter = part.item.id.rsplit(".", 1)[-1]
            yield _flag(
                "probable_wrong_key",
                Text(f"Ý {letter} ngược chiều với các ý còn lại.", f"Statement {letter} runs against the others."),
                Text(f"Kiểm tra đáp án của ý {letter} trước.", "Check its key first."),
                "check_key",
                -part.r_rest,
            )


def _strong_distractors(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    if item.item.kind != "choice":
        return
    rival = suspect_key(item, limits)
    for option in item.options:
        if option.right or option is rival or option.r_rest is None or option.r_rest <= _significant(item, limits):
            continue
        yield _flag(
            "option_attracts_strong",
            Text(
                f"Phương án {option.option} kéo học sinh khá giỏi ({percent(option.p)}, r = +{vietnamese(option.r_rest, 2)}).",
                f"Option {option.option} attracts strong pupils ({percent(option.p)}, r = +{english(option.r_rest, 2)}).",
            ),
            Text(
                f"Xem phương án {option.option} có đúng theo một cách hiểu khác không.",
                f"See whether option {option.option} is right in another reading.",
            ),
            "reword",
            option.r_rest,
        )


def _difficulty(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    chance = 1 / len(item.options) if item.item.kind == "choice" and len(item.options) > 1 else 0.0
    if item.p > limits.too_easy:
        yield _flag(
            "too_easy",
            Text(f"Quá dễ: {percent(item.p)} làm đúng.", f"Too easy: {percent(item.p)} right."),
            Text("Giữ làm câu khởi động.", "Keep as warm-up."),
            "keep_as_warm_up",
            item.p - limits.too_easy,
        )
    elif item.p < limits.too_hard or item.p <= chance:
        guess = item.p <= chance
        yield _flag(
            "too_hard",
            Text(f"Khó hơn mức đoán mò: {percent(item.p)} làm đúng.", f"Harder than guessing: {percent(item.p)} right.")
            if guess
            else Text(f"Quá khó: {percent(item.p)} làm đúng.", f"Too hard: {percent(item.p)} right."),
            Text("Kiểm tra đáp án, rồi xem đã dạy chưa.", "Check the key, then the teaching."),
            "check_key",
            limits.too_hard - item.p,
        )


def _unused(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    # Where nearly all are right no distractor can be chosen by many: "too easy" says it.
    if item.item.kind != "choice" or item.n < limits.fewest_for_options or item.p > limits.too_easy:
        return
    for option in item.options:
        if not option.right and option.p < limits.unused_option:
            yield _flag(
                "option_unused",
                Text(
                    f"Phương án {option.option} hầu như không ai chọn ({percent(option.p)}).",
                    f"Almost nobody chooses {option.option} ({percent(option.p)}).",
                ),
                Text(f"Viết lại phương án {option.option}.", "Reword it."),
                "reword",
                limits.unused_option - option.p,
            )


def _not_reached(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    if item.not_reached / item.n >= limits.not_reached:
        yield _flag(
            "not_reached",
            Text(
                f"{item.not_reached} em hết giờ trước câu này.", f"{item.not_reached} ran out of time before this item."
            ),
            Text("Bớt câu hoặc thêm giờ; chưa kết luận về câu.", "Shorten the test; do not judge the item."),
            "more_time",
            item.not_reached / item.n,
        )


def _other_form(item: ItemStatistics, limits: Thresholds) -> Iterator[Flag]:
    if item.item.other_form is None or item.n < limits.fewest_persons:
        return
    form, count = item.item.other_form
    key = ", ".join(sorted(item.item.right - {form})) or form
    yield _flag(
        "equal_value_other_form",
        Text(
            f"{count} em nhập đúng giá trị nhưng khác dạng ({form} thay vì {key}).",
            f"{count} gave the right value in another form ({form} for {key}).",
        ),
        Text("Chấp nhận dạng tương đương, xem trước rồi chấm lại.", "Accept it and re-mark."),
        "check_key",
        count / item.n,
    )


def of_dif(kind: str, group: str, difference: float) -> Flag:
    """The flag of a DIF class B or C."""
    harder = difference < 0
    return _flag(
        "dif_c" if kind == "C" else "dif_b",
        Text(
            f"{'Khó' if harder else 'Dễ'} hơn với {group} so với học sinh cùng năng lực (ETS mức {kind}).",
            f"{'Harder' if harder else 'Easier'} for {group} than for equally strong others (ETS class {kind}).",
        ),
        Text("Đọc lại ngữ cảnh, từ ngữ của câu.", "Reread its context."),
        "reword",
        abs(difference) / 4,
    )
