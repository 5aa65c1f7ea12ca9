"""The incident log with its minutes, the log of acts and looks, the fleet, and measured use."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from proctor_node import rights
from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.printing import Printer
from proctor_node.rights import Right, in_scope
from proctor_node.web.requests import may, object_of, second_of, text_of

Watching = Annotated[Account, may(Right.SEE_BOARD)]
Reading = Annotated[Account, may(Right.SEE_LOG)]
Equipping = Annotated[Account, may(Right.SEE_FLEET)]
Planning = Annotated[Account, may(Right.PLAN)]
Acting = Annotated[Account, may(Right.ACT)]
JSON, PDF = "application/json", "application/pdf"


def routes(node: Node, printer: Printer) -> APIRouter:
    """Log, minutes, fleet, use."""
    app = APIRouter(tags=["log"])

    @app.get("/v1/acts")
    async def acts(account: Watching) -> Response:
        found = await asyncio.to_thread(node.act_lines, account)
        return Response(msgspec.json.encode(found), media_type=JSON)

    @app.get("/v1/acts/{number}/minutes.pdf")
    async def minutes(number: int, account: Reading) -> Response:
        def printed() -> bytes:
            html, site = node.minutes_of(number)
            if not in_scope(account, site):
                raise Refused("another_site")
            node.viewed(account, f"minutes {number}")
            return printer(html)

        return Response(await asyncio.to_thread(printed), media_type=PDF)

    @app.get("/v1/log")
    async def log(account: Reading) -> Response:
        if account.site:
            # The log names people of every site; a site reads its own acts instead.
            raise Refused("centre_only")
        lines = await asyncio.to_thread(node.store.log_lines)
        told = [{"number": n, "at": at, "who": who, "what": what} for n, at, who, what in lines]
        return Response(msgspec.json.encode(told), media_type=JSON)

    @app.get("/v1/use")
    async def use(account: Reading) -> Response:
        document = await asyncio.to_thread(node.measured_use, account.site)
        return Response(msgspec.json.encode(document), media_type=JSON)

    _fleet(app, node)
    return app


def _fleet(app: APIRouter, node: Node) -> None:
    """PCs, the build that they must have, and who lets another in."""

    @app.get("/v1/fleet")
    async def fleet(account: Equipping) -> Response:
        found = await asyncio.to_thread(node.fleet)
        return Response(msgspec.json.encode([line for line in found if in_scope(account, line.site)]), media_type=JSON)

    @app.get("/v1/fleet/expected")
    async def expected(_: Equipping) -> dict[str, Any]:
        return {"build": node.fleet_build, "fixed": bool(node.fixed_build)}

    @app.post("/v1/fleet/fix")
    async def fix(request: Request, account: Planning) -> Response:
        build = text_of(await object_of(request), "build", 100)
        await asyncio.to_thread(node.fix_build, build, account.name)
        return Response(msgspec.json.encode({"build": node.fleet_build}), media_type=JSON)

    @app.post("/v1/fleet/let-in")
    async def let_in(request: Request, account: Acting) -> Response:
        given = await object_of(request)
        if account.site:
            raise Refused("centre_only")

        def both() -> None:
            second = second_of(node, given)
            rights.check(second, Right.ACT)
            node.let_in(text_of(given, "build"), (account.name, second.name), text_of(given, "reason"))

        await asyncio.to_thread(both)
        return Response(b"{}", media_type=JSON)
