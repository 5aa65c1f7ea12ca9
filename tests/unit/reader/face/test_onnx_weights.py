"""Weights unpacked before OpenCV reads them are those that it would have unpacked itself."""

from __future__ import annotations

import cv2
import numpy as np

from reader.adapters import onnx_weights
from reader.adapters.face_models import model_path
from reader.face.thresholds import engine


def test_features_are_the_same_to_the_last_bit():
    facts = engine("sface")
    path = model_path(facts.package, facts.recogniser)
    plain = onnx_weights.plain(path.read_bytes())
    assert onnx_weights.DEQUANTIZE not in plain.tobytes()
    assert len(onnx_weights.plain(plain.tobytes())) == len(plain)
    packed = cv2.FaceRecognizerSF.create(str(path), "")
    unpacked = cv2.FaceRecognizerSF.create("onnx", plain, np.zeros(0, np.uint8))
    generator = np.random.default_rng(7)
    for _ in range(3):
        face = generator.integers(0, 256, (112, 112, 3)).astype(np.uint8)
        assert np.array_equal(packed.feature(face), unpacked.feature(face))
