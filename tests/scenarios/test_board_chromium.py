"""The live board in a real browser: three sites of forty seats, alarms, both languages, no request to anywhere else."""

from __future__ import annotations

import hashlib
import importlib.util
import io
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

import msgspec
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.adapters import tls
from proctor_node.adapters.spreadsheets import preview, write_roster
from proctor_node.web import log, plan
from proctor_node.web.app import DIST, create_app
from reader.evidence import Basis, Finding, Holder, IdentityEvidence, Result

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


def silhouette(tone: int) -> bytes:
    """A drawn head and shoulders, nobody's."""
    picture = Image.new("RGB", (120, 160), (tone, tone, tone + 10))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((38, 26, 82, 82), fill=(96, 104, 120))
    pen.pieslice((10, 92, 110, 240), 180, 360, fill=(96, 104, 120))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def refer(bank: ModuleType, bench: Any, station: Any) -> None:
    """A check-in that was referred, with what two persons compare."""
    row = bench.node.candidate_at(station.seat, "1")
    holder = Holder("C1", row.personal_number, row.name, "", "2008-03-16", row.sex, "2033-05-20", "VNM")
    face = Finding(
        "face.comparison", Result.INCONCLUSIVE, "", "", Basis.STATION_ATTESTED, {"fmr_at_similarity": "0.0006"}
    )
    batch = station.batch(*bank.check_in("refer", "face_uncertain", station=station.name))
    evidence = msgspec.json.encode(IdentityEvidence(holder, None, (face,)))
    station.send(station.request(batch, attachments=(part(station, "identity_evidence", evidence),)))


def part(station: Any, kind: Any, body: bytes) -> x.Attachment:
    return x.Attachment(hashlib.sha256(body).hexdigest(), kind, station.attempt, body)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:  # noqa: C901 - a day told in order
    """A node in the middle of an exam, with something to see."""
    bank = _bench()
    bench = bank.make_bench(tmp_path_factory.mktemp("node"), rooms=2, seats=20)
    bank.add_people(bench.node)
    bench.node.add_account("lan", "administrator", "mat khau cua lan")
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
            refer(bank, bench, station)
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
    # Pictures are kept for fifteen minutes: these were taken a moment ago.
    pictures = x.ReferralPictures(silhouette(214), silhouette(170), bench.clocks.node_ms - 30_000, 3)
    body = msgspec.json.encode(pictures)
    referred.send(referred.request(attachments=(part(referred, "referral_pictures", body),)))
    bench.odd = stations[-1]
    bench.odd.say(build="2")
    for station in stations:
        if station is bench.odd:
            continue
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
            create_app(hall.node, log.routes(hall.node, lambda html: html.encode()), plan.routes(hall.node, preview)), log_level="warning", ssl_keyfile=folder / "server.key",
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
        "Máy # mất liên lạc – #", "Máy # gọi hỗ trợ# máy hoặc bàn phím lỗi", "Máy # chờ xác nhận",
        "Phần mềm khác phiên bản# Máy #", "Máy # rời màn hình thi (# giây)",
    ]  # fmt: skip
    # One line what to do for each, and who has it.
    assert all("." in text for text in page.locator("aside li p.small").all_inner_texts())
    assert all(text.startswith("Mới") for text in page.locator("aside li p.state").all_inner_texts())
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
    page.locator("dialog img").nth(1).wait_for()
    # The elements stand before their pictures have come.
    page.wait_for_function("() => [...document.querySelectorAll('dialog img')].every(i => i.complete)")
    assert [image.evaluate("i => i.naturalWidth") for image in page.locator("dialog img").all()] == [120, 120]
    assert page.locator("dialog dd.differs").count() == 1
    assert "*****" in page.locator("dialog").inner_text()
    assert page.locator("dialog input[type=radio]:checked").count() == 0
    page.keyboard.press("1")
    page.locator("dialog select").select_option(label="ánh sáng, camera kém")
    page.get_by_role("checkbox", name="thẻ gốc").check()
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
    page.get_by_role("cell", name="Cần quyết định").first.wait_for()
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


def faults(page: Any) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, each with where."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['target']}: {v['nodes'][0]['failureSummary']}" for v in found]


def both_languages(page: Any, name: str) -> None:
    """Look at a page in Vietnamese and in English, by eye (screenshots) and by axe-core."""
    _shoot(page, f"{name}-vi")
    assert faults(page) == []
    page.get_by_role("button", name="English", exact=True).click()
    _shoot(page, f"{name}-en")
    assert faults(page) == []
    page.get_by_role("button", name="Tiếng Việt", exact=True).click()


TABS = {
    "board": "Trực tiếp", "identity": "Xác nhận danh tính", "release": "Hiệu lệnh", "log": "Nhật ký và biên bản",
    "fleet": "Thiết bị", "results": "Bài đã thu", "plan": "Kế hoạch",
}  # fmt: skip


@pytest.mark.parametrize("name", TABS)
def test_every_page_is_accessible_in_both_languages_and_complains_of_nothing(visit: Visit, name: str) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.get_by_role("navigation").get_by_role("button", name=re.compile(f"^{TABS[name]}")).click()
    page.locator("main").wait_for()
    if name == "plan":
        page.get_by_role("button", name="Tìm", exact=True).click()
        page.locator("table").nth(1).wait_for()
    elif name not in {"board", "identity"}:
        page.locator("main .panel").first.wait_for()
    both_languages(page, f"board-{name}" if name != "board" else name)
    assert visit.complaints == []


def test_a_matter_is_taken_worked_on_and_closed_by_keyboard_into_the_log(visit: Visit, hall: Any) -> None:
    page = visit.log_in("thanh", "mat khau cua thanh")
    seat = hall.silent.seat
    item = page.locator(f"aside li[data-key='{seat.site}/{seat.room}/{seat.number}/lost_contact']")
    item.focus()
    page.keyboard.press("n")
    item.get_by_text("Đã nhận: thanh").wait_for()
    item.get_by_role("button", name="Đang xử lý").click()
    item.get_by_text("Đang xử lý: thanh").wait_for()
    item.focus()
    page.keyboard.press("x")
    item.get_by_role("textbox").fill("đã cắm lại dây mạng")
    _shoot(page, "board-close-vi")
    item.get_by_role("button", name="Xong").last.click()
    item.wait_for(state="detached")

    assert hall.node.incident_lines(hall.node.people.accounts["thanh"])[0].outcome == "đã cắm lại dây mạng"
    assert hall.node.act_lines(hall.node.people.accounts["thanh"])[0].kind == "incident"


def test_an_act_for_two_asks_for_the_second_and_a_measure_for_its_reason(visit: Visit, hall: Any) -> None:
    page = visit.log_in("hoa", "mat khau cua hoa")
    page.locator(".tile[data-station='LTT-01-03']").click()
    page.get_by_role("button", name="Bù giờ", exact=True).click()
    page.locator("form[data-act] select").nth(1).select_option(label="mất điện")
    page.locator("dialog input[type=text]").fill("thanh")
    page.locator("dialog input[type=password]").fill("mat khau cua thanh")
    _shoot(page, "board-act-vi")
    assert faults(page) == []
    page.locator("dialog form button.primary").click()
    page.get_by_role("status").filter(has_text="Đã gửi tới Máy 03").wait_for()
    page.get_by_role("button", name="Khiển trách").click()
    page.locator("form[data-act] select").nth(1).select_option(label="nhìn bài, trao đổi bài")
    page.locator("dialog form button.primary").click()
    page.get_by_role("status").filter(has_text="Đã gửi tới Máy 03").wait_for()

    lines = hall.node.act_lines(hall.node.people.accounts["hoa"])
    assert [(line.kind, line.reason, line.by) for line in lines[:2]] == [
        ("khien_trach", "trao_doi_bai", ("hoa",)), ("compensate", "mat_dien", ("hoa", "thanh")),
    ]  # fmt: skip


def test_the_tablet_finds_by_card_calls_the_roll_and_shows_no_card_number(
    browser: Any, address: str, hall: Any
) -> None:
    visit = Visit(browser, f"{address}/?room", 820, 1180)
    page = visit.page
    page.goto(visit.address)
    page.locator("input[autocomplete=username]").fill("hoa")
    page.locator("input[type=password]").fill("mat khau cua hoa")
    page.locator("form button").click()
    row = next(c for c in hall.node.plan.candidates if (c.site, c.room, c.shift, c.seat) == ("LTT", "01", "1", 4))
    page.locator("input[type=search]").fill(f"{row.personal_number}|212345678|{row.name}|15032008|Nữ|Hà Tĩnh|01012021")
    page.keyboard.press("Enter")
    page.get_by_text(f"Phòng 01 · Máy 04 · {row.sbd}".split(" · ")[2]).first.wait_for()
    assert page.locator("input[type=search]").input_value() == ""
    assert row.personal_number not in page.locator("body").inner_text()
    page.get_by_role("group", name=row.sbd).get_by_role("button", name="Có mặt").click()
    page.get_by_role("group", name=row.sbd).locator("[aria-pressed=true]").wait_for()
    both_languages(page, "board-tablet")
    assert any(line["called"] == "here" for line in hall.node.roll(hall.node.people.accounts["hoa"]))
    assert visit.complaints == []
    visit.context.close()


def test_the_wall_names_nobody(browser: Any, address: str, hall: Any) -> None:
    visit = Visit(browser, address, 1920, 1080)
    page = visit.log_in("quan", "mat khau cua quan")
    page.goto(f"{address}/?wall")
    page.locator(".clock").wait_for()
    text = page.locator("main").inner_text()
    assert not [c for c in hall.node.plan.candidates if c.name in text or c.sbd in text]
    _shoot(page, "board-wall-vi")
    assert faults(page) == []
    visit.context.close()


def test_a_roster_file_is_checked_and_its_errors_can_be_taken_away(visit: Visit, hall: Any, tmp_path: Path) -> None:
    row = hall.node.plan.candidates[0]
    write_roster(tmp_path / "ds.xlsx", [row, row])
    page = visit.log_in("quan", "mat khau cua quan")
    page.get_by_role("button", name="Kế hoạch").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "ds.xlsx")
    page.get_by_text("N503").first.wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải tệp lỗi").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    _shoot(page, "board-roster-check-vi")
    assert faults(page) == []


def test_another_build_is_held_out_named_and_let_in_by_two(visit: Visit, hall: Any) -> None:
    page = visit.log_in("quan", "mat khau cua quan")
    page.get_by_role("button", name="Thiết bị").click()
    page.locator(".held").wait_for()
    page.get_by_role("button", name="Cho vào", exact=True).click()
    page.get_by_label("Lý do", exact=True).fill("bản vá đã kiểm tra")
    page.locator("form input[type=text]").fill("lan")
    page.locator("form input[type=password]").fill("mat khau cua lan")
    page.get_by_role("button", name="Cho vào – 2").click()
    page.get_by_text("Mọi máy đang kết nối cùng phiên bản.").wait_for()
    assert hall.odd.say(build="2").held_out == ""


def test_a_board_that_is_cut_off_says_how_old_it_is_and_locks_its_acts(visit: Visit, hall: Any) -> None:
    keep = "window.EventSource = class extends EventSource { constructor(at) { super(at); window.live = this } }"
    visit.page.add_init_script(keep)
    page = visit.log_in("thanh", "mat khau cua thanh")
    page.locator(f".tile[data-station='{hall.silent.name}']").wait_for()
    page.evaluate("window.live.close()")
    page.get_by_role("alert").filter(has_text="Mất kết nối với máy chủ").wait_for()
    assert page.locator("main.old").count() == 1
    assert page.locator("aside li button:enabled", has_text="Nhận việc").count() == 0
