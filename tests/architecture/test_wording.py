"""Every error that a package can raise has words in both languages: no hole in any table (docs/adr/0021)."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import unicodedata
from pathlib import Path

import pytest

from khaothi import command_line, launcher
from khaothi.wording import PLACE, Worded, Wording, Words, has_words
from station.wording import readiness

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "reader": "reader.wording",
    "question_bank": "question_bank.wording",
    "exam_engine": "exam_engine.wording",
    "proctor_node": "proctor_node.wording",
    "station": "station.wording.refusals",
    "hardware_mocks": "hardware_mocks.wording",
}
# What makes an error of the sentence that it is given.
MAKERS = {"parsing": "Malformed", "wait_for": "DayFailed", "wait_until": "DayFailed", "_await_phase": "DayFailed"}
# Errors some of whose arguments are names and no sentences: a code for pages, a command of ISO/IEC 7816-4.
NAMES_FIRST = {
    "ItemUnfit": lambda arguments: arguments[:1],
    "UnexpectedStatus": lambda _: (),
    "PaceRefused": lambda _: (),
    "DayFailed": lambda arguments: [text for text in arguments if isinstance(text, ast.Constant | ast.JoinedStr)],
}
CODE = re.compile(r"[a-z][a-z0-9_]*")
# Vietnamese has these letters and English has not; a sentence without any of them was left in English, or is a command.
WORD = re.compile(r"[^\W\d_]{2,}")
LETTERS = re.compile(r"[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)


def wording(package):
    return importlib.import_module(TABLES[package]).WORDING


def worded(package):
    """The package's errors by name, wherever they are defined."""
    root = importlib.import_module(package)
    names = [info.name for info in pkgutil.walk_packages(root.__path__, f"{package}.") if "migrations" not in info.name]
    found = {}
    for name in names:
        if name.endswith(
            ("errors", "console", "cli_arguments", "station.cli", "canonical", "vpcd.bench", "exam_day.stage")
        ):
            for value in vars(importlib.import_module(name)).values():
                if isinstance(value, type) and issubclass(value, Worded) and value is not Worded:
                    found[value.__name__] = value
    return found


def constants(tree):
    """Texts that a module or function gives a name."""
    return {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def said(package):
    """Every text with which the package's code makes one of its errors: place, class, text node."""
    kinds = worded(package)
    for path in sorted((ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = constants(tree)
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name == "line" and getattr(getattr(call.func, "value", None), "id", "").endswith("WORDING"):
                yield f"{path.relative_to(ROOT)}:{call.lineno} line", Worded, call.args[0]
            name = MAKERS.get(name, name)
            if name in kinds:
                place = f"{path.relative_to(ROOT)}:{call.lineno} {name}"
                texts = NAMES_FIRST.get(name, lambda arguments: arguments)(call.args)
                for text in texts:
                    parts = [text.body, text.orelse] if isinstance(text, ast.IfExp) else [text]
                    for part in parts:
                        yield place, kinds[name], named.get(part.id) if isinstance(part, ast.Name) else part


@pytest.mark.parametrize("package", TABLES)
def test_every_code_has_words(package):
    missing = {kind.code for kind in worded(package).values()} - set(wording(package).codes)
    assert not missing


@pytest.mark.parametrize("package", TABLES)
def test_every_sentence_has_vietnamese(package):
    table, holes = wording(package), []
    for place, _, node in said(package):
        text = node.value if isinstance(node, ast.Constant) else node
        if not isinstance(text, str) or not has_words(text):
            continue
        known = table.codes if CODE.fullmatch(text) else table.sentences
        if text not in known:
            holes.append(f"{place}: {text!r}")
    assert not holes, "\n".join(holes)


@pytest.mark.parametrize("package", TABLES)
def test_no_value_is_glued_into_a_sentence(package):
    glued = [
        place
        for place, kind, node in said(package)
        if isinstance(node, ast.JoinedStr | ast.BinOp) and "reason" not in kind.__init__.__code__.co_varnames
    ]
    assert not glued, "\n".join(glued)


def pairs():
    tables = {package: wording(package) for package in TABLES}
    tables |= {"doctor": readiness.WORDING, "command_line": command_line.WORDING, "launcher": launcher.WORDING}
    for package, table in tables.items():
        for code, words in table.codes.items():
            yield f"{package} {code}", words.vi, words.en
            if words.advice_vi or words.advice_en:
                yield f"{package} {code} advice", words.advice_vi, words.advice_en
        for english, vietnamese in table.sentences.items():
            yield f"{package} {english}", vietnamese, english


def places(template):
    return {re.split(r"[!:]", found[1:-1])[0] for found in PLACE.findall(template)}


def test_both_languages_carry_the_same_values():
    assert not [where for where, vi, en in pairs() if places(vi) != places(en)]


def test_vietnamese_is_vietnamese_and_composed():
    for where, vi, en in pairs():
        assert vi, where
        assert en, where
        assert unicodedata.is_normalized("NFC", vi), where
        assert not LETTERS.search(en), where
        if len(WORD.findall(PLACE.sub("", vi))) > 2 and "khaothi " not in vi:
            assert LETTERS.search(vi), where


def test_no_sentence_of_another_package_is_told_otherwise():
    for package, name in TABLES.items():
        module = importlib.import_module(name)
        for english, vietnamese in module.SENTENCES.items():
            assert wording(package).sentences[english] == vietnamese
        assert isinstance(module.WORDING, Wording)
        assert all(isinstance(words, Words) for words in module.CODES.values())
