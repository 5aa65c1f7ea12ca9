"""The Debian package and the units of the exam session: built and looked into, as far as a machine without a display can."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail

LINUX = Path(__file__).resolve().parents[3] / "packaging" / "linux"


def ran(*command: object, check: bool = True) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_debian_package_holds_program_lock_and_units_and_nothing_secret(tmp_path):
    if not shutil.which("dpkg-deb"):
        skip_or_fail("the package is built with dpkg-deb")
    wheel, lock = tmp_path / "khaothi-1.2.3-py3-none-any.whl", tmp_path / "requirements.lock"
    wheel.write_bytes(b"wheel")
    lock.write_text("x==1 --hash=sha256:00\n")
    package = tmp_path / "khaothi-station.deb"
    ran(LINUX / "build_deb.sh", wheel, lock, package)
    listed = [line.split()[-1] for line in ran("dpkg-deb", "-c", package).splitlines()]
    assert {"./usr/share/khaothi/khaothi-1.2.3-py3-none-any.whl", "./usr/share/khaothi/requirements.lock"} <= set(
        listed
    )
    assert {"./lib/systemd/system/khaothi-station.service", "./lib/systemd/system/media-khaothi.mount"} <= set(listed)
    assert not [name for name in listed if name.startswith(("./var", "./home", "./opt"))]
    owners = {line.split()[1] for line in ran("dpkg-deb", "-c", package).splitlines()}
    assert owners == {"root/root"}
    control = ran("dpkg-deb", "-f", package)
    assert "Package: khaothi-station" in control
    assert "Version: 1.2.3" in control
    for name in ("postinst", "prerm"):
        ran("sh", "-n", LINUX / name)


def test_the_units_are_understood_and_leave_the_mirror_a_place_to_write(tmp_path):
    unit = (LINUX / "khaothi-station.service").read_text()
    writable = next(line for line in unit.splitlines() if line.startswith("ReadWritePaths="))
    assert {"/var/lib/khaothi", "-/media", "-/run/user"} <= set(writable.partition("=")[2].split())
    assert "khaothi station run" in unit
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    # Program and compositor are not installed on this machine: the rest of the unit is what is checked.
    lines = ("ExecStart=/bin/true" if line.startswith("ExecStart=") else line for line in unit.splitlines())
    (tmp_path / "khaothi-station.service").write_text("\n".join(lines))
    shutil.copy(LINUX / "media-khaothi.mount", tmp_path)
    said = ran(
        "systemd-analyze", "verify", tmp_path / "khaothi-station.service", tmp_path / "media-khaothi.mount", check=False
    )
    assert not [line for line in said.splitlines() if "khaothi" in line], said
