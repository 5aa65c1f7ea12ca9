"""The analysis page's calls: which papers there are, the analysis of some of them, and the same as a file."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node.errors import Refused
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.teaching.analysis_desk import AnalysisDesk, Wanted
from proctor_node.web.requests import may

Teaching = Annotated[Account, may(Right.TEACH)]
LONGEST = 200
MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def routes(desk: AnalysisDesk) -> APIRouter:
    """Everything under `/v1/analysis`."""
    app = APIRouter(prefix="/v1/analysis")
    # An analysis takes a second of one core: one at a time leaves the other to the exam.
    one_at_a_time = asyncio.Semaphore(1)

    @app.get("")
    async def choices(account: Teaching) -> Response:
        return JSONResponse(await asyncio.to_thread(desk.choices, account))

    @app.get("/report")
    async def report(request: Request, account: Teaching) -> Response:
        wanted = _wanted(request)
        async with one_at_a_time:
            return JSONResponse(await asyncio.to_thread(desk.report, account, wanted))

    @app.get("/report.{ending}")
    async def file(
        request: Request, ending: Literal["pdf", "xlsx"], account: Teaching, language: str = "vi"
    ) -> Response:
        wanted = _wanted(request)
        async with one_at_a_time:
            raw = await asyncio.to_thread(desk.file, account, wanted, f".{ending}", language)
        name = f'attachment; filename="phan-tich.{ending}"'
        return Response(raw, media_type=MEDIA[ending], headers={"Content-Disposition": name})

    return app


def _wanted(request: Request) -> Wanted:
    given = request.query_params
    values = [given.get(name, "") for name in ("paper", "code", "site", "class")]
    if any(len(value) > LONGEST or "\x00" in value for value in values):
        raise Refused("not_understood")
    return Wanted(*values)
