"""The live board and the acts from it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from proctor_node.acts import ON_DUTY, OTHER, PENALTIES, REASONS, ActLine, Asked
from proctor_node.incidents import Incident
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.web.live import Feed
from proctor_node.web.requests import may, object_of, second_of, text_of, whole_of

Watching = Annotated[Account, may(Right.SEE_BOARD)]
Personal = Annotated[Account, may(Right.SEE_PERSONAL)]
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
            second = second_of(node, given)
            attempt = text_of(given, "attempt")
            node.check_attempt(account, attempt)
            node.check_attempt(second, attempt)
            papers = [text for text in text_of(given, "papers").split(",") if text]
            reason = text_of(given, "reason") + (f" ({', '.join(papers)})" if papers else "")
            node.decide(attempt, (account.name, second.name), text_of(given, "decision"), reason)

        await asyncio.to_thread(both)
        return JSONResponse({})

    _alarms(app, node)
    _referrals(app, node)
    return app


def _alarms(app: APIRouter, node: Node) -> None:
    """The life of a matter: taken, at work, closed with its outcome."""

    @app.post("/v1/alarms/{step}")
    async def step(request: Request, step: Literal["take", "work", "close"], account: Acting) -> Response:
        given = await object_of(request)
        key = text_of(given, "key")

        def done() -> Incident:
            if step == "take":
                return node.take_alarm(account, key, text_of(given, "to"))
            if step == "work":
                return node.work_alarm(account, key)
            return node.close_alarm(account, key, text_of(given, "outcome"), text_of(given, "confirmed"))

        return _told(await asyncio.to_thread(done))

    @app.get("/v1/incidents")
    async def incidents(account: Watching) -> Response:
        return _told(await asyncio.to_thread(node.incident_lines, account))

    @app.get("/v1/on-duty")
    async def on_duty(account: Acting) -> list[dict[str, str]]:
        here = (
            a
            for a in node.people.accounts.values()
            if a.role in ON_DUTY and (account.site in {"", a.site} or not a.site)
        )
        return [{"name": other.name, "role": other.role, "site": other.site} for other in here]


def _referrals(app: APIRouter, node: Node) -> None:
    """Cases with what is compared; every look is logged."""

    @app.get("/v1/referrals/{attempt:path}/portrait")
    async def portrait(attempt: str, account: Personal) -> Response:
        raw, kind = await asyncio.to_thread(node.picture, account, attempt, "portrait")
        return Response(raw, media_type=kind)

    @app.get("/v1/referrals/{attempt:path}/live")
    async def live(attempt: str, account: Personal) -> Response:
        raw, kind = await asyncio.to_thread(node.picture, account, attempt, "live")
        return Response(raw, media_type=kind)

    @app.get("/v1/referrals/{attempt:path}")
    async def case(attempt: str, account: Personal) -> Response:
        return _told(await asyncio.to_thread(node.case, account, attempt))

    @app.post("/v1/find")
    async def find(request: Request, account: Personal) -> Response:
        given = await object_of(request)
        return _told(await asyncio.to_thread(node.find, account, text_of(given, "text")))

    @app.get("/v1/roll")
    async def roll(account: Personal) -> Response:
        return _told(await asyncio.to_thread(node.roll, account))

    @app.post("/v1/roll")
    async def call(request: Request, account: Acting) -> Response:
        given = await object_of(request)
        attempt, state = text_of(given, "attempt"), text_of(given, "state")
        await asyncio.to_thread(node.call_roll, account, attempt, state)
        return JSONResponse({})


def _told(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


def _act(node: Node, account: Account, kind: str, given: dict[str, Any]) -> list[ActLine]:
    """Who acts has a right and a scope; where two are needed, the second proves themselves here and now."""
    by = [account]
    if given.get("second"):
        by.append(second_of(node, given))
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
