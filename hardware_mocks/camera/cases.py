"""The bench of presentation attacks: one camera for each case, made from stills of people who agreed to it.

Each is a live camera behind the product's port (`Camera`), driven by a clock that the bench turns. `hear` is how the person
before it learns of the prompt on the screen; attacks that cannot follow ignore it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardware_mocks.camera.people import Person, script
from hardware_mocks.camera.warping import Head, Posture, enlarged, sheet
from reader.face.liveness.challenge import Prompt
from reader.face.ports import Frame, Rgb

FRAMES_A_SECOND = 8.0  # a slow camera: what is found at this rate is found at any higher one
NOISE = 3.0
CASES = ("genuine", "impostor", "print", "bent_print", "screen_replay", "swap", "two_faces", "no_face", "frozen_feed")


class Clock:
    """Turned by the bench, one frame at a time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def tick(self) -> None:
        """To the next frame."""
        self.now += 1 / FRAMES_A_SECOND


@dataclass(frozen=True, slots=True)
class Cast:
    """Who may appear: the holder of the card and a stand-in, each as a head, and the holder's chip picture."""

    holder: Head
    stand_in: Head
    chip: Rgb


Scene = Callable[[float, Posture], Rgb]


class ActedCamera:
    """A camera before which a scene is acted."""

    name = "acted camera"

    def __init__(self, scene: Scene, person: Person, clock: Clock, *, noise: bool = True) -> None:
        self._scene, self._person, self._clock, self._noise = scene, person, clock, noise
        self._grain = np.random.default_rng(person.chance.getrandbits(32)).normal(0, NOISE, (600, 800, 3)).astype(np.int16)  # fmt: skip

    def open(self) -> None:
        """Nothing to start."""

    def hear(self, step: int, prompt: Prompt | None) -> None:
        """The prompt on the screen."""
        self._person.hear(step, prompt, self._clock())

    def newest(self) -> Frame | None:
        """What is before the camera now, with the noise of a sensor."""
        at = self._clock()
        picture = self._scene(at, self._person.posture(at))
        return Frame(self._grained(picture) if self._noise else picture, at)

    def close(self) -> None:
        """Nothing to stop."""

    def _grained(self, picture: Rgb) -> Rgb:
        top, left = self._person.chance.randrange(600 - 480), self._person.chance.randrange(800 - 640)
        height, width = picture.shape[:2]
        return (picture + self._grain[top : top + height, left : left + width]).clip(0, 255).astype(np.uint8)


def camera(case: str, cast: Cast, seed: int, clock: Clock, other: tuple[Prompt, ...] = ()) -> ActedCamera:
    """The camera of one case. `other` are the prompts of the challenge that a replay was recorded for."""
    chance = random.Random(seed)
    person = Person(chance)
    background = _wall(cast.holder.picture, chance)
    make: dict[str, Callable[[], Scene]] = {
        "genuine": lambda: _live(cast.holder),
        "impostor": lambda: _live(cast.stand_in),
        "print": lambda: _print(cast.holder.picture, background, chance, 0.0),
        "bent_print": lambda: _print(cast.holder.picture, background, chance, chance.uniform(15, 45)),
        "print_of_chip": lambda: _print(enlarged(cast.chip, 640, 480), background, chance, 0.0),
        "screen_replay": lambda: _screen(cast.holder, chance, other),
        "injected_replay": lambda: _recording(cast.holder, chance, other),
        "swap": lambda: _swap(cast, chance),
        "two_faces": lambda: _beside(cast),
        "no_face": lambda: _empty(background),
        "frozen_feed": lambda: _frozen(cast.holder, chance),
        "looped_feed": lambda: _looped(cast.holder),
    }
    scene = make[case]()
    return ActedCamera(scene, person, clock, noise=case not in {"frozen_feed", "looped_feed"})


def _live(head: Head) -> Scene:
    return lambda _, posture: head.show(posture)


def _empty(background: Rgb) -> Scene:
    return lambda _, __: background


def _wall(picture: Rgb, chance: random.Random) -> Rgb:
    height, width = picture.shape[:2]
    ramp = np.linspace(chance.uniform(80, 140), chance.uniform(140, 210), width, dtype=np.float32)
    return np.repeat(np.tile(ramp, (height, 1))[..., None], 3, 2).astype(np.uint8)


def _print(picture: Rgb, background: Rgb, chance: random.Random, bent: float) -> Scene:
    """Whoever holds it follows the prompts with the sheet: turns it, brings it nearer; it cannot blink."""
    further = chance.uniform(1.0, 1.6)  # a sheet is turned further than a head, in the hope that it shows

    def scene(_: float, posture: Posture) -> Rgb:
        shift = tuple(value + chance.gauss(0, 2.0) for value in posture.shift)
        held = Posture(posture.yaw * further, posture.nearer * 0.95, 0.0, (shift[0], shift[1]))
        return sheet(picture, background, held, bent=bent)

    return scene


def _recording(head: Head, chance: random.Random, prompts: tuple[Prompt, ...]) -> Scene:
    """The holder, recorded while answering another challenge, put into the feed without a screen between."""
    recorded = Person(random.Random(chance.getrandbits(32)), script(chance, prompts))
    return lambda at, _: head.show(recorded.posture(at))


def _screen(head: Head, chance: random.Random, prompts: tuple[Prompt, ...]) -> Scene:
    """The same recording on a screen held before the camera: brighter, with the beat of its pixels."""
    play = _recording(head, chance, prompts)
    rows, columns = np.mgrid[0 : head.picture.shape[0], 0 : head.picture.shape[1]]
    beat = 4 * np.sin(2 * np.pi * (columns / chance.uniform(2.3, 3.5) + rows / chance.uniform(5, 40)))[..., None]
    return lambda at, posture: (255 * (play(at, posture) / 255.0) ** 0.85 + beat).clip(0, 255).astype(np.uint8)


def _swap(cast: Cast, chance: random.Random) -> Scene:
    """A stand-in answers, and at some moment the holder's face takes the place, without a gap and in the same pose."""
    moment = chance.uniform(1.0, 5.0)
    return lambda at, posture: (cast.stand_in if at < moment else cast.holder).show(posture)


def _beside(cast: Cast) -> Scene:
    """The holder follows the prompts, somebody else sits beside."""

    def scene(_: float, posture: Posture) -> Rgb:
        both = np.hstack((cast.holder.show(posture)[:, 160:480], cast.stand_in.picture[:, 160:480]))
        return np.ascontiguousarray(both)

    return scene


def _frozen(head: Head, chance: random.Random) -> Scene:
    """A feed that shows a person and then stands still."""
    moment = chance.uniform(0.3, 2.0)
    last: list[Rgb] = []

    def scene(at: float, posture: Posture) -> Rgb:
        if at < moment or not last:
            last[:] = [head.show(posture)]
        return last[0]

    return scene


def _looped(head: Head) -> Scene:
    """A second of somebody sitting there, again and again."""
    kept: list[Rgb] = []

    def scene(at: float, posture: Posture) -> Rgb:
        if len(kept) < FRAMES_A_SECOND:
            kept.append(head.show(posture))
            return kept[-1]
        return kept[int(at * FRAMES_A_SECOND) % len(kept)]

    return scene
