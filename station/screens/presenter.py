"""Between views and QML: a view as plain values, texts in the language chosen, and what a person does as intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from question_bank import short_answer
from station.journey import intents
from station.journey.views import Frame, OutOfService, View
from station.screens.theme import THEMES
from station.screens.typesetting import Typesetter
from station.wording import language as words

INTENTS: dict[str, Callable[..., intents.Intent]] = {
    name: kind for name, kind in vars(intents).items() if isinstance(kind, type) and issubclass(kind, intents.Intent)
}
SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)


def _listed(value: Any) -> Any:
    """Tuples as lists, all the way down: QML knows no tuples."""
    if isinstance(value, tuple | list):
        return [_listed(member) for member in value]
    if isinstance(value, dict):
        return {name: _listed(member) for name, member in value.items()}
    return value


def plain(view: View) -> dict[str, Any]:
    """A view as values that QML reads; pictures stay outside."""
    assert is_dataclass(view)
    values = asdict(view)
    values.pop("portrait", None)
    values = {name: _listed(value) for name, value in values.items()}
    values["hasPortrait"] = getattr(view, "portrait", None) is not None
    values["screen"] = view.SCREEN
    return values


class Presenter(QObject):
    """The one object that the QML files talk to."""

    changed = Signal()
    styled = Signal()

    def __init__(self, post: Callable[[intents.Intent], None], resources: Callable[[], Mapping[str, bytes]]) -> None:
        super().__init__()
        self._post, self._resources = post, resources
        self._view: dict[str, Any] = {}
        self._language: words.Language = "vi"
        self._theme, self._scale, self._still = "light", 1.0, False
        self._address = "em"
        self._serial = 0

    # -- what QML reads

    @Property(dict, notify=changed)
    def view(self) -> dict[str, Any]:
        """The view as plain values."""
        return self._view

    @Property(str, notify=changed)
    def screen(self) -> str:
        """Its code."""
        return str(self._view.get("screen", "S00"))

    @Property(int, notify=changed)
    def serial(self) -> int:
        """Grows with each view, so that pictures are asked for anew."""
        return self._serial

    @Property(dict, notify=styled)
    def theme(self) -> dict[str, str]:
        """Colours by token."""
        return THEMES[self._theme]

    @Property(str, notify=styled)
    def theme_name(self) -> str:
        """`light`, `dark` or `contrast`."""
        return self._theme

    @Property(bool, notify=styled)
    def still(self) -> bool:
        """Whether nothing may move (reduced motion)."""
        return self._still

    @Property(float, notify=styled)
    def scale(self) -> float:
        """Text scale, 1 to 2; the interface itself stops at 1.5."""
        return self._scale

    @Property(str, notify=styled)
    def language(self) -> str:
        """`vi` or `en`."""
        return self._language

    # -- set from outside

    def show(self, view: View) -> None:
        """Draw this from now on."""
        self._view = plain(view)
        self._serial += 1
        self.changed.emit()

    @Slot(str)
    def set_language(self, language: str) -> None:
        """`vi` or `en`; questions are not translated."""
        self._language = "en" if language == "en" else "vi"
        self.styled.emit()
        self.changed.emit()

    @Slot(str)
    def set_theme(self, theme: str) -> None:
        """`light`, `dark` or `contrast`."""
        self._theme = theme if theme in THEMES else "light"
        self.styled.emit()
        self.changed.emit()

    @Slot(float)
    def set_scale(self, scale: float) -> None:
        """Text scale."""
        self._scale = min(2.0, max(1.0, scale))
        self.styled.emit()
        self.changed.emit()

    @Slot(bool)
    def set_still(self, still: bool) -> None:
        """Reduced motion: every transition takes no time."""
        self._still = still
        self.styled.emit()

    @Slot(int)
    def step_scale(self, steps: int) -> None:
        """One size larger or smaller."""
        nearest = min(range(len(SCALES)), key=lambda index: abs(SCALES[index] - self._scale))
        self.set_scale(SCALES[min(len(SCALES) - 1, max(0, nearest + steps))])

    # -- texts

    @Slot(str, result=str)
    @Slot(str, "QVariantMap", result=str)
    def t(self, key: str, values: dict[str, Any] | None = None) -> str:
        """A sentence by key."""
        return words.text(key, self._language, values)

    @Slot(str, "QVariantMap", result=str)
    def code_text(self, code: str, values: dict[str, Any]) -> str:
        """What a message code says."""
        return words.code_text(code, self._language, values)

    @Slot(str, result="QVariantList")
    def parts(self, key: str) -> list[str]:
        """A list of words or sentences."""
        return words.text(key, self._language).split("|")

    @Slot("qlonglong", result=str)
    def time(self, milliseconds: int) -> str:
        """07:30."""
        return words.clock_time(milliseconds)

    @Slot("qlonglong", result=str)
    def span(self, milliseconds: int) -> str:
        """00:41:07."""
        return words.duration(milliseconds)

    @Slot(str, str, result=str)
    def row_value(self, field: str, value: str) -> str:
        """The value of a row of details as shown."""
        match field:
            case "birth_date":
                return words.date_text(value, self._language)
            case "personal_number":
                return words.masked(value)
            case "sex":
                return words.text(f"sex.{value}", self._language)
            case "place" | "subject_shift":
                one, _, other = value.partition("|")
                key = {
                    "place": ("Phòng {0} · Máy {1}", "Room {0} · PC {1}"),
                    "subject_shift": ("{0} · Ca {1}", "{0} · Shift {1}"),
                }
                return key[field][self._language == "en"].format(one, other)
            case _:
                return value

    @Slot(str, result=str)
    def date(self, iso: str) -> str:
        """A date."""
        return words.date_text(iso, self._language)

    @Slot(str, result=str)
    def cells(self, cells: str) -> str:
        """A short answer with a real minus sign."""
        return words.shown_cells(cells)

    @Slot(str, result=str)
    def spoken_cells(self, cells: str) -> str:
        """A short answer in words: "trừ một phẩy năm"."""
        return words.spoken_cells(cells, self._language)

    @Slot("QVariantList", float, float, int, result="QVariantMap")
    def set_type(self, pieces: list[dict[str, Any]], pixels: float, width: float, weight: int) -> dict[str, Any]:
        """Content laid out for a width."""
        return Typesetter(self._resources(), pixels, width, weight).set(pieces)

    # -- what a person does

    @Slot(str)
    @Slot(str, "QVariantList")
    def act(self, name: str, arguments: list[Any] | None = None) -> None:
        """An intent by name."""
        values = [tuple(value) if isinstance(value, list) else value for value in arguments or []]
        self._post(INTENTS[name](*values))

    @Slot(str, str)
    def choose(self, item: str, option: str) -> None:
        """An option of a choice was chosen; in a multiple choice it is switched."""
        current = self._response()
        if self._view.get("item_kind") == "multiple_choice":
            chosen = set(current.split("|")) - {""}
            chosen ^= {option}
            self._post(intents.Respond(item, "|".join(sorted(chosen))))
        else:
            self._post(intents.Respond(item, option))

    @Slot(str, str, bool)
    def judge(self, item: str, statement: str, truth: bool) -> None:
        """A statement was judged."""
        given = {option["identifier"]: option["chosen"] for option in self._view.get("options", [])}
        given[statement] = "true" if truth else "false"
        pairs = [f"{name}={value}" for name, value in given.items() if value]
        self._post(intents.Respond(item, ",".join(pairs)))

    @Slot(str, str, result=str)
    def type_cell(self, item: str, key: str) -> str:
        """A key of the short answer; the reason if it may not follow."""
        cells = str(self._view.get("cells", ""))
        key = short_answer.normalise(key)
        if key == "back":
            self._post(intents.Respond(item, cells[:-1]))
            return ""
        if not short_answer.may_be_typed(cells + key):
            full = len(cells) >= short_answer.CELLS
            reason = "key.full" if full else {"-": "key.minus", ",": "key.comma"}.get(key, "key.full")
            return words.text(reason, self._language)
        self._post(intents.Respond(item, cells + key))
        return ""

    def _response(self) -> str:
        return "|".join(o["identifier"] for o in self._view.get("options", []) if o["chosen"])


def blank() -> View:
    """What is shown before the first view."""
    return OutOfService(Frame("", "", "", "", 0, ""), "K000")
