"""`python -m station.screens.gallery FOLDER [language] [theme] [WIDTHxHEIGHT] [scale]`: a picture of every screen."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def draw(
    folder: Path, language: str = "vi", theme: str = "light", size: str = "1366x768", scale: str = "1"
) -> list[Path]:
    """Draw all example views into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    from question_bank.adapters.formula_renderer import MathJaxRenderer
    from question_bank.samples import sample_form
    from station.screens.examples import examples
    from station.screens.window import StationWindow, application

    app = application()
    form = sample_form(MathJaxRenderer())
    window = StationWindow(lambda _: None, lambda: form.resources, silhouette=True)
    width, height = (int(value) for value in size.split("x"))
    window.view.resize(width, height)
    window.presenter.set_language(language)
    window.presenter.set_theme(theme)
    window.presenter.set_scale(float(scale))
    window.open()
    made = []
    for name, view in examples(form).items():
        window.draw(view)
        for _ in range(4):
            app.processEvents()
        path = folder / f"{name}-{language}-{theme}-{size}-{scale}.png"
        window.grab(path)
        made.append(path)
    window.close()
    return made


if __name__ == "__main__":
    draw(Path(sys.argv[1]), *sys.argv[2:])
