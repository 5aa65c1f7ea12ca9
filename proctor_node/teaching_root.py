"""Puts the teachers' desks together: the bank of this node, the formula renderer, randomness and the clock."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from proctor_node.node import Node
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


@contextmanager
def opened(node: Node, folder: Path) -> Iterator[Desks]:
    """The desks over the bank in a node's folder."""
    with closing(SqlBankStore(f"sqlite:///{folder / BANK}")) as bank:
        desk = BankDesk(bank, MathJaxRenderer(), measure, _now, node.log)
        yield Desks(desk, ImportDesk(desk), BlueprintDesk(desk, node, random.Random, os.urandom, _pdf))
