"""From a table of cells to coded responses: which columns are items, what each cell is worth, which blanks are which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis import key as keys
from proctor_node.item_analysis.errors import (
    DuplicateIdentifier,
    ItemsDoNotMatch,
    KeyDoesNotFit,
    KeyNeeded,
    MarkNotUsable,
    TableEmpty,
)
from proctor_node.item_analysis.key import KeyEntry
from proctor_node.item_analysis.responses import Item, OptionCodes, Remark, Responses
from proctor_node.item_analysis.table import BLANK, Codes, Column, ResponseTable

ROW_NUMBER = "#"
OMITTED, NOT_REACHED = -2, -3
NAMES_OF_IDENTIFIERS = {
    "", "id", "sbd", "stt", "candidate", "student", "person", "pupil", "name", "user", "row", "no", "code", "email",
    "subject", "examinee", "respondent", "case", "rownames", "x", "unnamed: 0", "số báo danh", "thí sinh", "học sinh",
}  # fmt: skip
MOST_SHORT_ANSWERS = 20
OTHER_ANSWERS = "…"
MOST_MARKS = 2_000
SAME_FOR_ALL = 0.8
# In fewer papers than this a right option that nobody chose says nothing of the key.
FEWEST_TO_DOUBT = 10
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is to be read.

    Attributes:
        key: entries, or None when cells are marks.
        maximum_marks: full mark of items; one number for all of them; or none.
        identifier: column of identifiers; None for the default; "#" for row numbers.
        omitted, not_reached: cell texts that stand for such a blank. Where `not_reached` is given, no blank is guessed to be one.
        groups: columns to keep beside the items.
    """

    key: Sequence[KeyEntry] | None = None
    maximum_marks: Mapping[str, float] | float | None = None
    identifier: str | None = None
    omitted: frozenset[str] = frozenset()
    not_reached: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()

    def maximum(self, item: str) -> float | None:
        """The full mark given for an item."""
        if isinstance(self.maximum_marks, Mapping):
            return self.maximum_marks.get(item)
        return self.maximum_marks


@dataclass(slots=True)
class _Notes:
    remarks: list[Remark] = field(default_factory=list)

    def add(self, code: str, text_vi: str, text_en: str) -> None:
        self.remarks.append(Remark(code, text_vi, text_en))


def code(table: ResponseTable, reading: Reading) -> Responses:
    """Code a table.

    Raises:
        AnalysisError: one of its leaves, with the cell, row or column concerned.
    """
    notes = _Notes()
    groups = {name: table.named(name) for name in reading.groups}
    named = {id(column) for column in groups.values()}
    entries, columns = _items(table, reading, named, notes)
    ids = _identifiers(table, reading, columns, named, notes)
    if reading.key is None:
        columns = [column for column in columns if column is not ids[1]]
        entries = [KeyEntry(column.name, (), "marks", keys.part_of(column.name)) for column in columns]
    if not columns:
        raise TableEmpty("{file}: no item", "Name the identifier and other columns, or give a key.", file=table.name)
    cells = _blanks([_normalised(entry, column) for entry, column in zip(entries, columns, strict=True)], reading)
    if all((codes < 0).all() for _, codes in cells):
        raise TableEmpty("{file}: not one answer in {count} items", "Look at the separator and the codes of blanks.", file=table.name, count=len(columns))  # fmt: skip
    usual = _usual_options(entries, cells)
    items = tuple(
        _item(entry, labels, codes, reading, usual) for entry, (labels, codes) in zip(entries, cells, strict=True)
    )
    _check_key(table, items, notes)
    _remark_blank_papers(cells, notes)
    return Responses(ids[0], items, groups, tuple(notes.remarks), blank_is_missing=reading.key is None)


# -- which columns ---------------------------------------------------------------------------------------------------


def _items(
    table: ResponseTable, reading: Reading, named: set[int], notes: _Notes
) -> tuple[list[KeyEntry], list[Column]]:
    if reading.key is not None:
        found = [(entry, table.find(entry.item)) for entry in reading.key]
        missing = [entry.item for entry, column in found if column is None]
        if missing:
            raise ItemsDoNotMatch(
                "{file}: {found} of the key's {count} items are among the responses; missing: {missing}",
                "Check the question columns: each item of the key is the name of a column.",
                file=table.name,
                found=len(found) - len(missing),
                count=len(found),
                missing=", ".join([*missing[:8], *(["…"] if missing[8:] else [])]),
            )
        return list(reading.key), [column for _, column in found if column is not None]
    others = [column for column in table.columns if id(column) not in named]
    if reading.identifier not in {None, ROW_NUMBER}:
        others = [column for column in others if column is not table.named(str(reading.identifier))]
    first = others[:1] if reading.identifier is None and others[:1] and others[0] is table.columns[0] else []
    kept = [column for column in others if column in first or not _is_text(column, reading)]
    texts = [column.name for column in others if column not in kept and column.labels]
    for column in kept:
        table.find(column.name)  # refuses a name that stands twice
    if texts and not [column for column in kept if column not in first]:
        raise KeyNeeded(
            "{file}: the cells of '{column}' are no marks",
            "Give --key FILE with the right options.",
            file=table.name,
            column=texts[0],
        )
    if texts:
        listed = ", ".join(texts[:8])
        notes.add("columns_ignored", f"Không xét các cột chữ: {listed}.", f"Columns of text are left out: {listed}.")
    return [], kept


def _is_text(column: Column, reading: Reading) -> bool:
    """Not one cell is a number."""
    codes_of_blanks = reading.omitted | reading.not_reached
    labels = column.used() - codes_of_blanks
    return bool(labels) and all(keys.number(label) is None for label in labels)


def _identifiers(table: ResponseTable, reading: Reading, items: list[Column], named: set[int], notes: _Notes) -> tuple[tuple[str, ...], Column | None]:  # fmt: skip
    numbers = tuple(str(row) for row in range(1, table.rows + 1))
    if reading.identifier == ROW_NUMBER:
        return numbers, None
    if reading.identifier is not None:
        column = table.named(reading.identifier)
    else:
        column = table.columns[0]
        is_item = any(column is item for item in items) and (
            reading.key is not None or not _looks_like_identifiers(table)
        )
        if is_item or id(column) in named:
            return numbers, None
    cells = column.cells()
    cells = [cell or f"#{row}" for row, cell in enumerate(cells, 1)]
    if len(set(cells)) == len(cells):
        return tuple(cells), column
    plain = column.name.strip().casefold() not in NAMES_OF_IDENTIFIERS
    if reading.identifier is None and plain and len(set(cells)) * 2 <= len(cells):
        notes.add(
            "row_numbers",
            f"Cột “{column.name}” lặp lại nhiều nên không phải mã bài; dùng số thứ tự dòng.",
            f"Column '{column.name}' repeats too often to identify papers; row numbers are used.",
        )
        return numbers, column
    seen: dict[str, int] = {}
    for row, cell in enumerate(cells, 2):
        if cell in seen:
            raise DuplicateIdentifier(
                "{file}: '{cell}' in column '{column}' stands in rows {first} and {row}",
                "Keep one row, or name another column with --id (--id '#' counts rows).",
                file=table.name, cell=cell, column=column.name, first=seen[cell], row=row,
            )  # fmt: skip
        seen[cell] = row
    raise AssertionError


def _looks_like_identifiers(table: ResponseTable) -> bool:
    """Whether the first column of a table of marks names persons rather than being an item."""
    first = table.columns[0]
    title = first.name.strip().casefold()
    if title in NAMES_OF_IDENTIFIERS or title.endswith(("_id", " id", "id")):
        return True
    stem = re.sub(r"[\d.]+$", "", title)
    if len(table.columns) > 1 and stem != title and re.sub(r"[\d.]+$", "", table.columns[1].name.strip().casefold()) == stem:  # fmt: skip
        return False
    values = [keys.number(label) for label in first.used()]
    if any(value is None for value in values):
        return True
    return len(values) == table.rows > 10


# -- blanks ----------------------------------------------------------------------------------------------------------


def _normalised(entry: KeyEntry, column: Column) -> tuple[list[str], Codes]:
    """Labels as compared, those that become the same joined; unused ones dropped."""
    used = column.used()
    index: dict[str, int] = {}
    becomes = np.full(len(column.labels) + 1, BLANK, dtype=np.int32)
    for place, label in enumerate(column.labels):
        if label in used:
            text = keys.normalised(label) if entry.kind == "choice" else label.strip()
            becomes[place] = index.setdefault(text, len(index))
    return list(index), becomes[column.codes]


def _blanks(cells: list[tuple[list[str], Codes]], reading: Reading) -> list[tuple[list[str], Codes]]:
    """Tell omitted from not reached.

    A blank is omitted if an answer follows, and not reached if it belongs to the unbroken run of blanks to the end in
    the order of delivery. Codes given for either are taken at their word.
    """
    marked = [(labels, _coded_blanks(labels, codes, reading)) for labels, codes in cells]
    if not any((codes == BLANK).any() for _, codes in marked):
        return marked
    running = np.full(len(marked[0][1]), not reading.not_reached)
    result: list[tuple[list[str], Codes]] = []
    for labels, codes in reversed(marked):
        blank = codes == BLANK
        running &= blank | (codes == NOT_REACHED)
        result.append((labels, np.where(blank, np.where(running, NOT_REACHED, OMITTED), codes).astype(np.int32)))
    return result[::-1]


def _coded_blanks(labels: list[str], codes: Codes, reading: Reading) -> Codes:
    becomes = np.arange(len(labels) + 1, dtype=np.int32)
    becomes[-1] = BLANK
    for meaning, texts in ((OMITTED, reading.omitted), (NOT_REACHED, reading.not_reached)):
        wanted = {keys.normalised(text).casefold() for text in texts}
        for place, label in enumerate(labels):
            if label.casefold() in wanted:
                becomes[place] = meaning
    return becomes[codes]


# -- items -----------------------------------------------------------------------------------------------------------


def _usual_options(entries: Sequence[KeyEntry], cells: list[tuple[list[str], Codes]]) -> set[str]:
    """Options that most choice items have: one that nobody chose in some item is still an option of it."""
    counts: dict[str, int] = {}
    choices = 0
    for entry, (labels, codes) in zip(entries, cells, strict=True):
        if entry.kind == "choice":
            choices += 1
            for place in np.unique(codes[codes >= 0]):
                counts[labels[place]] = counts.get(labels[place], 0) + 1
    return {label for label, count in counts.items() if count >= SAME_FOR_ALL * choices and choices > 2}


def _item(entry: KeyEntry, labels: list[str], codes: Codes, reading: Reading, usual: set[str]) -> Item:
    maximum = reading.maximum(entry.item)
    if entry.kind == "marks":
        return _marks_item(entry, labels, codes, maximum)
    if entry.kind == "cluster":
        return _cluster_item(entry, labels, codes, maximum or 1.0)
    if entry.kind == "short":
        return _short_item(entry, labels, codes, maximum or 1.0)
    return _choice_item(entry, labels, codes, maximum or 1.0, usual)


def _natural(label: str) -> tuple[int, object, str]:
    value = keys.number(label)
    return (0, value, label) if value is not None else (1, label.casefold(), label)


def _recoded(options: Sequence[str], becomes: Mapping[int, int], size: int, codes: Codes) -> OptionCodes:
    """Codes in the item's own order of options; blanks behind them."""
    count = len(options)
    mapping = np.zeros(size + 3, dtype=np.int16)
    mapping[OMITTED], mapping[NOT_REACHED] = count, count + 1
    for old, new in becomes.items():
        mapping[old] = new
    return mapping[codes]


def _present(labels: list[str], codes: Codes) -> dict[int, str]:
    return {int(place): labels[place] for place in np.unique(codes[codes >= 0])}


def _choice_item(entry: KeyEntry, labels: list[str], codes: Codes, maximum: float, usual: set[str]) -> Item:
    present = _present(labels, codes)
    known = entry.options or usual
    options = tuple(sorted({*present.values(), *known, *entry.right} - _joined_right(entry, present), key=_natural))
    place_of = {option: place for place, option in enumerate(options)}
    multiple = any("|" in label for label in present.values())
    right = frozenset(option for option in options if keys.is_right(entry, option, multiple=multiple))
    marks = np.array([maximum if option in right else 0.0 for option in options] + [0.0, 0.0])
    becomes = {old: place_of[label] for old, label in present.items()}
    return Item(entry.item, "choice", options, _recoded(options, becomes, len(labels), codes), marks, right, maximum, entry.part)  # fmt: skip


def _joined_right(entry: KeyEntry, present: Mapping[int, str]) -> set[str]:
    """Right options that are no options by themselves, because cells hold several at once."""
    return set(entry.right) - set(present.values()) if any("|" in label for label in present.values()) else set()


def _short_item(entry: KeyEntry, labels: list[str], codes: Codes, maximum: float) -> Item:
    present = _present(labels, codes)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels) or 1)
    judged = {old: keys.is_right(entry, label, multiple=False) for old, label in present.items()}
    common = sorted(present, key=lambda old: -counts[old])[:MOST_SHORT_ANSWERS]
    kept = sorted({old for old in present if judged[old]} | set(common), key=lambda old: _natural(present[old]))
    rest = [old for old in present if old not in kept]
    options = (*(present[old] for old in kept), *((OTHER_ANSWERS,) if rest else ()))
    becomes = {old: place for place, old in enumerate(kept)} | dict.fromkeys(rest, len(kept))
    marks = np.array([maximum if judged[old] else 0.0 for old in kept] + [0.0] * (len(options) - len(kept) + 2))
    right = frozenset(present[old] for old in kept if judged[old])
    others = [old for old in kept if judged[old] and present[old] not in entry.right]
    form = (present[max(others, key=lambda old: counts[old])], int(counts[others].sum())) if others else None
    return Item(entry.item, "short", options, _recoded(options, becomes, len(labels), codes), marks, right, maximum, entry.part, (), form)  # fmt: skip


def _cluster_item(entry: KeyEntry, labels: list[str], codes: Codes, maximum: float) -> Item:
    wanted = entry.right[0]
    present = {old: keys.statements(label).ljust(len(wanted), "-") for old, label in _present(labels, codes).items()}
    count = len(wanted)
    right = {old: sum(a == b for a, b in zip(text, wanted, strict=False)) for old, text in present.items()}
    options = tuple(str(number) for number in range(count + 1))
    marks = np.array([*keys.cluster_marks(count, maximum), 0.0, 0.0])
    parts = tuple(
        _statement(f"{entry.item}.{chr(97 + place)}", place, wanted[place], present, len(labels), codes)
        for place in range(count)
    )
    recoded = _recoded(options, right, len(labels), codes)
    return Item(entry.item, "cluster", options, recoded, marks, frozenset({str(count)}), maximum, entry.part, parts)


def _statement(name: str, place: int, truth: str, present: Mapping[int, str], size: int, codes: Codes) -> Item:
    options = ("D", "S")
    becomes = {old: "DS-".index(text[place]) for old, text in present.items()}
    marks = np.array([float(option == truth) for option in options] + [0.0, 0.0])
    return Item(name, "choice", options, _recoded(options, becomes, size, codes), marks, frozenset({truth}), 1.0)


def _marks_item(entry: KeyEntry, labels: list[str], codes: Codes, maximum: float | None) -> Item:
    values: dict[int, float] = {}
    for old, label in _present(labels, codes).items():
        value = keys.number(label)
        if value is None:
            row = int(np.flatnonzero(codes == old)[0]) + 2
            raise MarkNotUsable(
                "row {row}, column '{item}': '{cell}' is no mark",
                "Give --key, or name codes of blanks.",
                row=row,
                item=entry.item,
                cell=label,
            )
        values[old] = float(value)
    if len(values) > MOST_MARKS:
        raise MarkNotUsable("column '{item}': {count} different marks", "Name it with --id if it is no item.", item=entry.item, count=len(values))  # fmt: skip
    distinct = sorted(set(values.values()))
    _check_range(entry.item, values, codes, maximum)
    place_of = {value: place for place, value in enumerate(distinct)}
    options = tuple(f"{value:g}" for value in distinct)
    becomes = {old: place_of[value] for old, value in values.items()}
    full = maximum if maximum is not None else (distinct[-1] if distinct and distinct[-1] > 0 else 1.0)
    right = frozenset(option for option, value in zip(options, distinct, strict=True) if value == full)
    marks = np.array([*distinct, 0.0, 0.0])
    return Item(entry.item, "marks", options, _recoded(options, becomes, len(labels), codes), marks, right, full, entry.part)  # fmt: skip


def _check_range(item: str, values: Mapping[int, float], codes: Codes, maximum: float | None) -> None:
    for old, value in values.items():
        if maximum is not None and not 0 <= value <= maximum:
            row = int(np.flatnonzero(codes == old)[0]) + 2
            raise MarkNotUsable(
                "row {row}, column '{item}': mark {mark:g} is not between 0 and {maximum:g}",
                "Correct the cell, or the maximum in --max-marks.",
                row=row, item=item, mark=value, maximum=maximum,
            )  # fmt: skip


# -- remarks ---------------------------------------------------------------------------------------------------------


def _check_key(table: ResponseTable, items: Sequence[Item], notes: _Notes) -> None:
    """A key option that nobody chose is remarked; a key of which nobody ever chose anything belongs to other cells."""
    choices = [item for item in items if item.kind == "choice"]
    strange = [item for item in choices if not _chosen(item) & item.right]
    if len(strange) == len(choices) > 1 and len(choices[0].codes) >= FEWEST_TO_DOUBT:
        raise KeyDoesNotFit(
            "{file}: the cells hold {cells}, the key {key}; no answer is right",
            "Write the key with the same options as the cells.",
            file=table.name,
            cells=_listed(set().union(*map(_chosen, choices))),
            key=_listed({option for item in choices for option in item.right}),
        )
    for item in strange:
        if len(item.codes) >= FEWEST_TO_DOUBT:
            listed = _listed(item.right) or "?"
            notes.add(
                "key_never_chosen",
                f"{item.id}: không bài nào chọn đáp án {listed}; kiểm tra đáp án.",
                f"{item.id}: nobody chose the key {listed}; check the key.",
            )


def _chosen(item: Item) -> set[str]:
    """Options that somebody chose."""
    there: NDArray[np.bool_] = np.isin(np.arange(len(item.options)), item.codes)
    return {option for place, option in enumerate(item.options) if there[place]}


def _listed(options: Iterable[str]) -> str:
    ordered = sorted(options, key=_natural)
    return ", ".join([*ordered[:MOST_NAMED], *(["…"] if ordered[MOST_NAMED:] else [])])


def _remark_blank_papers(cells: list[tuple[list[str], Codes]], notes: _Notes) -> None:
    answered = np.zeros(len(cells[0][1]), dtype=bool)
    for _, codes in cells:
        answered |= codes >= 0
    empty = int((~answered).sum())
    if empty:
        notes.add("blank_papers", f"{empty} bài để trống hoàn toàn vẫn được tính.", f"{empty} papers are wholly blank; they are counted.")  # fmt: skip
