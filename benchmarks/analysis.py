"""Item analysis beside R psych and girth, in one run. usage: python benchmarks/analysis.py [classical|irt|pairs|peers|million]...

Every figure is for a table in memory; reading the file is a line of its own. Medians of three; CPU seconds of the process
(all its threads) and elapsed seconds.
"""

from __future__ import annotations

import os

if __name__ == "__main__":  # as the command does: before NumPy is loaded
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from proctor_node.adapters.response_tables import read_table
from proctor_node.item_analysis import analysis, classical, coding, similarity
from proctor_node.item_analysis.irt import estimation, patterns, rasch
from proctor_node.item_analysis.key import KeyEntry
from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import Column, ResponseTable

ITEMS = 50
LETTERS = ("A", "B", "C", "D")


def measure(name: str, job: Callable[[], object], runs: int = 3) -> None:
    """Print a row: median CPU and elapsed seconds."""
    cpu, elapsed = [], []
    for _ in range(runs):
        before, started = time.process_time(), time.perf_counter()
        job()
        cpu.append(time.process_time() - before)
        elapsed.append(time.perf_counter() - started)
    print(f"| {name} | {statistics.median(cpu):.2f} | {statistics.median(elapsed):.2f} |", flush=True)


def simulated(persons: int, seed: int = 8) -> tuple[ResponseTable, list[KeyEntry], np.ndarray]:
    """A table of letters under a two-parameter model, its key, and the right/wrong matrix."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=persons)
    slopes, difficulties = rng.lognormal(0, 0.3, ITEMS), rng.normal(0, 1, ITEMS)
    columns, key, right = (
        [Column("id", tuple(str(n) for n in range(persons)), np.arange(persons, dtype=np.int32))],
        [],
        [],
    )
    for place in range(ITEMS):
        chance = 1 / (1 + np.exp(-slopes[place] * (theta - difficulties[place])))
        scored = rng.random(persons) < chance
        answer = place % 4
        codes = np.where(scored, answer, (answer + rng.choice(3, persons, p=[0.5, 0.3, 0.2]) + 1) % 4)
        columns.append(Column(f"Q{place + 1}", LETTERS, codes.astype(np.int32)))
        key.append(KeyEntry(f"Q{place + 1}", (LETTERS[answer],), "choice"))
        right.append(scored)
    return ResponseTable("simulated", persons, tuple(columns)), key, np.stack(right, axis=1).astype(np.int8)


def as_csv(table: ResponseTable, path: Path) -> None:
    """The table as a file."""
    texts = [np.array(column.labels)[column.codes] for column in table.columns]
    with path.open("w") as file:
        file.write(",".join(column.name for column in table.columns) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))


def classical_jobs(persons: int) -> None:
    """Classical statistics with distractor tables."""
    table, key, _ = simulated(persons)
    reading = coding.Reading(key)
    responses = coding.code(table, reading)

    def statistics_alone() -> None:
        fresh = Responses(responses.ids, responses.items)
        classical.analyse(fresh)

    measure(f"{persons:,} x {ITEMS}: coding the table", lambda: coding.code(table, reading))
    measure(f"{persons:,} x {ITEMS}: classical with distractor tables", statistics_alone)
    measure(f"{persons:,} x {ITEMS}: the whole document", lambda: analysis.run(table, reading))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.csv"
        as_csv(table, path)
        measure(
            f"{persons:,} x {ITEMS}: reading the CSV ({path.stat().st_size / 1e6:.0f} MB)", lambda: read_table(path), 1
        )


def model_jobs(persons: int) -> None:
    """Item response models on a matrix of right and wrong."""
    _, _, right = simulated(persons)
    matrix = right.astype(np.int16)
    found = patterns.collapse(matrix, (2,) * ITEMS)

    def fit(name: str, *, errors: bool) -> None:
        estimation.fit(name, patterns.collapse(matrix, (2,) * ITEMS), errors=errors)

    measure(f"{persons:,} x {ITEMS}: 2PL", lambda: fit("2pl", errors=False))
    measure(f"{persons:,} x {ITEMS}: 2PL with standard errors", lambda: fit("2pl", errors=True))
    measure(
        f"{persons:,} x {ITEMS}: Rasch, marginal, with standard errors and abilities", lambda: fit("rasch", errors=True)
    )
    measure(f"{persons:,} x {ITEMS}: Rasch, conditional, with standard errors", lambda: rasch.conditional(found))


def pair_jobs(persons: int) -> None:
    """All pairs, nominal model included."""
    table, key, _ = simulated(persons)
    responses = coding.code(table, coding.Reading(key))
    measure(f"{persons:,} x {ITEMS}: all {persons * (persons - 1) // 2:,} pairs", lambda: similarity.pairs(responses))


PSYCH = """
library(psych); x <- as.matrix(read.csv(commandArgs(TRUE)[1]))
for (i in 1:3) {{ t <- proc.time(); a <- suppressWarnings(alpha(x, warnings = FALSE, check.keys = FALSE)); print((proc.time() - t)[1:3]) }}
cat(sprintf("alpha %.9f\\n", a$total$raw_alpha))
"""


def peer_jobs(persons: int) -> None:
    """girth and R psych on the same matrix in the same run, where they are installed."""
    _, _, right = simulated(persons)
    import girth

    data = right.T.astype(int)
    measure(f"{persons:,} x {ITEMS}: girth, Rasch (MML)", lambda: girth.rasch_mml(data), 1)
    measure(f"{persons:,} x {ITEMS}: girth, 2PL (MML)", lambda: girth.twopl_mml(data), 1)
    if shutil.which("Rscript") is None:
        print("| R psych | not installed | |")
        return
    with tempfile.TemporaryDirectory() as folder:
        path, script = Path(folder) / "x.csv", Path(folder) / "psych.R"
        np.savetxt(path, right, fmt="%d", delimiter=",", header=",".join(f"q{n}" for n in range(ITEMS)), comments="")
        script.write_text(PSYCH.replace("{{", "{").replace("}}", "}").replace("\\\\n", "\\n"))
        told = subprocess.run(["Rscript", str(script), str(path)], capture_output=True, text=True, check=False)
        print(f"R psych::alpha (user, system, elapsed):\n{told.stdout}{told.stderr[-500:]}")


def main(parts: list[str]) -> None:
    """Measure what is named, or all."""
    print("| what | CPU s | elapsed s |\n|---|---|---|")
    if "classical" in parts:
        classical_jobs(100_000)
    if "million" in parts:
        classical_jobs(1_000_000)
    if "irt" in parts:
        model_jobs(100_000)
    if "pairs" in parts:
        pair_jobs(2_000)
    if "peers" in parts:
        peer_jobs(100_000)
    print(f"\nLargest resident size: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:] or ["classical", "million", "irt", "pairs", "peers"])
