"""Fields of Moodle XML: texts, numbers, files, and what another export of this program wrote beside a question."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

import msgspec

from question_bank.bank.content import Attachment, Formula, Inline, Picture
from question_bank.bank.item import Metadata
from question_bank.formats.opening import Element
from question_bank.formats.resources import of_data_url

PLUGINFILE = "@@PLUGINFILE@@/"


class Extra(msgspec.Struct, frozen=True, omit_defaults=True):
    """What Moodle has no place for; stands in an element of its own, which Moodle passes over."""

    kind: str = ""
    metadata: Metadata = Metadata()
    passage: str = ""
    shuffle: bool | None = None
    fixed: tuple[str, ...] = ()
    weights: tuple[tuple[str, str], ...] = ()
    tolerance: str = ""
    unsupported: str = ""


def text_of(node: Element | None) -> str:
    """The text of a node and of all in it."""
    return "" if node is None else "".join(node.itertext())


def truth(text: str) -> bool | None:
    """`true`, `1`, `false`, `0`; None for anything else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())


def number_of(text: str) -> Decimal:
    """A decimal number with dot or comma; 0 for none."""
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal(0)


def fraction_of(answer: Element) -> Decimal:
    """An answer's share of the mark, in percent."""
    return number_of(answer.get("fraction", "0"))


def weights_of(fractions: list[tuple[str, Decimal]], right: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Fractions as shares of the mark, where they say more than which options are right."""
    positive = [value for _, value in fractions if value > 0]
    even = (
        bool(positive) and max(positive) - min(positive) < Decimal("0.01") and abs(sum(positive, Decimal(0)) - 100) < 1
    )
    if even and all(value <= 0 for name, value in fractions if name not in right) and all(value in {0, -100} for _, value in fractions if value <= 0):  # fmt: skip
        return ()
    return tuple((name, f"{(value / 100).normalize():f}") for name, value in fractions if value)


def category_of(path: str) -> str:
    """`$course$/top/Toán/Hàm số` is the topic `Toán / Hàm số`; a doubled slash stands for one."""
    steps = [step.replace("\0", "/").strip() for step in path.strip().replace("//", "\0").split("/")]
    kept = [step for step in steps if step and step != "top" and not re.fullmatch(r"\$\w+\$", step)]
    return unicodedata.normalize("NFC", " / ".join(kept))


def files_of(node: Element) -> dict[str, bytes | None]:
    """Files that stand in a field, by name; those of a row inside it are its own."""
    return {part.get("name", ""): decoded(part) for part in node.findall("file")}


def file_name(href: str) -> str:
    """The name of a file in a reference to it."""
    return unquote(href.removeprefix(PLUGINFILE)).rsplit("/", 1)[-1].partition("?")[0]


def quoted(inline: Inline) -> str:
    """What an inline counts as for the second walker."""
    return "formula" if isinstance(inline, Formula) else "picture" if isinstance(inline, Picture | Attachment) else ""


def decoded(node: Element) -> bytes | None:
    """The bytes of a file element; None when they are no base64."""
    try:
        return base64.b64decode("".join(node.itertext()), validate=False)
    except (binascii.Error, ValueError):
        return None


def fetched(href: str, files: dict[str, bytes | None]) -> bytes | None:
    """The bytes behind a reference: a file of the field, or a data URL."""
    if href.startswith(PLUGINFILE):
        return files.get(file_name(href))
    return of_data_url(href) if href.startswith("data:") else None


def extra_of(node: Element) -> Extra:
    """What another export of this program wrote beside the question."""
    raw = text_of(node.find("khaothi")).strip()
    try:
        return msgspec.json.decode(raw, type=Extra) if raw else Extra()
    except msgspec.DecodeError:
        return Extra()
