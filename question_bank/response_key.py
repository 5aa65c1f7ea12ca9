"""Response keys, apart from items: they live on the node that grades and never reach a station."""

from __future__ import annotations

import msgspec

from question_bank.errors import FormMalformed
from question_bank.form import Form
from question_bank.item import Item
from question_bank.short_answer import is_complete, normalise


class ResponseKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Right responses by item, in the canonical form of responses; several right ones are separated by `|`."""

    form_code: str
    version: int
    right: dict[str, str]


def check(key: ResponseKey, form: Form) -> None:
    """Whether every item has a key that can be entered, and no key is left over.

    Raises:
        FormMalformed: the message names the item.
    """
    items = {item.id: item for _, item in form.each_item()}
    for identifier in items.keys() ^ key.right.keys():
        raise FormMalformed("{identifier}: key without an item, or item without a key", identifier=identifier)
    for identifier, item in items.items():
        if not _enterable(item, key.right[identifier]):
            raise FormMalformed(
                "{identifier}: the key {key!r} cannot be entered", identifier=identifier, key=key.right[identifier]
            )


def _enterable(item: Item, right: str) -> bool:
    return enterable(item.kind, {option.identifier for option in item.options}, right)


def enterable(kind: str, options: set[str], right: str) -> bool:
    """Whether a candidate could give this response to an item of that kind with these options."""
    if kind == "short_numeric":
        return all(answer == normalise(answer) and is_complete(answer) for answer in right.split("|"))
    if kind == "true_false_cluster":
        pairs = dict(pair.partition("=")[::2] for pair in right.split(","))
        return set(pairs) == options and set(pairs.values()) <= {"true", "false"}
    return set(right.split("|")) <= options
