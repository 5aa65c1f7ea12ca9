"""A soft flag only: a screen or a print held before the camera often beats with its pixels in a regular pattern.

No free model tells attacks from people well enough to decide anything (face.md section 5.1), so neither does this figure: it
is logged, so that a site can look at its own distribution, and never changes a verdict.
"""

from __future__ import annotations

import numpy as np

from reader.face.ports import Face, Rgb

SIDE = 128
# Share of the half-width of the spectrum below which everything is face, not pattern.
LOW = 0.25


def periodicity(picture: Rgb, face: Face) -> float:
    """Strongest regular pattern in the face, over the middle of the spectrum around it; 0 for a face too small to tell."""
    x, y = int(face.x + face.width / 2) - SIDE // 2, int(face.y + face.height / 2) - SIDE // 2
    box = picture[max(0, y) : max(0, y) + SIDE, max(0, x) : max(0, x) + SIDE, 1].astype(np.float32)
    if box.shape != (SIDE, SIDE):
        return 0.0
    window = np.hanning(SIDE)[:, None] * np.hanning(SIDE)[None, :]
    spectrum = np.abs(np.fft.rfft2((box - box.mean()) * window))
    vertical = np.abs(np.fft.fftfreq(SIDE))[:, None]
    horizontal = np.fft.rfftfreq(SIDE)[None, :]
    high = np.hypot(vertical, horizontal) > LOW / 2
    return float(np.log10(spectrum[high].max() / max(float(np.median(spectrum[high])), 1e-6)))
