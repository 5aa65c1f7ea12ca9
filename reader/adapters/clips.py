"""Recorded clips, frame by frame: video files through OpenCV, moving pictures and folders of stills through Pillow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# What FFmpeg thinks of a broken video is told by our own error; its line would stand beside it. Counts before the import alone.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
import numpy as np
from PIL import Image

from reader.face import portrait
from reader.face.errors import ClipRefused, ImageRefused
from reader.face.ports import Frame, Rgb

# A challenge takes ten seconds; a clip six times as long is something else.
LONGEST_SECONDS = 60.0
LARGEST_FILE = 300 * 1024 * 1024
LONGEST_SIDE = 4096
# The live loop looks at no more frames a second than this, and at no larger ones.
FRAMES_A_SECOND = 15.0
WIDTH = 640
SILENT = 0  # of OpenCV's levels
STILLS = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".jp2", ".j2k", ".pgm", ".ppm", ".tif", ".tiff"}
SINGLE = "a single picture is no clip"
MOVING = {".gif", ".webp", ".png", ".apng"}


def frames(clip: Path, folder_rate: float = 12.0) -> Iterator[Frame]:
    """The frames of a clip with their times; those of a folder in the order of the numbers in their names.

    Raises:
        ClipRefused: no clip, a damaged, too long or too large one.
        OSError: it cannot be read.
    """
    if clip.is_dir():
        source = _folder(clip, folder_rate)
    else:
        if clip.stat().st_size > LARGEST_FILE:
            raise ClipRefused("more than {most} bytes", most=LARGEST_FILE)
        with clip.open("rb"):
            source = _pictures(clip) if clip.suffix.lower() in MOVING | STILLS else _video(clip)
    due = -1.0
    for frame in source:
        if frame.at > LONGEST_SECONDS:
            raise ClipRefused("longer than {seconds:.0f} s", seconds=LONGEST_SECONDS)
        if frame.at >= due:
            due = max(due, frame.at) + 1 / FRAMES_A_SECOND - 0.005
            yield Frame(_fitted(frame.picture), frame.at)


def _folder(folder: Path, rate: float) -> Iterator[Frame]:
    paths = [path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in STILLS and not path.name.startswith(".")]  # fmt: skip
    if len(paths) < 2:
        raise ClipRefused("a folder needs at least two frames as pictures")
    for number, path in enumerate(sorted(paths, key=_by_number)):
        try:
            yield Frame(portrait.decode(portrait.read(path)), number / rate)
        except ImageRefused as error:
            raise ClipRefused("{file}: {problem}", file=path.name, problem=error) from error


def _by_number(path: Path) -> list[tuple[int, str]]:
    """`frame2` before `frame10`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _pictures(clip: Path) -> Iterator[Frame]:
    """A moving GIF, WebP or PNG; times from its own durations."""
    at = 0.0
    try:
        with Image.open(clip, formats=("GIF", "WEBP", "PNG")) as image:
            count = getattr(image, "n_frames", 1)
            if count < 2 or max(image.size) > LONGEST_SIDE:
                raise ClipRefused(SINGLE if count < 2 else "too many pixels")
            for number in range(count):
                image.seek(number)
                yield Frame(np.array(image.convert("RGB"), np.uint8), at)
                at += max(10.0, float(image.info.get("duration", 0) or 100.0)) / 1000
    except portrait.BROKEN as error:
        raise ClipRefused(SINGLE if clip.suffix.lower() not in MOVING else "the clip is damaged") from error


def _video(clip: Path) -> Iterator[Frame]:
    cv2.setLogLevel(SILENT)
    capture = cv2.VideoCapture(str(clip))
    try:
        if not capture.isOpened():
            raise ClipRefused("not a video that can be read")
        if max(capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) > LONGEST_SIDE:
            raise ClipRefused("too many pixels")
        rate = capture.get(cv2.CAP_PROP_FPS)
        rate = rate if 1.0 <= rate <= 240.0 else FRAMES_A_SECOND
        number, last = 0, -1.0
        while True:
            good, bgr = capture.read()
            if not good:
                break
            told = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            at = told if told > last else max(last + 1 / rate, number / rate)
            yield Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), at)
            number, last = number + 1, at
        if not number:
            raise ClipRefused("a video without a picture")
    except cv2.error as error:
        raise ClipRefused("the video is damaged") from error
    finally:
        capture.release()


def _fitted(picture: Rgb) -> Rgb:
    if picture.shape[1] <= WIDTH:
        return picture
    scale = WIDTH / picture.shape[1]
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
