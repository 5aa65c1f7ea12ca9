"""What the bodies of calls hold, for the OpenAPI document: calls read their JSON themselves, so it is said here, in one table.

The document is for testers and for programs of the organiser; the node serves it to nobody.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

WHOLE, OBJECT = "integer", "object"
SECOND = {"second": "string", "second_password": "string", "second_code": "string"}
KEY = {"digest": "string", "item": "string", "key": "string"}
BODIES: dict[str, dict[str, str]] = {
    "/v1/login": {"name": "string", "password": "string", "code": "string"},
    "/v1/logout": {},
    "/v1/me/pin": {"password": "string", "code": "string", "pin": "string"},
    "/v1/enrol": {"code": "string", "signing_key": "string", "sealing_key": "string", "build": "string"},
    "/v1/stations/{name}/provision": {"station": "string", "counter": WHOLE},
    "/v1/stations/{name}/forms/{digest}": {"station": "string", "counter": WHOLE},
    "/v1/acts/{kind}": {
        "attempt": "string", "site": "string", "room": "string", "category": "string", "reason": "string", "note": "string",
        "minutes": WHOLE, "text": "string", "to": "string", **SECOND,
    },
    "/v1/decisions": {"attempt": "string", "decision": "string", "reason": "string", "papers": "string", **SECOND},
    "/v1/alarms/{step}": {"key": "string", "to": "string", "outcome": "string", "confirmed": "string"},
    "/v1/find": {"text": "string"},
    "/v1/roll": {"attempt": "string", "state": "string"},
    "/v1/release/propose": {"digest": "string", "scope": "string"},
    "/v1/release/sign": {"digest": "string", "officer": "string", "signature": "string", "share": "string", "scope": "string"},
    "/v1/release/again": {"station": "string"},
    "/v1/results/publish": {},
    "/v1/results/finalise": SECOND,
    "/v1/appeals": {"attempt": "string", "reason": "string"},
    "/v1/appeals/decide": {"number": WHOLE, "note": "string", **SECOND},
    "/v1/keys/{step}": {**KEY, "reason": "string", "number": WHOLE},
    "/v1/fleet/fix": {"build": "string"},
    "/v1/fleet/let-in": {"build": "string", "reason": "string", **SECOND},
    "/v1/shift/{step}": {"shift": "string"},
    "/v1/roster/correct": {"sbd": "string", "shift": "string", "values": OBJECT, "reason": "string"},
}  # fmt: skip


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the bodies of all calls."""
    whole = app.openapi()
    for path, fields in BODIES.items():
        if path not in whole["paths"] or "post" not in whole["paths"][path]:
            continue
        properties = {name: {"type": kind} for name, kind in fields.items()}
        content = {"application/json": {"schema": {"type": "object", "properties": properties}}}
        whole["paths"][path]["post"]["requestBody"] = {"required": True, "content": content}
    return whole
