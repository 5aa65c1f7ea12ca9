"""Errors of the face part."""

from __future__ import annotations

from typing import ClassVar

from reader.errors import ReaderError


class ImageRefused(ReaderError):
    """Bytes that are no picture, a damaged one, or one that is too large to be a portrait."""

    code: ClassVar[str] = "image_refused"


class NoFace(ReaderError):
    """No face in the picture."""

    code: ClassVar[str] = "face_not_found"


class ModelChanged(ReaderError):
    """A model file is missing or not the one that was measured."""

    code: ClassVar[str] = "face_model_changed"


class CameraUnavailable(ReaderError):
    """No camera, or it stopped giving pictures (M301)."""

    code: ClassVar[str] = "camera_unavailable"
    retryable: ClassVar[bool] = True
