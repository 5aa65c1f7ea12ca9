"""A bank of invented items, as large as a test wants it: enough of every cell of the example blueprint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from question_bank.bank.content import Formula, Paragraph, Text
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option
from question_bank.ports import ItemStatistics

TODAY = datetime(2026, 11, 25, tzinfo=UTC)
TOPICS = (
    "Hàm số / Đơn điệu và cực trị", "Hàm số / Tiệm cận", "Nguyên hàm và tích phân", "Mũ và lôgarit",
    "Hình học không gian", "Xác suất",
)  # fmt: skip
KINDS = ("single_choice", "true_false_cluster", "short_answer")
LEVELS = ("NB", "TH", "VD")
P = {"NB": 0.8, "TH": 0.62, "VD": 0.42}
WORDS = [
    "đường",
    "thẳng",
    "mặt",
    "phẳng",
    "điểm",
    "góc",
    "số",
    "thực",
    "nghiệm",
    "đoạn",
    "khoảng",
    "giá",
    "trị",
    "hàm",
    "chuỗi",
    "tập",
    "hợp",
    "biến",
    "cố",
    "hộp",
    "bi",
]


def content(text: str, formula: str = "") -> tuple[Paragraph, ...]:
    return (Paragraph((Text(text), *((Formula(formula),) if formula else ()))),)


def draft(kind: str, topic: str, level: str, number: int, chance: random.Random) -> Draft:
    words = " ".join(chance.choice(WORDS) for _ in range(14))
    stem = content(f"Câu {number} về {words}: tìm ", f"x^{{{number % 90}}}+{number}")
    metadata = Metadata(subject="Toán", topic=topic, level=level, author="Tác giả A")
    if kind == "short_answer":
        return Draft(BankItem(kind, stem, metadata=metadata), Key((f"{number % 900}",)))
    letters = "abcd" if kind == "true_false_cluster" else "ABCD"
    options = tuple(Option(c, content(f"{chance.choice(WORDS)} {number + place}")) for place, c in enumerate(letters))
    right = ("true", "false", "false", "true") if kind == "true_false_cluster" else (chance.choice(letters),)
    return Draft(BankItem(kind, stem, options, metadata=metadata), Key(right))


def drafts(each: int, seed: int = 1) -> Iterator[Draft]:
    chance, number = random.Random(seed), 0
    for kind in KINDS:
        for topic in TOPICS:
            for level in LEVELS:
                for _ in range(each):
                    number += 1
                    yield draft(kind, topic, level, number, chance)


def fill(store, each: int, *, approve: bool = True, statistics: bool = True) -> list[str]:
    made = list(drafts(each))
    added = store.add(made, (), {}, "Tác giả A", TODAY)
    if approve:
        for entry in added:
            store.review(entry.id, 1, "reviewed", "Phản biện B", TODAY)
            store.review(entry.id, 1, "approved", "Tổ trưởng C", TODAY)
    if statistics:
        chance = random.Random(5)
        store.add_statistics(
            {
                entry.id: ItemStatistics(
                    exam="KS-1", version=1, at=TODAY, n=300, model="2pl", a=1.1, b=chance.uniform(-1.5, 1.5),
                    p=min(0.97, max(0.05, chance.gauss(P[each_draft.item.metadata.level], 0.08))),
                )
                for entry, each_draft in zip(added, made, strict=True)
            }
        )  # fmt: skip
    return [entry.id for entry in added]
