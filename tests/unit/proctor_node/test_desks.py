"""The desks behind the pages: plan, fleet and results over HTTP, by right and scope."""

from __future__ import annotations

import base64
import io

import openpyxl
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.adapters.spreadsheets import preview, write_roster
from proctor_node.web import log, plan
from proctor_node.web.app import create_app
from tests.unit.proctor_node.conftest import add_people
from tests.unit.proctor_node.test_web import Web


@pytest.fixture
def web(bench):
    add_people(bench.node)
    bench.node.add_account("lan", "administrator", "mat khau cua lan")
    return Web(
        create_app(bench.node, log.routes(bench.node, lambda html: html.encode()), plan.routes(bench.node, preview))
    )


def post(web, path, **given):
    answer = web.ask("POST", path, json=given)
    document = answer.json()
    return document.get("error", {}).get("code") if answer.status_code >= 400 else document


def test_plan_and_roster_are_the_administrators_and_a_correction_has_a_reason(bench, web):
    web.log_in("hoa")
    assert web.ask("GET", "/v1/plan").json()["error"]["code"] == "role_may_not_plan"
    web.log_in("quan")
    told = web.ask("GET", "/v1/plan").json()
    assert (told["exam"]["id"], len(told["rooms"]), told["candidates"]) == ("KS12", 3, 18)
    rows = web.ask("GET", "/v1/roster?room=LTT/01&shift=1").json()
    assert len(rows) == 3
    assert rows[0]["personal_number"][3:8] == "*****"
    change = {"sbd": rows[0]["sbd"], "shift": "1", "values": {"name": "Nguyễn Thị Ngọc Ấn"}}
    assert post(web, "/v1/roster/correct", **change, reason="") == "reason_missing"
    assert post(web, "/v1/roster/correct", **change, reason="sai dấu")["name"] == "Nguyễn Thị Ngọc Ấn"
    assert post(web, "/v1/roster/correct", **{**change, "values": {"seat": 2}}, reason="x") == "not_understood"


def test_a_shift_is_closed_and_the_next_one_opened_by_the_administrator(bench, web):
    web.log_in("hoa")
    assert post(web, "/v1/shift/close", shift="1") == "role_may_not_plan"
    web.log_in("quan")
    assert post(web, "/v1/shift/close", shift="9") == "unknown_shift"
    assert post(web, "/v1/shift/close", shift="1") == {"shift": "1", "step": "close"}
    assert post(web, "/v1/shift/open", shift="2") == {"shift": "2", "step": "open"}
    assert bench.node.plan.shift == "2"
    acts = [type(i.act) for i in bench.stations["LTT-01-01"].say().instructions]
    assert acts == [x.CloseShift, x.Reprovision]


def test_a_roster_is_previewed_with_its_error_file_and_nothing_is_kept(bench, web, tmp_path):
    row = bench.node.plan.candidates[0]
    write_roster(tmp_path / "ds.xlsx", [row, row])
    before = bench.node.plan
    web.log_in("quan")
    told = web.ask("POST", "/v1/roster/preview", content=(tmp_path / "ds.xlsx").read_bytes()).json()
    assert (told["errors"] > 0, "N503" in {r["code"] for r in told["remarks"]}) == (True, True)
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(told["errors_file"])))
    assert book.active.max_row > 1
    assert bench.node.plan is before
    assert post(web, "/v1/roster/preview") == "roster_unreadable"


def test_results_go_from_provisional_over_an_appeal_to_final_by_two(bench, web):
    pc = bench.seat_at_work("LTT-01-01", e.Answered("I.1", "A"), e.Answered("I.2", "B"))
    pc.say(e.Submitted(2))
    web.log_in("quan")
    assert post(web, "/v1/results/publish") == {"state": "provisional"}
    assert post(web, "/v1/appeals", attempt=pc.attempt, reason="xin chấm lại")["number"] == 1
    lan = {"second": "lan", "second_password": "mat khau cua lan"}
    assert post(web, "/v1/results/finalise", **lan) == "appeal_open"
    assert post(web, "/v1/appeals/decide", number=1, note="đúng", **lan) == "second_person_must_differ"
    digest = web.ask("GET", "/v1/book").json()["forms"][0]["digest"]
    shown = post(web, "/v1/keys/preview", digest=digest, item="I.2", key="B")
    assert (shown["old"], shown["gain"], shown["lose"]) == ("A", 1, 0)
    assert post(web, "/v1/keys/propose", digest=digest, item="I.2", key="B", reason="in sai")["number"] == 1
    assert post(web, "/v1/keys/approve", number=1) == "second_person_must_differ"
    web.log_in("lan")
    assert post(web, "/v1/keys/approve", number=1)["version"] == 2
    told = web.ask("GET", "/v1/book").json()
    assert (told["state"], told["key_changes"][0]["approved_by"], told["appeals"][0]["sbd"]) == (
        "challenged",
        "lan",
        "30000001",
    )
    web.log_in("hoa")
    assert post(web, "/v1/results/publish") == "centre_only"
    assert web.ask("GET", "/v1/book").json()["forms"] == []


def test_the_fleets_build_is_fixed_and_let_in_by_two_of_the_centre(bench, web):
    names = list(bench.stations)
    for name in names:
        bench.stations[name].say(build="2" if name == names[0] else "1")
    web.log_in("quan")
    assert web.ask("GET", "/v1/fleet/expected").json() == {"build": "1", "fixed": False}
    assert [line["station"] for line in web.ask("GET", "/v1/fleet").json() if line["held_out"]] == [names[0]]
    asked = {"build": "2", "reason": "bản vá", "second": "lan", "second_password": "mat khau cua lan"}
    assert post(web, "/v1/fleet/let-in", **asked) == {}
    assert not [line for line in web.ask("GET", "/v1/fleet").json() if line["held_out"]]
    assert post(web, "/v1/fleet/fix", build="2") == {"build": "2"}
    assert len([line for line in web.ask("GET", "/v1/fleet").json() if line["held_out"]]) == len(names) - 1
