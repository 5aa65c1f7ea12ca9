r"""GIFT in: `::title:: text { =right ~wrong }`, `\` before `~ = # { } :`."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape

import msgspec

from question_bank.bank.content import Content, Gap, Inline, Listing, Paragraph, Text, of_text, plain
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, letter
from question_bank.errors import FileHostile
from question_bank.formats import encodings
from question_bank.formats.html_content import normalised
from question_bank.formats.html_reader import HtmlReader
from question_bank.formats.moodle.fields import Extra
from question_bank.formats.opening import LIMITS
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue
from question_bank.formats.resources import ResourceCollector
from question_bank.formats.text_file import file_issues_of
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise

SPECIAL = "~=#{}:"
# While a question is taken apart, escaped signs stand as private ones.
HIDDEN = {sign: chr(0xE100 + index) for index, sign in enumerate(SPECIAL + "\\n")}
SHOWN = {hidden: sign for sign, hidden in HIDDEN.items()}
NOTE = re.compile(r"^//\s*khaothi:\s*(.*)$")
TITLE = re.compile(r"^\s*::(.*?)::", re.DOTALL)
FORMAT = re.compile(r"^\s*\[(html|plain|moodle|markdown)\]")
WEIGHT = re.compile(r"^%(-?[\d.,]+)%")
TEX_SPAN = re.compile(r"(?<!\\)\\[(\[].+?\\[)\]]|\$\$.+?\$\$", re.DOTALL)


@dataclass(slots=True)
class _Answer:
    sign: str
    text: str
    weight: Decimal | None
    feedback: str


def read(raw: bytes) -> Imported:
    """The questions of a GIFT file."""
    return _Reading(*encodings.decoded(raw)).imported()


@dataclass(slots=True)
class _Reading:
    source: str
    encoding: str
    legacy: str | None
    collector: ResourceCollector = field(default_factory=ResourceCollector)
    accounted: Accounted = field(default_factory=Accounted)
    passages: dict[str, Passage] = field(default_factory=dict)
    _issues: list[Issue] = field(default_factory=list)
    _where: str = ""
    _format: str = ""

    def imported(self) -> Imported:
        items: list[ImportedItem] = []
        file_issues = file_issues_of(self.encoding, self.legacy)
        category, extra = "", Extra()
        for line_number, block in _blocks(self.source):
            text, category, extra = self._stripped(block, category, extra)
            if not text.strip():
                continue
            self._issues, number = [], len(items) + 1
            self._where = f"Câu {number} (dòng {line_number})"
            if extra.kind == "passage":
                passage = Passage(self._content(_hidden(text)))
                self.passages[passage.id] = passage
            else:
                item, key = self._item(_hidden(text), extra, category)
                items.append(ImportedItem(number, Draft(item, key), tuple(self._issues)))
            extra = Extra()
        if not items:
            file_issues.append(Issue("no_items", "tệp"))
        return Imported(
            "gift",
            tuple(items),
            tuple(self.passages.values()),
            self.collector.resources,
            tuple(file_issues),
            self.accounted,
        )

    def told(self, code: str, *values: str, covers: str = "") -> None:
        self._issues.append(Issue(code, self._where, values, covers))

    def _stripped(self, block: str, category: str, extra: Extra) -> tuple[str, str, Extra]:
        """A block without comments and category lines."""
        kept = []
        for line in block.split("\n"):
            if found := NOTE.match(line.strip()):
                extra = _extra(found[1])
            elif line.lstrip().startswith("//"):
                self.accounted.text.append(line)
            elif line.lstrip().startswith("$CATEGORY:"):
                self.accounted.text.append(line)
                path = line.partition(":")[2].strip()
                steps = [
                    step.strip()
                    for step in path.split("/")
                    if step.strip() not in {"", "top", "$course$", "$system$", "$module$"}
                ]
                category = unicodedata.normalize("NFC", " / ".join(steps))
            else:
                kept.append(line)
        return "\n".join(kept), category, extra

    def _content(self, text: str) -> Content:
        """A piece in its format; signs that were hidden come back."""
        text = text.strip()
        found = FORMAT.match(text)
        form = found[1] if found else self._format
        text = _shown(text[found.end() :] if found else text)
        if form in {"plain", "markdown"}:
            text = escape(text, quote=False)
        reader = HtmlReader(self.collector, self._where, _data, issues=self._issues)
        if form != "html":
            text = re.sub(r"<(?![/a-zA-Z!])", "&lt;", text).replace("\n", "<br/>")
        return reader.fragment(text)

    def _item(self, text: str, extra: Extra, category: str) -> tuple[BankItem, Key]:
        title, self._format = "", ""
        if found := TITLE.match(text):
            title, text = _shown(found[1]).strip(), text[found.end() :]
        if found := FORMAT.match(text):
            self._format, text = found[1], text[found.end() :]
        start, stop = text.find("{"), text.rfind("}")
        metadata = (
            extra.metadata
            if extra.kind
            else Metadata(topic=category, title=" ".join(unicodedata.normalize("NFC", title).split()))
        )
        self.accounted.text.append(title)
        if start < 0 or stop < start:
            self.told("no_options", self._where)
            return BankItem("other", self._content(text), metadata=metadata), Key()
        before, inside, after = text[:start], text[start + 1 : stop], text[stop + 1 :]
        inside, solution = self._solution(inside)
        stem = self._stem(before, after)
        return self._answered(stem, inside, solution, metadata, extra)

    def _solution(self, inside: str) -> tuple[str, Content]:
        answers, found, feedback = inside.partition("####")
        return answers, self._content(feedback) if found else ()

    def _stem(self, before: str, after: str) -> Content:
        if not after.strip():
            return self._content(before)
        left, right = self._content(before), self._content(after)
        head = left[-1].inlines if left and isinstance(left[-1], Paragraph) else ()
        tail = right[0].inlines if right and isinstance(right[0], Paragraph) else ()
        gap: tuple[Inline, ...] = (*head, Text(" "), Gap("RESPONSE"), Text(" "), *tail)
        middle = Paragraph(gap)
        return normalised((*(left[:-1] if head else left), middle, *(right[1:] if tail else right)))

    def _answered(
        self, stem: Content, inside: str, solution: Content, metadata: Metadata, extra: Extra
    ) -> tuple[BankItem, Key]:
        text = inside.strip()
        shuffle, passage = extra.shuffle, extra.passage
        if extra.kind == "other" or not text:
            if not extra.kind:
                self.told("essay")
            return BankItem("other", stem, (), solution, passage, shuffle, metadata, extra.unsupported), Key()
        verdict, _, feedback = text.partition("#")
        if verdict.strip().upper() in {"T", "TRUE", "F", "FALSE"}:
            self._ignored(feedback.replace("#", " "))
            self.accounted.text.append(verdict)
            options = (Option("A", of_text("Đúng")), Option("B", of_text("Sai")))
            right = "A" if verdict.strip().upper().startswith("T") else "B"
            return BankItem("single_choice", stem, options, solution, passage, shuffle, metadata), Key((right,))
        if text.startswith("#"):
            return self._numeric(stem, text[1:], solution, metadata, extra)
        answers = self._answers(text)
        if answers and all("->" in answer.text for answer in answers):
            return self._matching(stem, answers, solution, metadata, extra)
        if extra.kind == "short_answer" or (answers and all(answer.sign == "=" for answer in answers)):
            return self._short(stem, answers, solution, metadata, extra)
        return self._choice(stem, answers, solution, metadata, extra)

    def _answers(self, text: str) -> list[_Answer]:
        found = []
        pieces = re.split(r"([=~])", text)
        if len(pieces) > 2 * LIMITS.answers + 1:
            raise FileHostile("{where}: {count} answers in one question; {limit} are the limit", where=self._where, count=len(pieces) // 2, limit=LIMITS.answers)  # fmt: skip
        if pieces[0].strip():
            self.told("line_not_understood", _shown(pieces[0]), covers=_shown(pieces[0]))
        for sign, body in zip(pieces[1::2], pieces[2::2], strict=True):
            answer, _, feedback = body.strip().partition("#")
            weight = WEIGHT.match(answer.strip())
            answer = answer.strip()[weight.end() :] if weight else answer
            self._ignored(feedback)
            found.append(
                _Answer(sign, answer.strip(), Decimal(weight[1].replace(",", ".")) if weight else None, feedback)
            )
            self.accounted.text.append(weight[0] if weight else "")
        return found

    def _ignored(self, feedback: str) -> None:
        text = plain(HtmlReader(ResourceCollector(), tex_in_text=False).fragment(_shown(feedback).strip()))
        if text:
            self.told("feedback_ignored", text, covers=_shown(feedback))

    def _choice(
        self, stem: Content, answers: list[_Answer], solution: Content, metadata: Metadata, extra: Extra
    ) -> tuple[BankItem, Key]:
        single = extra.kind == "single_choice" or (not extra.kind and any(answer.sign == "=" for answer in answers))
        options = tuple(
            Option(letter(i), self._content(answer.text), fixed=letter(i) in extra.fixed)
            for i, answer in enumerate(answers)
        )
        shares = [
            (letter(i), answer.weight if answer.weight is not None else Decimal(100 if answer.sign == "=" else 0))
            for i, answer in enumerate(answers)
        ]
        best = max((value for _, value in shares), default=Decimal(0))
        right = tuple(name for name, value in shares if value > 0 and (value == best or not single))
        weights = extra.weights if extra.kind else _weights(shares, right)
        if weights and not extra.kind:
            self.told("weights_kept", ", ".join(f"{name} {value}" for name, value in weights))
        if not right:
            self.told("no_key")
        elif single and len(right) > 1:
            self.told("two_keys", ", ".join(right), str(len(right)))
        if len(options) < 2:
            self.told("too_few_options", str(len(options)))
        empty = [option.identifier for option in options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))
        kind = "single_choice" if single else "multiple_choice"
        return BankItem(kind, stem, options, solution, extra.passage, extra.shuffle, metadata), Key(right, weights)  # type: ignore[arg-type]

    def _short(
        self, stem: Content, answers: list[_Answer], solution: Content, metadata: Metadata, extra: Extra
    ) -> tuple[BankItem, Key]:
        right = []
        for answer in answers:
            text = unicodedata.normalize(
                "NFC", plain(self._content(answer.text)) if not extra.kind else _shown(answer.text)
            )
            if answer.weight is not None and answer.weight < 100:
                self.told("weights_kept", f"{text} {answer.weight}", covers=text)
                continue
            right.append(normalise(text) if is_complete(normalise(text)) else text)
        self.accounted.text.extend(right)
        return self._short_item(stem, right, solution, metadata, extra)

    def _short_item(
        self, stem: Content, right: list[str], solution: Content, metadata: Metadata, extra: Extra, tolerance: str = ""
    ) -> tuple[BankItem, Key]:
        key = Key(
            tuple(dict.fromkeys(filter(None, right))),
            tolerance=extra.tolerance or tolerance,
            case_sensitive=extra.fixed == ("case",),
        )
        if not key.right:
            self.told("no_key")
        elif not is_complete(key.right[0]):
            self.told("key_not_enterable", key.right[0])
        return BankItem("short_answer", stem, (), solution, extra.passage, extra.shuffle, metadata), key

    def _numeric(
        self, stem: Content, text: str, solution: Content, metadata: Metadata, extra: Extra
    ) -> tuple[BankItem, Key]:
        answers = (
            self._answers(text)
            if text.lstrip().startswith(("=", "~"))
            else [_Answer("=", text.partition("#")[0].strip(), None, text.partition("#")[2])]
        )
        if not text.lstrip().startswith(("=", "~")):
            self._ignored(text.partition("#")[2])
        right, tolerance = [], ""
        for answer in answers:
            value = _shown(answer.text).strip()
            self.accounted.text.append(value)
            low, dots, high = value.partition("..")
            number, colon, given = value.partition(":")
            if answer.weight is not None and answer.weight < 100:
                self.told("weights_kept", f"{value} {answer.weight}", covers=value)
                continue
            if dots:
                middle, half = (Decimal(low) + Decimal(high)) / 2, (Decimal(high) - Decimal(low)) / 2
                number, given = f"{middle.normalize():f}", f"{half.normalize():f}"
            tolerance = tolerance or (given if (colon or dots) and given.strip() not in {"", "0"} else "")
            right.append(normalise(number))
        return self._short_item(stem, right, solution, metadata, extra, tolerance)

    def _matching(
        self, stem: Content, answers: list[_Answer], solution: Content, metadata: Metadata, extra: Extra
    ) -> tuple[BankItem, Key]:
        pairs = [tuple(part.strip() for part in answer.text.rsplit("->", 1)) for answer in answers]
        verdicts = [_shown(right) for _, right in pairs]
        if extra.kind == "true_false_cluster" or all(TRUE.match(text) or FALSE.match(text) for text in verdicts):
            names = [letter(index, statement=True) for index in range(len(pairs))]
            options = tuple(
                Option(name, self._content(left), fixed=name in extra.fixed)
                for name, (left, _) in zip(names, pairs, strict=True)
            )
            self.accounted.text.extend(verdicts)
            known = all(TRUE.match(text) or FALSE.match(text) for text in verdicts)
            right = tuple("true" if TRUE.match(text) else "false" for text in verdicts) if known else ()
            if not known:
                self.told("no_key")
            return BankItem("true_false_cluster", stem, options, solution, extra.passage, extra.shuffle, metadata), Key(
                right
            )
        self.told("unsupported_interaction", "matching")
        entries = tuple(entry for left, right in pairs if (entry := (*self._content(left), *self._content(right))))
        source = unicodedata.normalize("NFC", "\n".join(f"{_shown(left)} -> {_shown(right)}" for left, right in pairs))
        return BankItem("other", (*stem, Listing(entries)), (), solution, "", None, metadata, source), Key()


def _blocks(source: str) -> list[tuple[int, str]]:
    """Questions with the number of their first line: parts between blank lines that stand outside braces."""
    blocks: list[tuple[int, str]] = []
    current: list[str] = []
    start, depth = 1, 0
    for number, line in enumerate(source.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not line.strip() and depth <= 0:
            if current:
                blocks.append((start, "\n".join(current)))
            current, depth = [], 0
            continue
        if not current:
            start = number
        current.append(line)
        if not line.lstrip().startswith("//"):
            plain_line = re.sub(r"\\.", "", line)
            depth = max(0, depth + plain_line.count("{") - plain_line.count("}"))
    if current:
        blocks.append((start, "\n".join(current)))
    return blocks


def _hidden(text: str) -> str:
    # Inside a formula `\\neq` is a command and no line break.
    text = TEX_SPAN.sub(lambda m: re.sub(r"(?<!\\)\\n(?=[a-z])", HIDDEN["\\"] + "n", m[0]), text)
    text = re.sub(r"\\([~=#{}:])", lambda m: HIDDEN[m[1]], text)
    return re.sub(r"\\(n|\\)", lambda m: HIDDEN["n"] if m[1] == "n" else HIDDEN["\\"], text) if "\\" in text else text


def _shown(text: str) -> str:
    for hidden, sign in SHOWN.items():
        text = text.replace(hidden, "\n" if sign == "n" else sign)
    return text


def _extra(raw: str) -> Extra:
    try:
        return msgspec.json.decode(raw, type=Extra)
    except msgspec.DecodeError:
        return Extra()


def _weights(shares: list[tuple[str, Decimal]], right: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    positive = [value for _, value in shares if value > 0]
    even = (
        bool(positive) and max(positive) - min(positive) < Decimal("0.01") and abs(sum(positive, Decimal(0)) - 100) < 1
    )
    if even and all(value in {0, -100} for name, value in shares if name not in right):
        return ()
    return tuple((name, f"{(value / 100).normalize():f}") for name, value in shares if value)


def _data(href: str) -> bytes | None:
    if not href.startswith("data:") or ";base64," not in href:
        return None
    try:
        return base64.b64decode(href.partition(",")[2], validate=False)
    except ValueError:
        return None
