"""LaTeX to SVG with MathJax 4 in quickjs-ng (docs/adr/0011): once, when a form is built; stations run no JavaScript."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import quickjs

from question_bank.errors import EngineMissing, FormulaRefused
from question_bank.rendering import checked

BUNDLE = Path(__file__).with_name("mathjax") / "mathjax4.js"
LONGEST = 4000


def _first_line(error: quickjs.JSException) -> ValueError:
    return ValueError(str(error).splitlines()[0].removeprefix("Error: "))


class MathJaxRenderer:
    """One engine, started by its first formula; not for use from several threads at once."""

    def __init__(self, bundle: Path = BUNDLE) -> None:
        if not bundle.is_file():
            raise EngineMissing("{file} is not built: run scripts/bootstrap", file=bundle.name)
        self._bundle = bundle

    @cached_property
    def _engine(self) -> tuple[Any, Any]:
        context = quickjs.Context()
        context.eval(self._bundle.read_text(encoding="utf-8"))
        return context.eval("texToSvg"), context.eval("texToMathml")

    def svg(self, latex: str, *, display: bool = False) -> bytes:
        """A self-contained SVG.

        Raises:
            FormulaRefused: MathJax does not accept it, or it cannot be drawn faithfully.
        """
        if not latex.strip() or len(latex) > LONGEST:
            raise FormulaRefused("empty or too long: {latex!r}", latex=latex[:40])
        try:
            result = json.loads(self._engine[0](latex, display))
        except quickjs.JSException as error:
            raise FormulaRefused("{latex!r}: {problem}", latex=latex, problem=_first_line(error)) from error
        return checked(latex, str(result["svg"]))

    def mathml(self, latex: str, display: bool = False) -> str:
        """What stands inside the `math` element, without the element itself.

        Raises:
            FormulaRefused: MathJax does not accept it.
        """
        try:
            return str(self._engine[1](latex, display))
        except quickjs.JSException as error:
            raise FormulaRefused("{latex!r}: {problem}", latex=latex, problem=_first_line(error)) from error
