"""The JSON document of `khaothi analyse` (CLI.md); every number finite, None where something cannot be judged."""

from __future__ import annotations

import math
from typing import Any

from proctor_node.item_analysis import verdict
from proctor_node.item_analysis.classical import ClassicalAnalysis, ItemStatistics, OptionStatistics
from proctor_node.item_analysis.dif import WANTED_IN_GROUP, Groups, ItemDif
from proctor_node.item_analysis.flags import Flag
from proctor_node.item_analysis.key_change import Preview
from proctor_node.item_analysis.responses import Remark, Responses
from proctor_node.item_analysis.similarity import Pair
from proctor_node.item_analysis.wording import Text, english, vietnamese

MOST_FIRST = 3
NOTICED = 15.0
# A pair is named as a reason to look where the whole table would show such a one by chance less than once in twenty.
UNUSUAL = 0.05
MOST_ONE_IN = 1e9


def both(text: Text) -> dict[str, str]:
    """A text as the document has it."""
    return {"text_vi": text.vi, "text_en": text.en}


def test(analysis: ClassicalAnalysis) -> dict[str, Any]:
    """`test`."""
    facts, judged = analysis.test, verdict.judge(analysis.test)
    return {
        "n": facts.persons,
        "items": facts.items,
        "max": facts.maximum,
        "mean": facts.mean,
        "sd": facts.sd,
        "median": facts.median,
        "alpha": facts.alpha,
        "alpha_ci": facts.alpha_interval,
        "sem": facts.sem,
        "omega": facts.omega,
        "lambda2": facts.lambda2,
        "split_half": facts.split_half,
        "stratified_alpha": facts.stratified_alpha,
        "conditional_sem": [
            {"score": score, "lord": lord, "keats": keats} for score, lord, keats in facts.conditional_sem
        ],
        "score_distribution": [{"score": score, "n": count} for score, count in facts.score_counts],
        "groups": {"by_group": facts.fifths, "by_third": facts.thirds},
        "verdict": {"codes": judged.codes, **both(judged.text)},
    }


def item(facts: ItemStatistics, flags: tuple[Flag, ...]) -> dict[str, Any]:
    """One of `items`."""
    return {
        **_numbers(facts),
        "part": facts.item.part,
        "alpha_if_deleted": facts.alpha_if_deleted,
        "effective_weight": facts.effective_weight,
        "statements": [_numbers(part) for part in facts.statements],
        "flags": [{"code": flag.code, **both(flag.text), "act": flag.act} for flag in flags],
    }


def _numbers(facts: ItemStatistics) -> dict[str, Any]:
    return {
        "id": facts.item.id,
        "kind": facts.item.kind,
        "key": sorted(facts.item.right) if facts.item.kind != "marks" else None,
        "max": facts.item.maximum,
        "n": facts.n,
        "p": facts.p,
        "p_reached": facts.p_reached,
        "mean": facts.mean,
        "sd": facts.sd,
        "r_rest": facts.r_rest,
        "r_rest_ci": facts.r_rest_interval,
        "r_biserial": facts.r_biserial,
        "upper_lower_27": facts.upper_lower,
        "discriminative_efficiency": facts.discriminative_efficiency,
        "omitted": facts.omitted,
        "not_reached": facts.not_reached,
        "options": [_option(option) for option in facts.options],
    }


def _option(facts: OptionStatistics) -> dict[str, Any]:
    return {
        "option": facts.option,
        "right": facts.right,
        "n": facts.n,
        "p": facts.p,
        "r_rest": facts.r_rest,
        "by_group": facts.by_group,
        "by_third": facts.by_third,
    }


def look_first(flags: dict[str, tuple[Flag, ...]]) -> list[str]:
    """The items to look at first, worst first; no more than three."""
    worst = {name: max(flag.severity for flag in found) for name, found in flags.items() if found}
    ordered = sorted((name for name, severity in worst.items() if severity >= NOTICED), key=lambda name: -worst[name])
    return ordered[:MOST_FIRST]


def remark(said: Remark) -> dict[str, str]:
    """One of `remarks`."""
    return {"code": said.code, "text_vi": said.text_vi, "text_en": said.text_en}


def dif(facts: ItemDif) -> dict[str, Any]:
    """One of `dif`."""
    return {
        "item": facts.item,
        "alpha_mh": facts.alpha_mh,
        "d_dif": facts.d_dif,
        "se": facts.se,
        "chi2": facts.chi2,
        "p": facts.p,
        "class": facts.ets,
        "std_p_dif": facts.std_p_dif,
        "uniform_p": facts.uniform_p,
        "nonuniform_p": facts.nonuniform_p,
        "both_p": facts.both_p,
    }


def dif_remark(split: Groups) -> dict[str, str]:
    """Who was compared, and whether they are enough."""
    focal, reference = int(split.is_focal.sum()), int((split.counted & ~split.is_focal).sum())
    few = min(focal, reference) < WANTED_IN_GROUP
    text = Text(
        f"So sánh {split.column} = {split.focal} ({focal} bài) với {split.reference} ({reference} bài).",
        f"{split.column} = {split.focal} ({focal} papers) against {split.reference} ({reference} papers).",
    )
    if few:
        text += Text(
            f"Cần khoảng {WANTED_IN_GROUP} bài mỗi nhóm để kết luận.",
            f"About {WANTED_IN_GROUP} papers in each group are wanted.",
        )
    return {"code": "dif_few" if few else "dif_groups", **both(text)}


def pair(found: Pair, responses: Responses) -> dict[str, Any]:
    """One of `pairs`: a reason to look, never a proof."""
    first, second = responses.ids[found.a], responses.ids[found.b]
    tried = responses.persons * (responses.persons - 1) // 2
    text = Text(
        f"Bài {first} và {second} trùng {found.identical_wrong} câu sai;",
        f"Papers {first} and {second} share {found.identical_wrong} wrong answers;",
    ) + (_rare(found, tried) if found.p_adjusted < UNUSUAL else _expected(tried))
    return {
        "a": first,
        "b": second,
        "matches": found.matches,
        "identical_wrong": found.identical_wrong,
        "expected_matches": found.expected_matches,
        "index": found.omega,
        "index_name": "omega",
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        **both(text),
    }


def _rare(found: Pair, tried: int) -> Text:
    one_in = 1 / found.p_adjusted if found.p_adjusted > 0 else float("inf")
    chance = (
        (vietnamese(one_in, 0), english(one_in, 0))
        if one_in < MOST_ONE_IN
        else ("hơn 1.000.000.000", "more than 1,000,000,000")
    )
    return Text(
        f"khả năng ngẫu nhiên từ mức đó trở lên khoảng 1/{chance[0]} sau khi xét {vietnamese(tried, 0)} cặp. Đây là lý do "
        "để xem lại sơ đồ chỗ ngồi và thời gian làm bài, không phải bằng chứng.",
        f"chance of that or more about 1 in {chance[1]} after allowing for {english(tried, 0)} pairs. A reason to look at "
        "seats and times, not proof.",
    )


def _expected(tried: int) -> Text:
    """Where the largest of so many pairs is no larger than chance makes it, nobody is to be looked at."""
    return Text(
        f"trong {vietnamese(tried, 0)} cặp thì mức này có thể do ngẫu nhiên, không phải lý do để xem lại.",
        f"among {english(tried, 0)} pairs chance alone may give that, so it is no reason to look.",
    )


def key_change(found: Preview) -> dict[str, Any]:
    """`key_change`: who gains and loses under another key."""
    return {
        "changed": {name: list(right) for name, right in found.changed.items()},
        "gain": found.gain,
        "lose": found.lose,
        "unchanged": found.unchanged,
        "mean_before": found.mean_before,
        "mean_after": found.mean_after,
        **both(found.text),
        "changes": [{"id": change.id, "before": change.before, "after": change.after} for change in found.changes],
    }


def finite(value: Any) -> Any:
    """The same document with every NaN or infinity replaced by None, tuples as lists."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return value
