"""All comparisons of a folder of people, as arrays: every unordered pair once (ISO/IEC 19795-1: no picture with itself)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from reader.face.errors import NoPairs
from reader.face.evaluation import Indices, Pairs
from reader.face.ports import Embedding

ROWS = 256
Mask = npt.NDArray[np.bool_]


def pair_up(
    vectors: Embedding,
    owners: Indices,
    reference: Mask,
    probe: Mask,
    similarities: Callable[[Embedding, Embedding], Embedding],
) -> tuple[Pairs, Pairs]:
    """Genuine and impostor pairs of n pictures; a pair needs one picture of each side.

    Raises:
        NoPairs: nobody has two pictures to compare, or there is nobody else.
    """
    kept: list[tuple[Indices, Indices, Embedding]] = []
    for start in range(0, len(vectors), ROWS):
        block = similarities(vectors[start : start + ROWS], vectors)
        for row, alike in enumerate(block):
            i = start + row
            mask = (reference[i] & probe[i + 1 :]) | (probe[i] & reference[i + 1 :])
            others = owners[i + 1 :][mask]
            kept.append((np.full(len(others), owners[i], np.int32), others, alike[i + 1 :][mask]))
    one, other, similarity = (np.concatenate(column) for column in zip(*kept, strict=True)) if kept else (np.zeros(0),) * 3  # fmt: skip
    same = one == other
    if not same.any():
        raise NoPairs("nobody has two pictures with a face to compare: no genuine pair")
    if same.all():
        raise NoPairs("pictures of one person only: no impostor pair")
    return Pairs(one[same], other[same], similarity[same]), Pairs(one[~same], other[~same], similarity[~same])
