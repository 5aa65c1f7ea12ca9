"""The screens: every one draws, in both languages and all themes, without a word of complaint from Qt."""

from __future__ import annotations

import gc
import sys
import unicodedata

import pytest
from PySide6.QtCore import QPoint, Qt, qInstallMessageHandler
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.journey import intents, views
from station.screens.examples import examples
from station.screens.typesetting import formula_size
from station.screens.window import StationWindow, application
from station.wording import language as words
from station.wording.texts import CODES, TEXTS

pytestmark = pytest.mark.xdist_group("qt")
FORM = samples.sample_form(MathJaxRenderer())
EXAMPLES = examples(FORM)


@pytest.fixture(scope="module")
def app():
    return application()


@pytest.fixture
def complaints():
    heard = []
    before = qInstallMessageHandler(lambda _kind, _context, message: heard.append(message))
    yield heard
    qInstallMessageHandler(before)


@pytest.fixture
def window(app, complaints):
    posted = []
    made = StationWindow(posted.append, lambda: FORM.resources, silhouette=True)
    made.posted = posted
    made.open()
    yield made
    made.close()


def show(window, app, name):
    window.draw(EXAMPLES[name])
    for _ in range(3):
        app.processEvents()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_screen_draws_without_complaint(window, app, complaints, name):
    for language, theme in (("vi", "light"), ("en", "dark"), ("vi", "contrast")):
        window.presenter.set_language(language)
        window.presenter.set_theme(theme)
        show(window, app, name)
    assert window.errors == []
    image = window.view.grabWindow()
    assert not image.isNull()
    item = window.view.rootObject().findChild(object, EXAMPLES[name].SCREEN)
    assert item is not None, "the root of the screen carries its code"
    assert [line for line in complaints if "qml" in line.lower()] == []


def test_every_view_has_an_example():
    assert {view.SCREEN for view in EXAMPLES.values()} == {kind.SCREEN for kind in views.ALL_VIEWS}


KEYS = [
    ("S12-part1", Qt.Key.Key_B, intents.Respond("I.1", "B")),
    ("S12-part1", Qt.Key.Key_3, intents.Respond("I.1", "C")),
    ("S12-part1", Qt.Key.Key_F2, intents.Flag("I.1", True)),
    ("S12-part1", Qt.Key.Key_Delete, intents.Respond("I.1", "")),
    ("S12-part1", Qt.Key.Key_PageDown, intents.GoTo("I.2")),
    ("S12-several", Qt.Key.Key_B, intents.Respond("I.3", "A|B|C")),
    ("S12-part2", Qt.Key.Key_S, intents.Respond("II.2", "a=false,b=false")),
    ("S12-part3", Qt.Key.Key_5, intents.Respond("III.1", "-1,5")),
    ("S12-part3", Qt.Key.Key_Backspace, intents.Respond("III.1", "-1")),
]


@pytest.mark.parametrize(("name", "key", "intent"), KEYS, ids=[f"{n} {k.name}" for n, k, _ in KEYS])
def test_a_key_does_what_the_keyboard_table_says(window, app, name, key, intent):
    show(window, app, name)
    QTest.keyClick(window.view, key)
    app.processEvents()
    assert window.posted == [intent]


def press(window, app, *keys):
    for key in keys:
        QTest.keyClick(window.view, key)
        app.processEvents()


def test_statements_are_judged_by_keyboard_alone(window, app):
    show(window, app, "S12-part2")
    press(window, app, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_D)
    assert window.posted == [intents.Respond("II.2", "a=true,b=false,c=true")]


def test_tab_and_space_choose_an_option(window, app):
    show(window, app, "S12-part1")
    press(window, app, *[Qt.Key.Key_F6] * 4, Qt.Key.Key_Tab, Qt.Key.Key_Space)
    assert window.posted == [intents.Respond("I.1", "B")]


def test_f6_walks_to_the_list_of_questions_and_enter_goes_there(window, app):
    show(window, app, "S12-part1")
    press(window, app, Qt.Key.Key_F6, Qt.Key.Key_Tab, Qt.Key.Key_Return)
    assert window.posted == [intents.GoTo("I.2")]


@pytest.mark.parametrize(("key", "over"), [(Qt.Key.Key_F7, "figure"), (Qt.Key.Key_F8, "look"), (Qt.Key.Key_F9, "help")])
def test_a_dialog_opens_by_key_and_closes_with_escape(window, app, key, over):
    show(window, app, "S12-part1")
    root = window.view.rootObject().findChild(object, "S12")
    press(window, app, key)
    assert root.property("over") == over
    press(window, app, Qt.Key.Key_A)
    press(window, app, Qt.Key.Key_Escape)
    assert (root.property("over"), window.posted) == ("", [])


def test_text_grows_by_key_and_stops_at_twice(window, app):
    show(window, app, "S12-part1")
    for _ in range(6):
        QTest.keyClick(window.view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert window.presenter.property("scale") == 2.0
    window.presenter.set_scale(1.0)


def test_the_officials_page_opens_with_f12(window, app):
    show(window, app, "S09")
    press(window, app, Qt.Key.Key_F12)
    assert window.posted == [intents.OpenAtSeat()]


@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_of_the_bars_is_cut_at_any_size(window, app, complaints, size, scale):
    window.view.resize(*size)
    window.presenter.set_scale(scale)
    for name in ("S12-part1", "S12-part2", "S02", "S07", "S10", "S18"):
        show(window, app, name)
        root = window.view.rootObject()
        for item in every_item(root):
            if item.property("truncated") and item.isVisible():
                text = item.property("text")
                assert text in {EXAMPLES[name].frame.exam_name, EXAMPLES[name].frame.candidate_name}, (name, text)
    window.presenter.set_scale(1.0)
    window.view.resize(1366, 768)
    assert [line for line in complaints if "qml" in line.lower()] == []


def every_item(item):
    yield item
    for child in item.childItems():
        yield from every_item(child)


def test_an_illegal_key_changes_nothing(window, app):
    show(window, app, "S12-part3")
    QTest.keyClick(window.view, Qt.Key.Key_Comma)
    app.processEvents()
    assert window.posted == []


def test_a_paused_paper_takes_no_keys(window, app):
    show(window, app, "S12-cover")
    QTest.keyClick(window.view, Qt.Key.Key_A)
    app.processEvents()
    assert window.posted == []


def find(item, name):
    """An item by name; those that a repeater makes are children on screen only."""
    if item.objectName() == name:
        return item
    return next((found for child in item.childItems() if (found := find(child, name)) is not None), None)


def click(window, app, name):
    item = find(window.view.rootObject(), name)
    centre = item.mapToScene(item.boundingRect().center())
    QTest.mouseClick(window.view, Qt.MouseButton.LeftButton, pos=QPoint(int(centre.x()), int(centre.y())))
    app.processEvents()


def test_clicks_choose_an_option_and_judge_a_statement(window, app):
    show(window, app, "S12-part1")
    click(window, app, "optionC")
    show(window, app, "S12-part2")
    click(window, app, "ctrue")
    assert window.posted == [intents.Respond("I.1", "C"), intents.Respond("II.2", "a=true,b=false,c=true")]


def shown_texts(item):
    """Every text on screen."""
    text = item.property("text")
    found = [text] if isinstance(text, str) and item.isVisible() else []
    return found + [more for child in item.childItems() for more in shown_texts(child)]


def test_a_change_of_language_reaches_every_word(window, app):
    show(window, app, "S12-part2")
    window.presenter.set_language("en")
    app.processEvents()
    assert "True" in shown_texts(window.view.rootObject())
    window.presenter.set_language("vi")
    app.processEvents()
    texts = shown_texts(window.view.rootObject())
    assert "Đúng" in texts
    assert not {"True", "False", "Next", "Questions"} & set(texts)


def names(interface, found):
    if interface is None:
        return found
    for index in range(interface.childCount()):
        child = interface.child(index)
        found.append(child.text(QAccessible.Text.Name))
        names(child, found)
    return found


def test_options_clock_and_figure_have_spoken_names(window, app):
    QAccessible.setActive(True)
    show(window, app, "S12-part1")
    spoken = names(QAccessible.queryAccessibleInterface(window.view), [])
    assert any(name.startswith("Phương án A: khoảng từ trừ một đến một") for name in spoken)
    assert any("Thời gian còn lại 00:31:07" in name for name in spoken)
    assert any("Đồ thị hàm số bậc ba" in name for name in spoken)


def test_a_tile_says_all_of_its_states(window, app):
    QAccessible.setActive(True)
    show(window, app, "S12-part1")
    spoken = names(QAccessible.queryAccessibleInterface(window.view), [])
    assert "Phần I, câu 5, đã trả lời, đã đánh dấu" in spoken
    assert "Phần I, câu 8, đã trả lời, chưa gửi về trung tâm" in spoken


def test_cells_are_spoken_in_words(window, app):
    assert words.spoken_cells("-1,5", "vi") == "trừ một phẩy năm"
    assert words.spoken_cells("", "en") == "empty"


def test_the_digits_of_the_clock_do_not_move(window, app):
    show(window, app, "S12-part1")
    clock = window.view.rootObject().findChild(object, "clock")
    clock.setProperty("text", "11:11:11")
    app.processEvents()
    narrow = clock.property("width")
    clock.setProperty("text", "08:44:08")
    app.processEvents()
    assert clock.property("width") == narrow


# -- wording


def test_every_sentence_stands_in_two_languages_in_nfc():
    for key, pair in TEXTS.items():
        assert len(pair) == 2
        assert all(text and unicodedata.is_normalized("NFC", text) for text in pair), key
        assert pair[0].count("{") == pair[1].count("{"), key
        assert pair[0].count("|") == pair[1].count("|"), key


def test_every_message_code_of_the_rules_has_words():
    from exam_engine.admission import MESSAGE_CODES

    for code in set(MESSAGE_CODES.values()) - {""}:
        assert code in CODES or f"S05.{code}.title" in TEXTS, code


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (words.masked("042308123456"), "042*****3456"),
        (words.date_text("2008-03-15", "vi"), "15/03/2008"),
        (words.date_text("2008-03-15", "en"), "15 Mar 2008"),
        (words.duration(2_467_000), "00:41:07"),
        (words.clock_time(1_795_480_200_000), "07:30"),
        (words.shown_cells("-1,5"), "\u22121,5"),
    ],
)
def test_numbers_and_dates_have_the_forms_of_the_house(made, expected):
    assert made == expected


def test_a_formula_hangs_below_the_line_by_its_depth():
    svg = MathJaxRenderer().svg(r"\frac{a}{b}")
    width, height, depth = formula_size(svg, 20)
    assert width > 0
    assert 0 < depth < height


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")
def test_drawing_gives_no_reference_away(window, app):
    """A binding that loses one reference a drawing ends the station in the middle of a test (docs/adr/0017)."""

    def counted():
        gc.collect()
        return sys.getrefcount(True), sys.getrefcount(False), sys.getrefcount(None)

    names = [name for name in EXAMPLES if name.startswith(("S11", "S12"))]
    for name in names:
        show(window, app, name)
    before = counted()
    for _ in range(100 // len(names)):
        for name in names:
            show(window, app, name)
    lost = [old - new for old, new in zip(before, counted(), strict=True)]
    assert max(lost) < 50, lost
