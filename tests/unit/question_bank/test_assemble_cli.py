"""`khaothi form assemble` as a person types it."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from question_bank import form as forms
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.cli import form

SPEC = importlib.util.spec_from_file_location("invented_bank_cli", Path(__file__).with_name("invented_bank.py"))
bank = importlib.util.module_from_spec(SPEC)
sys.modules["invented_bank_cli"] = bank
SPEC.loader.exec_module(bank)
BLUEPRINT = files("question_bank") / "blueprints" / "toan_12_2025.toml"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assemble")
    text = BLUEPRINT.read_text("utf-8").replace('["approved", "locked"]', '["draft"]')
    (folder / "blueprint.toml").write_text(text, "utf-8")
    store = SqlBankStore(str(folder / "bank.sqlite"))
    bank.fill(store, 4, approve=False)
    store.close()
    return folder


def run(place, *more):
    common = ["--blueprint", str(place / "blueprint.toml"), "--bank", f"sqlite:///{place / 'bank.sqlite'}"]
    return form(["assemble", *common, *more])


def test_codes_keys_and_printed_matrix_are_there(place, capsys):
    assert run(place, "--codes", "6", "--seed", "3", "--out", str(place / "out"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["code"] for row in told["codes"]] == ["0101", "0102", "0103", "0104", "0105", "0106"]
    for row in told["codes"]:
        raw = (place / "out" / row["file"]).read_bytes()
        assert forms.digest(raw) == row["digest"]
        assert len(list(forms.decode(raw).each_item())) == 22
        assert b'"right"' not in raw
        key = place / "out" / "keys" / f"{row['code']}.key.json"
        assert len(json.loads(key.read_bytes())["right"]) == 22
        assert key.stat().st_mode & 0o077 == 0
    assert (place / "out" / "ma-tran.pdf").read_bytes().startswith(b"%PDF")
    assert (place / "out" / "ban-dac-ta.pdf").read_bytes().startswith(b"%PDF")
    assert form(["check", str(place / "out" / "0101.form.json"), "--keys", str(place / "out" / "keys" / "0101.key.json")]) == 0  # fmt: skip


def test_the_same_seed_gives_the_same_digests(place, capsys):
    digests = []
    for name in ("one", "two"):
        assert run(place, "--codes", "2", "--seed", "9", "--out", str(place / name), "--json") == 0
        digests.append([row["digest"] for row in json.loads(capsys.readouterr().out)["codes"]])
    assert digests[0] == digests[1]


def test_what_cannot_be_done_is_said_in_both_languages(place, capsys):
    assert run(place, "--codes", "40", "--parallel", "9", "--seed", "1", "--out", str(place / "no"), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"]["code"] == "blueprint_infeasible"
    assert all(row["text_vi"] and row["text_en"] and row["lacking"] > 0 for row in told["shortages"])
    assert not (place / "no").exists()


@pytest.mark.parametrize(
    "more",
    [
        ("--codes", "0"), ("--codes", "2", "--parallel", "3"), ("--first-code", "abc"), ("--seed", "-1"),
        ("--codes", "24", "--first-code", "9990"),
    ],
)  # fmt: skip
def test_wrong_use(place, more, capsys):
    assert run(place, *more, "--out", str(place / "wrong"), "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "wrong_use"
    assert not (place / "wrong").exists()


def test_a_damaged_blueprint_is_refused(place, capsys):
    (place / "damaged.toml").write_text("title = ", "utf-8")
    assert form(["assemble", "--blueprint", str(place / "damaged.toml"), "--out", str(place / "x"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "blueprint_malformed"


def test_a_blueprint_that_is_not_there_is_wrong_use(place):
    assert form(["assemble", "--blueprint", str(place / "none.toml"), "--out", str(place / "x"), "--json"]) == 2
