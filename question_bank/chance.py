"""Randomness as an argument: what the pure parts ask of it. A composition root hands in a seeded generator."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """The part of Python's own random generator that is used."""

    def sample(self, population: Sequence[T], k: int) -> list[T]:
        """So many different members in random order."""

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """A random order, in place."""
