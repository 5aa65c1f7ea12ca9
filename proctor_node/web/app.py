"""The node's HTTP application: it asks the node and tells what the node says; nothing here decides.

Stations speak signed bytes; people have a cookie, and every act carries a header that no other site can send.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from exam_engine import exchange as x
from proctor_node.errors import NodeError, Refused
from proctor_node.node import Node
from proctor_node.people import ACTING, Account, Role
from proctor_node.ports import EnrolledStation

COOKIE = "khaothi"
# A page of another origin cannot set this header without asking first, so a forged form does nothing.
OWN_HEADER = "X-Khaothi"
LARGEST_BODY = 8 * 1024 * 1024
LIVE_SECONDS = 1.0
DIST = Path(__file__).parent / "dist"
UNBUILT = (
    "<!doctype html><meta charset=utf-8><title>khaothi</title><p>The page has not been built: run scripts/bootstrap."
)
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
STATUS = {"not_logged_in": 401, "login_wrong": 401, "too_many_tries": 429}


def create_app(node: Node) -> FastAPI:
    """The application of one node."""
    app = FastAPI(title="khaothi proctor node", docs_url=None, redoc_url=None)
    _guard(app)
    _station_routes(app, node)
    _people_routes(app, node)
    _release_routes(app, node)
    _pages(app)
    return app


def _guard(app: FastAPI) -> None:
    @app.exception_handler(NodeError)
    async def refused(_: Request, error: NodeError) -> Response:
        code = error.reason if isinstance(error, Refused) else error.code
        return JSONResponse({"error": {"code": code, "message": str(error)}}, STATUS.get(code, 403))

    @app.middleware("http")
    async def headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await call(request)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


# -- stations


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise Refused("too_large")
    return body


def _given_signature(request: Request) -> bytes:
    try:
        return base64.b64decode(request.headers.get(x.SIGNATURE_HEADER, ""), validate=True)
    except binascii.Error as error:
        raise Refused("station_signature_invalid") from error


def _decoded(body: bytes, kind: type[x.T]) -> x.T:
    try:
        return x.decode(body, kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Refused("not_understood") from error


def _station_routes(app: FastAPI, node: Node) -> None:
    def signed(path: str, body: bytes, status: int = 200, kind: str = "application/json") -> Response:
        signature = base64.b64encode(node.sign(path, body)).decode()
        return Response(body, status, {x.SIGNATURE_HEADER: signature}, kind)

    async def answer(
        request: Request, name: str, act: Callable[[EnrolledStation, bytes], bytes], kind: str = "application/json"
    ) -> Response:
        """Authenticate, act in a worker thread, sign the answer; a refusal is signed too."""
        path, body = request.url.path, await _body(request)
        try:
            station = node.authenticate(name, path, body, _given_signature(request))
            return signed(path, await asyncio.to_thread(act, station, body), kind=kind)
        except NodeError as error:
            reason = error.reason if isinstance(error, Refused) else error.code
            return signed(path, msgspec.json.encode({"error": {"code": reason}}), 403)

    @app.post(x.ENROL_PATH)
    async def enrol(request: Request) -> Response:
        told = await asyncio.to_thread(node.enrol, _decoded(await _body(request), x.EnrolRequest))
        return signed(x.ENROL_PATH, x.encode(told))

    @app.post("/v1/stations/{name}/exchange")
    async def exchange(request: Request, name: str) -> Response:
        def act(station: EnrolledStation, body: bytes) -> bytes:
            return x.encode(node.exchange(station, _decoded(body, x.ExchangeRequest)))

        return await answer(request, name, act)

    @app.post("/v1/stations/{name}/provision")
    async def provision(request: Request, name: str) -> Response:
        def act(station: EnrolledStation, body: bytes) -> bytes:
            return node.provision(station, _decoded(body, x.SignedFetch).counter)

        return await answer(request, name, act, "application/octet-stream")

    @app.post("/v1/stations/{name}/forms/{digest}")
    async def form(request: Request, name: str, digest: str) -> Response:
        def act(station: EnrolledStation, body: bytes) -> bytes:
            return node.fetch_form(station, _decoded(body, x.SignedFetch).counter, digest)

        return await answer(request, name, act)


# -- people


def _person(request: Request) -> Account:
    node: Node = request.app.state.node
    return node.people.who(request.cookies.get(COOKIE, ""))


def _acting(request: Request) -> Account:
    account = _person(request)
    if request.headers.get(OWN_HEADER) != "1":
        raise Refused("own_header_missing")
    if account.role not in ACTING:
        raise Refused("role_may_not_act")
    return account


# Postponed annotations are resolved among the names of the module, so the dependencies stand here and not in a closure.
Person = Annotated[Account, Depends(_person)]
Acting = Annotated[Account, Depends(_acting)]


def _releasing(request: Request) -> Account:
    """Who may pass an order on; the order itself counts by the officers' signatures alone."""
    account = _person(request)
    if request.headers.get(OWN_HEADER) != "1":
        raise Refused("own_header_missing")
    if account.role not in {"administrator", "officer"}:
        raise Refused("role_may_not_release")
    return account


Releasing = Annotated[Account, Depends(_releasing)]


def _people_routes(app: FastAPI, node: Node) -> None:
    app.state.node = node

    def scope(account: Account) -> str:
        return account.site

    @app.post("/v1/login")
    async def login(request: Request) -> Response:
        given = _object(await _body(request))
        token = await asyncio.to_thread(node.people.log_in, str(given.get("name")), str(given.get("password")))
        account = node.people.who(token)
        answer = JSONResponse({"name": account.name, "role": account.role, "site": account.site})
        answer.set_cookie(COOKIE, token, httponly=True, secure=True, samesite="strict", path="/")
        return answer

    @app.post("/v1/logout")
    async def logout(request: Request) -> Response:
        node.people.log_out(request.cookies.get(COOKIE, ""))
        answer = JSONResponse({})
        answer.delete_cookie(COOKIE)
        return answer

    @app.get("/v1/me")
    async def me(account: Person) -> dict[str, str]:
        return {"name": account.name, "role": account.role, "site": account.site}

    @app.get("/v1/board")
    async def board(account: Person) -> Response:
        raw = await asyncio.to_thread(lambda: msgspec.json.encode(node.board(scope(account))))
        return Response(raw, media_type="application/json")

    @app.get("/v1/live")
    async def live(request: Request, account: Person) -> Response:
        return StreamingResponse(
            _live(request, node, scope(account)), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @app.get("/v1/results")
    async def results(account: Person) -> Response:
        role: Role = account.role
        if role not in {"administrator", "site_head", "inspector"}:
            raise Refused("role_may_not_see_results")
        site = scope(account)
        found = [result for result in node.marks() if site in {"", result.candidate.site}]
        return JSONResponse(
            [
                {
                    "sbd": result.candidate.sbd,
                    "name": result.candidate.name,
                    "class": result.candidate.class_name,
                    "site": result.candidate.site,
                    "shift": result.candidate.shift,
                    "outcome": result.outcome,
                    "score": None if result.score is None else str(result.score),
                    "by_part": {} if result.marks is None else {k: str(v) for k, v in result.marks.by_part.items()},
                }
                for result in found
            ]
        )

    @app.post("/v1/acts/{kind}")
    async def act(request: Request, kind: str, account: Acting) -> Response:
        given = _object(await _body(request))
        await asyncio.to_thread(_act, node, account, kind, given)
        return JSONResponse({})

    @app.post("/v1/decisions")
    async def decide(request: Request, account: Acting) -> Response:
        given = _object(await _body(request))

        def both() -> None:
            # The second person proves themselves here and now; their own login is not used (DESIGN.md section 4.2).
            token = node.people.log_in(str(given.get("second")), str(given.get("second_password")))
            second = node.people.who(token)
            node.people.log_out(token)
            attempt = str(given.get("attempt"))
            _own_site(node, account, attempt)
            node.decide(attempt, (account.name, second.name), str(given.get("decision")), str(given.get("reason")))

        await asyncio.to_thread(both)
        return JSONResponse({})


def _release_routes(app: FastAPI, node: Node) -> None:
    @app.post("/v1/release/propose")
    async def propose(request: Request, account: Releasing) -> Response:
        digest = str(_object(await _body(request)).get("digest"))

        def order() -> bytes:
            plan = node.plan
            return node.propose(digest, plan.exam.shift(plan.shift).starts_at)

        raw = await asyncio.to_thread(order)
        return JSONResponse({"order": base64.b64encode(raw).decode(), "asked_by": account.name})

    @app.post("/v1/release/sign")
    async def sign(request: Request, _: Releasing) -> Response:
        given = _object(await _body(request))
        try:
            signature, share = (
                base64.b64decode(str(given.get(name)), validate=True) for name in ("signature", "share")
            )
        except binascii.Error as error:
            raise Refused("not_understood") from error
        released = await asyncio.to_thread(
            node.sign_release, str(given.get("digest")), str(given.get("officer")), signature, share
        )
        return JSONResponse({"released": released})


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise Refused("not_understood") from error
    if not isinstance(found, dict):
        raise Refused("not_understood")
    return found


def _own_site(node: Node, account: Account, attempt: str) -> None:
    """Per-site scope in one place: nobody acts on another school's candidates."""
    if not account.site:
        return
    seats = node.board(account.site).seats
    if attempt not in {seat.attempt for seat in seats}:
        raise Refused("another_site")


def _act(node: Node, account: Account, kind: str, given: dict[str, Any]) -> None:
    attempt, reason = str(given.get("attempt")), str(given.get("reason", ""))
    _own_site(node, account, attempt)
    by = (account.name,)
    acts: dict[str, Callable[[], x.Act]] = {
        "pause": lambda: x.Pause(reason),
        "resume": x.Resume,
        "message": lambda: x.Text(str(given.get("text"))),
        "extend": lambda: x.Extend(int(given.get("minutes", 0)) * 60_000, reason),
        "collect": lambda: x.Collect(reason),
    }
    if kind == "move":
        node.move(attempt, by, str(given.get("to")))
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


# -- pages


def _pages(app: FastAPI) -> None:
    folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"

    @app.get("/fonts/{weight}.ttf")
    async def font(weight: str) -> Response:
        if weight not in WEIGHTS:
            raise Refused("unknown_font")
        return FileResponse(
            folder / f"BeVietnamPro-{weight}.ttf", media_type="font/ttf", headers={"Cache-Control": "max-age=86400"}
        )

    @app.get("/")
    async def index() -> Response:
        page = DIST / "index.html"
        return FileResponse(page) if page.is_file() else HTMLResponse(UNBUILT, 503)

    if (DIST / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=DIST / "assets"))
