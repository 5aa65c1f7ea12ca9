"""Many threads may read their first message at once.

msgspec 0.22 gathers what it knows of a type at its first use; threads that met there read half of it or ended the process.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOGETHER = """
import sys, threading
sys.setswitchinterval(1e-6)
{setup}
gate, wrong = threading.Barrier(8), []
def read():
    gate.wait()
    try:
        {call}
    except Exception as error:
        wrong.append(repr(error))
threads = [threading.Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
sys.exit(str(wrong[0]) if wrong else 0)
"""
MESSAGE = """
import msgspec
from exam_engine import exchange as x
receipt = x.BatchReceipt("K/1/1", 1, 1, "ab", b"", "")
told = x.Instruction(1, "", 1, (), x.Reprovision(1))
raw = x.encode(x.ExchangeResponse("TS-03-17", 1, (receipt,), (told,), 1, 1, ""))
kept = msgspec.json.encode([told])
"""
PROFILE = "from exam_engine import profile; text = profile.shipped()"
EVIDENCE = """
import msgspec
from proctor_node import evidence
from reader.evidence import IdentityEvidence
raw = msgspec.json.encode(IdentityEvidence(None, None))
"""


@pytest.mark.parametrize(
    ("setup", "call"),
    [
        (MESSAGE, "x.decode(raw, x.ExchangeResponse)"),
        (MESSAGE, "x.decode_instructions(kept)"),
        (PROFILE, "profile.load(text)"),
        (EVIDENCE, "evidence.decode(raw)"),
    ],
    ids=["message", "instructions", "profile", "evidence"],
)
def test_many_threads_may_read_their_first_message_at_once(setup, call):
    script = TOGETHER.format(setup=setup, call=call)
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-800:]
