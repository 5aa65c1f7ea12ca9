"""`khaothi node room-key` and `branch` as a newcomer meets them."""

from __future__ import annotations

import json

import pytest

from exam_engine.takeover import parse_half_code
from proctor_node import cli


@pytest.fixture
def folder(tmp_path, capsys):
    assert cli.node(["init", str(tmp_path / "node"), "--purpose", "demonstration", "--json"]) == 0
    capsys.readouterr()
    return tmp_path / "node"


def said(capsys):
    return json.loads(capsys.readouterr().out)


def test_halves_need_a_plan_a_room_and_two_people(folder, capsys):
    key = ["room-key", "TS", "01", "--dir", str(folder), "--json"]
    assert cli.node([*key, "--holder", "A"]) == 1
    assert said(capsys)["error"]["code"] == "needs_two_holders"
    assert cli.node([*key, "--holder", "A", "--holder", "B"]) == 1
    assert said(capsys)["error"]["code"] == "node_not_ready"


def test_the_halves_of_a_room_are_shown_once(bench, monkeypatch):
    codes = bench.node.make_room_key("LTT", "01", ("A", "B"), "console")
    assert {len(parse_half_code(code)) for code in codes.values()} == {16}
    seat = bench.stations["LTT-01-01"].seat
    assert [holder.name for holder in bench.node.recovery_of(seat).holders] == ["A", "B"]
    kept = bench.store.load("recovery", dict)
    assert not any(code in json.dumps(kept) for code in codes.values())


def test_a_record_with_one_end_has_one_branch(folder, capsys):
    assert cli.node(["branch", "K/1/30000001", "--dir", str(folder), "--json"]) == 1
    assert said(capsys)["error"]["code"] == "attempt_not_begun"
    assert cli.node(["branch", "K/1/30000001", "--choose", "TS-01-01", "--dir", str(folder), "--json"]) == 1
    assert said(capsys)["error"]["code"] == "second_person_must_differ"
