"""Results as the pages show them: candidate numbers, names and marks, never a card number."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.results import Result
from proctor_node.rights import Right, in_scope
from proctor_node.web.requests import may

Reading = Annotated[Account, may(Right.SEE_RESULTS)]


def routes(node: Node) -> APIRouter:
    """The results of the own site, or of all from the centre."""
    app = APIRouter()

    @app.get("/v1/results")
    async def results(account: Reading) -> Response:
        await asyncio.to_thread(node.viewed, account, f"results {account.site or 'all sites'}")
        found = await asyncio.to_thread(node.marks)
        return JSONResponse([shown(result) for result in found if in_scope(account, result.candidate.site)])

    return app


def shown(result: Result) -> dict[str, Any]:
    """One line of the results."""
    return {
        "sbd": result.candidate.sbd,
        "name": result.candidate.name,
        "class": result.candidate.class_name,
        "site": result.candidate.site,
        "shift": result.candidate.shift,
        "outcome": result.outcome,
        "score": None if result.score is None else str(result.score),
        "by_part": {} if result.marks is None else {k: str(v) for k, v in result.marks.by_part.items()},
    }
