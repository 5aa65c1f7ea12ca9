r"""Thirty formulas of exam papers whose drawing is pinned by digest; `python -m tests.unit.question_bank.golden_formulas` draws them anew.

They cover what has gone wrong in other programs: nested bars and roots, `\heva` and `\hoac`, vectors, chemistry, Vietnamese
words inside, decimal commas, matrices, intervals and large operators.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

FORMULAS = (
    r"x^2+y^2\le 1", r"\frac{1}{\varphi\,(N-k+1)}", r"\sqrt[3]{\frac{a+b}{2}}", r"\overline{z}=a-bi", r"\overline{\overline{z}+\overline{w}}",
    r"\heva{x+y&=3\\2x-y&=0}", r"\hoac{x&=1\\x&=-2}", r"\vt{AB}\cdot\vt{AC}=0", r"\overrightarrow{n}=(2;-1;3)", r"\vec{u}\perp\vec{v}",
    r"\int_{0}^{2}(2x+1)\,\mathrm{d}x", r"\iint\limits_{D}\sqrt{x^2+y^2}\,dxdy", r"\lim_{x\to+\infty}\frac{3x-2}{x+1}", r"\sum_{k=0}^{n}\binom{n}{k}=2^n", r"\prod_{i=1}^{n}a_i",
    r"\ce{2H2 + O2 ->[t^\circ] 2H2O}", r"\ce{CH3COOH + C2H5OH <=> CH3COOC2H5 + H2O}", r"\ce{^{235}_{92}U}", r"\ce{SO4^2-}", r"\text{số mol của }\ce{CO2}",
    r"\text{Thể tích khối chóp bằng }\frac{1}{3}Bh", r"0{,}25\ \mathrm{m/s^2}", r"\left(-\infty;\,\frac{1}{2}\right]\cup[3;+\infty)", r"\log_2(x-1)<3", r"\mathbb{R}\setminus\{0\}",
    r"\begin{pmatrix}1&0\\0&1\end{pmatrix}", r"\begin{array}{|c|c|}\hline x&1\\\hline y&2\\\hline\end{array}", r"\left|\frac{a}{b}\right|", r"\widehat{ABC}=60^\circ", r"f'(x)=\begin{cases}1&x>0\\-1&x<0\end{cases}",
)  # fmt: skip
DIGESTS = Path(__file__).with_name("golden_formulas.sha256")


def digests(renderer):
    """SHA-256 of each drawing with its formula, a line each."""
    return [f"{hashlib.sha256(renderer.svg(latex)).hexdigest()}  {latex}" for latex in FORMULAS]


if __name__ == "__main__":
    from question_bank.adapters.formula_renderer import MathJaxRenderer

    DIGESTS.write_text("\n".join(digests(MathJaxRenderer())) + "\n", encoding="utf-8")
