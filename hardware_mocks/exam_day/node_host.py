"""The day's proctor node: a real one over HTTPS on loopback, with the bench's clock."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hardware_mocks.exam_day.clock import SharedClock
from proctor_node.adapters import tls
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.node import Clocks, Node
from proctor_node.web.app import create_app

START_SECONDS = 60.0


@dataclass(slots=True)
class NodeHost:
    """A running node."""

    node: Node
    store: SqlNodeStore
    url: str
    ca: Path
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        """End the server, then the store."""
        self.server.should_exit = True
        self.thread.join(10)
        self.store.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, clock: SharedClock) -> NodeHost:
    """A demonstration node in a folder."""
    folder.mkdir(parents=True)
    tls.create(folder, ("127.0.0.1", "localhost"), datetime.now(UTC))
    store = SqlNodeStore(f"sqlite:///{folder / 'node.sqlite'}")
    clocks = Clocks(clock.now_ms, time.monotonic)
    node = Node(store, Ed25519PrivateKey.generate(), clocks, purpose="demonstration")
    port = _free_port()
    configuration = uvicorn.Config(
        create_app(node),
        host="127.0.0.1",
        port=port,
        ssl_certfile=str(folder / "server.pem"),
        ssl_keyfile=str(folder / "server.key"),
        log_level="warning",
        access_log=False,
    )
    server = uvicorn.Server(configuration)
    thread = threading.Thread(target=server.run, name="node", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the proctor node does not start")
        time.sleep(0.02)
    return NodeHost(node, store, f"https://127.0.0.1:{port}", folder / "ca.pem", server, thread)
