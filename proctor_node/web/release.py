"""The start signal over HTTP: an order is asked for, and passed on with an officer's signature and share."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right, check_site
from proctor_node.web.requests import may, object_of, text_of
from question_bank.sealed_form import EVERYWHERE

# Who may pass an order on; the order itself counts by the officers' signatures alone.
Releasing = Annotated[Account, may(Right.RELEASE)]
Watching = Annotated[Account, may(Right.SEE_BOARD)]
Acting = Annotated[Account, may(Right.ACT)]


def routes(node: Node) -> APIRouter:
    """Propose and sign."""
    app = APIRouter()

    @app.get("/v1/release")
    async def standing(account: Watching) -> Response:
        document = await asyncio.to_thread(node.release_status, account.site)
        return Response(msgspec.json.encode(document), media_type="application/json")

    @app.post("/v1/release/propose")
    async def propose(request: Request, account: Releasing) -> Response:
        given = await object_of(request)
        digest, scope = text_of(given, "digest"), text_of(given, "scope") or EVERYWHERE

        def order() -> bytes:
            plan = node.plan
            return node.propose(digest, plan.exam.shift(plan.shift).starts_at, scope)

        raw = await asyncio.to_thread(order)
        return JSONResponse({"order": base64.b64encode(raw).decode(), "scope": scope, "asked_by": account.name})

    @app.post("/v1/release/sign")
    async def sign(request: Request, _: Releasing) -> Response:
        given = await object_of(request)
        try:
            signature, share = (
                base64.b64decode(text_of(given, name), validate=True) for name in ("signature", "share")
            )
        except (binascii.Error, ValueError) as error:
            raise Refused("not_understood") from error
        scope = text_of(given, "scope") or EVERYWHERE
        released = await asyncio.to_thread(
            node.sign_release, text_of(given, "digest"), text_of(given, "officer"), signature, share, scope
        )
        return JSONResponse({"released": released})

    @app.post("/v1/release/again")
    async def again(request: Request, account: Acting) -> Response:
        station = text_of(await object_of(request), "station")

        def sent() -> None:
            known = next((s for s in node.stations() if s.station == station), None)
            if known is None:
                raise Refused("another_site" if account.site else "unknown_station")
            check_site(account, known.seat.site)
            node.send_release_again(station, account.name)

        await asyncio.to_thread(sent)
        return JSONResponse({})

    return app
