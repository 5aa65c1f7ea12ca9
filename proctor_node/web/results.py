"""Results as the pages show them: candidate numbers, names and marks, never a card number."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from proctor_node import rights
from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.results import KeyPreview, Result
from proctor_node.rights import Right, in_scope
from proctor_node.web.requests import may, object_of, second_of, text_of, whole_of

Reading = Annotated[Account, may(Right.SEE_RESULTS)]
Changing = Annotated[Account, may(Right.CHANGE_RESULTS)]


def routes(node: Node) -> APIRouter:
    """The results of the own site, or of all from the centre."""
    app = APIRouter()

    @app.get("/v1/results")
    async def results(account: Reading) -> Response:
        await asyncio.to_thread(node.viewed, account, f"results {account.site or 'all sites'}")
        found = await asyncio.to_thread(node.marks)
        return JSONResponse(
            [
                {**shown(result), "attempt": node.attempt_name(result.candidate)}
                for result in found
                if in_scope(account, result.candidate.site)
            ]
        )

    @app.get("/v1/book")
    async def book(account: Reading) -> Response:
        return _told(await asyncio.to_thread(_book, node, account))

    _changes(app, node)
    return app


def _changes(app: APIRouter, node: Node) -> None:
    """Publication, appeals, corrections of keys. Where two are needed the second proves themselves here and now."""

    @app.post("/v1/results/publish")
    async def publish(request: Request, account: Changing) -> Response:
        await object_of(request)
        _centre(account)
        return _told({"state": (await asyncio.to_thread(node.publish, account.name)).state})

    @app.post("/v1/results/finalise")
    async def finalise(request: Request, account: Changing) -> Response:
        given = await object_of(request)
        _centre(account)
        return _told({"state": (await asyncio.to_thread(lambda: node.finalise(_two(node, account, given)))).state})

    @app.post("/v1/appeals")
    async def appeal(request: Request, account: Changing) -> Response:
        given = await object_of(request)
        attempt = text_of(given, "attempt")
        node.check_attempt(account, attempt)
        return _told(await asyncio.to_thread(node.appeal, attempt, account.name, text_of(given, "reason")))

    @app.post("/v1/appeals/decide")
    async def decide(request: Request, account: Changing) -> Response:
        given = await object_of(request)
        _centre(account)
        number, note = whole_of(given, "number"), text_of(given, "note")
        return _told(await asyncio.to_thread(lambda: node.decide_appeal(number, _two(node, account, given), note)))

    @app.post("/v1/keys/{step}")
    async def key(request: Request, step: Literal["preview", "propose", "approve"], account: Changing) -> Response:
        given = await object_of(request)
        _centre(account)
        if step == "approve":
            return _told(await asyncio.to_thread(node.approve_key, whole_of(given, "number"), account.name))
        asked = text_of(given, "digest"), text_of(given, "item"), text_of(given, "key")
        if step == "propose":
            return _told(await asyncio.to_thread(node.propose_key, *asked, account.name, text_of(given, "reason")))
        return _told(_preview(node, await asyncio.to_thread(node.preview_key, *asked)))


def _centre(account: Account) -> None:
    if account.site:
        # Keys and publication concern every site.
        raise Refused("centre_only")


def _two(node: Node, account: Account, given: dict[str, Any]) -> tuple[str, str]:
    second = second_of(node, given)
    rights.check(second, Right.CHANGE_RESULTS)
    return account.name, second.name


def _told(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


def _preview(node: Node, found: KeyPreview) -> dict[str, Any]:
    rows = []
    for attempt, before, after in found.changed:
        row = node.candidate_of(attempt)
        rows.append(
            {
                "sbd": row.sbd if row else "",
                "class": row.class_name if row else "",
                "before": str(before),
                "after": str(after),
            }
        )
    return {
        "old": found.change.old, "new": found.change.new, "gain": found.gain, "lose": found.lose, "unchanged": found.unchanged,
        "mean_before": str(found.mean_before), "mean_after": str(found.mean_after), "rows": rows,
    }  # fmt: skip


def _book(node: Node, account: Account) -> dict[str, Any]:
    """The state of results; forms and items are named for the centre, keys for nobody (a preview tells the old one)."""
    book = node.book
    appeals = []
    for appeal in book.appeals:
        row = node.candidate_of(appeal.attempt)
        if row is not None and in_scope(account, row.site):
            appeals.append({**msgspec.to_builtins(appeal), "sbd": row.sbd, "name": row.name})
    forms = [] if account.site else [
        {"code": code, "digest": digest, "items": node.items_of(digest)}
        for code, digest in node.forms_of(node.plan.shift)
    ]  # fmt: skip
    changes = [] if account.site else [msgspec.to_builtins(change) for change in book.key_changes]
    return {
        "state": book.state, "published_at": book.published_at, "published_by": list(book.published_by),
        "appeals": appeals, "key_changes": changes, "forms": forms,
        "may_change": account.role in rights.RIGHTS[Right.CHANGE_RESULTS], "centre": not account.site,
    }  # fmt: skip


def shown(result: Result) -> dict[str, Any]:
    """One line of the results."""
    return {
        "sbd": result.candidate.sbd,
        "name": result.candidate.name,
        "class": result.candidate.class_name,
        "site": result.candidate.site,
        "shift": result.candidate.shift,
        "outcome": result.outcome,
        "score": None if result.score is None else str(result.score),
        "penalty": str(result.penalty),
        "net": None if result.net is None else str(result.net),
        "by_part": {} if result.marks is None else {k: str(v) for k, v in result.marks.by_part.items()},
    }
