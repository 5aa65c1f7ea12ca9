"""The analysis page in a real browser: 210 made-up papers of the sample form, three schools, one wrong key."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from exam_engine import events as e
from hardware_mocks.exam_day.answers import Question, sit
from proctor_node import teaching_root
from proctor_node.web import teaching
from proctor_node.web.app import create_app
from question_bank import form as forms
from question_bank import samples, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.journey.paper import index_of
from tests.scenarios.test_teachers_chromium import PASSWORDS, _faults, _shoot, address, browser, visit  # noqa: F401
from tests.unit.proctor_node.conftest import START, Bench, make_bench

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(300)]
SEATS = 71  # one stays free in each room
# The key says A where everybody who knows it answers D.
WRONG = "I.4"
# Milliseconds; a busy machine takes its time over an analysis and its printed charts.
PATIENCE = 120_000


def _release(bench: Bench) -> tuple[str, list[Question], dict[str, str]]:
    """The sample form, sealed and started; its questions as they really are."""
    form, key = samples.sample_form(MathJaxRenderer()), samples.sample_key()
    index = index_of(form)
    questions = [Question(f.item, f.kind, f.options, key.right[f.item]) for f in index.values()]
    truth = key.right[WRONG]
    key.right[WRONG] = next(option for option in index[WRONG].options if option != truth)
    one, other, third = (sealed_form.Officer.create(name) for name in ("an", "binh", "chi"))
    public = tuple(officer.public for officer in (one, other, third))
    package = sealed_form.seal(forms.encode(form), form.code, form.subject, public, os.urandom)
    bench.node.add_officers(public)
    digest = bench.node.add_form(sealed_form.encode(package), key, index)
    bench.clocks.node_ms = START
    bench.sign(digest, one, other.name)
    bench.sign(digest, other, one.name)
    return digest, questions, {"true": truth, "false": key.right[WRONG]}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A node whose first shift is over and published."""
    bench = make_bench(tmp_path_factory.mktemp("node"), seats=SEATS)
    bench.enrol_all()
    chance = random.Random(4)
    digest, questions, keys = _release(bench)
    for station in bench.stations.values():
        if station.attempt:
            ability = min(0.95, max(0.15, chance.gauss(0.6, 0.3)))
            answers = [e.Answered(act.item, act.response) for act in sit(questions, chance, ability)]
            station.say(*bench.check_in(station=station.name), *bench.started(digest), *answers, e.Submitted(22))
    bench.node.add_account("giao", "teacher", PASSWORDS["giao"])
    bench.node.add_account("phan", "administrator", PASSWORDS["phan"])
    bench.node.add_account("thanh", "invigilator", PASSWORDS["thanh"])
    bench.node.publish("phan")
    with teaching_root.opened(bench.node, tmp_path_factory.mktemp("bank")) as desks:
        app = create_app(bench.node, teaching.routes(desks))
        yield SimpleNamespace(bench=bench, desks=desks, app=app, keys=keys)
    bench.store.close()


def test_a_teacher_learns_what_to_look_at_and_finds_the_wrong_key(visit: Any, school: Any) -> None:  # noqa: F811
    page = visit.enter("giao", "analysis")
    page.locator(".verdict").wait_for(timeout=PATIENCE)
    assert "210 bài" in page.get_by_label("Trường").inner_text()
    card = page.locator("article", has_text=f"Câu {WRONG}")
    assert "sai đáp án" in card.inner_text()
    assert page.locator("article").first.locator("h3").inner_text() == f"Câu {WRONG}"
    assert card.locator(".question img.formula, .question span").count() > 0
    assert card.locator("tr.right").inner_text().startswith(school.keys["false"])
    shares = [cell.inner_text().rstrip("%") for cell in card.locator("tbody tr td.n").all()]
    assert all(int(share) <= 100 for share in shares)
    assert page.get_by_text("Đổi đáp án – xem trước").count() == 0
    assert page.locator("figure").count() == 4
    _shoot(page, "analysis_vi")
    assert _faults(page) == []
    page.get_by_text("Bảng đầy đủ").click()
    assert page.locator("details.panel").first.locator("tbody tr").count() == 22
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Item analysis").wait_for()
    _shoot(page, "analysis_en")
    assert _faults(page) == []
    assert "NaN" not in page.locator("main").inner_text()
    assert not [url for url in visit.seen.asked if not url.startswith(page.url.split("/teach", maxsplit=1)[0])]
    assert visit.seen.complaints == []


def test_a_school_is_chosen_and_its_report_downloaded(visit: Any, school: Any, tmp_path: Any) -> None:  # noqa: F811
    page = visit.enter("giao", "analysis")
    page.locator(".verdict").wait_for(timeout=PATIENCE)
    page.get_by_label("Trường").select_option("TS")
    # Seventy papers are too few for a map of abilities.
    page.locator("figure").nth(3).wait_for(state="detached", timeout=PATIENCE)
    assert page.locator("figure").count() == 3
    with page.expect_download(timeout=PATIENCE) as started:
        page.get_by_role("button", name="Tải PDF").click()
    started.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes()[:5] == b"%PDF-"


def test_the_administrator_is_led_to_the_change_of_the_key(visit: Any, school: Any) -> None:  # noqa: F811
    page = visit.enter("phan", "analysis")
    page.locator(".verdict").wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="Đổi đáp án – xem trước").first.click()
    page.get_by_role("heading", name="Đổi đáp án").wait_for()
    assert visit.seen.complaints == []
