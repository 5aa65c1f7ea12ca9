"""The special cases of the day: what is done to whom, and what the rules must make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Case = Literal[
    "face_mismatch",
    "no_trust_anchor",
    "data_group_altered",
    "not_on_roster",
    "too_late",
    "late",
    "card_removed_resumed",
    "without_biometrics",
    "station_killed",
    "station_cut_off",
    "moved",
]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. `decided` is what two persons then decide, if anything is left to decide."""

    admission: Literal["admit", "refer", "refuse"]
    reason: str
    sits: bool
    decided: Literal["admit", "refuse"] | None = None
    decision_reason: str = ""
    needs_face: bool = False


EXPECTED: dict[Case, Expected] = {
    "face_mismatch": Expected(
        "refer", "face_mismatch", sits=False, decided="refuse", decision_reason="nghi thi hộ", needs_face=True
    ),
    "no_trust_anchor": Expected(
        "refer", "no_trust_anchor", sits=True, decided="admit", decision_reason="đã xem thẻ gốc, giáo viên xác nhận"
    ),
    "data_group_altered": Expected("refuse", "data_group_altered", sits=False, needs_face=True),
    "not_on_roster": Expected("refuse", "not_on_roster", sits=False),
    "too_late": Expected("refuse", "too_late", sits=False),
    "late": Expected("admit", "late", sits=True, needs_face=True),
    "card_removed_resumed": Expected("admit", "card_removed_resumed", sits=True, needs_face=True),
    "without_biometrics": Expected(
        "refer",
        "without_biometrics",
        sits=True,
        decided="admit",
        decision_reason="không đồng ý sinh trắc, đã đối chiếu giấy tờ",
    ),
    "station_killed": Expected("admit", "", sits=True, needs_face=True),
    "station_cut_off": Expected("admit", "", sits=True, needs_face=True),
    "moved": Expected("admit", "", sits=True, needs_face=True),
}
CASES: tuple[Case, ...] = tuple(EXPECTED)
