"""The lockdown level is never said better than it is."""

from __future__ import annotations

import pytest

from station.adapters import lockdown


@pytest.fixture
def pc(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "cpuinfo").write_text("model name\t: A\nflags\t\t: fpu vme\n")
    for name, state in (("card0-HDMI-A-1", "connected"), ("card0-DP-1", "disconnected")):
        (tmp_path / "sys/class/drm" / name).mkdir(parents=True)
        (tmp_path / "sys/class/drm" / name / "status").write_text(state + "\n")
    return tmp_path


def test_only_a_clean_kiosk_session_is_called_one(pc):
    assert lockdown.level(lockdown.findings(pc, {"KHAOTHI_KIOSK": "1"})) == "kiosk"
    assert lockdown.level(lockdown.findings(pc, {})) == "partial: no_kiosk_session"


def test_a_second_screen_a_guest_machine_and_a_remote_session_are_named(pc):
    (pc / "sys/class/drm/card0-DP-1/status").write_text("connected\n")
    (pc / "proc" / "cpuinfo").write_text("flags\t\t: fpu hypervisor vme\n")
    found = lockdown.findings(pc, {"KHAOTHI_KIOSK": "1", "SSH_CONNECTION": "10.0.0.1 22"})
    assert found == ("virtual_machine", "remote_session", "second_screen")


def test_a_machine_without_these_files_is_not_called_locked(tmp_path):
    assert lockdown.findings(tmp_path, {}) == ("no_kiosk_session",)
