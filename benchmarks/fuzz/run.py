"""Coverage-guided fuzzing of everything that parses foreign bytes, with atheris.

    nice -n 15 python benchmarks/fuzz/run.py TARGET... [--runs 2000000] [--minutes 30] [--corpus DIR] [--out FILE]

Each target runs in a process of its own until so many executions or so many minutes of its processor time are spent. It
fails on any exception but the typed ones, on an input that takes longer than ten seconds, and above 1 GiB of memory. What
was executed and how coverage grew is appended to FILE as one JSON line a target; inputs that failed are kept beside the
corpus, to become tests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
LINE = re.compile(r"#(\d+)\s+\S+\s+cov: (\d+) ft: (\d+).*?exec/s: (\d+) rss: (\d+)Mb")
SPENT = re.compile(r"spent (\d+) ([\d.]+)")
SECONDS_AN_INPUT, MEGABYTES = 10, 1024


def child(name: str, runs: int, seconds: float, arguments: list[str]) -> None:
    """Inside the process of one target: instrument, then fuzz until runs or processor time are spent."""
    import atheris

    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["reader"]):
        from benchmarks.fuzz.targets import TARGETS
    run, done = TARGETS[name].run, 0

    def one(raw: bytes) -> None:
        nonlocal done
        run(raw)
        done += 1
        if done >= runs or (done % 256 == 0 and time.process_time() > seconds):
            # The library's own ways to stop lose the count.
            print(f"spent {done} {time.process_time():.1f}", file=sys.stderr, flush=True)
            os._exit(0)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def seeded(name: str, corpus: Path) -> Path:
    sys.path.insert(0, str(ROOT))
    from benchmarks.fuzz.targets import TARGETS

    folder = corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    return folder


def children_seconds() -> float:
    """Processor time of all targets that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(name: str, runs: int, minutes: float, corpus: Path) -> dict[str, object]:
    """One target; what it did."""
    from benchmarks.fuzz.targets import TARGETS

    folder = seeded(name, corpus)
    limits = [f"-timeout={SECONDS_AN_INPUT}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={TARGETS[name].longest}"]
    command = [sys.executable, str(HERE), "--child", name, str(runs), str(minutes * 60), *limits, f"-artifact_prefix={corpus}/{name}-", str(folder)]  # fmt: skip
    started, before, spent, executions = time.monotonic(), children_seconds(), 0.0, 0
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    curve: list[tuple[int, int, int, int]] = []
    tail: list[str] = []
    assert process.stderr is not None
    for line in process.stderr:
        found = LINE.search(line)
        if found:
            curve.append((int(found[1]), int(found[2]), int(found[3]), int(found[5])))
        final = SPENT.match(line)
        if final:
            executions, spent = int(final[1]), float(final[2])
        tail = [*tail[-40:], line.rstrip()]
    failed = process.wait() != 0
    if not executions and curve:
        # Ended from outside (SIGUSR1): at least so many were executed.
        executions, spent = curve[-1][0], children_seconds() - before
    if failed:
        print("\n".join(tail), file=sys.stderr)
    wall = time.monotonic() - started
    return {
        **growth(name, curve, executions),
        "cpu_seconds": round(spent, 1),
        "wall_seconds": round(wall, 1),
        "failed": failed,
    }


def growth(name: str, curve: list[tuple[int, int, int, int]], executions: int) -> dict[str, object]:
    """How coverage and memory grew; a plateau is a last new line of code long before the end."""
    _, coverage, features, memory = curve[-1] if curve else (0, 0, 0, 0)
    return {
        "target": name,
        "executions": executions,
        "coverage": coverage,
        "coverage_at_half": next((found for at, found, _, _ in reversed(curve) if at <= executions / 2), 0),
        "last_new_coverage_at": next((at for at, found, _, _ in curve if found == coverage), 0),
        "features": features,
        "memory_mb": memory,
        "memory_mb_at_tenth": next((m for at, _, _, m in curve if at >= executions / 10), memory),
    }


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:])
        return 0
    sys.path.insert(0, str(ROOT))
    from benchmarks.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], help="all without a name")
    parser.add_argument("--runs", type=int, default=2_000_000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path(tempfile.gettempdir()) / "khaothi-fuzz",
        help="where inputs are kept between runs",
    )
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    failed = False
    for name in given.targets or TARGETS:
        figures = fuzz(name, given.runs, given.minutes, given.corpus)
        failed |= bool(figures["failed"])
        print(json.dumps(figures), flush=True)
        if given.out is not None:
            with given.out.open("a") as stream:
                stream.write(json.dumps(figures) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
