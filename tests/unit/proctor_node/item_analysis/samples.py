"""Tables for item analysis: the LSAT patterns, and small tests made up here."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from proctor_node.item_analysis.key import KeyEntry
from proctor_node.item_analysis.table import ResponseTable

VECTORS = Path(__file__).resolve().parents[3] / "vectors" / "lsat" / "patterns.csv"


def lsat(name):
    """Rows of 0 and 1, shape (1000, 5)."""
    with VECTORS.open() as file:
        rows = [row for row in csv.DictReader(file) if row["test"] == name]
    patterns = [[int(row[f"item{place}"]) for place in range(1, 6)] for row in rows]
    return np.repeat(np.array(patterns), [int(row["frequency"]) for row in rows], axis=0)


def table_of(rows, names=None):
    """A table of marks with identifiers."""
    names = names or [f"item{place}" for place in range(1, len(rows[0]) + 1)]
    cells = [[f"P{number}", *map(str, row)] for number, row in enumerate(rows, 1)]
    return ResponseTable.from_rows("made up", ["id", *names], cells)


def choices(persons=400, items=12, seed=3, wrong_key=None):
    """Letters of a simulated test, and its key; the key of one item may be given wrongly."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=persons)
    columns, key = [], []
    for place in range(items):
        right = rng.random(persons) < 1 / (1 + np.exp(-1.4 * (theta - np.linspace(-1.2, 1.2, items)[place])))
        answer = place % 4
        given = np.where(right, answer, (answer + rng.integers(1, 4, persons)) % 4)
        columns.append(np.array(list("ABCD"))[given])
        told = (answer + 1) % 4 if place == wrong_key else answer
        key.append(KeyEntry(f"Q{place + 1}", ("ABCD"[told],), "choice"))
    rows = [[f"P{number}", *row] for number, row in enumerate(np.stack(columns, axis=1), 1)]
    return ResponseTable.from_rows("made up", ["id", *(entry.item for entry in key)], rows), key
