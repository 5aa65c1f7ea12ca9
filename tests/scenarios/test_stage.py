"""The stage of the demonstration: what came up is taken down, also when the rest never came up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hardware_mocks.exam_day import node_host
from hardware_mocks.exam_day.stage import DayFailed, Stage

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Temporary files go here; the daemon's address of the other tests comes back afterwards."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", os.environ.get("PCSCLITE_CSOCK_NAME", ""))
    return tmp_path


def test_a_node_that_does_not_start_leaves_neither_a_daemon_nor_a_file_behind(folder, monkeypatch):
    def refuse(*_):
        raise RuntimeError("the proctor node does not start")

    monkeypatch.setattr(node_host, "start", refuse)
    with pytest.raises(RuntimeError, match="does not start"):
        Stage(lambda _: None)
    assert list(folder.iterdir()) == []
    assert not Path(os.environ["PCSCLITE_CSOCK_NAME"]).exists()


def test_waiting_in_vain_names_what_was_waited_for(folder):
    stage = Stage(lambda _: None)
    try:
        with pytest.raises(DayFailed, match="the cows come home"):
            stage.wait_for(lambda: False, "the cows come home", 0.1)
    finally:
        stage.close()
    assert list(folder.iterdir()) == []


def test_ctrl_c_in_a_terminal_ends_everybody_at_once_and_leaves_nothing(folder):
    khaothi = str(Path(sys.executable).parent / "khaothi")
    # As in a terminal: the signal goes to the whole group of processes, and nobody ignores it, as who runs tests in the
    # background of a shell would have them do.
    day = subprocess.Popen(
        ["env", "--default-signal=INT", khaothi, "demo", "--candidates", "1", "--headless", "--json", "--faces", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    assert day.stderr is not None
    for line in day.stderr:
        if "enrol" in line:
            break
    os.killpg(day.pid, signal.SIGINT)
    out, errors = day.communicate(timeout=60)
    assert (day.returncode, out) == (130, "")
    assert "Traceback" not in errors
    assert list(folder.iterdir()) == []
