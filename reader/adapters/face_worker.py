"""The process that looks at faces: `python -m reader.adapters.face_worker`, started by `face_process` alone.

It answers what comes on standard input until that is closed, as it is when the station ends in whatever way. Nothing of a
face is left in its memory after an answer, nothing goes to a log, and it leaves no core file.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # counts only before numpy is loaded

import contextlib
import signal
import sys
from io import FileIO

import msgspec
import numpy as np

from reader.adapters import face_models
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.face_wire import ANSWER, OBSERVE, QUESTION, READY, REFERENCE, Told, read_into, write_all
from reader.errors import ReaderError
from reader.face.errors import FaceProcessLost
from reader.face.liveness.observing import Observer
from reader.face.ports import Embedding, Face, Frame, Landmarks

SOMEWHERE = Face(120, 70, 80, 100, ((140, 105), (180, 105), (160, 125), (145, 145), (175, 145)), 1.0)
Answer = tuple[Told, Landmarks | None, Embedding | None]


class Worker:
    """Answers one question after another. Models are loaded with the first."""

    def __init__(self) -> None:
        self._observer: Observer | None = None
        self._space = bytearray(640 * 480 * 3)

    def serve(self, questions: FileIO, answers: FileIO) -> None:
        """Until nobody asks any more."""
        head = bytearray(QUESTION.size)
        while read_into(questions, memoryview(head)):
            what, embed, height, width, length = QUESTION.unpack(head)
            if length > len(self._space):
                self._space = bytearray(length)
            body = memoryview(self._space)[:length]
            if not read_into(questions, body):
                return
            told, landmarks, embedding = self._answer(what, body, (height, width), embed=bool(embed))
            np.frombuffer(body, np.uint8).fill(0)
            self._send(answers, told, landmarks, embedding)

    def _answer(self, what: int, body: memoryview, size: tuple[int, int], *, embed: bool) -> Answer:
        try:
            if self._observer is None:
                self._observer = _warmed()
            if what == READY:
                return Told(), None, None
            if what == REFERENCE:
                return Told(), None, self._observer.reference(bytes(body))
            assert what == OBSERVE
            picture = np.frombuffer(body, np.uint8).reshape(*size, 3)
            seen = self._observer.observe(Frame(picture, 0.0), embed=embed)
            return Told("", seen.fingerprint, seen.flags, seen.face, seen.pose, seen.texture), seen.landmarks, seen.embedding  # fmt: skip
        except ReaderError as error:
            return Told(error.code), None, None
        except Exception:  # noqa: BLE001
            # OpenCV's and the decoders' own words could say something of a picture; the station needs only to know that.
            return Told(FaceProcessLost.code), None, None

    def _send(self, answers: FileIO, told: Told, *arrays: Landmarks | Embedding | None) -> None:
        raw = msgspec.msgpack.encode(told)
        parts = [b"" if array is None else np.ascontiguousarray(array).data.cast("B") for array in arrays]
        write_all(answers, ANSWER.pack(len(raw), *map(len, parts)) + raw)
        for part in parts:
            write_all(answers, part)
        for array in arrays:
            if array is not None:
                array.fill(0)


def _warmed() -> Observer:
    """Models loaded and run once: the first run of a network costs as much again as a later one."""
    engine, landmarker = face_models.create(), MeshLandmarker()
    picture = np.full((240, 320, 3), 128, np.uint8)
    engine.faces(picture)
    engine.embed(picture, SOMEWHERE)
    landmarker.landmarks(picture, SOMEWHERE)
    return Observer(engine, landmarker)


def _leave_no_core() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve; whatever a library prints goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the station that stops
    _leave_no_core()
    answers = os.dup(1)
    os.dup2(2, 1)
    with (
        FileIO(0, "rb", closefd=False) as questions,
        FileIO(answers, "wb") as out,
        contextlib.suppress(BrokenPipeError),
    ):
        Worker().serve(questions, out)
    sys.exit(0)


if __name__ == "__main__":
    main()
