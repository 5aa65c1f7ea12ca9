"""From a form's source to the start signal by commands alone: what a school does, with a served node between."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exam_engine.candidate import Candidate
from proctor_node.adapters.spreadsheets import write_roster

ROOT = Path(__file__).resolve().parents[2]
KHAOTHI = str(Path(sys.executable).parent / "khaothi")
OFFICERS = ("An", "Binh", "Chi")
FORM = ROOT / "question_bank" / "forms" / "toan_12_mau.toml"
KEYS = ROOT / "question_bank" / "forms" / "toan_12_mau.keys.toml"


def khaothi(*arguments, expect=0, given="", **environment):
    ran = subprocess.run(
        [KHAOTHI, *map(str, arguments), "--json"], capture_output=True, text=True, check=False, input=given,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environment}, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == expect, (arguments, ran.stdout, ran.stderr)
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A node with a plan in the past, three officers and a sealed form, served over HTTPS."""
    folder = tmp_path_factory.mktemp("school")
    node = folder / "node"
    khaothi("node", "init", node)
    for name in OFFICERS:
        khaothi("form", "officer", name, "--out", folder, KHAOTHI_PASSPHRASE=f"pass-{name}")
    public = [folder / f"{name}.officer.json" for name in OFFICERS]
    sealed = khaothi(
        "form", "seal", FORM, *(part for path in public for part in ("--officer", path)),
        "--out", folder / "0101.sealed", "--keys", KEYS,
    )  # fmt: skip
    write_roster(
        folder / "ds.xlsx",
        [Candidate("30000001", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "042308123456", "TS", "03", 1, "1")],
    )
    khaothi("node", "plan", "import", folder / "ds.xlsx", "--exam", "K", "--name", "Kỳ thi", "--subject", "Toán", "--shift", "1=2026-01-05T07:30", "--dir", node)  # fmt: skip
    khaothi("node", "officer", "add", *public, "--dir", node)
    khaothi("node", "form", "add", folder / "0101.sealed", "--index", sealed["index"], "--keys", KEYS, "--dir", node)
    for account in ("hoa", "nam"):
        khaothi("node", "user", "add", account, "--role", "officer", "--password-stdin", "--dir", node, given="mat-khau-dai\n")  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = subprocess.Popen([KHAOTHI, "node", "serve", "--dir", str(node), "--host", "127.0.0.1", "--port", str(port)], stderr=subprocess.DEVNULL, cwd=ROOT)  # fmt: skip
    deadline = time.monotonic() + 20
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    yield folder, f"https://127.0.0.1:{port}"
    served.terminate()
    served.wait(10)


def sign(school, name, partner, account, expect=0, passphrase=None):
    folder, url = school
    return khaothi(
        "node", "release", "sign", url, folder / "0101.sealed", "--officer", name, "--partner", partner,
        "--key", folder / f"{name}.officer.pem", "--ca", folder / "node" / "ca.pem", "--account", account,
        expect=expect, KHAOTHI_PASSPHRASE=passphrase or f"pass-{name}", KHAOTHI_PASSWORD="mat-khau-dai",
    )  # fmt: skip


def test_two_officers_start_the_test_and_one_does_not(school):
    assert sign(school, "An", "Binh", "hoa", expect=1, passphrase="wrong")["error"]["code"] == "seal_broken"
    first = sign(school, "An", "Binh", "hoa")
    assert first["released"] is False
    assert json.loads(first["order"])["shift"] == "1"
    assert sign(school, "An", "Chi", "nam", expect=1)["error"]["code"] == "second_person_must_differ"
    assert sign(school, "Binh", "An", "nam")["released"] is True


def test_a_wrong_password_releases_nothing(school):
    folder, url = school
    refused = khaothi(
        "node", "release", "sign", url, folder / "0101.sealed", "--officer", "Chi", "--partner", "An",
        "--key", folder / "Chi.officer.pem", "--ca", folder / "node" / "ca.pem", "--account", "hoa",
        expect=1, KHAOTHI_PASSPHRASE="pass-Chi", KHAOTHI_PASSWORD="sai-mat-khau",
    )  # fmt: skip
    assert refused["error"]["code"] == "login_wrong"


def test_the_node_out_of_reach_is_told_apart(school):
    folder, _ = school
    assert sign((folder, "https://127.0.0.1:9"), "An", "Binh", "hoa", expect=3)["error"]["code"] == "node_unreachable"
