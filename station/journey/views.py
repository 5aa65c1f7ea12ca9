"""What is on screen, as plain values. The journey makes a view from its state; `station.screens` draws it, nothing more.

One class a screen, named with its code of UX.md section 2 (`SCREEN`). Views hold facts (numbers, times as node milliseconds,
message codes); sentences come from `station.wording`, so a change of language needs no new view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

Stage = Literal["unlock", "details", "portrait", "signature", "roster"]
STAGES: tuple[Stage, ...] = ("unlock", "details", "portrait", "signature", "roster")
Prompt = Literal["front", "left", "right", "blink", "closer"]
SaveState = Literal["saving", "saved_here", "saved_centre", "waiting", "failed"]
HelpState = Literal["none", "sent", "not_sent"]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every screen shows around its body."""

    exam_name: str
    subject: str
    shift: str
    room: str
    seat: int
    sbd: str
    candidate_name: str = ""
    practice: bool = False
    online: bool = True
    help: HelpState = "none"
    node_time: int = 0
    # A message code that stands on every screen until it is over: B301 while the disk takes nothing.
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Base of all views."""

    SCREEN: ClassVar[str] = ""
    frame: Frame


@dataclass(frozen=True, slots=True)
class WaitingForCard(View):
    """S01. `opens_at` is set before check-in opens; `message` is a code such as T102, T104 or T301."""

    SCREEN: ClassVar[str] = "S01"
    opens_at: int = 0
    message: str = ""
    # An attempt was moved to this PC and waits for its owner's card.
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Consent(View):
    """S02. Boxes are always empty when the screen opens."""

    SCREEN: ClassVar[str] = "S02"
    organiser: str = ""
    contact: str = ""
    retention_days: int = 30
    mode: Literal["ask", "on_paper", "notice"] = "ask"
    guardian_reference: str = ""
    under_16: bool = False


@dataclass(frozen=True, slots=True)
class ReadingCard(View):
    """S03. `percent` by bytes; `finished` shows "take your card back"; `portrait` appears once its hash has passed."""

    SCREEN: ClassVar[str] = "S03"
    stage: Stage = "unlock"
    percent: int = 0
    slow_for: int = 0
    finished: bool = False
    portrait: bytes | None = None


@dataclass(frozen=True, slots=True)
class CardGone(View):
    """S04. The bar stays at what is kept."""

    SCREEN: ClassVar[str] = "S04"
    percent: int = 0
    seconds_left: int = 30


@dataclass(frozen=True, slots=True)
class WrongPlace(View):
    """S05. `code` is D101, D102, D203, D205 or D401; where the right place is, if known."""

    SCREEN: ClassVar[str] = "S05"
    code: str = "D203"
    right_seat: int = 0
    right_room: str = ""
    right_site: str = ""
    right_shift: str = ""
    right_time: int = 0
    late_minutes: int = 15


@dataclass(frozen=True, slots=True)
class CardNotVerified(View):
    """S06. Calm and the same for all causes; `code` T203 to T206."""

    SCREEN: ClassVar[str] = "S06"
    code: str = "T204"
    expired_on: str = ""
    altered: str = ""


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One line of S07; `other` is the roster's spelling where it differs in marks only."""

    field: Literal["name", "birth_date", "sex", "personal_number", "sbd", "place", "subject_shift"]
    value: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class CheckDetails(View):
    """S07."""

    SCREEN: ClassVar[str] = "S07"
    rows: tuple[DetailRow, ...] = ()
    portrait: bytes | None = None
    card_on_reader: bool = False
    report_open: bool = False


@dataclass(frozen=True, slots=True)
class LookAtCamera(View):
    """S08. The live picture itself comes through the image provider `live`, never through the view.

    Without a challenge `steps` is 0; between prompts `seconds_left` is 0 and the candidate looks ahead.
    """

    SCREEN: ClassVar[str] = "S08"
    prompt: Prompt = "front"
    step: int = 1
    steps: int = 1
    seconds_left: int = 6
    attempt: int = 1
    attempts: int = 3
    hint: Literal["", "one_person", "too_dark", "uncover", "move_back", "move_closer", "no_face", "again"] = ""
    matched: bool = False


@dataclass(frozen=True, slots=True)
class WaitForInvigilator(View):
    """S09. `code` says why (D208, M201, T201, ...); `state` follows the decision; `scan` the search for the card's QR code.

    `number_note` says why the number that was typed led nowhere.
    """

    SCREEN: ClassVar[str] = "S09"
    code: str = ""
    told_at: int = 0
    told: bool = True
    state: Literal["waiting", "admitted", "refused"] = "waiting"
    scan: Literal["", "looking", "not_seen"] = ""
    number_note: Literal["", "unreadable", "wrong", "no_card"] = ""


@dataclass(frozen=True, slots=True)
class ConfirmAtSeat(View):
    """S09b. Two persons prove themselves at the seat.

    `proved` is who already has, by role ("" while nobody); `officials` are those of this site with their roles.
    """

    SCREEN: ClassVar[str] = "S09b"
    portrait: bytes | None = None
    rows: tuple[DetailRow, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    proved: tuple[tuple[str, str], ...] = ()
    officials: tuple[tuple[str, str], ...] = ()
    error: str = ""
    # Why persons have to decide.
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rules(View):
    """S10. Empty `items` means the default rules of UX.md."""

    SCREEN: ClassVar[str] = "S10"
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitForSignal(View):
    """S11. `seconds_left` to the planned start (negative: past it); `opening` after the signal."""

    SCREEN: ClassVar[str] = "S11"
    planned_start: int = 0
    seconds_left: int = 0
    manual_identity: bool = False
    form_here: bool = False
    opening: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Content: text, a formula or a picture (by digest of its bytes), a line break, or a table of cells.

    `alt` is what is read aloud of anything that is not text.
    """

    kind: Literal["text", "formula", "picture", "break", "table"]
    text: str = ""
    sha256: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    marks: tuple[str, ...] = ()
    rows: tuple[tuple[ShownCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table."""

    content: tuple[Piece, ...]
    columns: int = 1
    rows: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option or a statement as displayed; `label` is the letter on screen, `identifier` the canonical one."""

    identifier: str
    label: str
    content: tuple[Piece, ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One item in the palette."""

    item: str
    part: str
    number: int
    answered: Literal["no", "half", "full"]
    flagged: bool = False
    current: bool = False
    at_node: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the band S16, or a cover. `kind` names the row of the tables in UX.md; `values` fill its blanks."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    instruction: int = 0


@dataclass(frozen=True, slots=True)
class Paper(View):
    """S12 to S15: the exam screen. `item_kind` picks the body; `cover` (S17) hides all of it when set.

    `response` is the canonical response; for a short answer `cells` holds the four cells and `legal_keys` what may follow.
    `deadline` and the frame's `node_time` give the clock; it stands at `remaining` when `paused`.
    """

    SCREEN: ClassVar[str] = "S12"
    form_code: str = ""
    item: str = ""
    item_kind: Literal["single_choice", "multiple_choice", "true_false_cluster", "short_numeric"] = "single_choice"
    part: str = "I"
    part_first: int = 1
    part_last: int = 1
    part_heading: str = ""
    part_heading_en: str = ""
    number: int = 1
    passage: tuple[Piece, ...] = ()
    stem: tuple[Piece, ...] = ()
    options: tuple[ShownOption, ...] = ()
    cells: str = ""
    legal_keys: str = ""
    incomplete: bool = False
    tiles: tuple[Tile, ...] = ()
    save: SaveState = "saved_here"
    waiting: int = 0
    deadline: int = 0
    remaining: int = 0
    paused: bool = False
    notices: tuple[Notice, ...] = ()
    cover: Notice | None = None
    flagged: bool = False
    first: bool = False
    last: bool = False
    help_open: bool = False


@dataclass(frozen=True, slots=True)
class Review(View):
    """S18 over the paper. `allowed` is False when the profile locks early submission."""

    SCREEN: ClassVar[str] = "S18"
    allowed: bool = False
    closes_at: int = 0
    incomplete: tuple[
        tuple[str, str, int, str], ...
    ] = ()  # item, part, number, what is missing ("", "d", "incomplete")
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class TimeOver(View):
    """S19."""

    SCREEN: ClassVar[str] = "S19"
    answered: int = 0
    items: int = 0
    saved_here: int = 0
    saved_centre: int = 0
    by_force: bool = False
    closed_at: int = 0


@dataclass(frozen=True, slots=True)
class Receipt(View):
    """S20. An empty `code` means the node has not been reached yet."""

    SCREEN: ClassVar[str] = "S20"
    code: str = ""
    form_code: str = ""
    answered: int = 0
    items: int = 0
    submitted_at: int = 0


@dataclass(frozen=True, slots=True)
class Survey(View):
    """S21."""

    SCREEN: ClassVar[str] = "S21"


@dataclass(frozen=True, slots=True)
class Recovered(View):
    """S23. While `opening` the paper is not back yet; `torn_item` (part, number) of `item` should be looked at again."""

    SCREEN: ClassVar[str] = "S23"
    answered: int = 0
    last_saved: int = 0
    gap: int = 0
    opening: bool = False
    torn_item: tuple[str, int] | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class MovedAway(View):
    """S24 at the old PC."""

    SCREEN: ClassVar[str] = "S24a"
    to_seat: int = 0


@dataclass(frozen=True, slots=True)
class MovedIn(View):
    """S24 at the new PC. While `opening` the paper is not here yet."""

    SCREEN: ClassVar[str] = "S24"
    answered: int = 0
    items: int = 0
    saved_at: int = 0
    remaining: int = 0
    opening: bool = False


@dataclass(frozen=True, slots=True)
class TakeOver(View):
    """S24b. `mirrors` are stations with their seats; `given` names the officials whose halves are here; `error` is a code."""

    SCREEN: ClassVar[str] = "S24b"
    mirrors: tuple[tuple[str, int], ...] = ()
    chosen: str = ""
    holders: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class OutOfService(View):
    """The station cannot serve: a message code (K301 not enrolled, K302 shift over, K303 no plan yet, K304 another node, B301 disk)."""

    SCREEN: ClassVar[str] = "S00"
    code: str = "K303"


ALL_VIEWS: tuple[type[View], ...] = (
    WaitingForCard, Consent, ReadingCard, CardGone, WrongPlace, CardNotVerified, CheckDetails, LookAtCamera,
    WaitForInvigilator, ConfirmAtSeat, Rules, WaitForSignal, Paper, Review, TimeOver, Receipt, Survey, Recovered,
    MovedAway, MovedIn, TakeOver, OutOfService,
)  # fmt: skip
