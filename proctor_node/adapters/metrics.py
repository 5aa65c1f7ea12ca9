"""Figures for operators, in the form that Prometheus reads; on loopback alone, and without anything about a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from proctor_node.errors import NotReady
from proctor_node.live_board import Board


class Watched(Protocol):
    """What is asked of the node."""

    def board(self, site: str = "") -> Board:
        """The board."""

    def events_taken(self) -> int:
        """Entries of records that were taken in."""


class NodeFigures(Collector):
    """Seats by site, progress and link; alarms by level; entries taken in."""

    def __init__(self, node: Watched) -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """One reading."""
        taken = CounterMetricFamily("khaothi_record_entries", "Entries of records that were taken in")
        taken.add_metric([], self._node.events_taken())
        yield taken
        try:
            board = self._node.board()
        except NotReady:
            return
        for name, text, label, counted in (
            (
                "khaothi_seats_progress",
                "Seats by progress",
                "phase",
                Counter((s.site, s.phase) for s in board.seats if s.sbd),
            ),
            ("khaothi_seats_link", "Seats by link", "link", Counter((s.site, s.link) for s in board.seats)),
            ("khaothi_alarms", "Open alarms by level", "level", Counter((a.site, str(a.level)) for a in board.alarms)),
        ):
            family = GaugeMetricFamily(name, text, labels=["site", label])
            for labels, count in sorted(counted.items()):
                family.add_metric(list(labels), count)
            yield family


def serve(node: Watched, port: int) -> None:
    """Answer Prometheus on loopback until the process ends.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(NodeFigures(node))
    start_http_server(port, addr="127.0.0.1", registry=registry)
