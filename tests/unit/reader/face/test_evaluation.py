"""The figures of `face evaluate`, against sets whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from reader.face import evaluation, groups
from reader.face.errors import NoPairs
from reader.face.evaluation import Pairs
from reader.face.pairing import pair_up


def pairs(similarity, one=None, other=None):
    count = len(similarity)
    zeros = np.zeros(count, np.int32)
    return Pairs(zeros if one is None else np.array(one, np.int32), zeros if other is None else np.array(other, np.int32), np.array(similarity, np.float32))  # fmt: skip


def cosines(a, b):
    return a @ b.T


@pytest.mark.parametrize(
    ("genuine", "impostor", "eer"),
    [
        ([0.9, 0.8], [0.1, 0.2], 0.0),
        ([0.9, 0.1], [0.8, 0.0], 0.5),
        ([0.1], [0.9], 1.0),
        ([0.5, 0.6, 0.7, 0.8, 0.2], [0.1, 0.15, 0.3, 0.05, 0.55], 0.2),
    ],
)
def test_equal_error_rates_that_can_be_counted_by_hand(genuine, impostor, eer):
    assert evaluation.equal_error_rate(np.array(genuine, np.float32), np.array(impostor, np.float32)) == pytest.approx(eer)  # fmt: skip


def test_two_normal_distributions_have_the_rate_of_the_textbook():
    draw = np.random.default_rng(7)
    own, strangers = draw.normal(2, 1, 40_000), draw.normal(0, 1, 200_000)
    # Two unit normals two apart cross at one standard deviation: 15.87 % on either side.
    assert evaluation.equal_error_rate(own.astype(np.float32), strangers.astype(np.float32)) == pytest.approx(0.1587, abs=0.004)  # fmt: skip
    threshold = evaluation.threshold_at(strangers.astype(np.float32), 0.001)
    assert threshold == pytest.approx(3.09, abs=0.06)


def test_no_more_than_the_stated_share_of_strangers_passes_even_with_ties():
    strangers = np.array([0.5] * 50 + [0.1] * 50, np.float32)
    for fmr in (0.5, 0.3, 0.01):
        assert (strangers >= evaluation.threshold_at(strangers, fmr)).mean() <= fmr


def world(people=40, pictures=3, noise=0.6, seed=3):
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(people, 16))
    vectors = (centres[:, None] + noise * draw.normal(size=(people, pictures, 16))).reshape(-1, 16).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = np.repeat(np.arange(people, dtype=np.int32), pictures)
    return vectors, owners


def test_pairs_are_all_unordered_pairs_once():
    vectors, owners = world(5, 3)
    everything = np.ones(15, np.bool_)
    genuine, impostor = pair_up(vectors, owners, everything, everything, cosines)
    assert len(genuine.similarity) == 5 * 3
    assert len(impostor.similarity) == 15 * 14 // 2 - 15
    for a, b, similarity in zip(impostor.one, impostor.other, impostor.similarity, strict=True):
        assert a != b
        assert -1.001 <= similarity <= 1.001


def test_reference_and_probe_meet_only_each_other_and_never_a_picture_itself():
    vectors, owners = world(4, 3)
    first = np.tile([True, False, False], 4)
    genuine, impostor = pair_up(vectors, owners, first, ~first, cosines)
    assert len(genuine.similarity) == 4 * 2
    assert len(impostor.similarity) == 4 * 3 * 2
    overlapping, _ = pair_up(vectors, owners, first, np.ones(12, np.bool_), cosines)
    assert len(overlapping.similarity) == 4 * 2


def test_a_set_without_pairs_says_which_are_missing():
    vectors, owners = world(4, 1)
    yes = np.ones(4, np.bool_)
    with pytest.raises(NoPairs, match="genuine"):
        pair_up(vectors, owners, yes, yes, cosines)
    with pytest.raises(NoPairs, match="impostor"):
        pair_up(vectors, np.zeros(4, np.int32), yes, yes, cosines)
    with pytest.raises(NoPairs):
        pair_up(vectors[:0], owners[:0], yes[:0], yes[:0], cosines)


def test_a_rate_on_too_few_strangers_is_not_stated():
    vectors, owners = world()
    everything = np.ones(120, np.bool_)
    genuine, impostor = pair_up(vectors, owners, everything, everything, cosines)
    document = evaluation.measure(genuine, impostor, 40, 0.45)
    assert document["impostor"] == 7020
    assert document["fnmr_at_fmr"]["0.01"] is not None
    for level in ("0.001", "0.0001"):
        assert document["fnmr_at_fmr"][level] is None
        assert document["threshold_at_fmr"][level] is None
        assert "7020 impostor pairs" in document["reason"][level]
    lo, hi = document["eer_ci"]
    assert lo <= document["eer"] <= hi
    assert lo < hi
    lo, hi = document["fnmr_ci"]["0.01"]
    assert lo <= document["fnmr_at_fmr"]["0.01"] <= hi


def test_the_interval_covers_the_rate_of_the_whole_population():
    """Forty people are drawn from a world of four hundred, thirty times: the interval holds its rate nearly always."""
    vectors, owners = world(400, 2, 0.9, 11)
    everything = np.ones(800, np.bool_)
    genuine, impostor = pair_up(vectors, owners, everything, everything, cosines)
    truth = evaluation.equal_error_rate(genuine.similarity, impostor.similarity)
    draw, held = np.random.default_rng(5), 0
    for _ in range(30):
        chosen = draw.choice(400, 40, replace=False)
        rows = np.concatenate([[2 * i, 2 * i + 1] for i in chosen])
        own, strangers = pair_up(vectors[rows], np.repeat(np.arange(40, dtype=np.int32), 2), everything[:80], everything[:80], cosines)  # fmt: skip
        (lo, hi), _ = evaluation.intervals(own, strangers, 40)
        held += lo <= truth <= hi
    assert held >= 25


def test_groups_come_from_whatever_the_metadata_say():
    people = ["a", "b", "c", "d"]
    facts = groups.facts_of({"a": {"gender": "female", "eth": "kinh", "age": "17"}, "b": {"gender": "Female", "eth": "tày", "age": 40}, "c": {"gender": "male", "age": "na"}, "src": "x"})  # fmt: skip
    found = groups.groups(people, facts)
    assert found["female"] == [0, 1]
    assert found["male"] == [2]
    assert found["female kinh"] == [0]
    assert found["age under 18"] == [0]
    listed = groups.facts_of([{"id": "a", "glasses": True}, {"id": "b", "glasses": False}])
    assert groups.groups(people, listed) == {"glasses=true": [0], "glasses=false": [1]}


@pytest.mark.parametrize("document", [None, 3, "text", [], {}, [1, "x", None], {"a": 3, "b": ["c"]}, {"people": 7}])
def test_metadata_of_any_shape_never_break_an_evaluation(document):
    assert groups.groups(["a", "b"], groups.facts_of(document)) == {}


def test_rates_within_a_group_count_only_its_own_people():
    genuine = pairs([0.9, 0.2, 0.9], [0, 1, 2], [0, 1, 2])
    impostor = pairs([0.8, 0.1, 0.1], [0, 0, 1], [1, 2, 2])
    first, second = evaluation.by_group(genuine, impostor, {"a": [0, 1], "b": [2]}, 3, 0.5)
    assert (first["genuine"], first["impostor"], first["fmr"], first["fnmr"]) == (2, 1, 1.0, 0.5)
    assert (second["genuine"], second["impostor"], second["fmr"], second["fnmr"]) == (1, 0, None, 0.0)
