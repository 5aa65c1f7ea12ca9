"""What every answer carries, and how refusals are told."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exam_engine.errors import places
from proctor_node.errors import NodeError, Refused

LOG = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Strict-Transport-Security": "max-age=31536000",
}
ALWAYS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
BROKEN = {"error": {"code": "node_fault", "message": "the node could not do this; its log says where"}}
NO_STORE = (b"cache-control", b"no-store")
STATUS = {
    "not_logged_in": 401, "login_wrong": 401, "second_factor_wrong": 401, "too_many_tries": 429, "too_many_requests": 429,
    "too_large": 413, "not_understood": 422, "unknown_form": 404, "unknown_font": 404, "unknown_attempt": 404, "no_picture": 404, "alarm_gone": 409,
    "node_store_unusable": 503,
}  # fmt: skip


def install(app: FastAPI) -> None:
    """Refusals as one JSON shape; strict headers on everything."""

    @app.exception_handler(NodeError)
    async def refused(_: Request, error: NodeError) -> Response:
        code = error.reason if isinstance(error, Refused) else error.code
        return JSONResponse({"error": {"code": code, "message": str(error)}}, STATUS.get(code, 403))

    app.add_middleware(_Guard)


class _Guard:
    """Strict headers on every answer, and no words of a fault in a log; plain ASGI: the hot route pays for every layer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = [*ALWAYS, NO_STORE] if scope["path"].startswith("/v1/") else ALWAYS

        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        try:
            await self._app(scope, receive, told)
        except ClientDisconnect:
            return  # Whoever hung up wants no answer; what they had sent in full is done all the same.
        except Exception as error:  # noqa: BLE001 - whatever it was
            # The server would write the fault's own words into its log, with all that they quote of a request.
            LOG.error("no answer to %s: %s", scope["method"], places(error))  # noqa: TRY400
            if begun:
                raise ConnectionAbortedError("the answer broke off") from None
            await JSONResponse(BROKEN, 500)(scope, receive, told)
