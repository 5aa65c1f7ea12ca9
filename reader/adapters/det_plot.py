"""The DET curve of an evaluation as a picture, by matplotlib (a report, never a screen)."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from reader.face.evaluation import LEVELS, Pairs, det_points

FORMATS = (".png", ".svg")
INK, LINE, BRAND = "#14213D", "#D5DDEA", "#1D4ED8"


def draw(path: Path, genuine: Pairs, impostor: Pairs, *, engine: str, identities: int) -> None:
    """Write the curve, PNG or SVG by the name's ending.

    Raises:
        OSError: the file cannot be written.
    """
    mpl.use("Agg")
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "khaothi"  # the same curve gives the same file
    own, strangers = len(genuine.similarity), len(impostor.similarity)
    fmr, fnmr = det_points(genuine.similarity, impostor.similarity)
    figure = Figure(figsize=(7.2, 6.0), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.step(fmr, fnmr, where="post", color=BRAND, linewidth=2)
    least_fmr, least_fnmr = 0.5 / strangers, 0.5 / own
    axes.axvspan(least_fmr / 3, 1 / strangers, color=LINE, alpha=0.6, linewidth=0)
    axes.axhspan(least_fnmr / 3, 1 / own, color=LINE, alpha=0.6, linewidth=0)
    for level in LEVELS:
        if float(level) >= 1 / strangers:
            axes.axvline(float(level), color=INK, linewidth=0.6, linestyle=":")
    axes.set(xscale="log", yscale="log", xlim=(least_fmr / 1.5, 1), ylim=(least_fnmr / 1.5, 1))
    axes.set_xlabel("false match rate (share of strangers accepted)", color=INK)
    axes.set_ylabel("false non-match rate (share of own pictures refused)", color=INK)
    axes.set_title(
        f"DET of {engine}: {identities} people, {own:,} genuine and {strangers:,} impostor pairs\n"
        "grey: fewer than one pair, nothing was seen there",
        fontsize=10, color=INK, loc="left",
    )  # fmt: skip
    axes.grid(visible=True, which="major", color=LINE, linewidth=0.8)
    axes.tick_params(colors=INK)
    figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
