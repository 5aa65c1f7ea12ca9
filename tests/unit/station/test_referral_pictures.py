"""Pictures of a referral: only in memory, only while somebody has to decide, sent once."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from exam_engine import exchange as x
from exam_engine.attempt import Phase
from reader.face import portrait
from station.journey import effects as fx
from station.referral_pictures import KEPT_MS, ReferralPictures

NOW = 1_800_000_000_000
ATTEMPT = "K/1/30004527"


def silhouette(name="JPEG2000"):
    picture = np.full((320, 240, 3), 200, np.uint8)
    picture[80:220, 70:170] = 90
    file = io.BytesIO()
    Image.fromarray(picture).save(file, name)
    return file.getvalue()


def journey(phase=Phase.REFERRED, attempt=ATTEMPT):
    return SimpleNamespace(attempt_id=attempt, attempt=SimpleNamespace(phase=phase))


@pytest.fixture
def held():
    pictures = ReferralPictures()
    pictures.hold(fx.ShowReferral(ATTEMPT, silhouette(), b"\xff\xd8\xfflive", 3), NOW)
    return pictures


def test_they_go_with_every_exchange_until_the_node_has_answered(held):
    first = held.due(journey(), NOW + 1)
    assert held.due(journey(), NOW + 2) == first
    (attachment,) = first
    assert (attachment.kind, attachment.attempt) == ("referral_pictures", ATTEMPT)
    told = x.decode(attachment.body, x.ReferralPictures)
    assert (told.live, told.tries, told.taken_at) == (b"\xff\xd8\xfflive", 3, NOW)
    assert portrait.decode(told.portrait, formats=("JPEG",)).shape == (320, 240, 3)
    held.sent(())
    assert held.due(journey(), NOW + 3) == first
    held.sent(first)
    assert held.due(journey(), NOW + 4) == ()


@pytest.mark.parametrize(
    ("now", "where"),
    [
        (NOW + KEPT_MS, journey()),
        (NOW, journey(Phase.VERIFIED)),
        (NOW, journey(attempt="K/1/30004528")),
        (NOW, journey(attempt="")),
    ],
)
def test_nobody_has_to_look_any_more(held, now, where):
    assert held.due(where, now) == ()
    assert held.due(journey(), NOW) == ()


def test_the_next_candidate_takes_the_place_and_a_late_answer_takes_nothing_away(held):
    old = held.due(journey(), NOW)
    held.hold(fx.ShowReferral("K/1/unknown-TS-1", silhouette("JPEG"), b"", 0), NOW)
    held.sent(old)
    (attachment,) = held.due(journey(Phase.REFUSED, "K/1/unknown-TS-1"), NOW)
    assert x.decode(attachment.body, x.ReferralPictures).live == b""


def test_a_portrait_that_cannot_be_read_is_left_out_and_nothing_is_sent_for_nothing(held):
    held.hold(fx.ShowReferral(ATTEMPT, b"no picture", b"\xff\xd8\xff", 1), NOW)
    (attachment,) = held.due(journey(), NOW)
    assert x.decode(attachment.body, x.ReferralPictures).portrait == b""
    held.hold(fx.ShowReferral(ATTEMPT, b"no picture", b"", 1), NOW)
    assert held.due(journey(), NOW) == ()
