"""Groups of people for `face evaluate`, from what `meta.json` says about each: sex, ethnicity, age, anything with few values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

SEX = ("gender", "sex")
ETHNICITY = ("eth", "ethnicity", "race")
AGE = ("age",)
NAMES = ("id", "identity", "name", "person", "folder")
MOST_VALUES = 12
UNKNOWN = {"", "na", "n/a", "nan", "none", "null", "unknown", "?", "-"}
AGES = ((18, "under 18"), (30, "18-29"), (45, "30-44"), (60, "45-59"), (200, "60 and over"))


def facts_of(document: object) -> dict[str, Mapping[str, Any]]:
    """Facts by folder name: a mapping, or a list of records that name their folder; anything else says nothing."""
    if isinstance(document, Mapping):
        people = document.get("people", document.get("identities", document))
        if isinstance(people, Mapping):
            return {str(name): facts for name, facts in people.items() if isinstance(facts, Mapping)}
        document = people
    if not isinstance(document, Sequence) or isinstance(document, str):
        return {}
    named = ((next((row[key] for key in NAMES if key in row), None), row) for row in document if isinstance(row, Mapping))  # fmt: skip
    return {str(name): row for name, row in named if name is not None}


def groups(people: Sequence[str], facts: Mapping[str, Mapping[str, Any]]) -> dict[str, list[int]]:
    """Indices of the members of each group: one group a value of an attribute, and sex with ethnicity."""
    found: dict[str, list[int]] = defaultdict(list)
    attributes = sorted({key for about in facts.values() for key in about} - set(NAMES))
    for attribute in attributes:
        values = {
            index: label for index, name in enumerate(people) if (label := _label(attribute, facts.get(name, {})))
        }
        if 1 < len(set(values.values())) <= MOST_VALUES:
            for index, label in values.items():
                found[label].append(index)
    for index, name in enumerate(people):
        about = facts.get(name, {})
        both = [next((_label(key, about) for key in keys if _label(key, about)), "") for keys in (SEX, ETHNICITY)]
        if all(both):
            found[" ".join(both)].append(index)
    return dict(found)


def _label(attribute: str, about: Mapping[str, Any]) -> str:
    value = about.get(attribute)
    text = "" if value is None or isinstance(value, dict | list) else str(value).strip().lower()
    if text in UNKNOWN:
        return ""
    if attribute in AGE:
        try:
            years = float(text)
        except ValueError:
            return f"age {text}"
        return next((f"age {label}" for limit, label in AGES if years < limit), "")
    return text if attribute in SEX + ETHNICITY else f"{attribute}={text}"
