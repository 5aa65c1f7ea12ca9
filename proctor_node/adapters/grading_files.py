"""Forms, keys and profiles for grading, from the files that people have: our own packages, TOML sources, tables."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from exam_engine import profile as profiles
from exam_engine.commands import FormIndex, ItemFacts
from exam_engine.errors import ProfileInvalid
from proctor_node.adapters import tables
from proctor_node.errors import ResponsesUnreadable
from proctor_node.response_sheet import canonical
from question_bank import form as forms
from question_bank.errors import QuestionBankError
from question_bank.response_key import ResponseKey

LETTERS = {"true_false_cluster": "abcd", "single_choice": "ABCD", "multiple_choice": "ABCD", "short_numeric": ""}


def read_form(path: Path) -> tuple[str, FormIndex]:
    """Code and facts of a form.

    A built form, its source (TOML), the index beside a sealed form, or a table `item,part,kind,options`.

    Raises:
        ResponsesUnreadable: none of these, or damaged.
    """
    raw = path.read_bytes()
    try:
        if path.suffix.lower() == ".toml":
            return _of_source(tomllib.loads(raw.decode("utf-8-sig")))
        if raw.lstrip()[:1] == b"{":
            return _of_json(raw)
        return path.stem, _of_table(path)
    except (QuestionBankError, msgspec.ValidationError, msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise ResponsesUnreadable("{file}: {problem}", file=path.name, problem=error) from error
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        raise ResponsesUnreadable(
            "{file}: no form; missing or misplaced: {problem}", file=path.name, problem=error
        ) from error


def _of_json(raw: bytes) -> tuple[str, FormIndex]:
    if b'"format"' not in raw[:200] and b"khaothi/form" not in raw:
        return "", msgspec.json.decode(raw, type=dict[str, ItemFacts])
    form = forms.decode(raw.strip())
    return form.code, {
        item.id: ItemFacts(item.id, part.id, item.number, item.kind, tuple(o.identifier for o in item.options))
        for part, item in form.each_item()
    }


def _of_source(source: dict[str, Any]) -> tuple[str, FormIndex]:
    index: FormIndex = {}
    for part in source["parts"]:
        letters = "abcdefgh" if part["kind"] == "true_false_cluster" else "ABCDEFGH"
        for number, item in enumerate(part["items"], 1):
            name = f"{part['id']}.{number}"
            options = tuple(letters[: len(item.get("options", ()))])
            index[name] = ItemFacts(name, part["id"], number, part["kind"], options)
    return str(source.get("code", "")), index


def _of_table(path: Path) -> FormIndex:
    header, rows = tables.text_table(path)
    names = [name.casefold() for name in header]
    item, part, kind = (names.index(name) if name in names else -1 for name in ("item", "part", "kind"))
    if min(item, part, kind) < 0:
        raise ResponsesUnreadable(
            "{file}: a form as a table has the columns item, part, kind and options", file=path.name
        )
    options = names.index("options") if "options" in names else -1
    index: FormIndex = {}
    for number, row in enumerate(rows, 1):
        if row[kind] not in LETTERS:
            raise ResponsesUnreadable("{file}: {kind!r} is no kind of item", file=path.name, kind=row[kind])
        given = tuple(row[options].replace("|", " ").split()) if options >= 0 else ()
        index[row[item]] = ItemFacts(row[item], row[part], number, row[kind], given or tuple(LETTERS[row[kind]]))
    return index


def read_key(path: Path, index: FormIndex) -> ResponseKey:
    """The key: TOML or JSON as sealed forms have it, a JSON object or a table `item,key`.

    Raises:
        ResponsesUnreadable: not a key, an item without one, or a key that nobody could enter.
    """
    raw = path.read_bytes()
    try:
        if path.suffix.lower() == ".toml":
            found = tomllib.loads(raw.decode("utf-8-sig"))
        elif raw.lstrip()[:1] == b"{":
            found = json.loads(raw)
        else:
            found = {"right": _key_rows(path)}
        told = found.get("right", found)
        if not isinstance(told, dict):
            raise ResponsesUnreadable("{file}: no key", file=path.name)
        code, version = str(found.get("form_code", "")), int(found.get("version", 1))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, AttributeError, TypeError) as error:
        raise ResponsesUnreadable("{file}: {problem}", file=path.name, problem=error) from error
    return ResponseKey(code, version, _canonical_key(path.name, told, index))


def _key_rows(path: Path) -> dict[str, str]:
    header, rows = tables.text_table(path)
    if len(header) < 2:
        raise ResponsesUnreadable("{file}: a key has the columns item and key", file=path.name)
    names = [name.casefold() for name in header]
    if "item" in names and "key" in names:
        item, key = names.index("item"), names.index("key")
    else:  # no header: two columns
        item, key, rows = 0, 1, [header, *rows]
    found: dict[str, str] = {}
    for row in rows:
        name = row[item].strip()
        if name in found:
            raise ResponsesUnreadable("{file}: {item} stands twice", file=path.name, item=name)
        found[name] = row[key].strip()
    return found


def _canonical_key(file: str, told: dict[str, Any], index: FormIndex) -> dict[str, str]:
    strangers = [name for name in told if name not in index]
    missing = [name for name in index if name not in told]
    if strangers or missing:
        if missing:
            raise ResponsesUnreadable("{file}: no key for {item}", file=file, item=missing[0])
        raise ResponsesUnreadable("{file}: {item} is not in the form", file=file, item=strangers[0])
    return {name: _right(file, facts, told[name]) for name, facts in index.items()}


def _right(file: str, facts: ItemFacts, told: object) -> str:
    text = "|".join(map(str, told)) if isinstance(told, list) else str(told)
    alternatives = text.split("|") if facts.kind in {"single_choice", "short_numeric"} else [text]
    found = [canonical(facts, answer) for answer in alternatives]
    complete = facts.kind != "true_false_cluster" or (found[0] or "").count("=") == len(facts.options)
    if not all(found) or not complete:
        raise ResponsesUnreadable(
            "{file}: the key {key!r} of {item} cannot be entered", file=file, key=text, item=facts.item
        )
    return "|".join(answer for answer in found if answer)


def read_profile(name: str) -> str:
    """The text of a profile: a file, or one of those shipped by name.

    Raises:
        FileNotFoundError: neither.
        exam_engine.errors.ProfileInvalid: not usable.
    """
    path = Path(name)
    if path.is_file():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ProfileInvalid("{file}: not text", file=name) from error
    else:
        text = profiles.shipped(name)
    profiles.load(text)
    return text
