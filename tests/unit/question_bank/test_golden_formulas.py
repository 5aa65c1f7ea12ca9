"""Formulas are drawn as they were when a person last looked at them; what cannot be drawn faithfully is refused."""

from __future__ import annotations

import pytest

from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.errors import FormulaRefused
from tests.unit.question_bank.golden_formulas import DIGESTS, FORMULAS, digests

RENDERER = MathJaxRenderer()


def test_thirty_formulas_are_drawn_as_before():
    assert len(FORMULAS) == 30
    assert digests(RENDERER) == DIGESTS.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("latex", ["", "   ", r"\frac{1}", r"\unknowncommand", "x" * 5000, r"\text{漢}", r"\left( x", r"\phantom{x}", "{"])  # fmt: skip
def test_what_cannot_be_drawn_faithfully_is_refused(latex):
    with pytest.raises(FormulaRefused):
        RENDERER.svg(latex)


@pytest.mark.parametrize("latex", [r"\text{Tiếng Việt: ằ ẵ ễ ộ ữ ỷ Đ đ}", r"\text{ĐIỂM}", r"\ce{A ->[xúc tác] B}"])
def test_vietnamese_words_inside_are_drawn(latex):
    assert RENDERER.svg(latex).startswith(b"<svg")


def test_mathml_carries_the_same_formula():
    drawn = RENDERER.mathml(r"\frac{a}{b}<\sqrt{2}")
    assert "<mfrac" in drawn
    assert "&lt;" in drawn
    with pytest.raises(FormulaRefused):
        RENDERER.mathml(r"\frac{1}")
