"""The start signal over HTTP: an order is asked for, and passed on with an officer's signature and share."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.web.requests import may, object_of, text_of

# Who may pass an order on; the order itself counts by the officers' signatures alone.
Releasing = Annotated[Account, may(Right.RELEASE)]


def routes(node: Node) -> APIRouter:
    """Propose and sign."""
    app = APIRouter()

    @app.post("/v1/release/propose")
    async def propose(request: Request, account: Releasing) -> Response:
        digest = text_of(await object_of(request), "digest")

        def order() -> bytes:
            plan = node.plan
            return node.propose(digest, plan.exam.shift(plan.shift).starts_at)

        raw = await asyncio.to_thread(order)
        return JSONResponse({"order": base64.b64encode(raw).decode(), "asked_by": account.name})

    @app.post("/v1/release/sign")
    async def sign(request: Request, _: Releasing) -> Response:
        given = await object_of(request)
        try:
            signature, share = (
                base64.b64decode(text_of(given, name), validate=True) for name in ("signature", "share")
            )
        except (binascii.Error, ValueError) as error:
            raise Refused("not_understood") from error
        released = await asyncio.to_thread(
            node.sign_release, text_of(given, "digest"), text_of(given, "officer"), signature, share
        )
        return JSONResponse({"released": released})

    return app
