"""The whole analysis of a table: coding, classical statistics, flags, and what else is asked for."""

from __future__ import annotations

from typing import Any

from proctor_node.item_analysis import classical, coding, document, flags
from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import ResponseTable


def run(table: ResponseTable, reading: coding.Reading) -> dict[str, Any]:
    """The document of an analysis.

    Raises:
        AnalysisError: the table cannot be analysed.
    """
    return of_responses(coding.code(table, reading))


def of_responses(responses: Responses) -> dict[str, Any]:
    """As `run`, from coded responses."""
    found = classical.analyse(responses)
    noticed = {facts.item.id: flags.of_item(facts) for facts in found.items}
    whole: dict[str, Any] = document.finite(
        {
            "test": document.test(found),
            "look_first": document.look_first(noticed),
            "items": [document.item(facts, noticed[facts.item.id]) for facts in found.items],
            "irt": None,
            "dif": [],
            "pairs": [],
            "remarks": [document.remark(said) for said in responses.remarks],
        }
    )
    return whole
