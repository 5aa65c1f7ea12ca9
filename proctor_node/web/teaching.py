"""The teachers' calls: bank, editor, import, blueprints, and analysis (its own module). Each asks a desk of `proctor_node.teaching`; nothing here decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node.errors import Refused
from proctor_node.people import Account
from proctor_node.rights import Right
from proctor_node.teaching.analysis_desk import AnalysisDesk
from proctor_node.teaching.bank_desk import BankDesk, Edited
from proctor_node.teaching.blueprint_desk import BlueprintDesk
from proctor_node.teaching.import_desk import ImportDesk
from proctor_node.web import analysis
from proctor_node.web.requests import body_of, may, object_of, text_of, whole_of
from question_bank.errors import ItemUnknown, QuestionBankError
from question_bank.ports import Search

Teaching = Annotated[Account, may(Right.TEACH)]
# For calls that need no name: only the right.
TEACHING = [may(Right.TEACH)]
PAGE = 50
MOST_SEED = 2**31


@dataclass(frozen=True, slots=True)
class Desks:
    """What the composition root made for teachers."""

    bank: BankDesk
    imports: ImportDesk
    blueprints: BlueprintDesk
    analysis: AnalysisDesk


async def told(work: Callable[[], dict[str, Any]]) -> Response:
    """Work in a thread; what the bank refuses has its own code and words."""
    try:
        return JSONResponse(await asyncio.to_thread(work))
    except QuestionBankError as error:
        body: dict[str, Any] = {"error": {"code": error.code, "message": str(error)}}
        if hasattr(error, "shortages"):
            body["reasons"] = [
                *({"vi": s.text_vi, "en": s.text_en} for s in error.shortages),
                *({"vi": vi, "en": en} for vi, en in error.reasons),  # type: ignore[attr-defined]
            ]
            body["advice"] = {"vi": error.advice_vi, "en": error.advice_en}  # type: ignore[attr-defined]
        return JSONResponse(body, 404 if isinstance(error, ItemUnknown) else 422)


def routes(desks: Desks) -> APIRouter:
    """Everything under `/v1/bank` and `/v1/analysis`."""
    bank = APIRouter(prefix="/v1/bank")
    _items(bank, desks.bank)
    _imports(bank, desks.imports)
    _blueprints(bank, desks.blueprints)
    app = APIRouter()
    app.include_router(bank)
    app.include_router(analysis.routes(desks.analysis))
    return app


def _search(request: Request) -> Search:
    """A search of the address's query; kinds, states and levels may stand several times."""
    given = request.query_params
    try:
        plain: dict[str, Any] = {
            name: given.get(name, "")[:200] for name in ("text", "topic", "subject", "author", "tag", "source")
        }
        plain |= {"kinds": given.getlist("kind"), "states": given.getlist("state"), "levels": given.getlist("level")}
        return msgspec.convert({**plain, "limit": PAGE, "offset": max(0, int(given.get("offset", "0")))}, Search)
    except (ValueError, msgspec.ValidationError) as error:
        raise Refused("not_understood") from error


async def _edited(request: Request) -> Edited:
    try:
        return msgspec.convert(await object_of(request), Edited)
    except msgspec.ValidationError as error:
        raise Refused("not_understood") from error


def _items(app: APIRouter, desk: BankDesk) -> None:
    @app.get("/items", dependencies=TEACHING)
    async def items(request: Request) -> Response:
        wanted = _search(request)
        return await told(lambda: desk.search(wanted))

    @app.get("/items/{identifier}", dependencies=TEACHING)
    async def item(identifier: str, version: int | None = None) -> Response:
        return await told(lambda: desk.item(identifier, version))

    @app.get("/items/{identifier}/key")
    async def key(identifier: str, version: int, account: Teaching) -> Response:
        return await told(lambda: desk.key(identifier, version, account.name))

    @app.post("/preview", dependencies=TEACHING)
    async def preview(request: Request) -> Response:
        edited = await _edited(request)
        return await told(lambda: desk.preview(edited))

    @app.post("/items")
    async def save(request: Request, account: Teaching) -> Response:
        edited = await _edited(request)
        return await told(lambda: desk.save(edited, account.name))

    @app.post("/items/{identifier}/review")
    async def review(identifier: str, request: Request, account: Teaching) -> Response:
        given = await object_of(request)
        target, note, version = text_of(given, "target"), text_of(given, "note"), whole_of(given, "version")
        return await told(lambda: desk.review(identifier, version, target, account.name, note))


def _imports(app: APIRouter, desk: ImportDesk) -> None:
    @app.post("/import", dependencies=TEACHING)
    async def report(request: Request, name: str = "") -> Response:
        raw = await body_of(request)
        return await told(lambda: desk.report(raw, name))

    @app.post("/import/keep")
    async def keep(request: Request, account: Teaching, name: str = "", places: str = "") -> Response:
        raw = await body_of(request)
        try:
            chosen = [int(place) for place in places.split(",") if place]
        except ValueError as error:
            raise Refused("not_understood") from error
        return await told(lambda: desk.keep(raw, name, chosen, account.name))


def _blueprints(app: APIRouter, desk: BlueprintDesk) -> None:
    @app.post("/blueprint", dependencies=TEACHING)
    async def there(request: Request) -> Response:
        given = await object_of(request)
        return await told(lambda: desk.there(given))

    @app.post("/blueprint/print/{what}", dependencies=TEACHING)
    async def printed(what: str, request: Request) -> Response:
        given = await object_of(request)
        try:
            raw = await asyncio.to_thread(desk.printed, given, what)
        except QuestionBankError as error:
            return JSONResponse({"error": {"code": error.code, "message": str(error)}}, 422)
        return Response(raw, media_type="application/pdf")

    @app.post("/blueprint/forms")
    async def make(request: Request, account: Teaching) -> Response:
        given = await object_of(request)
        codes, seed, first = whole_of(given, "codes"), whole_of(given, "seed"), text_of(given, "first", 8)
        if not 0 <= seed < MOST_SEED:
            raise Refused("not_understood")
        return await told(lambda: desk.make(given.get("blueprint"), codes, first, seed, account.name))
