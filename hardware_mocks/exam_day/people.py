"""Invented candidates: made-up names and numbers, the same for the same seed.

Names are drawn from common Vietnamese words, numbers from the layout of the twelve digits; any likeness is chance.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
)
MIDDLE = {
    "F": ("Thị", "Ngọc", "Thị Minh", "Thu", "Khánh", "Bảo", "Thị Hồng", "Phương"),
    "M": ("Văn", "Đức", "Minh", "Quốc", "Hữu", "Xuân", "Gia", "Anh"),
}
GIVEN = {
    "F": ("Ẩn", "Hường", "Linh", "Mai", "Quỳnh", "Trang", "Uyên", "Yến", "Thảo", "Diệp", "Ngân", "Hạnh"),
    "M": ("Bảo", "Cường", "Dũng", "Đạt", "Hiếu", "Khải", "Long", "Nghĩa", "Phúc", "Sơn", "Tuấn", "Vũ"),
}
PROVINCES = ("042", "040", "038", "044", "001", "030")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person as their card shows them. Dates are ISO 8601."""

    name: str
    sex: str
    birth_date: str
    personal_number: str
    expiry_date: str


def person(chance: random.Random, sex: str | None = None, year: int = 2008) -> Person:
    """One person of the last school year."""
    sex = sex or chance.choice(("F", "M"))
    name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE[sex])} {chance.choice(GIVEN[sex])}"
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    # PPP G YY RRRRRR: G is 2 for men and 3 for women born from 2000 on (vietnam.md section 4.1).
    number = f"{chance.choice(PROVINCES)}{'2' if sex == 'M' else '3'}{year % 100:02d}{chance.randint(0, 999_999):06d}"
    return Person(name, sex, f"{year}-{month:02d}-{day:02d}", number, f"{year + 25}-{month:02d}-{day:02d}")


def people(chance: random.Random, sexes: list[str | None]) -> list[Person]:
    """As many persons as `sexes` has entries, with distinct numbers; None leaves the sex to chance."""
    found: dict[str, Person] = {}
    for sex in sexes:
        someone = person(chance, sex)
        while someone.personal_number in found:
            someone = person(chance, sex)
        found[someone.personal_number] = someone
    return list(found.values())
