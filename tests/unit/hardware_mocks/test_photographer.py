"""The pictures of the day show what a candidate saw, or are not taken."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from hardware_mocks.exam_day.window import SETTLE_MS, Photographer
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.screens.examples import examples
from station.screens.window import StationWindow, application

pytestmark = pytest.mark.xdist_group("qt")


def test_a_paper_whose_formulas_are_erased_already_is_not_pictured(tmp_path):
    application()
    form = samples.sample_form(MathJaxRenderer())
    paper, resources = examples(form)["S12-part2"], {}
    window = StationWindow(lambda _: None, lambda: resources, silhouette=True)
    photographer = Photographer(window, tmp_path, "TS-03-17", lambda: resources)
    window.open()
    photographer.seen.emit(paper)
    QTest.qWait(SETTLE_MS * 3)
    assert list(tmp_path.iterdir()) == []
    resources.update(form.resources)
    photographer.seen.emit(paper)
    QTest.qWait(SETTLE_MS * 3)
    assert sorted(path.name[:9] for path in tmp_path.iterdir()) == ["S12-II-en", "S12-II-vi"]
    window.close()
