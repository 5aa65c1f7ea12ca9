"""Draws the pictures of the sample form; labels are formulas, so no picture needs a font. Run after scripts/bootstrap."""

from __future__ import annotations

import re
from pathlib import Path

from question_bank.adapters.formula_renderer import MathJaxRenderer

HERE = Path(__file__).parent
INK = "#14213D"
EX = 8.0


def label(renderer: MathJaxRenderer, latex: str, x: float, y: float) -> str:
    """A formula whose middle stands at a point; sizes of MathJax are in ex."""
    svg = renderer.svg(latex).decode()
    width, height = (float(re.search(rf'{side}="([\d.]+)ex"', svg).group(1)) * EX for side in ("width", "height"))  # type: ignore[union-attr]
    box = f'x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}"'
    svg = re.sub(r'\s(?:style|width|height)="[^"]*"', "", svg, count=3).replace("currentColor", INK)
    return svg.replace("<svg", f"<svg {box}", 1)


def picture(width: int, height: int, body: list[str]) -> str:
    """An SVG file on white."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>', *body, "</svg>\n"])


def line(x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False, width: float = 1.6) -> str:
    """A straight line."""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{INK}" stroke-width="{width}" fill="none"{dash}/>'


def arrow(x: float, y: float, dx: int, dy: int) -> str:
    """The head of an axis."""
    a, b = (x - 8 * dx + 4 * dy, y - 8 * dy + 4 * dx), (x - 8 * dx - 4 * dy, y - 8 * dy - 4 * dx)
    return f'<path d="M{x} {y}L{a[0]} {a[1]}L{b[0]} {b[1]}Z" fill="{INK}"/>'


def cubic(renderer: MathJaxRenderer) -> str:
    """The graph of y = x^3 - 3x + 1 with its extrema."""
    ox, oy, unit = 140.0, 170.0, 38.0

    def at(x: float, y: float) -> tuple[float, float]:
        return ox + x * unit, oy - y * unit

    points = [at(step / 50, (step / 50) ** 3 - 3 * step / 50 + 1) for step in range(-101, 102)]
    curve = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    (left, top), (right, bottom) = at(-1, 3), at(1, -1)
    body = [
        line(16, oy, 270, oy), line(ox, 256, ox, 14), arrow(272, oy, 1, 0), arrow(ox, 12, 0, -1),
        line(left, top, left, oy, dashed=True, width=1.2), line(left, top, ox, top, dashed=True, width=1.2),
        line(right, bottom, right, oy, dashed=True, width=1.2), line(right, bottom, ox, bottom, dashed=True, width=1.2),
        f'<path d="{curve}" stroke="#1D4ED8" stroke-width="2.4" fill="none" stroke-linejoin="round"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.4" fill="#1D4ED8"/>' for x, y in ((left, top), (right, bottom))),
        label(renderer, "x", 266, oy + 16), label(renderer, "y", ox - 14, 18), label(renderer, "O", ox - 12, oy + 14),
        label(renderer, "-1", left, oy + 16), label(renderer, "1", right, oy - 14),
        label(renderer, "3", ox + 12, top), label(renderer, "-1", ox - 16, bottom),
    ]  # fmt: skip
    return picture(284, 264, body)


def pyramid(renderer: MathJaxRenderer) -> str:
    """The pyramid S.ABCD with a square base and SA perpendicular to it."""
    s, a, b, c, d = (110, 24), (110, 170), (36, 228), (196, 228), (262, 170)
    solid = [(s, b), (s, c), (s, d), (b, c), (c, d)]
    hidden = [(s, a), (a, b), (a, d), (a, c)]
    body = [line(*p, *q) for p, q in solid] + [line(*p, *q, dashed=True, width=1.3) for p, q in hidden]
    body.append(f'<path d="M{a[0]} {a[1] - 12}h12v12" stroke="{INK}" stroke-width="1.2" fill="none"/>')
    places = (("S", s, -2, -12), ("A", a, -12, -6), ("B", b, -12, 6), ("C", c, 6, 14), ("D", d, 14, 2))
    body += [label(renderer, name, point[0] + dx, point[1] + dy) for name, point, dx, dy in places]
    body += [label(renderer, r"a\sqrt{2}", 134, 142), label(renderer, "a", 116, 242)]
    return picture(290, 256, body)


def main() -> None:
    """Write both files."""
    renderer = MathJaxRenderer()
    (HERE / "cubic.svg").write_text(cubic(renderer), encoding="utf-8")
    (HERE / "pyramid.svg").write_text(pyramid(renderer), encoding="utf-8")


if __name__ == "__main__":
    main()
