"""The two pictures of a check-in that was referred, on their way to whoever decides (DESIGN.md section 4.8).

They live in this process's memory until the node has them: never in the journal, gone with a decision at the seat, with the
next candidate, with a restart, and after 15 minutes without a node.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

from exam_engine import exchange as x
from exam_engine.attempt import Phase
from reader.errors import ReaderError
from reader.face import portrait
from station.journey import effects as fx
from station.journey.state import Journey

KEPT_MS = 15 * 60_000
UNDECIDED = {Phase.REFERRED, Phase.REFUSED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One attachment, and until when (node milliseconds) it may wait for the node."""

    attachment: x.Attachment
    until: int


class ReferralPictures:
    """At most one case: a station checks one candidate in at a time."""

    def __init__(self) -> None:
        self._waiting: Waiting | None = None
        self._lock = threading.Lock()

    def hold(self, case: fx.ShowReferral, now: int) -> None:
        """Keep a case's pictures for the next exchange, in place of any other's."""
        pictures = x.ReferralPictures(_shown(case.portrait), case.live, now, case.tries)
        body = x.encode(pictures)
        attachment = x.Attachment(hashlib.sha256(body).hexdigest(), "referral_pictures", case.attempt, body)
        with self._lock:
            self._waiting = Waiting(attachment, now + KEPT_MS) if pictures.portrait or pictures.live else None

    def due(self, journey: Journey, now: int) -> tuple[x.Attachment, ...]:
        """What goes with an exchange; pictures that nobody has to look at any more are forgotten."""
        with self._lock:
            waiting = self._waiting
            if waiting is None:
                return ()
            wanted = journey.attempt_id == waiting.attachment.attempt and journey.attempt.phase in UNDECIDED
            if not wanted or now >= waiting.until:
                self._waiting = None
                return ()
            return (waiting.attachment,)

    def sent(self, attachments: tuple[x.Attachment, ...]) -> None:
        """The node has answered: forget them, unless they are another candidate's by now."""
        with self._lock:
            if self._waiting is not None and self._waiting.attachment in attachments:
                self._waiting = None


def _shown(chip_image: bytes) -> bytes:
    """The chip's portrait as JPEG: no browser shows JPEG 2000. Empty where it cannot be read, the station said why already."""
    try:
        picture = portrait.from_chip(chip_image)
    except ReaderError:
        return b""
    try:
        return portrait.to_jpeg(picture)
    finally:
        picture.fill(0)
