"""Faces: what a comparison costs, and what the liveness challenge lets through on the bench of attacks.

    python benchmarks/face.py speed FACES
    python benchmarks/face.py attacks FACES --seed 1 --out seed1.jsonl      (about half an hour a seed; nice it)
    python benchmarks/face.py table seed1.jsonl seed2.jsonl

FACES is a folder with one sub-folder a person: `dg2_*` the chip's picture, `live_*` frames of 640 x 480.
"""

from __future__ import annotations

import json
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads would count their waiting as work

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import beta

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hardware_mocks.camera.cases import CASES, Cast, Clock, camera
from hardware_mocks.camera.session import attempt
from hardware_mocks.camera.warping import Head
from hardware_mocks.portraits import Portrait, people
from reader.adapters import face_models
from reader.adapters.face_landmarks import MeshLandmarker
from reader.face import portrait
from reader.face.liveness.challenge import draw
from reader.face.liveness.limits import DEFAULT
from reader.face.liveness.observing import Observer
from reader.face.liveness.trial import Trial
from reader.face.thresholds import engine as engine_facts

MORE = ("print_of_chip", "injected_replay", "looped_feed")
# The cases whose figures are asked for come first; each case runs over everybody before the next begins.
ORDER = ("genuine", "print", "bent_print", "swap", "screen_replay", "frozen_feed", "no_face", "two_faces", "impostor", *MORE)  # fmt: skip
TRIES = {"genuine": 2}
ROUNDS = 15


BLOCK = np.random.default_rng(1).random((1024, 1024)).astype(np.float32)
# The core on which the wanted figures are meant: 81 GFLOPS, 26.5 ms for the product of two 1024 x 1024 matrices.
REFERENCE = 26.5


def clocked(action: Callable[[], object]) -> float:
    """Processor time of one call, in milliseconds."""
    started = time.process_time()
    action()
    return 1000 * (time.process_time() - started)


def cost(action: Callable[[], object], rounds: int = ROUNDS) -> np.ndarray:
    """Median processor time of one call in milliseconds, and of a product of matrices done before each on the same core."""
    return np.median([(clocked(action), clocked(lambda: BLOCK @ BLOCK)) for _ in range(rounds)], axis=0)


def line(what: str, measured: np.ndarray) -> None:
    """One row: time, and what it would be on the reference core."""
    spent, product = measured
    print(f"| {what} | {spent:.0f} ms | {product:.0f} ms | {REFERENCE * spent / product:.0f} ms |")


def speed(folder: str) -> None:
    person = people(Path(folder))[0]
    frame_bytes = person.live[0].read_bytes()
    load = cost(face_models.create, 5), cost(MeshLandmarker, 5)
    engine, landmarker = face_models.create(), MeshLandmarker()
    observer, picture = Observer(engine, landmarker), portrait.decode(frame_bytes)
    chip = portrait.from_chip(person.chip_image)
    reference = engine.embed(chip, engine.faces(chip)[0])

    def of_chip() -> None:
        decoded = portrait.from_chip(person.chip_image)
        engine.embed(decoded, engine.faces(decoded)[0])

    def of_frame() -> None:
        found = observer.faces(picture)
        engine.similarity(reference, engine.embed(picture, found[0]))

    head = Head(picture, landmarker.landmarks(picture, engine.faces(picture)[0]))
    cast, clock = Cast(head, head, chip), Clock()
    acted, trial, frames, spent = (
        camera("genuine", cast, 1, clock),
        Trial(draw(np.random.default_rng(3).integers)),
        0,
        0.0,
    )
    while not trial.over:
        frame = acted.newest()
        started = time.process_time()
        state = trial.feed(observer.observe(frame, embed=trial.wants_sample(frame.at)))
        spent += time.process_time() - started
        acted.hear(state.step, state.prompt)
        clock.tick()
        frames += 1
    print(f"load {os.getloadavg()[0]:.1f}")
    print("| what | processor time | product of matrices meanwhile | on a core of 81 GFLOPS |\n|---|---|---|---|")
    of_chip()
    chip_cost, frame_cost = cost(of_chip, 2 * ROUNDS), cost(of_frame, 2 * ROUNDS)
    line("load YuNet and SFace, digests checked", load[0])
    line("load the landmark model, digest checked", load[1])
    line("chip portrait: decode, find, features", chip_cost)
    line("live frame: find, features, compare", frame_cost)
    line("verify: chip portrait and one live frame", chip_cost + frame_cost * (1, 0))
    print(f"live loop over a whole challenge, {frames} frames: {1000 * spent / frames:.0f} ms a frame, {frames / spent:.0f} frames/s of one core")  # fmt: skip


def attacks(folder: str, seed: int, out: str, only: tuple[str, ...]) -> None:
    engine, landmarker, facts = face_models.create(), MeshLandmarker(), engine_facts("sface")
    observer, limits = Observer(engine, landmarker), replace(DEFAULT, ready_seconds=3.0, sample_every=0.8)

    def head(person: Portrait) -> Head:
        picture = portrait.decode(person.live[seed % 2].read_bytes())
        points = landmarker.landmarks(picture, engine.faces(picture)[0])
        assert points is not None
        return Head(picture, points)

    done = {(row["case"], row["person"]) for row in _rows([out])} if Path(out).exists() else set()
    everybody = people(Path(folder))
    heads = {person.id: head(person) for person in everybody}
    for number, case in enumerate(only or ORDER):
        for index, person in enumerate(everybody):
            if (case, index) in done:
                continue
            same_sex = [other for other in everybody if other.id != person.id and other.sex == person.sex]
            stranger = same_sex[(7 * index + seed) % len(same_sex)]
            chip = portrait.from_chip(person.chip_image)
            reference = engine.embed(chip, engine.faces(chip)[0])
            cast = Cast(heads[person.id], heads[stranger.id], chip)
            for again in range(TRIES.get(case, 1)):
                drawn = 1_000_000 * seed + 1000 * index + 10 * number + again
                played = attempt(case, cast, reference, observer, facts, drawn, limits)
                outcome = played.outcome
                row = {
                    "case": case,
                    "person": index,
                    "seed": seed,
                    "try": again,
                    "admitted": played.admitted,
                    "verdict": outcome.verdict,
                    "flags": outcome.flags,
                    "band": played.band,
                    "prompts": played.prompts,
                    "depth": outcome.depth,
                    "similarity": played.similarity,
                    "seconds": played.seconds,
                }
                with Path(out).open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
                if played.admitted:
                    break


def _rows(files: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in files for line in Path(path).read_text(encoding="utf-8").splitlines()]


def bounds(hits: int, total: int) -> tuple[float, float]:
    """Clopper and Pearson, 95 %."""
    low = 0.0 if hits == 0 else float(beta.ppf(0.025, hits, total - hits + 1))
    return low, 1.0 if hits == total else float(beta.ppf(0.975, hits + 1, total - hits))


def table(files: list[str]) -> None:
    rows = _rows(files)
    clips = defaultdict(list)
    for row in rows:
        clips[row["case"], row["person"], row["seed"]].append(row)
    print("| case | people x seeds | admitted | 95 % bounds | verdicts | what was flagged |\n|---|---|---|---|---|---|")
    for case in (*CASES, *MORE):
        mine = {key: tries for key, tries in clips.items() if key[0] == case}
        if not mine:
            continue
        admitted = sum(any(one["admitted"] for one in tries) for tries in mine.values())
        low, high = bounds(admitted, len(mine))
        verdicts = Counter(one["verdict"] for tries in mine.values() for one in tries)
        flags = Counter(flag for tries in mine.values() for one in tries for flag in one["flags"])
        told = ", ".join(f"{flag} {count}" for flag, count in flags.most_common(5))
        print(
            f"| {case} | {len({key[1] for key in mine})} x {len({key[2] for key in mine})} | {admitted} of {len(mine)} | {100 * low:.1f} % to {100 * high:.1f} % | {', '.join(f'{verdict} {count}' for verdict, count in verdicts.most_common())} | {told} |"
        )
    first = [tries[0] for key, tries in clips.items() if key[0] == "genuine"]
    print(
        f"genuine at the first try: {sum(row['admitted'] for row in first)} of {len(first)}; median {median(row['seconds'] for row in first):.1f} s"
    )


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "speed":
        speed(rest[0])
    elif command == "attacks":
        options = dict(zip(rest[1::2], rest[2::2], strict=True))
        attacks(
            rest[0],
            int(options["--seed"]),
            options["--out"],
            tuple(filter(None, options.get("--cases", "").split(","))),
        )
    else:
        table(rest)
