"""The sample form that comes with the program, built from its source."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import msgspec

from question_bank.form import Form
from question_bank.rendering import FormulaRenderer
from question_bank.response_key import ResponseKey
from question_bank.source import FormBuilder

NAME = "toan_12_mau"


def _file(name: str) -> bytes:
    return (files("question_bank") / "forms" / name).read_bytes()


def sample_form(renderer: FormulaRenderer) -> Form:
    """Twenty-two Maths items in the layout of 2025."""
    return FormBuilder(renderer, _file).build(_file(f"{NAME}.toml").decode())


def sample_key() -> ResponseKey:
    """Its keys."""
    return msgspec.convert(tomllib.loads(_file(f"{NAME}.keys.toml").decode()), ResponseKey)
