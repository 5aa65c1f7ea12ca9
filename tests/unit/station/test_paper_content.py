"""What a paper may hold besides text and formulas: tables, marks, texts that items share, photographs."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.form import FORMAT, Form, Part
from question_bank.item import Cell, Item, Option, Picture, Table, Text
from station.journey import paper, views
from station.screens import tables
from station.screens.examples import examples
from station.screens.images import PaperImages
from station.screens.typesetting import Typesetter
from station.screens.window import StationWindow, application

pytestmark = pytest.mark.xdist_group("qt")


def png() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(raw, "PNG")
    return raw.getvalue()


PNG = png()
DIGEST = hashlib.sha256(PNG).hexdigest()


def row(*texts: str, header: bool = False) -> tuple[Cell, ...]:
    return tuple(Cell((Text(text),), header=header) for text in texts)


PASSAGE = (
    Text("Bảng dưới đây cho số học sinh theo "), Text("chiều cao", ("bold",)), Text(" (m"), Text("2", ("sup",)), Text("):"),
    Table((
        (Cell((Text("Nhóm"),), header=True), Cell((Text("Số học sinh"),), columns=2, header=True)),
        (Cell((Text("[150; 160)"),)), Cell((Text("12"),)), Cell((Text("Nữ"),), rows=2)),
        row("[160; 170)", "20"),
    )),
)  # fmt: skip


@pytest.fixture
def form() -> Form:
    options = tuple(Option(letter, (Text(f"phương án {letter}"),)) for letter in "ABCD")
    item = Item("I.1", "single_choice", 1, (Text("Xem hình"), Picture(DIGEST, "hình chữ nhật đỏ", 60, 40)), options, passage="p")  # fmt: skip
    return Form(FORMAT, "0101", "Toán", 45, (Part("I", "PHẦN I", "PART I", (item,)),), {DIGEST: PNG}, {"p": PASSAGE})


def test_a_table_is_read_aloud_row_by_row():
    shown = paper.pieces(PASSAGE)[-1]
    assert shown.alt == "Nhóm, Số học sinh; [150; 160), 12, Nữ; [160; 170), 20"


def typed(pieces, width=600.0):
    application()
    return Typesetter({}, 20, width).set([asdict(piece) for piece in paper.pieces(pieces)])


def test_cells_that_span_cover_their_neighbours_and_nothing_overlaps():
    boxes = [run for run in typed(PASSAGE)["runs"] if run["kind"] == "box"]
    assert len(boxes) == 7
    assert boxes[1]["w"] == pytest.approx(boxes[3]["w"] + boxes[4]["w"])
    assert boxes[4]["h"] == pytest.approx(boxes[3]["h"] + boxes[6]["h"])
    assert sum(box["header"] for box in boxes) == 2
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart_x = one["x"] + one["w"] <= other["x"] + 0.01 or other["x"] + other["w"] <= one["x"] + 0.01
            apart_y = one["y"] + one["h"] <= other["y"] + 0.01 or other["y"] + other["h"] <= one["y"] + 0.01
            assert apart_x or apart_y


def test_a_wide_table_is_narrowed_to_the_page_and_its_text_breaks():
    wide = (Table((row("chữ " * 60, "1", "2"),)),)
    laid = typed(wide, 400.0)
    assert laid["width"] <= 401
    assert laid["height"] > 100


def test_an_empty_table_takes_no_room():
    assert tables.laid_out([], 100, lambda *_: {}) == ([], 0.0, 0.0)


def test_marks_change_the_run_and_a_raised_sign_is_small_and_high():
    runs = [run for run in typed(PASSAGE)["runs"] if run["kind"] == "text"]
    bold = next(run for run in runs if run["text"] == "chiều")
    raised = next(run for run in runs if run["text"] == "2")
    beside = next(run for run in runs if run["text"] == "(m")
    assert bold["bold"]
    assert raised["px"] < 20
    assert raised["y"] + raised["h"] < beside["y"] + beside["h"]


def test_a_photograph_is_drawn_at_the_size_asked_for():
    application()
    image = PaperImages(lambda: {DIGEST: PNG}).requestImage(f"{DIGEST}/14213D", QSize(), QSize(120, 80))
    assert (image.width(), image.height()) == (120, 80)
    assert image.pixelColor(60, 40).red() > 150


def test_the_passage_stands_above_the_question_and_is_read_aloud(form, tmp_path):
    sample = samples.sample_form(MathJaxRenderer())
    base = next(view for view in examples(sample).values() if isinstance(view, views.Paper))
    item = form.parts[0].items[0]
    view = replace(
        base, item="I.1", item_kind="single_choice", number=1, passage=paper.pieces(form.passages["p"]),
        stem=paper.pieces(item.stem), options=paper.options(item, (), ""),
    )  # fmt: skip
    app = application()
    window = StationWindow(lambda _: None, lambda: form.resources, silhouette=True)
    window.open()
    window.draw(view)
    for _ in range(4):
        app.processEvents()
    window.grab(Path(os.environ.get("KHAOTHI_SCREENSHOTS", tmp_path)) / "passage.png")
    passage = window.view.rootObject().findChild(QQuickItem, "passage")
    assert passage.height() > 100
    assert "Nhóm, Số học sinh" in QAccessible.queryAccessibleInterface(passage).text(QAccessible.Text.Name)
    window.close()


def test_letters_on_screen_run_from_the_first_whatever_the_order():
    options = tuple(Option(letter, (Text(letter),)) for letter in "CADB")
    shown = paper.options(Item("I.1", "single_choice", 1, (), options), (), "A")
    assert [(option.label, option.identifier) for option in shown] == [("A", "C"), ("B", "A"), ("C", "D"), ("D", "B")]
