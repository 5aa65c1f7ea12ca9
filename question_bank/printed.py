"""What `bank` and `form` print for people, line by line, from their documents (CLI.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from khaothi.wording import Terms, vietnamese
from question_bank.wording import WORDING

Document = dict[str, Any]
SHAPES = {"error": "✗", "warning": "!", "info": "·"}


def _issue(issue: Document, where: str) -> str:
    # The refusal of a whole file is told in the language of the session already.
    message = issue["message"] if vietnamese() else issue.get("message_en", issue["message"])
    return f"{SHAPES[issue['severity']]} {message}  [{where}]"


def _placed(issue: Document) -> str:
    return _issue(issue, f"{issue['code']}, {issue['where']}")


def imported(document: Document) -> Iterator[str]:
    """`bank import`: each file with its items and issues, and the sum."""
    for file in document["files"]:
        counts = {"items": len(file["items"]), "passages": file["passages"], "lost": file["lost"]}
        form = Terms((file["format"] or "refused",))
        yield WORDING.line("{file}: {format}, {items} items, {passages} passages, {lost} lost", file=file["file"], format=form, **counts)  # fmt: skip
        for item in file["items"]:
            yield "  " + WORDING.line(
                "{number:>4}  {kind:<19} {state:<13} key {key}",
                number=item["number"], kind=Terms((item["kind"],)), state=Terms((item["state"],)),
                key=" ".join(item["key"]) or "–",
            )  # fmt: skip
            yield from (f"        {_placed(issue)}" for issue in item["issues"])
        yield from (f"  {_placed(issue)}" for issue in file["issues"])
    sums = {"items": document["items"], "review": document["needs_review"], "lost": document["lost"]}
    if document["written"]:
        yield WORDING.line("{items} items, {review} to be reviewed, {lost} lost; {new} new in the bank", **sums, new=document["new"])  # fmt: skip
    else:
        yield WORDING.line("{items} items, {review} to be reviewed, {lost} lost; nothing was written", **sums)


def exported(document: Document) -> str:
    """`bank export`."""
    counts = {"file": document["file"], "items": document["items"], "size": document["bytes"]}
    if document["keys_withheld"]:
        withheld = document["keys_withheld"]
        return WORDING.line("{file}: {items} items, {size} bytes; keys of {withheld} locked items withheld", **counts, withheld=withheld)  # fmt: skip
    return WORDING.line("{file}: {items} items, {size} bytes", **counts)


def checked(document: Document) -> Iterator[str]:
    """`bank check`: each item with issues, and the sum."""
    for item in document["findings"]:
        yield f"{item['id']} v{item['version']} ({WORDING.value(Terms((item['state'],)))}): {item['excerpt']}"
        yield from (f"  {_issue(issue, issue['code'])}" for issue in item["issues"])
    counts = {name: document[name] for name in ("items", "errors", "warnings")}
    yield WORDING.line("{items} items: {errors} errors, {warnings} warnings", **counts)


def assembled(document: Document) -> Iterator[str]:
    """`form assemble`: the codes, each original, what was left out, and the digest to publish."""
    codes = document["codes"]
    span = {"count": len(codes), "first": codes[0]["code"], "last": codes[-1]["code"]}
    yield WORDING.line("{count} codes ({first} to {last}) in {folder}, seed {seed}", **span, folder=document["out"], seed=document["seed"])  # fmt: skip
    for number, original in enumerate(document["originals"], 1):
        values = {"number": number, "items": len(original["items"])}
        if original["expected"] is None:
            yield WORDING.line("original {number}: {items} items, expected mean mark not known", **values)
        else:
            yield WORDING.line("original {number}: {items} items, expected mean mark {expected:.0%}", **values, expected=original["expected"])  # fmt: skip
        for item, reason in original["pinned"].items():
            yield "  " + WORDING.line("{item} {reason}; kept in place", item=item, reason=reason)
    for row in document["left_out"]:
        yield WORDING.line("left out {item}: {reason}", **row)
    yield WORDING.line("to publish before the exam: {digest}", digest=document["commitment_sha256"])
