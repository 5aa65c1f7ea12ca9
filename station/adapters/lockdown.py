"""How far this PC is locked down, said no better than it is: what was found, and the level that follows from it.

`kiosk`: the session runs nothing but the station (packaging/linux) and nothing suspicious was found. `partial`: full screen and
focus are watched, but the system's own keys still work, or something was found. A person in the room is the control either way.
"""

from __future__ import annotations

import os
from pathlib import Path

KIOSK = "KHAOTHI_KIOSK"
REMOTE = ("SSH_CONNECTION", "XRDP_SESSION", "VNCDESKTOP", "SESSIONNAME")


def findings(root: Path = Path("/"), environment: dict[str, str] | None = None) -> tuple[str, ...]:
    """Codes of what weakens the lockdown: `no_kiosk_session`, `virtual_machine`, `remote_session`, `second_screen`.

    `root` is where /proc and /sys are looked for.
    """
    env = dict(os.environ) if environment is None else environment
    found = [] if env.get(KIOSK) == "1" else ["no_kiosk_session"]
    if "hypervisor" in _text(root / "proc/cpuinfo").partition("flags")[2].partition("\n")[0]:
        found.append("virtual_machine")
    # Windows names the console session "Console"; any other name is a remote one.
    if any(env.get(name) not in {None, "", "Console"} for name in REMOTE):
        found.append("remote_session")
    screens = sum(
        _text(path).strip() == "connected" for path in sorted((root / "sys/class/drm").glob("card*-*/status"))
    )
    if screens > 1:
        found.append("second_screen")
    return tuple(found)


def level(found: tuple[str, ...]) -> str:
    """The level as the board shows it: `kiosk`, or `partial` with the reasons."""
    return "partial: " + ", ".join(found) if found else "kiosk"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
