"""How long assembling takes: one form in 24 codes, and four disjoint parallel forms, out of a bank of 50,000 invented items.

usage: python benchmarks/question_bank_assembly.py [ITEMS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit" / "question_bank"))

import invented_bank as bank

from question_bank import blueprint as blueprints
from question_bank import form as forms
from question_bank import mixing
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.adapters.picture_size import measure
from question_bank.assembly.assemble import Assembler


def timed(what: str, started: tuple[float, float]) -> None:
    print(f"{what}: {time.perf_counter() - started[0]:.2f} s, CPU {time.process_time() - started[1]:.2f} s")


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def main(items: int) -> None:
    """Fill a bank and assemble from it."""
    plan = blueprints.decode((files("question_bank") / "blueprints" / "toan_12_2025.toml").read_text("utf-8"))
    plan = msgspec.structs.replace(plan, rules=msgspec.structs.replace(plan.rules, states=("draft",)))
    with tempfile.TemporaryDirectory() as folder:
        store = SqlBankStore(str(Path(folder) / "bank.sqlite"))
        started = now()
        bank.fill(store, items // 54, approve=False)
        timed(f"filling a bank of {len(store.pool(''))} items", started)
        renderer = MathJaxRenderer()
        started = now()
        chance = random.Random(1)
        (original,) = Assembler(store, renderer, measure, bank.TODAY).assemble(plan, ["0101"], 1, chance).originals
        mixed = mixing.mix(original.form, list(mixing.names("0101", 24)), chance, mixing.Rules())
        size = sum(len(forms.encode(code.form)) for code in mixed.codes)
        timed(f"one form of 22 items in 24 codes ({size} bytes)", started)
        started = now()
        codes = ["0101", "0102", "0103", "0104"]
        made = Assembler(store, renderer, measure, bank.TODAY).assemble(plan, codes, 2, chance).originals
        timed("four disjoint parallel forms", started)
        print("expected mean marks:", [f"{original.expected:.4f}" for original in made if original.expected])
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
