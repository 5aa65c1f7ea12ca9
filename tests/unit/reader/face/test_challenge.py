"""What is asked: fair, random, and possible for somebody who cannot do everything."""

from __future__ import annotations

import secrets
from collections import Counter
from itertools import pairwise

import pytest

from reader.face.errors import ChallengeImpossible
from reader.face.liveness import challenge
from reader.face.liveness.challenge import PROMPTS, TURNS


def test_every_fair_sequence_comes_as_often_as_any_other():
    fair = challenge.sequences(frozenset(PROMPTS))
    drawn = Counter(challenge.draw(secrets.randbelow).prompts for _ in range(200 * len(fair)))
    assert set(drawn) == set(fair)
    assert max(drawn.values()) < 300
    assert min(drawn.values()) > 110


def test_a_challenge_shows_depth_and_cannot_be_answered_by_habit():
    for prompts in challenge.sequences(frozenset(PROMPTS)):
        assert set(prompts) & TURNS
        assert prompts.count("blink") <= 1
        assert prompts.count("closer") <= 1
        assert all(one != next_one for one, next_one in pairwise(prompts))


def test_there_are_enough_that_a_recording_of_one_is_no_answer_to_another():
    assert len(challenge.sequences(frozenset(PROMPTS))) >= 20


def test_pauses_are_random_too():
    pauses = [pause for _ in range(100) for pause in challenge.draw(secrets.randbelow).pauses]
    assert min(pauses) >= challenge.SHORTEST_PAUSE
    assert max(pauses) <= challenge.LONGEST_PAUSE
    assert len(set(pauses)) > 100


@pytest.mark.parametrize("refused", [{"blink"}, {"closer"}, {"blink", "closer"}, {"left"}])
def test_who_cannot_do_something_is_asked_something_else(refused):
    first = challenge.draw(secrets.randbelow)
    for _ in range(30):
        other = challenge.without(first, frozenset(refused), secrets.randbelow)
        assert not set(other.prompts) & refused
        assert set(other.prompts) & TURNS


@pytest.mark.parametrize("refused", [{"left", "right"}, {"left", "blink", "closer"}, set(PROMPTS)])
def test_who_can_do_too_little_goes_to_a_person(refused):
    with pytest.raises(ChallengeImpossible):
        challenge.without(challenge.draw(secrets.randbelow), frozenset(refused), secrets.randbelow)
