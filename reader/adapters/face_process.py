"""Faces looked at in a process of their own, so that neither the window nor the journal ever waits (docs/adr/0023).

The process is started with the first question and serves until `close`. If it dies or hangs, the question fails with
`FaceProcessLost` and the next one starts another: what was not answered is never taken for an answer.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from io import FileIO
from typing import cast

import msgspec
import numpy as np

from reader.adapters import face_wire as wire
from reader.adapters.face_wire import Told
from reader.errors import ReaderError
from reader.face import errors
from reader.face.errors import FaceProcessLost
from reader.face.liveness.observing import Observation
from reader.face.ports import Embedding, Frame, Landmarks
from reader.face.thresholds import engine as engine_facts
from reader.face.thresholds import landmarks as landmark_facts

FROZEN = "face-worker"  # the argument by which a packed program (packaging/windows) knows that it is this process
COMMAND = (sys.executable, *((FROZEN,) if getattr(sys, "frozen", False) else ("-m", "reader.adapters.face_worker")))
# A look takes a tenth of a second, on a PC with ten other things to do one; whatever takes longer than this hangs.
PATIENCE = 15.0
# The first answer waits for the program and the models to come from a disk that may be cold.
STARTING = 60.0
FRAME_BYTES = 1024 * 1024
ERRORS: dict[str, type[ReaderError]] = {
    kind.code: kind
    for kind in (
        errors.ImageRefused,
        errors.NotAnImage,
        errors.ImageDamaged,
        errors.ImageTooLarge,
        errors.ImageAnimated,
        errors.NoFace,
        errors.ModelChanged,
    )
}
_DECODER = msgspec.msgpack.Decoder(Told)


class ObserverProcess:
    """As `FaceObserver`, with YuNet, SFace and the landmark model in another process. Any thread may ask, one at a time."""

    name = "sface"

    def __init__(
        self, command: tuple[str, ...] = COMMAND, patience: float = PATIENCE, starting: float = STARTING
    ) -> None:
        self._command, self._patience, self._starting = command, patience, starting
        self._answered = 0  # the last process that has answered, by its number
        self.model_sha256 = engine_facts(self.name).recogniser.sha256
        self.landmark_sha256 = landmark_facts().bundle.sha256
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._ask(wire.READY)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """Cosine of unit vectors, as SFace's own."""
        return float(np.dot(one, other))

    def reference(self, chip_image: bytes) -> Embedding:
        """As the port; decoded over there, where a hostile picture can harm no journal."""
        _, _, embedding = self._ask(wire.REFERENCE, chip_image)
        if embedding is None:
            raise FaceProcessLost("an answer without features")
        return embedding

    def observe(self, frame: Frame, *, embed: bool) -> Observation:
        """As the port."""
        height, width = frame.picture.shape[:2]
        picture = np.ascontiguousarray(frame.picture).data.cast("B")
        told, landmarks, embedding = self._ask(wire.OBSERVE, picture, (height, width), embed=embed)
        return Observation(frame.at, told.fingerprint, told.flags, told.face, told.pose, landmarks, embedding, told.texture)  # fmt: skip

    def close(self) -> None:
        """End the process, also while it is being asked."""
        self._closed = True
        if (process := self._process) is not None:
            process.kill()  # whoever waits for an answer is woken
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """Of the process, if one runs."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def _ask(self, what: int, body: bytes | memoryview = b"", size: tuple[int, int] = (0, 0), *, embed: bool = False) -> tuple[Told, Landmarks | None, Embedding | None]:  # fmt: skip
        """One question and its answer.

        Raises:
            ReaderError: what the other side found.
            FaceProcessLost: it died, hangs, or failed in a way nobody foresaw.
        """
        with self._lock:
            try:
                process = self._running()
                # Whoever waits in vain is woken by the end of the process.
                patience = self._patience if self._answered == process.pid else self._starting
                alarm = threading.Timer(patience, process.kill)
                alarm.start()
                try:
                    told, *arrays = self._exchanged(process, wire.QUESTION.pack(what, embed, *size, len(body)), body)
                finally:
                    alarm.cancel()
                self._answered = process.pid
            except (OSError, EOFError, ValueError, msgspec.MsgspecError) as error:
                self._end()
                raise FaceProcessLost("the process that looks at faces has ended") from error
            if told.error:
                kind = ERRORS.get(told.error)
                if kind is None:
                    self._end()
                    raise FaceProcessLost("the process that looks at faces failed")
                raise kind(told.error)
            return told, arrays[0], arrays[1]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise EOFError
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 - our own module
            _widen(cast("FileIO", process.stdin))
            self._process = process
            if self._closed:  # meanwhile: `close` has not seen this one
                raise EOFError
        return process

    def _exchanged(self, process: subprocess.Popen[bytes], head: bytes, body: bytes | memoryview) -> tuple[Told, Landmarks | None, Embedding | None]:  # fmt: skip
        questions, answers = cast("FileIO", process.stdin), cast("FileIO", process.stdout)
        wire.write_all(questions, head)
        wire.write_all(questions, body)
        sizes = wire.ANSWER.unpack(self._read(answers, wire.ANSWER.size))
        told = _DECODER.decode(self._read(answers, sizes[0]))
        landmarks, embedding = (np.frombuffer(self._read(answers, size), np.float32) for size in sizes[1:])
        return told, landmarks.reshape(-1, 3) if sizes[1] else None, embedding if sizes[2] else None

    def _read(self, answers: FileIO, size: int) -> bytearray:
        """Writable, so that whoever gets the features can overwrite them."""
        space = bytearray(size)
        if not wire.read_into(answers, memoryview(space)):
            raise EOFError
        return space

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _widen(pipe: FileIO) -> None:
    """Let a whole frame fit into the pipe, where the system can: one wake-up a frame in place of fifteen."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, FRAME_BYTES)
