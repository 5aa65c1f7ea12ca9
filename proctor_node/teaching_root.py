"""Puts the teachers' desks together: the bank of this node, the formula renderer, randomness and the clock."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proctor_node.node import Node
from proctor_node.teaching.analysis_desk import AnalysisDesk
from proctor_node.teaching.bank_desk import BankDesk
from proctor_node.teaching.blueprint_desk import BlueprintDesk
from proctor_node.teaching.import_desk import ImportDesk
from proctor_node.web.teaching import Desks
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.adapters.picture_size import measure

BANK = "bank.sqlite"


def _now() -> datetime:
    return datetime.now(UTC)


def _pdf(html: str) -> bytes:
    from question_bank.adapters import printing

    return printing.pdf(html)


def _report(document: Mapping[str, Any], ending: str, language: str) -> bytes:
    # Charts take a second to load; only who prints a report pays for it.
    from proctor_node.adapters.analysis_report import write_report

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"report{ending}"
        write_report(path, document, language)
        return path.read_bytes()


@contextmanager
def opened(node: Node, folder: Path) -> Iterator[Desks]:
    """The desks over the bank in a node's folder."""
    with closing(SqlBankStore(f"sqlite:///{folder / BANK}")) as bank:
        desk = BankDesk(bank, MathJaxRenderer(), measure, _now, node.log)
        blueprints = BlueprintDesk(desk, node, random.Random, os.urandom, _pdf)
        yield Desks(desk, ImportDesk(desk), blueprints, AnalysisDesk(node, _report))
