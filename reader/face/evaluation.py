"""Error rates of a face engine on a folder of people, with intervals; so that a school can measure its own (face.md 3).

Rates follow ISO/IEC 19795-1: a pair matches when its similarity is at or above the threshold; FMR is the share of impostor
pairs that match, FNMR the share of genuine pairs that do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reader.wording import WORDING

LEVELS = ("0.01", "0.001", "0.0001")
# Below this many impostor pairs a rate rests on fewer than ten events and is not stated.
EVENTS = 10
BOOTSTRAPS = 400
BINS = 4096
# The intervals are drawn from at most this many impostor pairs; the rates themselves come from all.
DRAWN_IMPOSTORS = 400_000
Scores = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Comparisons: whose picture `one[i]` (index of an identity), whose the other, how alike."""

    one: Indices
    other: Indices
    similarity: Scores

    def of(self, members: npt.NDArray[np.bool_]) -> Scores:
        """Similarities of the pairs whose two people are both members."""
        return np.asarray(self.similarity[members[self.one] & members[self.other]], np.float32)


def equal_error_rate(genuine: Scores, impostor: Scores) -> float:
    """Where false matches and false non-matches are as frequent as each other."""
    own, strangers = np.sort(genuine), np.sort(impostor)
    if own[0] > strangers[-1]:
        return 0.0
    between = np.concatenate((own[own <= strangers[-1]], strangers[strangers >= own[0]], [np.nextafter(strangers[-1], np.float32(np.inf))]))  # fmt: skip
    fmr, fnmr = rates_at(own, strangers, np.unique(between))
    nearest = int(np.argmin(np.abs(fnmr - fmr)))
    return float((fnmr[nearest] + fmr[nearest]) / 2)


def rates_at(own: Scores, strangers: Scores, thresholds: Scores) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:  # fmt: skip
    """FMR and FNMR at each threshold; both lists of scores are sorted."""
    fnmr = np.searchsorted(own, thresholds, side="left") / len(own)
    fmr = 1 - np.searchsorted(strangers, thresholds, side="left") / len(strangers)
    return fmr, fnmr


def threshold_at(impostor: Scores, fmr: float) -> float:
    """The lowest similarity at which at most this share of impostors passes."""
    allowed = min(len(impostor) - 1, int(np.floor(fmr * len(impostor) + 1e-9)))
    ordered = np.partition(impostor, len(impostor) - 1 - allowed)
    return float(np.nextafter(ordered[len(impostor) - 1 - allowed], np.float32(np.inf)))


def intervals(genuine: Pairs, impostor: Pairs, identities: int) -> tuple[list[float], dict[str, list[float]]]:
    """95 % bootstrap over identities of the EER and of the FNMR at each level.

    People are drawn, not pairs: all pairs of one person stand or fall together, and a pair of two people counts as often as
    both were drawn.
    """
    generator = np.random.default_rng(20261124)
    impostor = _thinned(impostor, generator)
    low = float(min(genuine.similarity.min(), impostor.similarity.min()))
    high = float(max(genuine.similarity.max(), impostor.similarity.max()))
    scale = (BINS - 1) / max(high - low, 1e-9)
    own, strangers = (((pairs.similarity - low) * scale).astype(np.int64) for pairs in (genuine, impostor))
    drawn: list[tuple[float, ...]] = []
    for _ in range(BOOTSTRAPS):
        weight = np.bincount(generator.integers(0, identities, identities), minlength=identities).astype(np.float64)
        own_weights, stranger_weights = weight[genuine.one], weight[impostor.one] * weight[impostor.other]
        if own_weights.sum() and stranger_weights.sum():
            drawn.append(_drawn(own, own_weights, strangers, stranger_weights))
    quantiles = np.quantile(np.array(drawn), (0.025, 0.975), axis=0).round(6)
    eer, *levels = ([float(lo), float(hi)] for lo, hi in quantiles.T)
    return eer, dict(zip(LEVELS, levels, strict=True))


def _thinned(pairs: Pairs, generator: np.random.Generator) -> Pairs:
    if len(pairs.similarity) <= DRAWN_IMPOSTORS:
        return pairs
    chosen = generator.choice(len(pairs.similarity), DRAWN_IMPOSTORS, replace=False)
    return Pairs(pairs.one[chosen], pairs.other[chosen], pairs.similarity[chosen])


def _drawn(own: npt.NDArray[np.int64], own_weights: npt.NDArray[np.float64], strangers: npt.NDArray[np.int64], stranger_weights: npt.NDArray[np.float64]) -> tuple[float, ...]:  # fmt: skip
    """EER and the FNMR at each level of one drawing. Rates at threshold k: bins from k on match."""
    passing = np.bincount(strangers, stranger_weights, BINS + 1)[::-1].cumsum()[::-1] / stranger_weights.sum()
    failing = np.concatenate(([0.0], np.bincount(own, own_weights, BINS).cumsum())) / own_weights.sum()
    nearest = int(np.argmin(np.abs(failing - passing)))
    eer = (failing[nearest] + passing[nearest]) / 2
    at_levels = (failing[int(np.argmax(passing <= float(level) + 1e-12))] for level in LEVELS)
    return (float(eer), *(float(rate) for rate in at_levels))


def measure(genuine: Pairs, impostor: Pairs, identities: int, fallback: float) -> dict[str, Any]:
    """All figures but those of groups. A rate is null, with the reason, below `EVENTS`/FMR impostor pairs.

    `fallback` is the engine's own accept threshold, for the groups of a set too small to have one.
    """
    own, strangers = genuine.similarity, impostor.similarity
    eer_interval, level_intervals = intervals(genuine, impostor, identities)
    fnmr: dict[str, float | None] = dict.fromkeys(LEVELS)
    thresholds: dict[str, float | None] = dict.fromkeys(LEVELS)
    spread: dict[str, list[float] | None] = dict.fromkeys(LEVELS)
    reasons: dict[str, str] = {}
    for level in LEVELS:
        needed = round(EVENTS / float(level))
        if len(strangers) < needed:
            reasons[level] = WORDING.line(
                "{count} impostor pairs; {needed} are needed", count=len(strangers), needed=needed
            )
            continue
        threshold = threshold_at(strangers, float(level))
        thresholds[level] = round(threshold, 6)
        fnmr[level] = round(float((own < threshold).mean()), 6)
        spread[level] = level_intervals[level]
    stated = next((thresholds[level] for level in ("0.001", "0.01") if thresholds[level] is not None), None)
    return {
        "genuine": len(own),
        "impostor": len(strangers),
        "eer": round(equal_error_rate(own, strangers), 6),
        "eer_ci": eer_interval,
        "fnmr_at_fmr": fnmr,
        "fnmr_ci": spread,
        "threshold_at_fmr": thresholds,
        "reason": reasons,
        "groups_threshold": fallback if stated is None else stated,
    }


def by_group(genuine: Pairs, impostor: Pairs, groups: Mapping[str, Sequence[int]], identities: int, threshold: float) -> list[dict[str, Any]]:  # fmt: skip
    """Rates within each group at one threshold: the figure that counts against a stand-in. Null where there is no pair."""
    found = []
    for name, members in sorted(groups.items()):
        mask = np.zeros(identities, np.bool_)
        mask[list(members)] = True
        own, strangers = genuine.of(mask), impostor.of(mask)
        if len(own) or len(strangers):
            fmr = float((strangers >= threshold).mean()) if len(strangers) else None
            fnmr = float((own < threshold).mean()) if len(own) else None
            found.append({"name": name, "identities": len(members), "genuine": len(own), "impostor": len(strangers), "fmr": fmr, "fnmr": fnmr})  # fmt: skip
    return found


def det_points(genuine: Scores, impostor: Scores) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """FMR and FNMR along all thresholds, at most a few thousand points; a rate of 0 stands at half a pair."""
    own, strangers = np.sort(genuine), np.sort(impostor)
    both = np.concatenate((own, strangers, [np.nextafter(max(own[-1], strangers[-1]), np.float32(np.inf))]))
    thresholds = np.unique(np.quantile(both, np.linspace(0, 1, 4000), method="nearest") if len(both) > 4000 else both)
    tail = strangers[-min(len(strangers), 4000) :]
    fmr, fnmr = rates_at(own, strangers, np.unique(np.concatenate((thresholds, tail, own[:4000]))))
    return fmr.clip(0.5 / len(strangers)), fnmr.clip(0.5 / len(own))
