"""Pictures of the screens, with invented people and a drawn silhouette.

`python -m station.screens.gallery FOLDER` draws every screen in one dress (`--help` names the choices); with `--walk` it draws
the walk of docs/walkthrough: each screen once, in changing dress.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

# Screen, language, theme, size, scale of the walk.
WALK = (
    ("S01", "vi", "light", "1366x768", "1"), ("S02", "vi", "light", "1366x768", "1"), ("S02", "en", "contrast", "1024x768", "1"),
    ("S03", "vi", "light", "1366x768", "1"), ("S04", "en", "light", "1366x768", "1"), ("S05", "vi", "light", "1366x768", "1"),
    ("S06", "en", "dark", "1366x768", "1"), ("S07", "vi", "light", "1366x768", "1"), ("S07-spelling", "en", "contrast", "1024x768", "1"),
    ("S07-report", "vi", "light", "1366x768", "1"), ("S08", "vi", "light", "1366x768", "1"), ("S09", "vi", "light", "1366x768", "1"),
    ("S09b", "vi", "light", "1366x768", "1"), ("S09b", "en", "contrast", "1024x768", "1"), ("S10", "vi", "light", "1366x768", "1"), ("S10", "en", "light", "1024x768", "2"),
    ("S11", "vi", "light", "1366x768", "1"), ("S12-part1", "vi", "light", "1366x768", "1"), ("S12-part1", "en", "contrast", "1024x768", "1"),
    ("S12-part1", "vi", "dark", "1366x768", "2"), ("S12-part1-table", "vi", "light", "1920x1080", "1"), ("S12-several", "en", "dark", "1366x768", "1"),
    ("S12-part2", "vi", "light", "1366x768", "1"), ("S12-part2", "vi", "light", "1024x768", "2"), ("S12-part3", "vi", "light", "1366x768", "1"),
    ("S12-part3", "en", "contrast", "1024x768", "1"), ("S12-last-minute", "vi", "light", "1366x768", "1"), ("S12-message", "vi", "dark", "1366x768", "1"),
    ("S12-cover", "vi", "light", "1366x768", "1"), ("S12-evacuation", "en", "light", "1366x768", "1"), ("S12-left", "vi", "light", "1366x768", "1"),
    ("S18", "vi", "light", "1366x768", "1"), ("S18-allowed", "en", "light", "1024x768", "2"), ("S19", "vi", "light", "1366x768", "1"),
    ("S20", "vi", "light", "1366x768", "1"), ("S21", "en", "light", "1024x768", "1"), ("S22-practice", "vi", "light", "1366x768", "1"),
    ("S23-torn", "vi", "light", "1366x768", "1"), ("S24", "vi", "light", "1366x768", "1"),
)  # fmt: skip
# Flat colours: a small palette keeps a picture at some 30 kB.
COLOURS = 96


def walk(folder: Path) -> list[Path]:
    """Draw the walk into a folder."""
    from PIL import Image

    made = []
    for name, language, theme, size, scale in WALK:
        (path,) = draw(folder, language, theme, size, scale, only=(name,))
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        made.append(path)
    return made


def draw(
    folder: Path,
    language: str = "vi",
    theme: str = "light",
    size: str = "1366x768",
    scale: str = "1",
    only: tuple[str, ...] = (),
) -> list[Path]:
    """Draw the example views, or some of them, into a folder."""
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
        if only and name not in only:
            continue
        window.draw(view)
        for _ in range(4):
            app.processEvents()
        path = folder / f"{name}-{language}-{theme}-{size}-{scale}.png"
        window.grab(path)
        made.append(path)
    window.close()
    return made


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Draw the station's screens with invented people.")
    arguments.add_argument("folder", type=Path, help="where the pictures go")
    arguments.add_argument("--walk", action="store_true", help="the walk of docs/walkthrough instead of every screen")
    arguments.add_argument("--language", choices=("vi", "en"), default="vi")
    arguments.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")
    arguments.add_argument("--size", default="1366x768", help="WIDTHxHEIGHT in pixels")
    arguments.add_argument("--scale", default="1", help="of the text, 1 to 2")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.walk:
        walk(chosen.folder)
    else:
        draw(chosen.folder, chosen.language, chosen.theme, chosen.size, chosen.scale)
