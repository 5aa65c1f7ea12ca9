"""No call without a right, no candidate of another school, a second factor that counts once, logins that outlive a restart."""

from __future__ import annotations

import json

import pyotp
import pytest

from proctor_node.errors import Refused
from proctor_node.people import REST_SECONDS, TRIES, new_secret
from proctor_node.rights import RIGHTS, Right
from proctor_node.web import log
from proctor_node.web.app import create_app
from tests.unit.proctor_node.conftest import START
from tests.unit.proctor_node.test_web import PEOPLE, Web

# Calls whose right is something else than a login: a station's signature, a one-time code, the pages themselves.
OPEN = {
    "/v1/stations/{name}/exchange", "/v1/stations/{name}/provision", "/v1/stations/{name}/forms/{digest}", "/v1/enrol",
    "/v1/login", "/v1/logout", "/v1/slips/check",
}  # fmt: skip


@pytest.fixture
def web(bench):
    for name, role, site in PEOPLE:
        bench.node.add_account(name, role, f"mat khau cua {name}", site)
    return Web(create_app(bench.node, log.routes(bench.node, lambda html: html.encode())))


def routes(app):
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        found += list(getattr(inner, "routes", [])) or [route]
    return [route for route in found if getattr(route, "path", None)]


def right_of(route):
    return [d.call.right for d in route.dependant.dependencies if hasattr(d.call, "right")]


def test_every_call_has_a_right(bench):
    app = create_app(bench.node, log.routes(bench.node, lambda html: html.encode()))
    # Pages hold nothing of anybody: they ask the calls below for what they show.
    calls = [route for route in routes(app) if route.path.startswith("/v1/")]
    without = [r.path for r in calls if r.path not in OPEN and not (hasattr(r, "dependant") and right_of(r))]
    assert without == []
    assert len(calls) > 12


def test_every_right_is_given_to_somebody_and_the_inspector_changes_nothing():
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    changing = {Right.ACT, Right.RELEASE, Right.CHANGE_RESULTS, Right.PLAN, Right.RETAIN}
    assert not [right for right in changing if "inspector" in RIGHTS[right]]


@pytest.mark.parametrize("name", ["thanh", "hoa", "duc"])
def test_nothing_that_a_site_reads_names_a_candidate_of_another(bench, web, name):
    own = next(site for who, _, site in PEOPLE if who == name)
    others = [c.sbd for c in bench.node.plan.candidates if c.site != own]
    assert others
    web.log_in(name)
    for route in routes(web._app):
        if (
            "GET" not in getattr(route, "methods", ())
            or "{" in route.path
            or route.path in {"/v1/live", "/", "/assets"}
        ):
            continue
        told = web.ask("GET", route.path).text
        assert not [sbd for sbd in others if sbd in told], route.path
        assert not [c for c in bench.node.plan.candidates if c.personal_number in told], route.path


@pytest.mark.parametrize("name", ["thanh", "duc"])
def test_no_act_reaches_a_candidate_of_another_site_or_probes_for_one(bench, web, name):
    own = next(site for who, _, site in PEOPLE if who == name)
    other = next(c for c in bench.node.plan.candidates if c.site != own)
    web.log_in(name)
    for attempt in (bench.node.attempt_name(other), "KS12/1/99999999"):
        for kind in ("pause", "collect", "message", "move"):
            answer = web.ask(
                "POST", f"/v1/acts/{kind}", json={"attempt": attempt, "reason": "x", "text": "x", "to": "x"}
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "another_site")


def test_a_view_of_personal_data_is_logged_once_an_hour(bench, web):
    web.log_in("thanh")
    for _ in range(3):
        web.ask("GET", "/v1/board")
    looks = [what for _, _, who, what in bench.store.log_lines() if (who, what) == ("thanh", "view board LTT")]
    assert len(looks) == 1


def test_a_second_factor_is_asked_for_and_counts_once(bench):
    secret = new_secret()
    bench.node.add_account("mai", "administrator", "mat khau cua mai", "", secret)
    people = bench.node.people
    bench.clocks.node_ms = START
    code = pyotp.TOTP(secret).at(START // 1000)
    for given, reason in (("", "second_factor_wanted"), ("000000", "second_factor_wrong")):
        with pytest.raises(Refused, match=reason):
            people.log_in("mai", "mat khau cua mai", given)
    assert people.who(people.log_in("mai", "mat khau cua mai", code)).name == "mai"
    with pytest.raises(Refused, match="second_factor_wrong"):
        people.log_in("mai", "mat khau cua mai", code)


def test_an_administrator_of_a_production_node_needs_a_second_factor(bench):
    people = bench.node.people
    people.needing = frozenset({"administrator"})
    bench.node.add_account("quan", "administrator", "mat khau cua quan")
    with pytest.raises(Refused, match="second_factor_missing"):
        people.log_in("quan", "mat khau cua quan")


def test_a_login_outlives_a_restart_and_ends_with_a_new_password(bench):
    bench.node.add_account("mai", "invigilator", "mat khau cua mai", "LTT")
    token = bench.node.people.log_in("mai", "mat khau cua mai")
    again = bench.restart()
    assert again.people.who(token).name == "mai"
    assert token not in json.dumps(bench.store.logins())
    again.add_account("mai", "invigilator", "mat khau moi cua mai", "LTT")
    with pytest.raises(Refused, match="not_logged_in"):
        again.people.who(token)


def test_a_locked_account_opens_again_by_itself(bench):
    bench.node.add_account("mai", "invigilator", "mat khau cua mai", "LTT")
    for _ in range(TRIES):
        with pytest.raises(Refused, match="login_wrong"):
            bench.node.people.log_in("mai", "sai")
    with pytest.raises(Refused, match="too_many_tries"):
        bench.node.people.log_in("mai", "mat khau cua mai")
    bench.clocks.seconds += REST_SECONDS
    assert bench.node.people.log_in("mai", "mat khau cua mai")


def test_many_logins_from_one_address_are_slowed_down(web):
    most = web._app.state.limits.MOST["login"]
    told = [web.ask("POST", "/v1/login", json={"name": "nobody", "password": "x"}).status_code for _ in range(most + 1)]
    assert told[0] == 401
    assert told[-1] == 429
