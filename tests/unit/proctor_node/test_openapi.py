"""Schemathesis on the OpenAPI: whatever comes, from nobody or from the person with most rights, is answered without a fault."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from proctor_node.adapters.spreadsheets import preview
from proctor_node.web import log, plan
from proctor_node.web.app import create_app
from proctor_node.web.described import BODIES, document
from tests.unit.proctor_node.conftest import add_people, check_in, make_bench
from tests.unit.proctor_node.test_rights import OPEN

EXAMPLES = 8
# Streams without an end are tested in test_web.
ENDLESS = "/v1/live"


@pytest.fixture
def app(tmp_path: Path):
    bench = make_bench(tmp_path)
    bench.enrol_all()
    add_people(bench.node)
    bench.seal()
    station = bench.stations["LTT-01-01"]
    station.say(*check_in("refer", "face_uncertain", station=station.name))
    yield (
        create_app(bench.node, log.routes(bench.node, lambda html: html.encode()), plan.routes(bench.node, preview)),
        bench.node,
    )
    bench.store.close()


def operations(app):
    schema = schemathesis.openapi.from_dict(document(app))
    return [found.ok() for found in schema.get_all_operations()]


def test_every_call_that_takes_a_body_is_described(app):
    calls = document(app[0])["paths"]
    described = {path for path, methods in calls.items() if "post" in methods and "requestBody" in methods["post"]}
    assert described == set(BODIES) & set(calls)
    assert {path for path, methods in calls.items() if "post" in methods} - described == {"/v1/roster/preview"}


@pytest.mark.parametrize("name", ["", "quan", "duc"])
@pytest.mark.timeout(120)
def test_no_call_fails_whatever_comes(app, name, caplog):
    web, node = app
    cookie = node.people.log_in(name, f"mat khau cua {name}") if name else ""
    caplog.set_level(logging.ERROR)

    async def ask(case) -> httpx.Response:
        request = case.as_transport_kwargs(base_url="https://node")
        headers = dict(request.get("headers") or {}) | {"X-Khaothi": "1"}
        if cookie:
            headers["Cookie"] = f"khaothi={cookie}"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="https://node") as client:
            return await client.request(
                request["method"], request["url"], params=request.get("params"), json=request.get("json"),
                content=request.get("data") if isinstance(request.get("data"), bytes | str) else None, headers=headers,
            )  # fmt: skip

    for operation in operations(web):
        if operation.path == ENDLESS or (name and operation.path == "/v1/logout"):
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def probe(case) -> None:
            path = case.operation.path
            answer = asyncio.run(ask(case))
            assert answer.status_code < 500, (path, answer.text)
            assert "content-security-policy" in answer.headers
            if answer.status_code >= 400 and answer.headers.get("content-type") == "application/json":
                assert isinstance(json.loads(answer.content), dict)
            if not name and path.startswith("/v1/") and path not in OPEN:
                assert answer.status_code in {401, 403, 404, 405, 422}, (path, answer.status_code)
                assert "30000" not in answer.text

        probe()
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
