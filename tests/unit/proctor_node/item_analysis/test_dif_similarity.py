"""Comparing groups and pairs: closed forms, planted cases, and silence where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from proctor_node.item_analysis import coding, dif, document, errors, similarity
from proctor_node.item_analysis.irt import linking
from proctor_node.item_analysis.table import Column
from tests.unit.proctor_node.item_analysis.samples import choices, table_of


def grouped(persons=1200, items=12, harder=None, seed=6):
    """Marks of two groups of equal ability; one item may be harder for the second."""
    rng = np.random.default_rng(seed)
    theta, focal = rng.normal(size=persons), np.arange(persons) % 2 == 1
    logits = 1.2 * (theta[:, None] - np.linspace(-1, 1, items))
    if harder is not None:
        logits[focal, harder] -= 1.3
    marks = (rng.random((persons, items)) < 1 / (1 + np.exp(-logits))).astype(int)
    responses = coding.code(table_of(marks), coding.Reading())
    return responses, dif.groups(Column.from_cells("sex", ["f" if one else "a" for one in focal]), None)


@pytest.mark.parametrize("purify", [False, True])
def test_an_item_harder_for_the_focal_group_is_class_c_and_the_others_are_not(purify):
    responses, split = grouped(harder=5)
    found = dif.analyse(responses, split, purify=purify)
    assert found[5].ets == "C"
    assert found[5].d_dif < -1.5
    assert found[5].uniform_p < 1e-6
    assert {item.ets for place, item in enumerate(found) if place != 5} <= {"A", "B"}


def test_mantel_haenszel_in_one_stratum_is_the_two_by_two_table():
    rows = [[1, 0]] * 30 + [[0, 1]] * 10 + [[1, 0]] * 15 + [[0, 1]] * 25
    responses = coding.code(table_of(rows), coding.Reading())
    split = dif.groups(Column.from_cells("g", ["r"] * 40 + ["s"] * 40), None)
    found = dif.analyse(responses, split)[0]
    a, b, c, d, n = 30, 10, 15, 25, 80
    assert found.alpha_mh == pytest.approx(a * d / (b * c))
    assert found.d_dif == pytest.approx(-2.35 * np.log(a * d / (b * c)))
    variance = 40 * 40 * 45 * 35 / (n**2 * (n - 1))
    assert found.chi2 == pytest.approx((abs(a - 40 * 45 / n) - 0.5) ** 2 / variance)
    assert found.se == pytest.approx(2.35 * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    likelihood_ratio = stats.chi2_contingency([[a, b], [c, d]], correction=False, lambda_="log-likelihood")
    assert found.uniform_p == pytest.approx(likelihood_ratio.pvalue, rel=1e-4)


def test_ets_classes():
    assert dif.ets_class(-2.0, 0.3, 0.001) == "C"
    assert dif.ets_class(-2.0, 0.9, 0.03) == "B"
    assert dif.ets_class(1.2, 0.2, 0.001) == "B"
    assert dif.ets_class(0.9, 0.1, 0.001) == "A"
    assert dif.ets_class(1.9, 1.5, 0.2) == "A"


def test_groups_that_cannot_be_compared_are_refused():
    with pytest.raises(errors.GroupUnusable, match="1 value"):
        dif.groups(Column.from_cells("g", ["a", "a"]), None)
    with pytest.raises(errors.GroupUnusable, match="no value 'z'"):
        dif.groups(Column.from_cells("g", ["a", "b"]), "z")
    with pytest.raises(errors.GroupUnusable, match="fewer than 2"):
        dif.groups(Column.from_cells("g", ["a", "a", "b"]), None)


def test_two_papers_copied_from_each_other_come_first_and_the_rest_stay_quiet():
    table, key = choices(persons=300, items=40, seed=12)
    for column in table.columns[1:]:
        column.codes[17] = column.codes[203]
    responses = coding.code(table, coding.Reading(key))
    found = similarity.pairs(responses)
    assert {found[0].a, found[0].b} == {17, 203}
    assert found[0].matches == 40
    assert found[0].p_adjusted < 1e-3
    assert all(pair.p_adjusted > 0.01 for pair in found[1:])
    told = [document.pair(pair, responses)["text_en"] for pair in found]
    assert told[0].endswith("A reason to look at seats and times, not proof.")
    assert all(
        text.endswith("so it is no reason to look.")
        for text, pair in zip(told, found, strict=True)
        if pair.p_adjusted > document.UNUSUAL
    )


def test_an_option_that_nobody_chose_does_not_spoil_the_index():
    table, key = choices(persons=200, items=20)
    right = {entry.item: entry.right for entry in key}
    for column in table.columns[1:6]:
        wrong = column.labels.index("D" if "D" not in right[column.name] else "A")
        column.codes[column.codes == wrong] = column.labels.index("B")
    found = similarity.pairs(coding.code(table, coding.Reading(key)))
    assert all(np.isfinite([pair.omega, pair.p]).all() for pair in found)


def test_the_tail_is_that_of_a_binomial_when_all_chances_are_equal():
    assert similarity.poisson_binomial_tail(np.full(20, 0.3), 11) == pytest.approx(stats.binom.sf(10, 20, 0.3))


@pytest.mark.parametrize("method", [linking.mean_sigma, linking.mean_mean, linking.haebara, linking.stocking_lord])
def test_linking_recovers_a_known_change_of_scale(method):
    rng = np.random.default_rng(9)
    base = linking.Parameters(rng.lognormal(0, 0.3, 15), rng.normal(size=15), np.full(15, 0.2))
    new = base.moved(1 / 1.2, -0.5 / 1.2)  # b_new = (b_base - 0.5) / 1.2
    link = method(base, new)
    assert (link.slope, link.shift) == (pytest.approx(1.2, abs=1e-4), pytest.approx(0.5, abs=1e-4))
