"""The node's HTTP application: it asks the node and tells what the node says; nothing here decides.

Stations speak signed bytes; people have a cookie, and every act carries a header that no other site can send. One module for
each audience: `stations`, `login`, `board`, `results`, `release`, `pages`.
"""

from __future__ import annotations

import gc
import sys

from fastapi import APIRouter, FastAPI

from proctor_node.node import Node
from proctor_node.web import board, guard, login, pages, release, results, stations
from proctor_node.web.pages import DIST
from proctor_node.web.requests import Limits

__all__ = ["DIST", "calm_collector", "create_app"]
SWITCH_SECONDS = 0.0005
COLLECT_AT = (50_000, 20, 100)
AUDIENCES = (stations, login, board, results, release)


def calm_collector() -> None:
    """What lives as long as the node (records, plan) is not searched for rubbish again and again: a sixth of the cost of an entry."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)
    # The writer and the loop hand the interpreter to each other at every commit; five milliseconds each way is what would be waited.
    sys.setswitchinterval(SWITCH_SECONDS)


def create_app(node: Node, *more: APIRouter) -> FastAPI:
    """The application of one node; `more` are the calls of other desks (`teaching`), where there are any."""
    app = FastAPI(title="khaothi proctor node", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.node, app.state.limits = node, Limits()
    guard.install(app)
    for audience in AUDIENCES:
        app.include_router(audience.routes(node))
    for router in more:
        app.include_router(router)
    pages.install(app)
    app.router.routes.insert(0, stations.hot_route(node))
    return app
