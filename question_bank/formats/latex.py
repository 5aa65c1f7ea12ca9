r"""LaTeX with the `ex_test` package: `\begin{ex} … \choice{..}{\True ..}{..}{..} \loigiai{..} \end{ex}`.

Only the question environments are read, by brace matching; nothing is executed. Source: the package's own macros as listed
in vietnam.md section 6.2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from question_bank.bank.content import (
    Block,
    Content,
    Formula,
    Inline,
    Listing,
    Mark,
    Paragraph,
    Preformatted,
    Text,
    plain,
)
from question_bank.bank.item import BankItem, Draft, Key, Kind, Metadata, Option, letter
from question_bank.formats import encodings
from question_bank.formats.html_content import normalised
from question_bank.formats.lines import OBJECT, Atom, Line
from question_bank.formats.paper.labels import CODE_LEVELS
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue
from question_bank.formats.text_file import file_issues_of
from question_bank.short_answer import is_complete, normalise

BEGIN = re.compile(r"\\begin\{(ex|bt|vd)\}(?:\[[^\]]*\])?")
CHOICES = ("choice", "choiceTF", "choiceTFt", "choiceTFn", "choiceM", "haicot", "boncot", "motcot")
MARKS: dict[str, Mark] = {"textbf": "bold", "bf": "bold", "textit": "italic", "emph": "italic", "underline": "underline", "uline": "underline", "textsuperscript": "sup", "textsubscript": "sub", "texttt": "code", "sout": "strike"}  # fmt: skip
MATH = re.compile(
    r"\\\[(?P<square>.+?)\\\]|\\\((?P<round>.+?)\\\)|\$\$(?P<double>.+?)\$\$|(?<!\\)\$(?P<single>(?:[^$\\]|\\.)+?)\$",
    re.DOTALL,
)
DISPLAYS = re.compile(r"\\begin\{(equation|align|eqnarray|gather|multline)(\*?)\}(.*?)\\end\{\1\2\}", re.DOTALL)
PICTURE = re.compile(r"\\begin\{(tikzpicture|center)\}(?:(?!\\begin\{center\}).)*?\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}.*?\\end\{\1\}|\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL)  # fmt: skip
INCLUDED = re.compile(r"\\includegraphics(?:\[[^\]]*\])?\{([^}]*)\}")
SIGNS = {
    r"\%": "%", r"\&": "&", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}", r"\$": "$", "~": "\u00a0", "---": "—", "--": "–", "``": "“",
    "''": "”", r"\ldots": "…", r"\dots": "…", r"\quad": " ", r"\qquad": " ", r"\,": " ", r"\;": " ", r"\:": " ", r"\ ": " ", r"\!": "",
    r"\noindent": "", r"\hfill": " ", r"\centering": "", r"\par": "\n\n", r"\newline": "\n", r"\\": "\n", r"\item": "\n", r"\circ": "°",
    r"\dotfill": "……", r"\vspace": "", r"\hspace": "", r"\medskip": "", r"\smallskip": "", r"\bigskip": "", r"\allowdisplaybreaks": "",
    r"\textbackslash": "\\", r"\textdegree": "°", r"\LaTeX": "LaTeX",
}  # fmt: skip
SIGN = re.compile(
    "|".join(
        re.escape(sign) + (r"(?![A-Za-z])" if sign[-1].isalpha() else "")
        for sign in sorted(SIGNS, key=len, reverse=True)
    )
)
LIST = re.compile(
    r"\\begin\{(itemize|enumerate|listEX|enumEX)\}(?:\[[^\]]*\])?(?:\{[^}]*\})?(.*?)\\end\{\1\}", re.DOTALL
)


def read(raw: bytes) -> Imported:
    """The questions of a LaTeX file."""
    text, encoding, legacy = encodings.decoded(raw)
    return _Reading(text).imported(file_issues_of(encoding, legacy))


@dataclass(slots=True)
class _Reading:
    source: str
    accounted: Accounted = field(default_factory=Accounted)
    _issues: list[Issue] = field(default_factory=list)
    _where: str = ""

    def imported(self, issues: list[Issue]) -> Imported:
        items = []
        for number, (start, environment, body) in enumerate(self._questions(), 1):
            line = self.source.count("\n", 0, start) + 1
            self._issues, self._where = [], f"Câu {number} (dòng {line})"
            head = self.source[start : start + 400].partition("\n")[0] + body[:200]
            item, key = self._item(_uncommented(body), head, environment)
            items.append(ImportedItem(number, Draft(item, key), tuple(self._issues)))
        if not items:
            issues.append(Issue("no_items", "tệp"))
        return Imported("latex", tuple(items), (), {}, tuple(issues), self.accounted)

    def _questions(self) -> Iterator[tuple[int, str, str]]:
        """Where each question begins, its environment and its body; one that does not end is told by the second walker."""
        position, unended = 0, set[str]()
        while found := BEGIN.search(self.source, position):
            end = -1 if found[1] in unended else self.source.find(f"\\end{{{found[1]}}}", found.end())
            position = found.end()
            if end < 0:
                unended.add(found[1])
                continue
            yield found.start(), found[1], self.source[found.end() : end]
            position = end

    def told(self, code: str, *values: str, covers: str = "") -> None:
        self._issues.append(Issue(code, self._where, values, covers))

    def _item(self, body: str, head: str, environment: str) -> tuple[BankItem, Key]:
        body, solutions = _taken(body, "loigiai", "huongdan", "solution")
        body, short = _taken(body, "shortans", "dapso", "dapan")
        name, start = _macro(body)
        options: list[str] = []
        stem, after = body, ""
        if name:
            options, stop = _arguments(body, start)
            stem, after = body[: body.rindex("\\" + name, 0, start)], body[stop:]
        stem = self._unmini(f"{stem} {after}" if after.strip() else stem)
        kind: Kind = "single_choice" if name else "short_answer" if short else "other"
        if name.startswith("choiceTF"):
            kind = "true_false_cluster"
        elif name == "choiceM":
            kind = "multiple_choice"
        right = [re.match(r"\s*(?:\{\s*)?\\True(?![A-Za-z])", text) is not None for text in options]
        made = tuple(
            Option(
                letter(index, statement=kind == "true_false_cluster"),
                self._content(re.sub(r"\\True(?![A-Za-z])", "", text)),
            )
            for index, text in enumerate(options)
        )
        key = self._key(kind, right, short)
        item = BankItem(
            kind, self._content(stem), made, self._content("\n\n".join(solutions)), metadata=self._metadata(head)
        )
        self._judge(item, key, environment)
        return item, key

    def _key(self, kind: Kind, right: list[bool], short: list[str]) -> Key:
        if kind == "short_answer":
            texts = [re.sub(r"[${}]", "", text.replace("{,}", ",")).strip() for text in short]
            self.accounted.text.extend(texts)
            # A key in math mode is taken in as a key and stands in no content.
            shown = tuple(Atom(OBJECT, inline=Formula(text)) for text in short if "$" in text or "\\(" in text)
            self.accounted.outside.append(Line(shown, self._where))
            return Key(tuple(normalise(text) if is_complete(normalise(text)) else text for text in texts if text))
        if kind == "true_false_cluster":
            return Key(tuple("true" if yes else "false" for yes in right))
        return Key(tuple(letter(index) for index, yes in enumerate(right) if yes))

    def _metadata(self, head: str) -> Metadata:
        found = re.search(r"%\s*\[(\d?[A-Z0-9]{2,6}([A-Z])?\d?-?\d*)\]", head)
        if not found:
            return Metadata()
        letters = re.findall(r"[A-Z]", found[1])
        level = CODE_LEVELS.get(letters[-1], "") if len(letters) > 1 else ""
        return Metadata(level=level, source=found[1])

    def _unmini(self, text: str) -> str:
        r"""`\immini{text}{figure}` puts a figure beside the text; both stay."""
        while found := re.search(r"\\(?:immini|imminiL|imminiR)(?:\[[^\]]*\])?(?=\s*\{)", text):
            arguments, stop = _arguments(text, found.end())
            text = f"{text[: found.start()]}{' '.join(arguments)}{text[stop:]}"
        return text

    def _content(self, text: str) -> Content:
        def drawing(_found: re.Match[str]) -> str:
            self.told("drawing_lost", "TikZ")
            return " "

        def included(found: re.Match[str]) -> str:
            self.told("picture_lost", found[1], covers=found[1])
            return " "

        text = INCLUDED.sub(included, PICTURE.sub(drawing, text))
        text = re.sub(r"\\begin\{center\}|\\end\{center\}", "\n\n", text)
        blocks: list[Block] = []
        position = 0
        for found in LIST.finditer(text):
            blocks += self._paragraphs(text[position : found.start()])
            entries = [self._content(part) for part in re.split(r"\\item(?![A-Za-z])(?:\[[^\]]*\])?", found[2])[1:]]
            blocks.append(Listing(tuple(entries), found[1] != "itemize"))
            position = found.end()
        blocks += self._paragraphs(text[position:])
        return normalised(tuple(blocks))

    def _paragraphs(self, text: str) -> list[Block]:
        blocks: list[Block] = []
        for part in re.split(r"\n[ \t]*\n|\\par(?![A-Za-z])", text):
            found = re.search(
                r"\\begin\{(tabular|array|tabularx)\}.*?\\end\{\1\}",
                MATH.sub(lambda m: " " * len(m[0]), part),
                re.DOTALL,
            )
            if found:
                blocks += [Paragraph(tuple(self._inlines(part[: found.start()], ())))]
                source = part[found.start() : found.end()]
                self.told("element_unknown", found[1])
                blocks.append(Preformatted(unicodedata.normalize("NFC", source.strip())))
                part = part[found.end() :]  # noqa: PLW2901 - the rest of the part
            blocks.append(Paragraph(tuple(self._inlines(part, ()))))
        return blocks

    def _inlines(self, text: str, marks: tuple[Mark, ...]) -> list[Inline]:
        text = DISPLAYS.sub(
            lambda m: (
                f"\\[\\begin{{{'aligned' if m[1] != 'equation' else 'gathered'}}}{m[3]}\\end{{{'aligned' if m[1] != 'equation' else 'gathered'}}}\\]"
            ),
            text,
        )
        made: list[Inline] = []
        position = 0
        for found in MATH.finditer(text):
            made += self._words(text[position : found.start()], marks)
            latex = found["square"] or found["round"] or found["double"] or found["single"]
            display = found["square"] is not None or found["double"] is not None
            made.append(Formula(unicodedata.normalize("NFC", " ".join(latex.split())), display=display))
            position = found.end()
        return made + self._words(text[position:], marks)

    def _words(self, text: str, marks: tuple[Mark, ...]) -> list[Inline]:
        found = re.search(r"\\(" + "|".join(MARKS) + r")\s*(?=\{)", text)
        if found:
            inner, stop = _arguments(text, found.end(), most=1)
            before = self._words(text[: found.start()], marks)
            mark = MARKS[found[1]]
            inside = self._inlines(inner[0] if inner else "", marks if mark in marks else (*marks, mark))
            return before + inside + self._words(text[stop:], marks)
        text = SIGN.sub(lambda m: SIGNS[m[0]], re.sub(r"\s+", " ", text))
        for command in re.findall(r"\\([A-Za-z]+)\*?", text):
            self.told("element_unknown", f"\\{command}")
        text = re.sub(r"\\[A-Za-z]+\*?(?:\[[^\]]*\])?|[{}]", "", text).replace("\u00a0", " ")
        return [Text(unicodedata.normalize("NFC", text), marks)] if text else []

    def _judge(self, item: BankItem, key: Key, environment: str) -> None:
        if item.kind == "other":
            self.told("essay" if environment in {"bt", "vd"} else "no_options", self._where)
            return
        if not key.right:
            self.told("no_key")
        elif item.kind == "single_choice" and len(key.right) > 1:
            self.told("two_keys", ", ".join(key.right), str(len(key.right)))
        elif item.kind == "true_false_cluster" and "true" not in key.right:
            self.told("all_statements_false", str(len(key.right)))
        if item.kind == "short_answer" and key.right and not is_complete(key.right[0]):
            self.told("key_not_enterable", key.right[0])
        if item.options and len(item.options) < 2:
            self.told("too_few_options", str(len(item.options)))
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))
        if not plain(item.stem).strip():
            self.told("stem_empty")


def _uncommented(text: str) -> str:
    return re.sub(r"(?<!\\)%[^\n]*\n?", "", text)


def _macro(body: str) -> tuple[str, int]:
    r"""The name of the choice macro and where its arguments begin; its `[…]` option is skipped."""
    found = re.search(
        r"\\(" + "|".join(sorted(CHOICES, key=len, reverse=True)) + r")(?![A-Za-z])(?:\s*\[[^\]]*\])?(?=\s*\{)", body
    )
    return (found[1], found.end()) if found else ("", 0)


def _arguments(text: str, start: int, *, most: int = 12) -> tuple[list[str], int]:
    """Braced arguments that follow a position, and where they end."""
    found: list[str] = []
    at = start
    while len(found) < most:
        spaces = re.match(r"\s*", text[at:])
        opening = at + (spaces.end() if spaces else 0)
        if opening >= len(text) or text[opening] != "{":
            break
        closing = _closing(text, opening)
        found.append(text[opening + 1 : closing])
        at = closing + 1
    return found, at


def _closing(text: str, opening: int) -> int:
    depth, at = 0, opening
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return at
        at += 1
    return len(text)


def _taken(body: str, *names: str) -> tuple[str, list[str]]:
    r"""The body without certain macros, and what stood in them."""
    found: list[str] = []
    pattern = re.compile(r"\\(?:" + "|".join(names) + r")(?![A-Za-z])(?:\s*\[[^\]]*\])?(?=\s*\{)")
    while match := pattern.search(body):
        inner, stop = _arguments(body, match.end(), most=1)
        found += inner
        body = body[: match.start()] + body[stop:]
    return body, found
