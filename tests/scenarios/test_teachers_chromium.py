"""The teachers' pages in a real browser: find, edit with a live preview, review by a second person, import, make forms."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import docx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from proctor_node import teaching_root
from proctor_node.adapters import tls
from proctor_node.web import teaching
from proctor_node.web.app import DIST, create_app
from question_bank.sealed_form import Officer

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PASSWORDS = {"giao": "mat khau cua giao", "phan": "mat khau cua phan", "thanh": "mat khau cua thanh"}
pytestmark = [pytest.mark.chromium, pytest.mark.timeout(240)]


def _module(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "unit" / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A node with a bank of invented items, two teachers and the officers' keys."""
    if not (DIST / "teach.html").is_file() or not Path(CHROMIUM).is_file():
        reason = "the built pages or chromium are missing; scripts/bootstrap makes them"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    bench = _module("teacher_bench", "proctor_node/conftest.py").make_bench(tmp_path_factory.mktemp("node"))
    bank = _module("teacher_bank", "question_bank/invented_bank.py")
    for name, role in (("giao", "teacher"), ("phan", "teacher"), ("thanh", "invigilator")):
        bench.node.add_account(name, role, PASSWORDS[name])
    bench.node.add_officers(tuple(Officer.create(name).public for name in ("an", "binh", "chi")))
    folder = tmp_path_factory.mktemp("bank")
    with teaching_root.opened(bench.node, folder) as desks:
        bank.fill(desks.bank.bank, 2, approve=False)
        # Approving is two steps by two persons for each item; a few cells are enough for what is shown.
        for item in desks.bank.bank.pool(""):
            if item.topic != "Mũ và lôgarit":
                desks.bank.bank.review(item.id, 1, "reviewed", "Phản biện B", bank.TODAY)
                desks.bank.bank.review(item.id, 1, "approved", "Tổ trưởng C", bank.TODAY)
        yield SimpleNamespace(bench=bench, desks=desks, app=create_app(bench.node, teaching.routes(desks)))
    bench.store.close()


@pytest.fixture(scope="module")
def address(school: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tls")
    tls.create(folder, ("127.0.0.1",), datetime.now(UTC))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        files = {"ssl_keyfile": folder / "server.key", "ssl_certfile": folder / "server.pem"}
        config = uvicorn.Config(school.app, log_level="warning", timeout_graceful_shutdown=1, **files)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser(school: Any) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the pages as somebody; what the page asks for and complains about is kept."""
    contexts = []
    seen = SimpleNamespace(asked=[], complaints=[])

    def enter(name: str, place: str = "") -> Any:
        context = browser.new_context(
            ignore_https_errors=True, viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(f"{address}/teach#{place}")
        page.locator("input[autocomplete=username]").fill(name)
        page.locator("input[type=password]").fill(PASSWORDS[name])
        page.locator("form button.primary").click()
        page.locator("main").wait_for()
        return page

    yield SimpleNamespace(enter=enter, seen=seen)
    for context in contexts:
        context.close()


def _shoot(page: Any, name: str) -> None:
    folder = os.environ.get("KHAOTHI_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _faults(page: Any) -> list[str]:
    """What axe finds, colour contrast and all, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]


def test_items_are_found_with_and_without_marks_and_drawn(visit: Any) -> None:
    page = visit.enter("giao")
    page.locator("tbody tr").first.wait_for()
    total = int(page.locator("section [role=status]").inner_text().split()[0])
    assert total == 108
    page.keyboard.press("/")
    page.keyboard.type("xac suat")
    page.get_by_text("18 câu", exact=True).wait_for()
    assert page.locator("tbody img.formula").first.evaluate("e => e.naturalWidth > 0 && e.clientHeight > 8")
    page.get_by_label("Trả lời ngắn").check()
    page.get_by_text("6 câu", exact=True).wait_for()
    _shoot(page, "bank_vi")
    assert _faults(page) == []
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Item bank").wait_for()
    _shoot(page, "bank_en")
    assert visit.seen.complaints == []


def test_an_item_is_written_with_a_live_preview_and_approved_by_others(visit: Any, school: Any) -> None:
    page = visit.enter("giao", "new")
    page.get_by_label("Câu dẫn").fill("Tính giá trị của $\\sqrt{2}^2$ cộng **một**.")
    for letter, text in zip("ABCD", ("$1$", "$2$", "$3$", "Cả A và B"), strict=True):
        page.get_by_label(f"Phương án {letter}").fill(text)
    page.locator("fieldset.key").get_by_label("C", exact=True).check()
    page.get_by_label("Chủ đề").fill("Mũ và lôgarit")
    page.get_by_label("Môn").fill("Toán")
    page.locator(".paper img.formula").first.wait_for()
    page.locator(".paper li", has_text="Cả A và B").wait_for()
    assert page.locator(".paper li").count() == 4
    page.locator(".faults", has_text="Phương án D").wait_for()
    page.get_by_label("Ghim vị trí").nth(3).check()
    page.get_by_text("Không có lỗi.").wait_for()
    _shoot(page, "editor_vi")
    assert _faults(page) == []
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.wait_for_url("**#item/*")
    identifier = page.url.rsplit("/", 1)[1]
    page.get_by_role("button", name="Gửi phản biện: đạt").click()
    assert "người thứ hai" in page.get_by_role("alert").inner_text()
    other = visit.enter("phan", f"item/{identifier}")
    other.get_by_role("button", name="Gửi phản biện: đạt").click()
    other.get_by_role("button", name="Phê duyệt").wait_for()
    assert school.desks.bank.bank.version(identifier).state == "reviewed"
    other.get_by_role("button", name="Phê duyệt").click()
    other.get_by_role("alert").wait_for()
    assert school.desks.bank.bank.version(identifier).state == "reviewed", "the reviewer does not approve"


def test_a_formula_that_cannot_be_drawn_is_named_and_nothing_is_saved(visit: Any, school: Any) -> None:
    page = visit.enter("giao", "new")
    page.get_by_label("Dạng").select_option("short_answer")
    page.get_by_label("Câu dẫn").fill("Tính $\\frac{1}{$")
    page.locator(".faults li").first.wait_for()
    before = len(school.desks.bank.bank.pool(""))
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("alert").wait_for()
    assert len(school.desks.bank.bank.pool("")) == before
    page.get_by_label("Câu dẫn").fill("Tính $\\frac{1}{2}$")
    page.get_by_label("Đáp số nhập trong 4 ô").fill("-12,55")
    page.locator(".faults", has_text="không nhập được trong 4 ô").wait_for()
    _shoot(page, "editor_fault_vi")


def test_keys_are_shown_on_demand_and_logged_and_never_of_locked_items(visit: Any, school: Any) -> None:
    bank = school.desks.bank.bank
    item = next(i for i in bank.pool("") if i.state == "approved" and i.kind == "single_choice")
    page = visit.enter("giao", f"item/{item.id}")
    page.get_by_role("button", name="Xem đáp án").click()
    page.locator("fieldset.key input:checked").wait_for()
    right = bank.key(item.id, 1).key.right[0]
    assert page.locator("fieldset.key").get_by_label(right, exact=True).is_checked()
    bank.review(item.id, 1, "locked", "Tổ trưởng C", datetime.now(UTC))
    page.reload()
    page.get_by_text("Câu đã khóa").wait_for()
    assert page.get_by_role("button", name="Xem đáp án").count() == 0
    answer = page.evaluate(f"fetch('/v1/bank/items/{item.id}/key?version=1').then(a => a.json())")
    assert answer["error"]["code"] == "key_locked"


def test_a_word_file_is_reported_item_by_item_and_errors_must_be_answered(visit: Any, school: Any, tmp_path: Path) -> None:  # fmt: skip
    document = docx.Document()
    for number, key in ((1, 1), (2, None)):
        document.add_paragraph(f"Câu {number}: Số nào lớn hơn {number}{number}?")
        for place, letter in enumerate("ABCD"):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{letter}. {number * 10 + place}").underline = place == key
    path = tmp_path / "de-thu.docx"
    document.save(path)
    page = visit.enter("giao", "import")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("article").first.wait_for()
    assert page.locator("article").count() == 2
    bring = page.locator(".head button.primary")
    assert bring.is_disabled(), "an item with an error waits for a verdict"
    page.locator("article.error").get_by_label("Bỏ qua").check()
    _shoot(page, "import_vi")
    assert _faults(page) == []
    bring.click()
    page.get_by_text("Đã nhập 1 câu mới").wait_for()


def test_a_hostile_file_is_refused_in_words(visit: Any, tmp_path: Path) -> None:
    path = tmp_path / "de.docx"
    path.write_bytes(b"PK\x03\x04 no archive")
    page = visit.enter("giao", "import")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("alert").wait_for()
    assert page.locator("article").count() == 0


def test_a_blueprint_shows_what_is_there_what_lacks_and_makes_sealed_forms(visit: Any, school: Any) -> None:
    page = visit.enter("giao", "blueprint")
    page.get_by_label("Chủ đề 1").fill("Xác suất")
    cell = page.locator("[data-place='0-0']")
    cell.focus()
    page.keyboard.type("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("9")
    page.get_by_text("thiếu 7").wait_for()
    _shoot(page, "blueprint_lacking_vi")
    page.locator(".line button.primary").click()
    page.get_by_role("alert").wait_for()
    assert "Ô “Xác suất – Nhiều lựa chọn – Thông hiểu” cần 9 câu" in page.get_by_role("alert").inner_text()
    page.locator("[data-place='0-1']").fill("1")
    page.locator("[data-place='0-3']").fill("1")
    page.get_by_label("Số mã đề").fill("4")
    before = set(school.bench.node._forms)
    page.locator(".line button.primary").click()
    page.get_by_text("Đã niêm phong 4 mã đề").wait_for()
    made = set(school.bench.node._forms) - before
    assert len(made) == 4
    _shoot(page, "blueprint_vi")
    assert _faults(page) == []
    with page.expect_download() as pdf:
        page.get_by_role("button", name="In ma trận").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")


def test_who_does_not_teach_sees_nothing_and_nothing_is_asked_elsewhere(visit: Any, address: str) -> None:
    page = visit.enter("thanh")
    page.get_by_text("không có quyền").wait_for()
    for path in ("items", "items/q-1", "items/q-1/key?version=1"):
        assert page.evaluate(f"fetch('/v1/bank/{path}').then(a => a.status)") == 403
    assert [url for url in visit.seen.asked if not url.startswith((address, "data:", "blob:"))] == []
