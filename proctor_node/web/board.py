"""The live board and the acts from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from exam_engine import exchange as x
from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.web.requests import may, object_of, text_of, whole_of

LIVE_SECONDS = 1.0
Watching = Annotated[Account, may(Right.SEE_BOARD)]
Acting = Annotated[Account, may(Right.ACT)]


def routes(node: Node) -> APIRouter:
    """Board, live stream, acts, decisions."""
    app = APIRouter()

    @app.get("/v1/board")
    async def board(account: Watching) -> Response:
        raw = await asyncio.to_thread(lambda: msgspec.json.encode(node.board(account.site)))
        return Response(raw, media_type="application/json")

    @app.get("/v1/live")
    async def live(request: Request, account: Watching) -> Response:
        return StreamingResponse(_live(request, node, account.site), media_type="text/event-stream")

    @app.post("/v1/acts/{kind}")
    async def act(request: Request, kind: str, account: Acting) -> Response:
        given = await object_of(request)
        await asyncio.to_thread(_act, node, account, kind, given)
        return JSONResponse({})

    @app.post("/v1/decisions")
    async def decide(request: Request, account: Acting) -> Response:
        given = await object_of(request)

        def both() -> None:
            # The second person proves themselves here and now; their own login is not used (DESIGN.md section 4.2).
            token = node.people.log_in(text_of(given, "second"), text_of(given, "second_password"))
            second = node.people.who(token)
            node.people.log_out(token)
            attempt = text_of(given, "attempt")
            node.check_attempt(account, attempt)
            node.decide(attempt, (account.name, second.name), text_of(given, "decision"), text_of(given, "reason"))

        await asyncio.to_thread(both)
        return JSONResponse({})

    return app


def _act(node: Node, account: Account, kind: str, given: dict[str, Any]) -> None:
    attempt, reason = text_of(given, "attempt"), text_of(given, "reason")
    node.check_attempt(account, attempt)
    by = (account.name,)
    acts: dict[str, Callable[[], x.Act]] = {
        "pause": lambda: x.Pause(reason),
        "resume": x.Resume,
        "message": lambda: x.Text(text_of(given, "text")),
        "extend": lambda: x.Extend(whole_of(given, "minutes") * 60_000, reason),
        "collect": lambda: x.Collect(reason),
    }
    if kind == "move":
        node.move(attempt, by, text_of(given, "to"))
        return
    if kind not in acts:
        raise Refused("unknown_act")
    node.act(attempt, by, acts[kind]())


async def _live(request: Request, node: Node, site: str) -> AsyncIterator[bytes]:
    """A snapshot, then only what changed: seats by station, everything else whole."""
    known: dict[str, bytes] = {}
    first = True
    while not await request.is_disconnected():
        board = await asyncio.to_thread(node.board, site)
        seats = {seat.station: msgspec.json.encode(seat) for seat in board.seats}
        changed = [raw for station, raw in seats.items() if known.get(station) != raw]
        known = seats
        head = msgspec.json.encode(msgspec.structs.replace(board, seats=()))
        name = b"snapshot" if first else b"delta"
        yield b"event: " + name + b'\ndata: {"board":' + head + b',"seats":[' + b",".join(changed) + b"]}\n\n"
        first = False
        await asyncio.sleep(LIVE_SECONDS)
