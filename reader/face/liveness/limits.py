"""Every threshold and every wait of a trial, with where it comes from. One frozen object; a site may load its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, shares and multiples. Measured figures are of face.md section 5.2 unless said otherwise."""

    version: str = "2026-11b"
    # Ready: looking straight ahead for a moment gives the person's own baseline.
    ready_frames: int = 4
    ready_seconds: float = 10.0
    front: float = 0.16
    # A turn of 10, 20, 30 degrees moves the nose by 0.11, 0.24, 0.35; a turned picture by 0.04 (95 % below 0.06).
    turned: float = 0.18
    returned: float = 0.10
    # A turned picture narrows as a head does, but its nose stays: 23 degrees narrow to 0.92.
    narrowed: float = 0.92
    nose_stays: float = 0.08
    narrow_frames: int = 4
    # Residual of a homography: heads leave 0.048 at 20 degrees (5 % below 0.043), pictures 0.005 (95 % below 0.007).
    least_depth: float = 0.02
    # Openness against the person's own: closed 0.095 of 0.30.
    closed: float = 0.6
    reopened: float = 0.75
    blink_shortest: float = 0.12
    blink_longest: float = 3.0
    # Asked to, eyes are closed for a second. By nature they close for 0.1 to 0.4 s every few seconds, so that an ordinary
    # blink answers for everybody, a recording of another challenge too.
    closed_on_request: float = 0.45
    closer: float = 1.22
    # Nobody reacts faster; who does was not waiting for the prompt.
    reaction: float = 0.2
    prompt_seconds: float = 5.0
    return_seconds: float = 4.0
    # Features of neighbouring samples of one person: 0.84 at 20 degrees, 0.76 at 30 (5 % below 0.67).
    same_person: float = 0.6
    same_as_front: float = 0.45
    sample_every: float = 0.4
    # The track: how far a head gets between two frames, in its own widths, and how long it may be unseen.
    jump: float = 0.6
    growth: float = 1.5
    unseen: float = 0.6
    several_frames: int = 3
    # A sensor never gives the same picture twice.
    frozen_seconds: float = 0.4
    frozen_frames: int = 4
    repeats: int = 4
    gap: float = 1.0
    # Shape changes of a face that is alive, in spans of the eyes, over a whole trial.
    motionless: float = 0.012
    motionless_seconds: float = 4.0
    # Strongest regular pattern; a soft flag.
    pattern: float = 1.6


DEFAULT = Limits()
