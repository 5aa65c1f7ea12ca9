"""Logging in and out. A cookie that no script can read, for this site alone."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.web.requests import COOKIE, limit, may, object_of, text_of

Entering = Annotated[Account, may(Right.ENTER)]


def _shown(account: Account) -> dict[str, str]:
    return {"name": account.name, "role": account.role, "site": account.site}


def routes(node: Node) -> APIRouter:
    """Login, logout, who am I, and the PIN with which I decide at a seat."""
    app = APIRouter()

    @app.post("/v1/login")
    async def login(request: Request) -> Response:
        given = await object_of(request)
        limit(request, "login")
        proof = text_of(given, "name"), text_of(given, "password"), text_of(given, "code")
        token = await asyncio.to_thread(node.people.log_in, *proof)
        answer = JSONResponse(_shown(node.people.who(token)))
        answer.set_cookie(COOKIE, token, httponly=True, secure=True, samesite="strict", path="/")
        return answer

    @app.post("/v1/logout")
    async def logout(request: Request) -> Response:
        node.people.log_out(request.cookies.get(COOKIE, ""))
        answer = JSONResponse({})
        answer.delete_cookie(COOKIE)
        return answer

    @app.get("/v1/me")
    async def me(account: Entering) -> dict[str, str]:
        return _shown(account)

    @app.post("/v1/me/pin")
    async def pin(request: Request, account: Entering) -> dict[str, str]:
        given = await object_of(request)
        limit(request, "login")
        proof = account.name, text_of(given, "password"), text_of(given, "code")
        await asyncio.to_thread(node.people.prove, *proof)
        await asyncio.to_thread(node.set_pin, account.name, text_of(given, "pin"))
        return _shown(account)

    return app
