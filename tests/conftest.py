"""Fixtures that several folders share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# The tests read English; those about language choose it themselves.
os.environ["KHAOTHI_LANGUAGE"] = "en"
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")


def skip_or_fail(reason: str) -> None:
    """Missing means of test are an error in CI and a loud skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data; tests that need it skip without it."""
    folder = Path(os.environ.get("KHAOTHI_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder} (set KHAOTHI_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def pcsc_bench():
    """A private PC/SC daemon with eight virtual readers."""
    from hardware_mocks.vpcd.bench import BenchUnavailable, PcscBench

    try:
        bench = PcscBench()
    except BenchUnavailable as error:
        skip_or_fail(str(error))
    os.environ["PCSCLITE_CSOCK_NAME"] = bench.socket
    yield bench
    bench.close()
