"""The HTTP side: signed answers for stations, cookies and scope for people, a snapshot and then what changed."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.web.app import create_app

REFERRED = (
    e.CheckInBegan("LTT-01-01", "01", 1, True),
    e.IdentityChecked("00" * 32, (), 90, 0, 2500, 900),
    e.AdmissionDecided("refer", ("face_uncertain",)),
)
PEOPLE = (
    ("thanh", "invigilator", "LTT"),
    ("hoa", "site_head", "LTT"),
    ("duc", "invigilator", "TS"),
    ("xem", "inspector", ""),
    ("quan", "administrator", ""),
)


class Web:
    """A browser without a window."""

    def __init__(self, app) -> None:
        self._app, self.cookies = app, httpx.Cookies()

    def ask(self, method: str, path: str, *, own: bool = True, **given) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://node", cookies=self.cookies) as client:
                answer = await client.request(method, path, headers={"X-Khaothi": "1"} if own else {}, **given)
                self.cookies.update(client.cookies)
                return answer

        return asyncio.run(call())

    def log_in(self, name: str) -> httpx.Response:
        return self.ask("POST", "/v1/login", json={"name": name, "password": f"mat khau cua {name}"})


@pytest.fixture
def web(bench) -> Web:
    for name, role, site in PEOPLE:
        bench.node.add_account(name, role, f"mat khau cua {name}", site)
    bench.stations["LTT-01-01"].say(*REFERRED)
    return Web(create_app(bench.node))


def post(web: Web, station, path: str, message: x.Message, *, signer=None) -> httpx.Response:
    body = x.encode(message)
    signature = (signer or station.signing).sign(x.signing_input(path, body))
    app = web._app

    async def call() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://node") as client:
            headers = {x.SIGNATURE_HEADER: base64.b64encode(signature).decode()}
            return await client.post(path, content=body, headers=headers)

    return asyncio.run(call())


def test_an_exchange_over_http_is_answered_with_the_nodes_signature(bench, web):
    station = bench.stations["TS-01-01"]
    path = x.exchange_path(station.name)
    answer = post(web, station, path, station.request())

    assert answer.status_code == 200
    key = Ed25519PublicKey.from_public_bytes(bench.node.key)
    key.verify(base64.b64decode(answer.headers[x.SIGNATURE_HEADER]), x.signing_input(path, answer.content))
    assert x.decode(answer.content, x.ExchangeResponse).station == station.name


def test_a_refusal_is_signed_too_and_carries_its_code(bench, web):
    station, other = bench.stations["TS-01-01"], bench.stations["TS-01-02"]
    path = x.exchange_path(station.name)
    answer = post(web, station, path, station.request(), signer=other.signing)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "station_signature_invalid"
    key = Ed25519PublicKey.from_public_bytes(bench.node.key)
    key.verify(base64.b64decode(answer.headers[x.SIGNATURE_HEADER]), x.signing_input(path, answer.content))


def test_the_board_is_shown_to_nobody_who_is_not_logged_in(web):
    for path in ("/v1/me", "/v1/board", "/v1/results"):
        answer = web.ask("GET", path)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "not_logged_in"


def test_a_login_sets_a_cookie_that_no_script_reads(web):
    answer = web.log_in("thanh")
    cookie = answer.headers["set-cookie"].lower()

    assert answer.json() == {"name": "thanh", "role": "invigilator", "site": "LTT"}
    assert all(word in cookie for word in ("httponly", "secure", "samesite=strict"))
    assert web.ask("GET", "/v1/me").json()["name"] == "thanh"
    web.ask("POST", "/v1/logout")
    assert web.ask("GET", "/v1/me").status_code == 401


def test_people_of_a_site_see_and_touch_their_own_site_alone(bench, web):
    web.log_in("duc")
    board = web.ask("GET", "/v1/board").json()
    assert {seat["site"] for seat in board["seats"]} == {"TS"}

    attempt = bench.stations["LTT-01-01"].attempt
    answer = web.ask("POST", "/v1/acts/message", json={"attempt": attempt, "text": "x"})
    assert answer.json()["error"]["code"] == "another_site"
    assert [i for i in bench.stations["LTT-01-01"].say().instructions if isinstance(i.act, x.Text)] == []


def test_an_act_without_the_own_header_does_nothing(bench, web):
    web.log_in("thanh")
    given = {"attempt": bench.stations["LTT-01-01"].attempt, "text": "x"}
    answer = web.ask("POST", "/v1/acts/message", own=False, json=given)

    assert answer.json()["error"]["code"] == "own_header_missing"
    assert bench.stations["LTT-01-01"].say().instructions == ()


def test_an_inspector_looks_and_does_not_act(bench, web):
    web.log_in("xem")
    assert web.ask("GET", "/v1/results").status_code == 200
    answer = web.ask("POST", "/v1/acts/message", json={"attempt": bench.stations["LTT-01-01"].attempt, "text": "x"})
    assert answer.json()["error"]["code"] == "role_may_not_act"


@pytest.mark.parametrize(
    ("second", "password", "code"),
    [
        ("thanh", "mat khau cua thanh", "second_person_must_differ"),
        ("hoa", "wrong", "login_wrong"),
        ("duc", "mat khau cua duc", "another_site"),
    ],
)
def test_a_decision_needs_the_second_persons_own_password(bench, web, second, password, code):
    web.log_in("thanh")
    given = {"attempt": bench.stations["LTT-01-01"].attempt, "decision": "admit", "reason": "x"}
    answer = web.ask("POST", "/v1/decisions", json={**given, "second": second, "second_password": password})

    assert answer.json()["error"]["code"] == code
    assert bench.stations["LTT-01-01"].say().instructions == ()


def test_two_persons_decide_over_http(bench, web):
    web.log_in("thanh")
    given = {"attempt": bench.stations["LTT-01-01"].attempt, "decision": "refuse", "reason": "nghi thi hộ"}
    answer = web.ask("POST", "/v1/decisions", json={**given, "second": "hoa", "second_password": "mat khau cua hoa"})

    assert answer.status_code == 200
    (told,) = bench.stations["LTT-01-01"].say().instructions
    assert (told.act.decision, told.by) == ("refuse", ("thanh", "hoa"))


def test_results_show_no_zero_for_somebody_who_is_absent(web):
    web.log_in("quan")
    rows = web.ask("GET", "/v1/results").json()
    assert {row["outcome"] for row in rows} == {"absent", "needs_decision"}
    assert {row["score"] for row in rows} == {None}


def test_the_live_stream_begins_whole_and_goes_on_with_what_changed(bench, web):
    token = bench.node.people.log_in("quan", "mat khau cua quan")

    async def listen() -> list[tuple[str, dict]]:
        wanted: asyncio.Queue[bytes] = asyncio.Queue()
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
            "path": "/v1/live", "raw_path": b"/v1/live", "query_string": b"", "root_path": "",
            "headers": [(b"cookie", f"khaothi={token}".encode())], "server": ("node", 443), "client": ("test", 1),
        }  # fmt: skip
        gone = asyncio.Event()
        asked = False

        async def receive() -> dict:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                wanted.put_nowait(message["body"])

        task = asyncio.create_task(web._app(scope, receive, send))
        first = await asyncio.wait_for(wanted.get(), 10)
        await asyncio.to_thread(bench.stations["MK-01-02"].say)
        second = await asyncio.wait_for(wanted.get(), 10)
        gone.set()
        task.cancel()
        return [_message(first), _message(second)]

    (snapshot, whole), (delta, changed) = asyncio.run(listen())
    assert (snapshot, len(whole["seats"])) == ("snapshot", 12)
    assert (delta, [seat["station"] for seat in changed["seats"]]) == ("delta", ["MK-01-02"])
    assert [alarm["kind"] for alarm in changed["board"]["alarms"]] == ["identity"]


@pytest.mark.parametrize("path", ["/v1/stations/TS-01-01/exchange", "/v1/login", "/v1/enrol"])
def test_whoever_hangs_up_in_mid_sentence_leaves_no_trace_of_an_error(web, path):
    sent: list[dict] = []

    async def call() -> None:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [],
            "server": ("node", 443), "client": ("test", 1),
        }  # fmt: skip
        messages = [{"type": "http.request", "body": b'{"half', "more_body": True}, {"type": "http.disconnect"}]

        async def receive() -> dict:
            return messages.pop(0)

        async def send(message: dict) -> None:
            sent.append(message)

        await web._app(scope, receive, send)

    asyncio.run(call())
    assert sent == []


def _message(raw: bytes) -> tuple[str, dict]:
    event, data = raw.decode().strip().split("\n", 1)
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_pages_name_no_other_origin(web):
    answer = web.ask("GET", "/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert web.ask("GET", "/fonts/Regular.ttf").headers["content-type"] == "font/ttf"
    assert web.ask("GET", "/fonts/../../secret.ttf").status_code >= 400


def test_the_start_status_names_who_is_ready_and_what_is_held_out(bench, web):
    bench.seal()
    web.log_in("quan")
    told = web.ask("GET", "/v1/release").json()
    assert (told["shift"], len(told["seats"]), told["held_out"]) == ("1", 12, [])
    digest = told["forms"][0]["digest"]
    answer = web.ask("POST", "/v1/release/propose", json={"digest": digest, "scope": "site/TS"})
    assert b'"scope":"site/TS"' in base64.b64decode(answer.json()["order"])
    assert web.ask("GET", "/v1/release").json()["orders"] == [
        {"digest": digest, "scope": "site/TS", "signed_by": [], "starts_at": 0}
    ]


def test_alarm_case_picture_roll_and_search_are_calls_with_scope(bench, web):
    attempt = bench.stations["LTT-01-01"].attempt
    web.log_in("thanh")
    assert web.ask("GET", f"/v1/referrals/{attempt}").json()["reasons"] == ["face_uncertain"]
    assert web.ask("GET", f"/v1/referrals/{attempt}/portrait").status_code == 404
    key = "LTT/01/1/identity"
    assert web.ask("POST", "/v1/alarms/take", json={"key": key}).json()["state"] == "taken"
    assert web.ask("POST", "/v1/alarms/close", json={"key": key}).json()["error"]["code"] == "outcome_missing"
    assert web.ask("POST", "/v1/alarms/close", json={"key": key, "outcome": "xong"}).json()["act"] == 1
    assert [line["state"] for line in web.ask("GET", "/v1/incidents").json()] == ["done"]
    roll = web.ask("GET", "/v1/roll").json()
    assert web.ask("POST", "/v1/roll", json={"attempt": roll[0]["attempt"], "state": "here"}).status_code == 200
    assert web.ask("POST", "/v1/find", json={"text": roll[0]["sbd"]}).json()[0]["sbd"] == roll[0]["sbd"]
    assert {p["name"] for p in web.ask("GET", "/v1/on-duty").json()} == {"thanh", "hoa", "quan"}


def test_a_fault_is_answered_and_logged_without_its_words(web, bench, caplog, monkeypatch):
    def fails(*_, **__):
        raise ValueError("Trần Thị Bịa 001302000001")

    web.log_in("thanh")
    monkeypatch.setattr(bench.node.people, "who", fails)
    answer = web.ask("GET", "/v1/board")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "node_fault")
    assert "content-security-policy" in answer.headers
    assert "ValueError at test_web.py:" in caplog.text
    assert "Bịa" not in caplog.text + answer.text
