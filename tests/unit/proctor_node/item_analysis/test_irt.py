"""Item response models against published values (LSAT), and what must hold of any estimate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from proctor_node.item_analysis import coding
from proctor_node.item_analysis.irt import estimation, item_fit, patterns, persons, rasch
from proctor_node.item_analysis.irt.report import irt
from tests.unit.proctor_node.item_analysis.samples import lsat, table_of


def collapsed(name):
    return patterns.collapse(lsat(name).astype(np.int16), (2,) * 5)


def described(name, model):
    return irt(coding.code(table_of(lsat(name)), coding.Reading()), model)


def column(document, key):
    return [item[key] for item in document["items"]]


def near(values, tolerance):
    return pytest.approx(values, abs=tolerance)


def test_lsat6_with_one_slope():
    found = described("LSAT6", "1pl")
    assert found["loglik"] == near(-2466.93759958, 1e-6)
    assert column(found, "a") == near([0.75513462] * 5, 1e-5)
    assert column(found, "se_a") == near([0.06943321] * 5, 1e-4)
    assert column(found, "b") == near([-3.615267, -1.322421, -0.317631, -1.730090, -2.780172], 1e-4)
    assert column(found, "se_b") == near([0.326641, 0.142182, 0.097677, 0.169136, 0.251048], 1e-3)


def test_lsat6_with_two_parameters():
    found = described("LSAT6", "2pl")
    assert found["loglik"] == near(-2466.65337740, 1e-6)
    assert column(found, "a") == near([0.825660, 0.722744, 0.890875, 0.688368, 0.656856], 1e-4)
    assert column(found, "se_a") == near([0.258115, 0.186680, 0.232764, 0.185143, 0.209909], 1e-3)
    assert column(found, "b") == near([-3.358811, -1.370058, -0.279666, -1.866381, -3.125907], 1e-4)
    assert column(found, "se_b") == near([0.866472, 0.307491, 0.099623, 0.434317, 0.871222], 1e-3)
    assert (found["m2"]["m2"], found["m2"]["df"]) == (near(4.738384, 1e-3), 5)


def test_lsat7_and_the_item_that_misfits():
    found = described("LSAT7", "2pl")
    assert found["loglik"] == near(-2658.80511355, 1e-6)
    assert column(found, "a") == near([0.987546, 1.080837, 1.707478, 0.764990, 0.735673], 1e-4)
    assert column(found, "b") == near([-1.879260, -0.747541, -1.057236, -0.635302, -2.520764], 1e-4)
    assert column(found, "se_a") == near([0.177195, 0.168764, 0.321077, 0.134120, 0.151134], 1e-3)
    assert (found["items"][1]["s_x2"], found["items"][1]["df"]) == (near(14.453, 1e-3), 2)
    assert (found["m2"]["m2"], found["m2"]["p"]) == (near(11.938412, 1e-3), near(0.0356, 1e-4))
    one = described("LSAT7", "1pl")
    assert one["loglik"] == near(-2664.90089085, 1e-6)
    assert column(one, "b") == near([-1.847449, -0.782193, -1.444701, -0.515695, -1.970769], 1e-4)


def test_rasch_is_the_same_model_in_another_metric_and_the_unit_variance_is_told_beside_it():
    found = described("LSAT6", "rasch")
    assert found["loglik"] == near(-2466.93759958, 1e-6)
    assert found["theta_sd"] == near(0.75513462, 1e-5)
    assert column(found, "a") == [1.0] * 5
    assert found["unit_variance"]["loglik"] == near(-2473.053847, 1e-5)
    assert found["unit_variance"]["b"] == near([-2.8719712, -1.0630294, -0.2576109, -1.3880588, -2.2187785], 1e-4)
    difference = np.array(column(found, "b_cml")) - (np.array(column(found, "b")) - np.mean(column(found, "b")))
    assert np.abs(difference).max() < 0.02  # conditional and marginal estimates agree where ability is near normal


def test_conditional_likelihood_by_counting_every_pattern():
    difficulty = np.array([0.3, -0.8, 0.5])
    gamma = rasch.symmetric_functions(np.exp(-difficulty))
    for order in range(4):
        rows = [row for row in np.ndindex(2, 2, 2) if sum(row) == order]
        assert gamma[order] == pytest.approx(sum(math.exp(-difficulty @ np.array(row)) for row in rows))


@pytest.mark.parametrize("model", ["3pl", "pcm"])
def test_mixed_tests_of_right_wrong_and_graded_items_converge(model):
    rng = np.random.default_rng(5)
    theta = rng.normal(size=600)
    graded = [
        (theta[:, None] * 0.8 + rng.logistic(size=(600, 1)) > np.array([-1.0, 0.2, 1.1])).sum(axis=1) for _ in range(3)
    ]
    single = [(theta + rng.logistic(size=600) > cut).astype(int) for cut in (-1, -0.5, 0, 0.5, 1)]
    found = irt(coding.code(table_of(np.stack([*graded, *single], axis=1)), coding.Reading()), model)
    assert found["converged"]
    assert [item["steps"] is None for item in found["items"]] == [False] * 3 + [True] * 5
    assert all(item["se_b"] > 0 for item in found["items"])
    estimates = np.array([person["theta"] for person in found["persons"]])
    assert np.corrcoef(estimates, theta)[0, 1] > 0.7


def test_gradient_and_information_are_the_derivatives_of_the_likelihood():
    rng = np.random.default_rng(2)
    matrix = rng.integers(0, 3, (60, 4)).astype(np.int16)
    matrix[rng.random(matrix.shape) < 0.1] = -1
    matrix[:, 3] = np.minimum(matrix[:, 3], 1)
    likelihood = estimation.Likelihood(
        estimation.specify("gpcm", (3, 3, 3, 2)),
        patterns.collapse(matrix, (3, 3, 3, 2)),
        estimation.Quadrature.rectangular(61, 6.0),
    )
    free = rng.normal(0.3, 0.4, likelihood.specification.map.shape[1])
    _, gradient = likelihood.value_and_gradient(free)
    steps = np.eye(len(free)) * 1e-5
    slope = [
        (likelihood.value_and_gradient(free + s)[0] - likelihood.value_and_gradient(free - s)[0]) / 2e-5 for s in steps
    ]
    bend = [
        (likelihood.value_and_gradient(free + s)[1] - likelihood.value_and_gradient(free - s)[1]) / 2e-5 for s in steps
    ]
    assert gradient == near(slope, 1e-4)
    assert likelihood.information(free) == near(-np.array(bend), 1e-3)


def test_abilities_of_four_kinds_agree_in_the_middle_and_part_at_the_ends():
    estimate = estimation.fit("2pl", collapsed("LSAT7"))
    points = persons.point_estimates(estimate)
    perfect = estimate.patterns.scores == 5
    assert np.isnan(points.maximum_likelihood[perfect]).all()
    assert np.isfinite(points.weighted_likelihood).all()
    middle = estimate.patterns.scores == 3
    assert (np.abs(points.maximum_posterior - estimate.expected.mean)[middle] < 0.1).all()


def test_locally_dependent_items_stand_out():
    rng = np.random.default_rng(4)
    theta = rng.normal(size=2000)
    marks = (theta[:, None] + rng.logistic(size=(2000, 8)) > 0).astype(np.int16)
    marks[:, 7] = np.where(rng.random(2000) < 0.8, marks[:, 6], marks[:, 7])
    matrix = item_fit.q3(estimation.fit("1pl", patterns.collapse(marks, (2,) * 8)))
    upper = matrix[np.triu_indices(8, 1)]
    assert matrix[6, 7] == upper.max() > upper.mean() + 0.2


def test_poor_data_are_said_and_never_crash():
    rows = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]] * 5)
    found = irt(coding.code(table_of(rows), coding.Reading()), "2pl")
    assert "few_for_model" in {said["code"] for said in found["remarks"]}
    with pytest.raises(Exception, match="items vary"):
        irt(coding.code(table_of(np.ones((9, 3), dtype=int)), coding.Reading()), "2pl")


@pytest.mark.parametrize("model", ["gpcm", "pcm"])
def test_ability_points_the_way_of_the_marks(model):
    rng = np.random.default_rng(1)
    theta = rng.normal(size=300)
    marks = np.stack([(theta[:, None] + rng.logistic(size=(300, 1)) > np.array([-1, 0, 1])).sum(axis=1) + 1 for _ in range(6)], axis=1)  # fmt: skip
    found = irt(coding.code(table_of(marks), coding.Reading()), model)
    assert all(item["a"] > 0 for item in found["items"])
    assert found["theta_sd"] > 0
    assert np.corrcoef([person["theta"] for person in found["persons"]], marks.sum(axis=1))[0, 1] > 0.9
