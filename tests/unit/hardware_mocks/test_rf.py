"""The model of the field against what it was fitted to (chip.md section 2)."""

from __future__ import annotations

import pytest

from hardware_mocks.rf import Field


@pytest.mark.parametrize(("kbit", "kilobytes"), [(106, 11.1), (212, 21.6), (424, 41.0), (848, 75.0)])
def test_long_transfers_run_as_fast_as_the_air_lets_them(kbit, kilobytes):
    size = 65_000
    assert size / Field(kbit).one_way(size) / 1000 == pytest.approx(kilobytes, rel=0.02)


def test_a_command_costs_its_time_however_short():
    assert Field(848, 12).command(5, 2) > 0.012
    assert Field(106, 12).command(5, 258) > Field(848, 12).command(5, 258) > Field(848, 3).command(5, 258)


def test_one_byte_more_than_a_frame_holds_is_another_frame():
    assert Field(106).one_way(254) > Field(106).one_way(253) + 0.0006
