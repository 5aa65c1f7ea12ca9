"""The board with 2,700 seats at 26 sites in real Chromium. usage: python benchmarks/node_board.py

First paint of the sites from the click on "sign in", then of one site, and the main thread's time per second while a hundred seats
change a second. The node runs in this process, the browser is headless; both share the cores with whatever else runs.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvicorn
from playwright.sync_api import sync_playwright

from benchmarks import node_intake as ni
from exam_engine import exchange as x
from proctor_node.adapters import tls
from proctor_node.web.app import create_app

SEATS, SECONDS, CHANGES = 2700, 10, 100
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def serve(node: Any) -> tuple[str, uvicorn.Server]:
    folder = Path(tempfile.mkdtemp(prefix="khaothi-bench-"))
    tls.create(folder, ("127.0.0.1",), datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        create_app(node),
        port=port,
        log_level="error",
        ssl_keyfile=folder / "server.key",
        ssl_certfile=folder / "server.pem",
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"https://127.0.0.1:{port}", server


def change(node: Any, stop: threading.Event) -> None:
    """A hundred seats a second say something else, straight at the node: what is measured is the page."""
    names = list(node._contacts)
    turn = 0
    while not stop.wait(0.1):
        for _ in range(CHANGES // 10):
            contact = node._contacts[names[turn % len(names)]]
            contact.seen = node.seconds()
            # What a tile shows must differ, or nothing is sent.
            contact.health = x.Health(
                "", "working", 0, 1 + turn // len(names) + turn % 20, 0, 0, "", 10**9, "ok", "ok", "kiosk"
            )
            turn += 1


def busy(session: Any) -> float:
    """Seconds of main-thread tasks so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def main() -> None:
    rows = ni.people(SEATS)
    seats = ni.seats_of(rows)
    folder = tempfile.mkdtemp(prefix="khaothi-bench-db-")
    node = ni.build(f"sqlite:///{folder}/node.db", rows, seats, bytes(32))
    for contact in node._contacts.values():
        contact.seen = node.seconds()
    address, server = serve(node)
    stop = threading.Event()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768}).new_page()
        page.goto(address)
        page.locator("input[autocomplete=username]").fill("quan")
        page.locator("input[type=password]").fill("mat khau cua quan")
        page.locator("form button").click()
        page.locator("[data-site]").first.wait_for()
        paints = []
        for _ in range(5):
            # Signed in already: from the request of the page to the first tile with its numbers on the screen.
            page.goto("about:blank")
            begun = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.locator("[data-site]").first.wait_for()
            paints.append(time.perf_counter() - begun)
        print(
            f"{SEATS} seats, 26 sites: first paint of the sites, median of 5: {sorted(paints)[2] * 1000:.0f} ms (best {min(paints) * 1000:.0f})"
        )
        begun = time.perf_counter()
        page.locator("[data-site]").first.click()
        page.locator(".tile").first.wait_for()
        print(
            f"one site of {page.locator('.tile').count()} seats after the click: {(time.perf_counter() - begun) * 1000:.0f} ms"
        )
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        threading.Thread(target=change, args=(node, stop), daemon=True).start()
        for what in ("one site", "all sites"):
            if what == "all sites":
                page.get_by_role("button", name="Tất cả điểm thi").click()
                page.locator("[data-site]").first.wait_for()
            page.wait_for_timeout(1500)
            before = busy(session)
            page.wait_for_timeout(SECONDS * 1000)
            print(
                f"main thread while {CHANGES} seats change a second, {what}: {(busy(session) - before) / SECONDS * 1000:.0f} ms a second"
            )
        browser.close()
    stop.set()
    server.should_exit = True


if __name__ == "__main__":
    main()
