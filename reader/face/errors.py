"""Errors of the face part."""

from __future__ import annotations

from typing import ClassVar

from reader.errors import ReaderError


class ImageRefused(ReaderError):
    """Root of what is wrong with a picture file before anybody looks for a face in it."""

    code: ClassVar[str] = "image_refused"


class NotAnImage(ImageRefused):
    """Bytes of no picture format that is read here."""

    code: ClassVar[str] = "not_an_image"


class ImageDamaged(ImageRefused):
    """A picture that breaks off or contradicts itself."""

    code: ClassVar[str] = "image_damaged"


class ImageTooLarge(ImageRefused):
    """More bytes or pixels than the caps allow; nothing of it was decoded."""

    code: ClassVar[str] = "image_too_large"


class ImageAnimated(ImageRefused):
    """Several pictures in one file: a clip is no portrait."""

    code: ClassVar[str] = "image_animated"


class ClipRefused(ReaderError):
    """A clip that cannot be read, or that is too long or too short to judge."""

    code: ClassVar[str] = "clip_refused"


class ChallengeImpossible(ReaderError):
    """Nobody can be asked anything that would show life: a person decides."""

    code: ClassVar[str] = "challenge_impossible"


class NoFace(ReaderError):
    """No face in the picture."""

    code: ClassVar[str] = "face_not_found"


class NoPairs(ReaderError):
    """A folder in which nothing can be compared with anything."""

    code: ClassVar[str] = "no_pairs"


class ModelChanged(ReaderError):
    """A model file is missing or not the one that was measured."""

    code: ClassVar[str] = "face_model_changed"


class FaceProcessLost(ReaderError):
    """The process that looks at faces has ended, or answers no more: the try is void, the next one gets a new process."""

    code: ClassVar[str] = "face_process_lost"
    retryable: ClassVar[bool] = True


class CameraUnavailable(ReaderError):
    """No camera, or it stopped giving pictures (M301)."""

    code: ClassVar[str] = "camera_unavailable"
    retryable: ClassVar[bool] = True
