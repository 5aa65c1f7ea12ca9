"""Error rates of a face engine on a folder of people, with intervals; so that a school can measure its own (face.md 3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LEVELS = ("0.01", "0.001", "0.0001")
BOOTSTRAPS = 300
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison: whose pictures, and how alike."""

    one: str
    other: str
    similarity: float


def _scores(pairs: Sequence[Pair]) -> Scores:
    return np.array([pair.similarity for pair in pairs], np.float64)


def equal_error_rate(genuine: Scores, impostor: Scores) -> float:
    """Where false matches and false non-matches are as frequent as each other."""
    thresholds = np.unique(np.concatenate((genuine, impostor)))
    fnmr = np.searchsorted(np.sort(genuine), thresholds, side="left") / len(genuine)
    fmr = 1 - np.searchsorted(np.sort(impostor), thresholds, side="left") / len(impostor)
    nearest = int(np.argmin(np.abs(fnmr - fmr)))
    return float((fnmr[nearest] + fmr[nearest]) / 2)


def threshold_at(impostor: Scores, fmr: float) -> float:
    """The lowest similarity at which at most this share of impostors passes."""
    ordered = np.sort(impostor)[::-1]
    allowed = int(np.floor(fmr * len(ordered)))
    return float(np.nextafter(ordered[min(allowed, len(ordered) - 1)], np.inf))


def _interval(genuine: Sequence[Pair], impostor: Sequence[Pair]) -> list[float]:
    """95 % bootstrap over identities: pairs of one person stand or fall together."""
    people = sorted({pair.one for pair in genuine})
    generator = np.random.default_rng(20261124)
    own = {name: _scores([pair for pair in genuine if pair.one == name]) for name in people}
    others = {name: _scores([pair for pair in impostor if pair.one == name]) for name in people}
    rates = []
    for _ in range(BOOTSTRAPS):
        drawn = generator.choice(len(people), len(people))
        chosen = np.concatenate([own[people[i]] for i in drawn])
        strangers = np.concatenate([others[people[i]] for i in drawn])
        if len(strangers):
            rates.append(equal_error_rate(chosen, strangers))
    return [round(float(np.quantile(rates, q)), 6) for q in (0.025, 0.975)]


def groups_of(meta: Path) -> dict[str, str]:
    """The group of each person (sex and ethnicity of `meta.json`), if the folder says."""
    if not meta.is_file():
        return {}
    about = json.loads(meta.read_text(encoding="utf-8"))
    return {name: f"{facts.get('gender', '?')} {facts.get('eth', '?')}" for name, facts in about.items()}


def measure(genuine: Sequence[Pair], impostor: Sequence[Pair], groups: dict[str, str]) -> dict[str, Any]:
    """All figures. A rate is null, with the reason, where there are fewer than 10/FMR impostor pairs."""
    own, strangers = _scores(genuine), _scores(impostor)
    fnmr: dict[str, float | None] = {}
    thresholds: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    for level in LEVELS:
        if len(strangers) < 10 / float(level):
            fnmr[level] = thresholds[level] = None
            reasons[level] = f"{len(strangers)} impostor pairs; {10 / float(level):.0f} are needed"
            continue
        threshold = threshold_at(strangers, float(level))
        thresholds[level] = round(threshold, 4)
        fnmr[level] = round(float((own < threshold).mean()), 6)
    return {
        "genuine": len(own),
        "impostor": len(strangers),
        "eer": round(equal_error_rate(own, strangers), 6),
        "eer_ci": _interval(genuine, impostor),
        "fnmr_at_fmr": fnmr,
        "threshold_at_fmr": thresholds,
        "reason": reasons,
        "groups": _by_group(genuine, impostor, groups, thresholds["0.001"] or thresholds["0.01"]),
    }


def _by_group(
    genuine: Sequence[Pair], impostor: Sequence[Pair], groups: dict[str, str], threshold: float | None
) -> list[dict[str, Any]]:
    """Rates within each group at one threshold: the figure that counts against a stand-in."""
    if threshold is None:
        return []
    found = []
    for name in sorted(set(groups.values())):
        own = _scores([pair for pair in genuine if groups.get(pair.one) == name])
        strangers = _scores([pair for pair in impostor if groups.get(pair.one) == groups.get(pair.other) == name])
        if len(own) and len(strangers):
            rates = {"fmr": float((strangers >= threshold).mean()), "fnmr": float((own < threshold).mean())}
            found.append({"name": name, "genuine": len(own), "impostor": len(strangers), **rates})
    return found


def det_svg(genuine: Sequence[Pair], impostor: Sequence[Pair]) -> str:
    """The DET curve on logarithmic axes."""
    own, strangers = np.sort(_scores(genuine)), np.sort(_scores(impostor))
    points = []
    for threshold in np.unique(np.concatenate((own, strangers))):
        fmr = 1 - np.searchsorted(strangers, threshold, side="left") / len(strangers)
        fnmr = np.searchsorted(own, threshold, side="left") / len(own)
        if fmr > 0 and fnmr > 0:
            points.append((60 + 90 * (np.log10(fmr) + 5), 40 - 90 * np.log10(fnmr)))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    grid = "".join(
        f'<path d="M{60 + 90 * i} 40V400M60 {40 + 90 * i}H510" stroke="#D5DDEA"/>'
        f'<text x="{60 + 90 * i}" y="418" text-anchor="middle">1e{i - 5}</text><text x="54" y="{44 + 90 * i}" text-anchor="end">1e-{i}</text>'
        for i in range(5)
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="540" height="450" font-family="sans-serif" font-size="12" fill="#14213D">'
    axes = '<text x="285" y="440" text-anchor="middle">false match rate</text><text x="14" y="220" transform="rotate(-90 14 220)">false non-match rate</text>'
    return f'{head}<rect width="540" height="450" fill="#FFFFFF"/>{grid}{axes}<polyline points="{path}" fill="none" stroke="#1D4ED8" stroke-width="2"/></svg>\n'
