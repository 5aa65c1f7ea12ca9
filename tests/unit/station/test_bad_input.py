"""What the station's commands and the readiness check say when something is wrong: stable codes, both languages."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from proctor_node.adapters import tls
from station import cli, doctor_cli
from station.adapters import device
from station.adapters.uplink import pinned
from station.errors import StoreDamaged


@pytest.fixture(params=["vi", "en"])
def told(request, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", request.param)
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path))

    def run(*arguments):
        status = cli.station([*map(str, arguments), "--json"])
        error = json.loads(capsys.readouterr().out)["error"]
        return status, error["code"], error["message"]

    run.language = request.param
    return run


def closed_port():
    """A port of loopback on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def ca(tmp_path):
    node = tmp_path / "node"
    node.mkdir()
    tls.create(node, ("localhost",), datetime(2026, 11, 25, tzinfo=UTC))
    return node / "ca.pem"


def test_a_pc_that_is_not_enrolled_says_how_to_enrol_it(told):
    assert told("status") == (1, "not_enrolled", {
        "vi": "Máy này chưa được ghép với nút trung tâm (K301).", "en": "This PC is not enrolled (K301).",
    }[told.language])  # fmt: skip


def test_a_node_that_does_not_answer_is_named_and_nothing_is_kept(told, ca, tmp_path):
    url = f"https://127.0.0.1:{closed_port()}"
    status, code, message = told("enrol", url, "AAAA", "--ca", ca)
    assert (status, code) == (3, "node_unreachable")
    assert (
        message
        == {"vi": f"Nút trung tâm {url} không trả lời.", "en": f"The node at {url} does not answer."}[told.language]
    )
    assert not (tmp_path / "station").exists()


@pytest.mark.parametrize(
    ("url", "name", "status", "code"),
    [
        ("http://127.0.0.1:1", "ca.pem", 2, "wrong_use"),
        ("https://127.0.0.1:1", "khac.pem", 1, "certificate_unusable"),
    ],
)
def test_what_cannot_lead_to_a_node_is_refused_before_anybody_is_asked(told, ca, tmp_path, url, name, status, code):
    (ca.parent / "khac.pem").write_bytes(bytes(range(256)))
    assert told("enrol", url, "AAAA", "--ca", ca.parent / name)[:2] == (status, code)


@pytest.fixture
def ended_ca(tmp_path):
    """The certificate authority of a node whose time is long over, as it looks to a PC with a wrong clock."""
    folder = tmp_path / "ended"
    folder.mkdir()
    tls.create(folder, ("localhost", "127.0.0.1"), datetime(1990, 1, 1, tzinfo=UTC))
    return folder / "ca.pem"


@pytest.fixture
def stranger(tmp_path):
    """An HTTPS server with a certificate of another authority."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    tls.create(folder, ("localhost", "127.0.0.1"), datetime(2026, 11, 25, tzinfo=UTC))
    with served(folder) as url:
        yield url


@contextlib.contextmanager
def served(folder):
    """Something that speaks HTTPS with the certificate of a folder, and knows no question."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_wrong_device_clock_does_not_cut_a_pc_off_from_its_node(ended_ca):
    with (
        served(ended_ca.parent) as url,
        httpx.Client(verify=pinned(ended_ca.read_text()), trust_env=False) as client,
    ):
        # The connection is made; what answers here knows no question.
        assert client.post(url).status_code == 501


def test_another_certificate_is_told_apart_from_silence(told, ca, stranger):
    status, code, message = told("enrol", stranger, "AAAA", "--ca", ca)
    assert (status, code) == (1, "node_not_genuine")
    reason = {
        "vi": f"Chứng thư ở {stranger} không phải của nút trung tâm.",
        "en": f"The certificate at {stranger} is not the node's.",
    }
    assert message == reason[told.language]


def test_the_readiness_check_tells_another_certificate_from_silence(told, ca, stranger):
    made = device.create()
    certificate = ca.read_text()
    device.save(device.home(), device.Device(made.signing, made.sealing, "TS-03-17", stranger, bytes(32), certificate))
    assert doctor_cli.CHECKS["node"]().code == "node_other"


def test_another_fingerprint_is_refused(told, ca):
    assert told("enrol", "https://127.0.0.1:1", "AAAA", "--ca", ca, "--expect", "00")[:2] == (1, "fingerprint_differs")


def test_a_damaged_enrolment_is_told_and_not_taken_for_none(told, tmp_path):
    (tmp_path / "station").mkdir()
    (tmp_path / "station" / device.FILE).write_text("{")
    assert told("status")[:2] == (3, "store_damaged")
    with pytest.raises(StoreDamaged):
        device.load(device.home())
    assert doctor_cli.CHECKS["node"]().code == "enrolment_damaged"


def test_a_folder_that_cannot_be_written_is_red_and_no_crash(told, tmp_path):
    (tmp_path / "station").write_text("a file where the folder should be")
    found = doctor_cli.CHECKS["disk"]()
    assert (found.level, found.code) == ("red", "disk_refuses")
    assert found.values["problem"] != ""


def test_every_check_has_a_name_in_both_languages():
    assert set(doctor_cli.CHECK_NAMES) == set(doctor_cli.CHECKS)
