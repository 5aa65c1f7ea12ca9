"""Whether one and the same face is before a live camera all the time: what a stand-in, a loop or a frozen feed breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from reader.face.liveness.limits import Limits
from reader.face.liveness.observing import Observation
from reader.face.ports import Embedding

# Flags that say "this is an attack"; the others say only that nothing can be concluded.
ATTACKS = frozenset({"frozen_feed", "repeated_frames", "identity_changed", "track_jumped", "wrong_action", "too_early", "flat_face", "motionless"})  # fmt: skip


class Track:
    """Follows the frames of one trial from the first ready one on; `watch` yields what is wrong, in flags."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen: Counter[bytes] = Counter()
        self._last: Observation | None = None
        self._last_face: Observation | None = None
        self._still_since: float | None = None
        self._still = 0
        self._several = 0
        self._front: Embedding | None = None
        self._sample: Embedding | None = None
        self._doubts = 0
        self.samples: list[Embedding] = []

    @property
    def doubtful(self) -> bool:
        """Whether the last sample looked like somebody else: the next frame is to be sampled too."""
        return self._doubts > 0

    def watch(self, seen: Observation) -> Iterator[str]:
        """What this frame says against the trial."""
        yield from self._feed(seen)
        yield from self._presence(seen)
        yield from self._identity(seen)
        self._last = seen
        if seen.face is not None:
            self._last_face = seen

    def _feed(self, seen: Observation) -> Iterator[str]:
        limits, last = self._limits, self._last
        if last is None:
            self._seen[seen.fingerprint] += 1
            return
        if seen.at - last.at > limits.gap:
            yield "feed_stalled"
        if seen.fingerprint != last.fingerprint:
            self._still, self._still_since = 0, None
            self._seen[seen.fingerprint] += 1
            if sum(count - 1 for count in self._seen.values()) >= limits.repeats:
                yield "repeated_frames"
            return
        self._still += 1
        self._still_since = last.at if self._still_since is None else self._still_since
        if self._still >= limits.frozen_frames and seen.at - self._still_since >= limits.frozen_seconds:
            yield "frozen_feed"

    def _presence(self, seen: Observation) -> Iterator[str]:
        limits, before = self._limits, self._last_face
        self._several = self._several + 1 if "several_faces" in seen.flags else 0
        if self._several >= limits.several_frames:
            yield "several_faces"
        if before is None or before.face is None:
            return
        if seen.face is None:
            if seen.at - before.at > limits.unseen:
                yield "track_lost"
            return
        old, new = before.face, seen.face
        moved = np.hypot(new.x + new.width / 2 - old.x - old.width / 2, new.y + new.height / 2 - old.y - old.height / 2)
        ratio = max(new.width, old.width) / max(min(new.width, old.width), 1.0)
        if moved > limits.jump * max(old.width, new.width) or ratio > limits.growth:
            yield "track_jumped"

    def _identity(self, seen: Observation) -> Iterator[str]:
        """Two strange samples in a row: one alone may be a blurred frame."""
        if seen.embedding is None:
            return
        if self._front is None or self._sample is None:
            self._front = self._sample = seen.embedding
            self.samples.append(seen.embedding)
            return
        limits = self._limits
        same = float(self._sample @ seen.embedding) >= limits.same_person
        if same and float(self._front @ seen.embedding) >= limits.same_as_front:
            self._sample, self._doubts = seen.embedding, 0
            self.samples.append(seen.embedding)
            return
        self._doubts += 1
        if self._doubts >= 2:
            yield "identity_changed"
