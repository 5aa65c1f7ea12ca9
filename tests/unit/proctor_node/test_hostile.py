"""Whatever is sent to a call, the answer is a refusal with a code, never a crash."""

from __future__ import annotations

import pytest

from proctor_node.web import log
from proctor_node.web.app import create_app
from tests.unit.proctor_node.test_rights import routes
from tests.unit.proctor_node.test_web import Web

LONG = "x" * 100_000
BODIES = {
    "nothing": b"",
    "not JSON": b"\xff\xfe{",
    "a list": b"[]",
    "a number": b"7",
    "an empty object": b"{}",
    "deeply nested": b"[" * 5000 + b"]" * 5000,
    "wrong kinds": b'{"name": 1, "password": [], "attempt": {}, "minutes": "5", "digest": true, "reason": null, "second": 3}',
    "long texts": f'{{"name": "{LONG}", "password": "{LONG}", "attempt": "{LONG}", "reason": "{LONG}", "text": "{LONG}"}}'.encode(),
    "a zero byte": b'{"name": "a\\u0000b", "password": "x", "attempt": "\\u0000", "reason": "\\u0000"}',
    "half a surrogate": b'{"name": "\\ud800", "password": "x", "attempt": "\\ud800", "reason": "x", "digest": "\\ud800"}',
    "a huge number": b'{"minutes": 99999999999999999999999999, "attempt": "KS12/1/30000001", "reason": "x"}',
    "another attempt": b'{"attempt": "../../etc/passwd", "reason": "x", "minutes": 1, "text": "x", "to": "x", "digest": "x"}',
}


@pytest.fixture
def web(bench):
    bench.node.add_account("quan", "administrator", "mat khau cua quan")
    found = Web(create_app(bench.node, log.routes(bench.node, lambda html: html.encode())))
    found._app.state.limits.MOST = {"login": 10_000, "enrol": 10_000, "slip": 10_000}
    found.log_in("quan")
    return found


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_with_a_code(web, name):
    asked = 0
    for route in routes(web._app):
        if "POST" not in getattr(route, "methods", ()) or not route.path.startswith("/v1/"):
            continue
        for word in ("pause", "extend", "move", "KS12"):
            path = route.path.replace("{kind}", word).replace("{name}", "LTT-01-01").replace("{digest}", "ff")
            if "{" in path or route.path == "/v1/logout":
                continue
            answer = web.ask("POST", path, content=BODIES[name])
            asked += 1
            assert answer.status_code < 500, (path, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["error"]["code"], path
    assert asked > 8


@pytest.mark.parametrize("word", ["0", "-1", "99999999999999999999", "x", "%00", "..%2f..%2fetc"])
def test_a_hostile_path_is_refused(web, word):
    for route in routes(web._app):
        if "GET" in getattr(route, "methods", ()) and "{" in route.path and route.path.startswith("/v1/"):
            path = route.path.replace("{number}", word).replace("{name}", word)
            answer = web.ask("GET", path)
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
