"""The whole analysis of a table: coding, classical statistics, flags, and what else is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proctor_node.item_analysis import classical, coding, dif, document, flags, key_change, similarity
from proctor_node.item_analysis.irt.report import irt
from proctor_node.item_analysis.irt.specification import ModelName
from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import ResponseTable


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be computed beside the classical statistics."""

    model: ModelName | None = None
    group: str | None = None
    focal: str | None = None
    purify: bool = False
    pairs: bool = False
    changed_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    remarks = [document.remark(said) for said in responses.remarks]
    functioning: list[dif.ItemDif] = []
    if request.group is not None:
        split = dif.groups(responses.groups[request.group], request.focal)
        functioning = dif.analyse(responses, split, purify=request.purify)
        remarks.append(document.dif_remark(split))
        noticed = _with_dif(noticed, functioning, split)
    whole: dict[str, Any] = document.finite(
        {
            "test": document.test(found),
            "look_first": document.look_first(noticed),
            "items": [document.item(facts, noticed[facts.item.id]) for facts in found.items],
            "irt": None if request.model is None else irt(responses, request.model),
            "dif": [document.dif(item) for item in functioning],
            "pairs": [document.pair(pair, responses) for pair in similarity.pairs(responses)] if request.pairs else [],
            "key_change": document.key_change(key_change.preview(responses, request.changed_keys))
            if request.changed_keys
            else None,
            "remarks": remarks,
        }
    )
    return whole


def _with_dif(noticed: dict[str, tuple[flags.Flag, ...]], functioning: list[dif.ItemDif], split: dif.Groups) -> dict[str, tuple[flags.Flag, ...]]:  # fmt: skip
    """Flags with those of classes B and C, worst first; too few papers stay the only word."""
    for item in functioning:
        before = noticed[item.item]
        if item.ets in {"B", "C"} and item.d_dif is not None and not any(flag.code == "too_few" for flag in before):
            flag = flags.of_dif(item.ets, split.focal, item.d_dif)
            noticed[item.item] = tuple(sorted((*before, flag), key=lambda one: -one.severity))
    return noticed
