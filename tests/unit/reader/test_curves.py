"""The table of named curves: every figure is checked by arithmetic, not by eye."""

from __future__ import annotations

import pytest

from reader.crypto.curves import CURVES, NAME_OF_OID, PACE_PARAMETERS
from reader.errors import Malformed


@pytest.mark.parametrize("name", sorted(CURVES))
def test_the_generator_lies_on_the_curve_and_has_the_stated_order(name):
    curve = CURVES[name]
    assert curve.contains(curve.g)
    assert curve.p.bit_length() == curve.n.bit_length()
    before = curve.multiply(curve.n - 1, curve.g)
    assert before == (curve.g[0], curve.p - curve.g[1])
    with pytest.raises(Malformed):
        curve.add(before, curve.g)


def test_every_curve_has_an_object_identifier_and_every_pace_parameter_a_curve():
    assert set(NAME_OF_OID.values()) == set(CURVES)
    assert sorted(PACE_PARAMETERS) == list(range(8, 19))
    assert set(PACE_PARAMETERS.values()) <= set(CURVES)
