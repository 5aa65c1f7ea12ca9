"""The live board and the acts from it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from proctor_node.acts import OTHER, PENALTIES, REASONS, ActLine, Asked
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.web.live import Feed
from proctor_node.web.requests import may, object_of, text_of, whole_of

Watching = Annotated[Account, may(Right.SEE_BOARD)]
Acting = Annotated[Account, may(Right.ACT)]


def routes(node: Node) -> APIRouter:
    """Board, live stream, acts, decisions."""
    app = APIRouter()
    feed = Feed(node)

    @app.get("/v1/board")
    async def board(account: Watching) -> Response:
        await asyncio.to_thread(node.viewed, account, f"board {account.site or 'all sites'}")
        raw = await asyncio.to_thread(lambda: msgspec.json.encode(node.board(account.site)))
        return Response(raw, media_type="application/json")

    @app.get("/v1/live")
    async def live(request: Request, account: Watching) -> Response:
        await asyncio.to_thread(node.viewed, account, f"board {account.site or 'all sites'}")
        return StreamingResponse(feed.frames(account.site, request.is_disconnected), media_type="text/event-stream")

    @app.post("/v1/acts/{kind}")
    async def act(request: Request, kind: str, account: Acting) -> Response:
        given = await object_of(request)
        lines = await asyncio.to_thread(_act, node, account, kind, given)
        return JSONResponse({"lines": [line.number for line in lines]})

    @app.post("/v1/decisions")
    async def decide(request: Request, account: Acting) -> Response:
        given = await object_of(request)

        def both() -> None:
            # The second person proves themselves here and now; their own login is not used (DESIGN.md section 4.2).
            proof = text_of(given, "second_password"), text_of(given, "second_code")
            second = node.people.prove(text_of(given, "second"), *proof)
            attempt = text_of(given, "attempt")
            node.check_attempt(account, attempt)
            node.decide(attempt, (account.name, second.name), text_of(given, "decision"), text_of(given, "reason"))

        await asyncio.to_thread(both)
        return JSONResponse({})

    return app


def _act(node: Node, account: Account, kind: str, given: dict[str, Any]) -> list[ActLine]:
    """Who acts has a right and a scope; where two are needed, the second proves themselves here and now."""
    by = [account]
    if given.get("second"):
        proof = text_of(given, "second_password"), text_of(given, "second_code")
        by.append(node.people.prove(text_of(given, "second"), *proof))
    reason = text_of(given, "reason")
    known = reason in REASONS.get(text_of(given, "category"), ())
    violation = kind in PENALTIES
    asked = Asked(
        kind=kind, attempt=text_of(given, "attempt"), site=text_of(given, "site") or account.site, room=text_of(given, "room"),
        category=text_of(given, "category") or ("vi_pham" if violation else "ky_thuat"), reason=reason if known else OTHER,
        # A page that knows no codes sends words: they are the note.
        note=text_of(given, "note") if known else (text_of(given, "note") or reason),
        minutes=whole_of(given, "minutes") if kind in {"extend", "compensate"} else 0, text=text_of(given, "text"),
        to=text_of(given, "to"),
    )  # fmt: skip
    return node.perform(asked, tuple(by))
