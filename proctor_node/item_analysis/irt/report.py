"""The `irt` part of the document: parameters with errors, fit, abilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from proctor_node.item_analysis.errors import ModelUnusable
from proctor_node.item_analysis.irt import estimation, item_fit, persons, rasch
from proctor_node.item_analysis.irt.estimation import Estimate
from proctor_node.item_analysis.irt.families import ThreeParameter
from proctor_node.item_analysis.irt.patterns import categorise
from proctor_node.item_analysis.irt.specification import ModelName
from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import Floats

UNIT_SLOPE = {"rasch", "pcm"}
FEWEST = {"rasch": 100, "1pl": 100, "pcm": 200, "2pl": 500, "gpcm": 500, "3pl": 1000, "nominal": 500}
MOST_FOR_POINTS = 20_000
LOCAL_DEPENDENCE = 0.2  # above the mean Q3 (Christensen, Makransky & Horton 2017)
LARGE_SLOPE = 8.0
INFORMATION_AT = np.linspace(-4, 4, 33)


def irt(responses: Responses, model: ModelName) -> dict[str, Any]:
    """Fit and describe.

    Raises:
        ModelUnusable: fewer than two items vary, or fewer than two persons answered.
    """
    found = categorise(responses)
    if len(found.items) < 2 or responses.persons < 2:
        raise ModelUnusable(
            "model {model}: {varying} of {count} items vary among {persons} persons",
            "A model needs at least two items that some answer and some do not.",
            model=model,
            varying=len(found.items),
            count=len(responses.items),
            persons=responses.persons,
        )
    signs = _directions(responses)[list(found.items)]
    estimate = estimation.fit(model, found.patterns, signs)
    names = [responses.items[place].id for place in found.items]
    constant = [responses.items[place].id for place in found.constant]
    globally = item_fit.m2(estimate)
    return {
        "model": model,
        "loglik": estimate.expected.loglik,
        "parameters": len(estimate.free),
        "iterations": estimate.iterations,
        "converged": estimate.converged,
        "theta_sd": float(estimate.free[0]) if model in UNIT_SLOPE else 1.0,
        "unit_variance": _unit_variance(estimate, model),
        "items": _items(estimate, names, model),
        "persons": _persons(estimate, responses, model),
        "m2": None
        if globally is None
        else {"m2": globally.m2, "df": globally.df, "p": globally.p, "rmsea2": globally.rmsea},
        "local_dependence": _dependent(estimate, names),
        "information": _information(estimate, model),
        "remarks": _remarks(estimate, model, constant),
    }


def _unit_variance(estimate: Estimate, model: ModelName) -> dict[str, Any] | None:
    """The Rasch model with the ability's variance held at one, for comparison with programs that hold it there."""
    patterns = estimate.patterns
    if model != "rasch" or not (patterns.complete and patterns.dichotomous):
        return None
    loglik, difficulty = rasch.MarginalRasch(patterns, estimate.quadrature).unit_variance(estimate.free[1:])
    return {"loglik": loglik, "b": difficulty.tolist()}


def _directions(responses: Responses) -> Floats:
    """+1 for items that go with the rest of the test, -1 for those against it."""
    covariance = responses.covariance
    rest = covariance.sum(axis=1) - np.diag(covariance)
    return np.where(rest < 0, -1.0, 1.0)


def _items(estimate: Estimate, names: list[str], model: ModelName) -> list[dict[str, Any]]:
    infit, outfit = item_fit.mean_squares(estimate)
    sx2 = item_fit.s_x2(estimate)
    described = {}
    conditional = _conditional(estimate, model)
    covariance = estimate.covariance
    specification = estimate.specification
    for family, own, part in zip(specification.families, specification.split(estimate.whole), specification.ranges, strict=True):  # fmt: skip
        for place, item in enumerate(family.items):
            start = part.start + place * family.width
            rows = specification.map[start : start + family.width]
            errors = None if covariance is None else rows @ covariance @ rows.T
            asymptote = isinstance(family, ThreeParameter)
            described[item] = _parameters(own[place], errors, model, family.categories - 1, asymptote=asymptote)
    return [
        {
            "id": name,
            **described[place],
            **({} if conditional is None else {"b_cml": float(conditional.difficulty[place]), "se_b_cml": float(conditional.error[place])}),
            "infit": float(infit[place]),
            "outfit": float(outfit[place]),
            "s_x2": None if sx2[place] is None else sx2[place].value,  # type: ignore[union-attr]
            "df": None if sx2[place] is None else sx2[place].df,  # type: ignore[union-attr]
            "p": None if sx2[place] is None else sx2[place].p,  # type: ignore[union-attr]
        }
        for place, name in enumerate(names)
    ]  # fmt: skip


def _conditional(estimate: Estimate, model: ModelName) -> rasch.Conditional | None:
    patterns = estimate.patterns
    if model != "rasch" or not (patterns.complete and patterns.dichotomous):
        return None
    found = rasch.conditional(patterns)
    return found if found.converged else None


def _parameters(own: Floats, covariance: Floats | None, model: ModelName, steps: int, *, asymptote: bool) -> dict[str, Any]:  # fmt: skip
    """a, b, c and steps in the usual metric, with errors by the delta method.

    b_v = -(delta_v - delta_{v-1}) / a; under a unit slope -(delta_v - delta_{v-1}). b of several steps is their mean.
    """
    unit = model in UNIT_SLOPE
    slope = float(own[0])
    intercepts = np.concatenate([[0.0], own[1:2] if asymptote else own[steps:]])
    divisor = 1.0 if unit else slope
    thresholds = -np.diff(intercepts) / divisor
    location = float(thresholds.mean())
    result: dict[str, Any] = {
        "a": 1.0 if unit else slope,
        "b": location,
        "c": float(1 / (1 + np.exp(-own[2]))) if asymptote else 0.0,
        "steps": None if steps == 1 else [float(value) for value in thresholds],
        "se_a": None,
        "se_b": None,
        "se_c": None,
        "se_steps": None,
    }
    if covariance is None:
        return result
    # Derivatives by (slope, intercepts): the slope's error is that of its first entry, alpha_1.
    size = len(thresholds)
    jacobian = np.zeros((size, len(own)))
    first = 1 if asymptote else steps
    for place in range(size):
        jacobian[place, first + place] = -1 / divisor
        if place:
            jacobian[place, first + place - 1] = 1 / divisor
        if not unit:
            jacobian[place, 0] = -thresholds[place] / divisor
    errors = np.sqrt(np.maximum(np.diag(jacobian @ covariance @ jacobian.T), 0))
    average = jacobian.mean(axis=0)
    result["se_a"] = None if unit else float(np.sqrt(max(covariance[0, 0], 0)))
    result["se_b"] = float(np.sqrt(max(average @ covariance @ average, 0)))
    result["se_steps"] = None if steps == 1 else [float(value) for value in errors]
    if asymptote:
        result["se_c"] = result["c"] * (1 - result["c"]) * float(np.sqrt(max(covariance[2, 2], 0)))
    return result


def _persons(estimate: Estimate, responses: Responses, model: ModelName) -> list[dict[str, Any]]:
    """EAP with its error, lz and Guttman errors of everybody; MAP, ML and WLE where they are few enough to be asked for."""
    scale = float(estimate.free[0]) if model in UNIT_SLOPE else 1.0
    columns: dict[str, Floats] = {
        "theta": estimate.expected.mean * scale,
        "se": estimate.expected.deviation * abs(scale),
        "lz": persons.lz(estimate),
        "guttman": persons.guttman_errors(estimate),
    }
    if len(estimate.patterns.counts) <= MOST_FOR_POINTS:
        points = persons.point_estimates(estimate)
        columns["map"] = points.maximum_posterior * scale
        columns["ml"] = points.maximum_likelihood * scale
        columns["wle"] = points.weighted_likelihood * scale
    places = estimate.patterns.of_person
    listed = [column[places].tolist() for column in columns.values()]
    return [{"id": name, **dict(zip(columns, values, strict=True))} for name, *values in zip(responses.ids, *listed, strict=True)]  # fmt: skip


def _dependent(estimate: Estimate, names: list[str]) -> list[dict[str, Any]]:
    """Pairs of items whose Q3 lies above the mean of all by more than the limit, largest first."""
    matrix = item_fit.q3(estimate)
    first, second = np.triu_indices(len(names), 1)
    values = matrix[first, second]
    limit = float(values.mean()) + LOCAL_DEPENDENCE
    order = [place for place in np.argsort(-values) if values[place] > limit]
    return [{"a": names[first[place]], "b": names[second[place]], "q3": float(values[place])} for place in order]


def _information(estimate: Estimate, model: ModelName) -> list[dict[str, float]]:
    """Test information and its standard error along ability (in the metric reported)."""
    scale = float(estimate.free[0]) if model in UNIT_SLOPE else 1.0
    whole = persons.information(estimate, INFORMATION_AT).sum(axis=0) / scale**2
    return [
        {"theta": float(at * scale), "information": float(value), "se": float(1 / np.sqrt(value)) if value > 0 else float("nan")}
        for at, value in zip(INFORMATION_AT, whole, strict=True)
    ]  # fmt: skip


def _remarks(estimate: Estimate, model: ModelName, constant: list[str]) -> list[dict[str, str]]:
    said = []

    def add(code: str, text_vi: str, text_en: str) -> None:
        said.append({"code": code, "text_vi": text_vi, "text_en": text_en})

    count = int(estimate.patterns.counts.sum())
    if not estimate.converged:
        add(
            "not_converged",
            "Ước lượng chưa hội tụ; không dùng các số này.",
            "The estimates did not converge; do not use them.",
        )
    if estimate.covariance is None:
        add("no_standard_errors", "Không tính được sai số chuẩn.", "Standard errors cannot be had.")
    if count < FEWEST[model]:
        add(
            "few_for_model",
            f"Mới có {count} bài; mô hình này cần khoảng {FEWEST[model]}.",
            f"Only {count} papers; this model wants about {FEWEST[model]}.",
        )
    if constant:
        listed = ", ".join(constant)
        add(
            "items_left_out",
            f"Mọi bài trả lời như nhau ở câu {listed}; bỏ khỏi mô hình.",
            f"All papers agree on {listed}; left out of the model.",
        )
    if (
        model not in UNIT_SLOPE
        and max(abs(own[:, 0]).max() for own in estimate.specification.split(estimate.whole)) > LARGE_SLOPE
    ):
        add(
            "extreme_slope",
            "Có độ dốc lớn bất thường; số liệu không đủ để ước lượng câu đó.",
            "A slope is implausibly large; the data do not determine that item.",
        )
    return said  # fmt: skip
