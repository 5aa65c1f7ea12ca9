"""LaTeX to SVG with MathJax 4 in quickjs-ng (docs/adr/0011): once, when a form is built; stations run no JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import quickjs

from question_bank.errors import EngineMissing, FormulaRefused
from question_bank.rendering import checked

BUNDLE = Path(__file__).with_name("mathjax") / "mathjax4.js"
LONGEST = 4000


class MathJaxRenderer:
    """One engine; not for use from several threads at once."""

    def __init__(self, bundle: Path = BUNDLE) -> None:
        if not bundle.is_file():
            raise EngineMissing(f"{bundle.name} is not built: run scripts/bootstrap")
        self._context = quickjs.Context()
        self._context.eval(bundle.read_text(encoding="utf-8"))
        self._convert = self._context.eval("texToSvg")
        self._mathml = self._context.eval("texToMathml")

    def svg(self, latex: str, *, display: bool = False) -> bytes:
        """A self-contained SVG.

        Raises:
            FormulaRefused: MathJax does not accept it, or it cannot be drawn faithfully.
        """
        if not latex.strip() or len(latex) > LONGEST:
            raise FormulaRefused(f"empty or too long: {latex[:40]!r}")
        try:
            result = json.loads(self._convert(latex, display))
        except quickjs.JSException as error:
            raise FormulaRefused(f"{latex!r}: {str(error).splitlines()[0]}") from error
        return checked(latex, str(result["svg"]))

    def mathml(self, latex: str, display: bool = False) -> str:
        """What stands inside the `math` element, without the element itself.

        Raises:
            FormulaRefused: MathJax does not accept it.
        """
        try:
            return str(self._mathml(latex, display))
        except quickjs.JSException as error:
            raise FormulaRefused(f"{latex!r}: {str(error).splitlines()[0]}") from error
