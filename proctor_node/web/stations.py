"""What stations may call: enrolment, exchange, provision, forms. Every answer is signed by the node."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from exam_engine import exchange as x
from proctor_node.errors import NodeError, Refused
from proctor_node.node import Node
from proctor_node.ports import EnrolledStation
from proctor_node.web.requests import body_of, limit

TURN_SECONDS = 0.005


def _given_signature(request: Request) -> bytes:
    try:
        return base64.b64decode(request.headers.get(x.SIGNATURE_HEADER, ""), validate=True)
    except binascii.Error as error:
        raise Refused("station_signature_invalid") from error


def _decoded(body: bytes, kind: type[x.T]) -> x.T:
    try:
        return x.decode(body, kind)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise Refused("not_understood") from error


class _Signed:
    """Answers that carry the node's signature; a refusal is signed too."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __call__(self, path: str, body: bytes, status: int = 200, kind: str = "application/json") -> Response:
        signature = base64.b64encode(self._node.sign(path, body)).decode()
        return Response(body, status, {x.SIGNATURE_HEADER: signature}, kind)

    def refusal(self, path: str, error: NodeError) -> Response:
        reason = error.reason if isinstance(error, Refused) else error.code
        return self(path, msgspec.json.encode({"error": {"code": reason}}), 403)

    async def fetch(self, request: Request, name: str, act: Callable[[EnrolledStation, int], bytes]) -> Response:
        """Authenticate, fetch in a worker thread."""
        path, body = request.url.path, await body_of(request)
        try:
            station = self._node.authenticate(name, path, body, _given_signature(request))
            raw = await asyncio.to_thread(act, station, _decoded(body, x.SignedFetch).counter)
            return self(path, raw, kind="application/octet-stream")
        except NodeError as error:
            return self.refusal(path, error)


async def _exchange(node: Node, station: EnrolledStation, request: x.ExchangeRequest) -> x.ExchangeResponse:
    """One exchange without blocking the loop. A station that asks twice at once waits for its first answer."""
    while not node.enter(station):  # noqa: ASYNC110 - worker threads take the turn too, so no event of this loop fits
        await asyncio.sleep(TURN_SECONDS)
    try:
        pending = node.begin(station, request)
        if pending.commit is not None:
            try:
                await asyncio.wrap_future(pending.commit)
            except NodeError:
                node.doubt(pending)
                raise
        return node.finish(pending)
    finally:
        node.leave(station)


class _Exchange:
    """The hot route as a plain ASGI application: no worker thread, no framework; the loop waits for the commit that many share."""

    def __init__(self, node: Node) -> None:
        self._node, self._signed = node, _Signed(node)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path, body = scope["path"], await body_of(request)
        try:
            name = scope["path_params"]["name"]
            station = self._node.authenticate(name, path, body, _given_signature(request))
            # Shielded: what has gone to the disk must be believed even if the station hangs up meanwhile.
            told = await asyncio.shield(_exchange(self._node, station, _decoded(body, x.ExchangeRequest)))
            answer = self._signed(path, x.encode(told))
        except NodeError as error:
            answer = self._signed.refusal(path, error)
        await answer(scope, receive, send)


def hot_route(node: Node) -> Route:
    """The exchange, to be matched before all else."""
    return Route("/v1/stations/{name}/exchange", endpoint=_Exchange(node), methods=["POST"])


def routes(node: Node) -> APIRouter:
    """The calls of stations; their right is the signature of the request."""
    app = APIRouter(tags=["stations"])
    signed = _Signed(node)

    @app.post(x.ENROL_PATH)
    async def enrol(request: Request) -> Response:
        limit(request, "enrol")
        told = await asyncio.to_thread(node.enrol, _decoded(await body_of(request), x.EnrolRequest))
        return signed(x.ENROL_PATH, x.encode(told))

    @app.post("/v1/stations/{name}/provision")
    async def provision(request: Request, name: str) -> Response:
        return await signed.fetch(request, name, node.provision)

    @app.post("/v1/stations/{name}/forms/{digest}")
    async def form(request: Request, name: str, digest: str) -> Response:
        return await signed.fetch(request, name, lambda station, counter: node.fetch_form(station, counter, digest))

    return app
