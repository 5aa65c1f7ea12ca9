"""The live board in a real browser: three sites of forty seats, alarms, both languages, no request to anywhere else."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn

from exam_engine import events as e
from proctor_node.adapters import tls
from proctor_node.web.app import DIST, create_app

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
MINUTE = 60_000
pytestmark = [pytest.mark.chromium, pytest.mark.timeout(180)]


def _bench() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "proctor_node" / "conftest.py"
    spec = importlib.util.spec_from_file_location("proctor_bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _missing(what: str) -> None:
    """Fails where everything must be there, skips loudly elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing; scripts/bootstrap installs or builds it")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:  # noqa: C901 - a day told in order
    """A node in the middle of an exam, with something to see."""
    bank = _bench()
    bench = bank.make_bench(tmp_path_factory.mktemp("node"), rooms=2, seats=20)
    bank.add_people(bench.node)
    bench.enrol_all()
    digest, officers = bench.seal()
    stations = list(bench.stations.values())
    with_row = [station for station in stations if station.attempt]
    for station in stations:
        station.say()
    absent, referred = with_row[28], with_row[20]
    for station in with_row:
        if station is absent:
            continue
        if station is referred:
            station.say(*bank.check_in("refer", "face_uncertain", station=station.name))
            continue
        station.say(*bank.check_in(station=station.name), e.DetailsConfirmed())
    bench.clocks.node_ms = bank.START
    bench.sign(digest, officers[0], "binh")
    assert bench.sign(digest, officers[1], "an")
    for index, station in enumerate(with_row):
        if station in {absent, referred}:
            continue
        answers = [e.Answered(f"I.{n}", "A") for n in range(1, 5 + index * 7 % 17)]
        station.answered = len(answers)
        station.say(*bank.started(digest), *answers)
    bench.clocks.node_ms += 22 * MINUTE + 18_000
    helped, silent = with_row[42], with_row[16]
    bench.clocks.seconds += 84
    for station in stations:
        if station is helped:
            station.say(e.HelpRequested("pc"))
        elif station is with_row[60]:
            station.say(e.ScreenLeft(41_000))
        elif station is not silent:
            station.say()
    bench.referred, bench.silent, bench.helped = referred, silent, helped
    yield bench
    bench.store.close()


@pytest.fixture(scope="module")
def address(hall: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The node's pages over its own TLS."""
    if not (DIST / "index.html").is_file():
        _missing("the built board (npm run build)")
    folder = tmp_path_factory.mktemp("tls")
    tls.create(folder, ("127.0.0.1",), datetime.now(UTC))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # Whoever comes before the server has started waits in the queue instead of being refused.
        listening.listen()
        port = listening.getsockname()[1]
        config = uvicorn.Config(
            create_app(hall.node), log_level="warning", ssl_keyfile=folder / "server.key",
            ssl_certfile=folder / "server.pem", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium of this machine."""
    if not Path(CHROMIUM).is_file():
        _missing("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page that notes what it asks for and what it complains about."""

    def __init__(self, browser: Any, address: str, width: int = 1366, height: int = 768) -> None:
        self.context = browser.new_context(
            ignore_https_errors=True, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        self.context.set_default_timeout(10_000)
        self.page, self.address = self.context.new_page(), address
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: Any) -> None:
        # The browser itself reports the first /v1/me of nobody as an error; it is the question, not a fault.
        if message.type in {"error", "warning"} and "401" not in message.text:
            self.complaints.append(message.text)

    def log_in(self, name: str, password: str) -> Any:
        self.page.goto(self.address)
        self.page.locator("input[autocomplete=username]").fill(name)
        self.page.locator("input[type=password]").fill(password)
        self.page.locator("form button").click()
        self.page.locator(".tile, .switch").first.wait_for()
        return self.page


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    made = Visit(browser, address)
    yield made
    made.context.close()


def _shoot(page: Any, name: str) -> None:
    folder = os.environ.get("KHAOTHI_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_board_shows_three_sites_of_forty_seats_and_what_needs_somebody(visit: Visit, hall: Any) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.locator(f".tile[data-station='{hall.silent.name}'].level1").wait_for()

    assert page.locator(".sites section").count() == 3
    assert page.locator(".tile").count() == 120
    alarms = page.locator("aside li h3").all_inner_texts()
    assert [re.sub(r"[\d:]+", "#", text.strip()) for text in alarms] == [
        "Máy # mất liên lạc – #", "Máy # gọi hỗ trợ", "Máy # chờ xác nhận", "Máy # rời màn hình thi (# giây)",
    ]  # fmt: skip
    _shoot(page, "board_vi")
    overflow = page.evaluate(
        "document.querySelector('.right').scrollHeight - document.querySelector('.right').clientHeight"
    )
    assert overflow <= 0, "forty seats a site fit without scrolling"


def test_nothing_is_asked_of_another_machine_and_the_console_stays_silent(visit: Visit) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.locator(".tile").first.wait_for()
    page.evaluate("document.fonts.ready")

    outside = [url for url in visit.asked if not url.startswith((visit.address, "data:"))]
    assert outside == []
    assert any("/fonts/" in url for url in visit.asked)
    assert visit.complaints == []


def test_the_words_change_with_the_language_and_stay_changed(visit: Visit) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Needs attention").wait_for()
    page.reload()
    page.get_by_role("heading", name="Needs attention").wait_for()

    assert page.locator("html").get_attribute("lang") == "en"
    assert "asks for help" in " ".join(page.locator("aside h3").all_inner_texts())
    _shoot(page, "board_en")


def test_every_tile_tells_its_state_in_words_and_the_arrows_move_between_tiles(visit: Visit, hall: Any) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    tile = page.locator(f".tile[data-station='{hall.helped.name}']")
    tile.wait_for()
    name = tile.get_attribute("aria-label")
    assert name is not None
    assert "Đang làm bài" in name
    assert "Gọi hỗ trợ" in name

    first = page.locator(".tile").first
    first.focus()
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.station")
    assert second != first.get_attribute("data-station")
    assert second is not None


def test_a_seat_opens_with_the_keyboard_and_an_act_reaches_the_station(visit: Visit, hall: Any) -> None:
    page = visit.log_in("thanh", "mat khau cua thanh")
    station = hall.stations["LTT-01-02"]
    page.locator(f".tile[data-station='{station.name}']").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Nhắn tin", exact=True).click()
    page.get_by_role("textbox").fill("Em kiểm tra lại tai nghe.")
    _shoot(page, "seat_panel_vi")
    page.locator("dialog form button").click()
    page.get_by_role("status").filter(has_text="Đã gửi tới Máy 02").wait_for()

    texts = [told.act.text for told in station.say().instructions if hasattr(told.act, "text")]
    assert texts == ["Em kiểm tra lại tai nghe."]


def test_people_of_one_site_see_their_own_site_alone(visit: Visit) -> None:
    page = visit.log_in("duc", "mat khau cua duc")
    page.locator(".tile").first.wait_for()

    assert page.locator(".sites section h2").all_inner_texts() == ["THPT Thành Sen"]


def test_two_persons_decide_a_referral_and_one_alone_cannot(visit: Visit, hall: Any) -> None:
    page = visit.log_in("thanh", "mat khau cua thanh")
    page.get_by_role("button", name="Mở hồ sơ").click()
    page.get_by_role("radio", name="Xác nhận đúng thí sinh").check()
    page.locator("dialog select").select_option(label="ánh sáng, camera kém")
    page.locator("dialog input[type=text]").fill("thanh")
    page.locator("dialog input[type=password]").fill("mat khau cua thanh")
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    page.get_by_role("alert").filter(has_text="Q401").wait_for()
    _shoot(page, "referral_vi")
    page.locator("dialog input[type=text]").fill("hoa")
    page.locator("dialog input[type=password]").fill("mat khau cua hoa")
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    page.locator("dialog").wait_for(state="detached")

    decided = [told for told in hall.referred.say().instructions if type(told.act).__name__ == "Decide"]
    assert [told.by for told in decided] == [("thanh", "hoa")]


def test_the_list_and_the_results_tell_the_same_people(visit: Visit) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.locator(".tile").first.wait_for()
    page.keyboard.press("l")
    page.locator("table tbody tr").first.wait_for()
    assert page.locator("table tbody tr").count() == 114
    _shoot(page, "list_vi")
    page.get_by_role("button", name="Bài đã thu").click()
    page.locator("table tbody tr").first.wait_for()
    assert page.locator("table tbody tr").count() == 228
    assert page.get_by_role("cell", name="Cần quyết định").first.is_visible()
    _shoot(page, "results_vi")


def test_a_wrong_password_is_told_in_words(browser: Any, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    page.goto(address)
    page.locator("input[autocomplete=username]").fill("thanh")
    page.locator("input[type=password]").fill("sai rồi")
    _shoot(page, "login_vi")
    page.locator("form button").click()
    page.get_by_role("alert").filter(has_text="chưa đúng").wait_for()
    assert page.locator("input[type=password]").input_value() == ""
    visit.context.close()
