"""What goes up and down between a station and its node, and what may come at the wrong moment."""

from __future__ import annotations

import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from hardware_mocks.lone_station import ATTEMPT, MINUTE, START, LoneStation
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.adapters import installed
from station.exchange_loop import REFUSED_AGAIN
from station.journey import intents


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


@pytest.fixture
def bench(tmp_path, form):
    made = LoneStation(tmp_path / "store", form)
    made.exchange()
    yield made
    made.journal.close()


def extend(bench, minutes, reason="máy hỏng trước giờ"):
    bench.node.tell(x.Extend(minutes * MINUTE, reason), by=("thanh", "hoa"))


def extensions(bench):
    return [entry.event for entry in bench.events() if isinstance(entry.event, e.TimeExtended)]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("admitted", [False, True])
def test_time_given_before_the_signal_counts_from_it(bench, restarted, admitted):
    if admitted:
        bench.admit()
    extend(bench, 5)
    extend(bench, 2, "đọc thẻ chậm")
    bench.exchange()
    if restarted:
        bench.restart()
    view = bench.begin()
    assert view.deadline == START + (45 + 7) * MINUTE
    assert [(event.milliseconds, event.deadline) for event in extensions(bench)] == [
        (5 * MINUTE, START + 50 * MINUTE), (2 * MINUTE, START + 52 * MINUTE),
    ]  # fmt: skip
    bench.restart()
    bench.exchange()
    assert bench.station.journey.attempt.deadline == START + 52 * MINUTE
    assert len(extensions(bench)) == 2


def test_time_given_to_somebody_else_is_not_taken(bench):
    bench.node.tell(x.Extend(5 * MINUTE, "x"), attempt="K/1/30004599")
    bench.exchange()
    assert bench.begin().deadline == START + 45 * MINUTE


def test_time_given_in_mid_test_counts_once(bench):
    bench.begin()
    extend(bench, 5)
    bench.exchange()
    bench.restart()
    bench.exchange()
    assert (len(extensions(bench)), bench.station.journey.attempt.deadline) == (1, START + 50 * MINUTE)


def test_evidence_that_the_node_did_not_take_is_kept_counted_and_offered_again(bench):
    bench.node.takes_nothing_of = {ATTEMPT}
    bench.do(intents.NoCard())
    ((attempt, digest, body),) = bench.journal.attachments(9)
    assert attempt == ATTEMPT
    for _ in range(3):
        bench.exchange()
    assert bench.journal.attachments(9) == [(ATTEMPT, digest, body)]
    assert bench.station.journey.unsent == 1
    offered = [any(a.sha256 == digest for a in request.attachments) for request in bench.node.requests]
    assert offered.count(True) == 1
    bench.journal.attach("survey", "cd" * 32, b"{}")
    bench.exchange()
    assert "cd" * 32 in bench.node.attached, "what was refused holds nothing else up"
    bench.node.takes_nothing_of = set()
    for _ in range(REFUSED_AGAIN):
        bench.exchange()
    assert bench.node.attached[digest] == body
    assert (bench.journal.attachments(9), bench.station.journey.unsent) == ([], 0)


def test_readiness_names_the_sealed_forms_and_what_is_missing_of_them(bench):
    digest = bench.node.sealed.digest
    code = bench.node.sealed.code
    assert installed.forms(bench.journal) == ([f"{code} {digest[:12]}"], [])
    bench.journal.keep(f"form/{digest}", b"{}")
    assert installed.forms(bench.journal) == ([], [code])


def test_two_pcs_with_the_same_program_tell_the_same_digest():
    assert installed.build() == installed.build()
    assert len(installed.build()[1]) == 64


def test_displays_are_what_the_kernel_tells(tmp_path):
    for name, status, modes in (
        ("card0-HDMI-A-1", "connected", "1366x768\n1024x768\n"),
        ("card0-DP-1", "disconnected", ""),
    ):
        place = tmp_path / "sys/class/drm" / name
        place.mkdir(parents=True)
        (place / "status").write_text(status + "\n")
        (place / "modes").write_text(modes)
    assert installed.displays(tmp_path) == ["1366x768"]
