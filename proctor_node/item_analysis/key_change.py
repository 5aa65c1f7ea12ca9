"""What a changed key would do to every mark: the preview that two people sign before anything is marked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from proctor_node.item_analysis.errors import KeyUnreadable
from proctor_node.item_analysis.responses import Item, Responses
from proctor_node.item_analysis.wording import Text, english, vietnamese


@dataclass(frozen=True, slots=True)
class Change:
    """One person's mark before and after."""

    id: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Preview:
    """All marks before and after; `changes` are the persons whose mark moves, largest gain first."""

    changed: Mapping[str, tuple[str, ...]]
    gain: int
    lose: int
    unchanged: int
    mean_before: float
    mean_after: float
    changes: tuple[Change, ...]

    @property
    def text(self) -> Text:
        """The sentence above the table."""
        means = (self.mean_before, self.mean_after)
        return Text(
            f"Tăng điểm {self.gain} em · Giảm {self.lose} em · Không đổi {self.unchanged}. "
            f"Điểm trung bình {vietnamese(means[0], 2)} → {vietnamese(means[1], 2)}.",
            f"Key change preview: {self.gain} gain, {self.lose} lose, {self.unchanged} unchanged. "
            f"Mean {english(means[0], 2)} → {english(means[1], 2)}.",
        )


def preview(responses: Responses, changed: Mapping[str, tuple[str, ...]]) -> Preview:
    """Marks under the present and under the changed key of some choice items.

    Raises:
        KeyUnreadable: an item that does not exist or has no options, or an option that it does not have.
    """
    by_id = {item.id: item for item in responses.items}
    difference = np.zeros(responses.persons)
    for name, right in changed.items():
        if name not in by_id or by_id[name].kind != "choice":
            raise KeyUnreadable("'{item}' is no choice item of this test", "Name one of its items.", item=name)
        item = by_id[name]
        unknown = [option for option in right if option not in item.options]
        if unknown or not right:
            raise KeyUnreadable(
                "'{item}' has no option {option}",
                "Options: {options}",
                item=name,
                option=", ".join(unknown) or "?",
                options=", ".join(item.options),
            )
        difference += with_key(item, right).marks[item.codes] - item.marks[item.codes]
    values, places = responses.totals
    before = values[places]
    after = before + difference
    moved = np.flatnonzero(np.abs(difference) > 1e-9)
    order = moved[np.argsort(-difference[moved], kind="stable")]
    return Preview(
        dict(changed), int((difference > 1e-9).sum()), int((difference < -1e-9).sum()), responses.persons - len(moved),
        float(before.mean()), float(after.mean()),
        tuple(Change(responses.ids[place], float(before[place]), float(after[place])) for place in order),
    )  # fmt: skip


def with_key(item: Item, right: tuple[str, ...]) -> Item:
    """The item under another key."""
    marks = np.array([item.maximum if option in right else 0.0 for option in item.options] + [0.0, 0.0])
    return replace(item, right=frozenset(right), marks=marks)
