"""Plan and roster: who sits where, corrections with a reason, and the cleaning report of a file before anybody takes it in."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response

from exam_engine.candidate import Candidate
from proctor_node.errors import PlanUnreadable, Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.printing import RosterReader
from proctor_node.referrals import masked
from proctor_node.rights import Right
from proctor_node.web.requests import body_of, may, object_of, text_of

Planning = Annotated[Account, may(Right.PLAN)]
JSON = "application/json"
MOST_ROWS = 200


def routes(node: Node, reader: RosterReader) -> APIRouter:
    """Everything under `/v1/plan` and `/v1/roster`."""
    app = APIRouter(tags=["plan"])

    @app.get("/v1/plan")
    async def plan(account: Planning) -> Response:
        return _told(await asyncio.to_thread(_plan, node, account))

    @app.get("/v1/roster")
    async def roster(account: Planning, text: str = "", room: str = "", shift: str = "") -> Response:
        def rows() -> list[dict[str, Any]]:
            node.viewed(account, "roster")
            wanted = text.casefold().strip()
            found = [
                c
                for c in node.plan.candidates
                if room in {"", f"{c.site}/{c.room}"}
                and shift in {"", c.shift}
                and (not wanted or wanted in f"{c.sbd} {c.name}".casefold())
            ]
            return [_row(c) for c in found[:MOST_ROWS]]

        return _told(await asyncio.to_thread(rows))

    @app.post("/v1/roster/correct")
    async def correct(request: Request, account: Planning) -> Response:
        given = await object_of(request)
        values = given.get("values")
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise Refused("not_understood")
        asked = text_of(given, "sbd"), text_of(given, "shift"), values, account.name, text_of(given, "reason")
        return _told(_row(await asyncio.to_thread(node.correct, *asked)))

    @app.post("/v1/roster/preview")
    async def preview(request: Request, _: Planning) -> Response:
        raw = await body_of(request)

        def read() -> dict[str, Any]:
            try:
                return reader(raw)
            except PlanUnreadable as error:
                raise Refused("roster_unreadable") from error

        document = await asyncio.to_thread(read)
        document["errors_file"] = base64.b64encode(document["errors_file"]).decode()
        return _told(document)

    _shifts(app, node)
    return app


def _shifts(app: APIRouter, node: Node) -> None:
    @app.post("/v1/shift/{step}")
    async def shift(step: Literal["open", "close", "reopen"], request: Request, account: Planning) -> Response:
        wanted = text_of(await object_of(request), "shift")

        def act() -> None:
            if step == "open":
                node.open_shift(wanted)
            else:
                node.close_shift(wanted, account.name, closed=step == "close")

        await asyncio.to_thread(act)
        return _told({"shift": wanted, "step": step})


def _told(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type=JSON)


def _plan(node: Node, account: Account) -> dict[str, Any]:
    plan = node.plan
    counts: dict[tuple[str, str, str], int] = {}
    for row in plan.candidates:
        counts[row.shift, row.site, row.room] = counts.get((row.shift, row.site, row.room), 0) + 1
    node.viewed(account, "plan")
    return {
        "exam": {"id": plan.exam.id, "name": plan.exam.name, "subject": plan.exam.subject, "organiser": plan.exam.organiser},
        "version": plan.version, "shift": plan.shift,
        "shifts": [{"id": s.id, "starts_at": s.starts_at, "minutes": s.minutes} for s in plan.exam.shifts],
        "sites": {site.id: site.name for site in plan.exam.sites},
        "rooms": [
            {
                "site": room.site, "room": room.id, "seats": room.seats,
                "candidates": {s.id: counts.get((s.id, room.site, room.id), 0) for s in plan.exam.shifts},
            }
            for room in plan.exam.rooms
        ],
        "candidates": len(plan.candidates),
    }  # fmt: skip


def _row(row: Candidate) -> dict[str, Any]:
    return {
        "sbd": row.sbd, "name": row.name, "birth_date": row.birth_date, "sex": row.sex, "class": row.class_name,
        "personal_number": masked(row.personal_number), "site": row.site, "room": row.room, "seat": row.seat, "shift": row.shift,
        "accommodation": row.accommodation.decision,
    }  # fmt: skip
