"""Figures for operators: counts that add up, and nobody's name."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from exam_engine import events as e
from proctor_node.adapters.metrics import NodeFigures


def test_figures_count_seats_alarms_and_entries_and_name_nobody(bench):
    station = bench.seat_at_work("LTT-01-01", e.HelpRequested("pc"))
    registry = CollectorRegistry()
    registry.register(NodeFigures(bench.node))
    told = generate_latest(registry).decode()

    assert f"khaothi_record_entries_total {float(station.sequence)}" in told
    assert 'khaothi_seats_progress{phase="working",site="LTT"} 1.0' in told
    assert 'khaothi_seats_link{link="none",site="TS"} 4.0' in told
    assert 'khaothi_alarms{level="2",site="LTT"} 1.0' in told
    assert not [c for c in bench.node.plan.candidates if c.sbd in told or c.name in told]
