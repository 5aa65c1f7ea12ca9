"""The whole analysis of a table: coding, classical statistics, flags, and what else is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proctor_node.item_analysis import classical, coding, document, flags
from proctor_node.item_analysis.irt.report import irt
from proctor_node.item_analysis.irt.specification import ModelName
from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import ResponseTable


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be computed beside the classical statistics."""

    model: ModelName | None = None


def run(table: ResponseTable, reading: coding.Reading, request: Request | None = None) -> dict[str, Any]:
    """The document of an analysis.

    Raises:
        AnalysisError: the table cannot be analysed.
    """
    return of_responses(coding.code(table, reading), request or Request())


def of_responses(responses: Responses, request: Request) -> dict[str, Any]:
    """As `run`, from coded responses."""
    found = classical.analyse(responses)
    noticed = {facts.item.id: flags.of_item(facts) for facts in found.items}
    whole: dict[str, Any] = document.finite(
        {
            "test": document.test(found),
            "look_first": document.look_first(noticed),
            "items": [document.item(facts, noticed[facts.item.id]) for facts in found.items],
            "irt": None if request.model is None else irt(responses, request.model),
            "dif": [],
            "pairs": [],
            "remarks": [document.remark(said) for said in responses.remarks],
        }
    )
    return whole
