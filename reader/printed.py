"""What `card`, `trust` and `face` print for people, line by line, from their documents (CLI.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from khaothi.wording import Terms, vietnamese
from reader.wording import WORDING

Document = dict[str, Any]


def term(code: str) -> Terms:
    """A code as a value of a line."""
    return Terms((code,))


def terms(codes: Iterable[str]) -> Terms:
    """Codes as one value of a line."""
    return Terms(codes)


def card(document: Document) -> Iterator[str]:
    """`card read`, `card verify`: verdict, holder, access, every finding."""
    yield WORDING.line("data {data}, chip {chip}", data=term(document["data"]), chip=term(document["chip"]))
    holder, access = document["holder"], document["access"]
    if holder["name"]:
        # On a screen others look too: the last three digits are enough to compare (DESIGN.md section 4.8).
        masked = "*" * max(0, len(holder["personal_number"]) - 3) + holder["personal_number"][-3:]
        who = {"name": holder["name"], "birth": _day(holder["birth_date"]), "state": holder["issuing_state"]}
        yield WORDING.line("{name}, born {birth}, {state}, number {number}", **who, number=masked)
    if access["protocol"]:
        yield WORDING.line(
            "{protocol} {cipher} with {password}; {apdus} APDUs, {size} bytes, {seconds:.2f} s",
            protocol=access["protocol"], cipher=access["cipher"], password=access["password"], apdus=document["apdus"],
            size=document["bytes_received"], seconds=document["seconds"]["total"],
        )  # fmt: skip
    yield from map(_finding, document["findings"])


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if vietnamese() else iso


def _finding(found: Document) -> str:
    result = WORDING.value(term(found["result"]))
    code, detail = found["code"], found["detail"]
    if vietnamese():
        # The detail stands in the record in English; the code says the same in words.
        told = WORDING.value(term(code))
        code, detail = (code, "") if told == code else (told, f"[{code}]")
    return f"  {result:<14} {found['check']:<42} {code}  {detail}".rstrip()


def trust(document: Document) -> Iterator[str]:
    """`trust import`, `check`, `list`: each source, what was refused in it, the sum."""
    for source in document["files"]:
        counts = {name: source[name] for name in ("file", "certificates", "countries", "link")}
        yield WORDING.line(
            "{file}: {kind}, signature {signature}, {certificates} certificates of {countries} countries, {link} link",
            kind=term(source["kind"]), signature=term(source["signature"]), **counts,
        )  # fmt: skip
        for entry in source["refused"]:
            if entry["serial"] or entry["subject"]:
                yield "  " + WORDING.line("refused {serial} {subject}: {reason}", **entry)
            else:
                yield "  " + WORDING.line("refused: {reason}", reason=entry["reason"])
    sums = {name: document[name] for name in ("certificates", "refused", "seconds")}
    yield WORDING.line("{certificates} certificates, {refused} refused, {seconds:.2f} s", **sums)


def comparison(document: Document, files: tuple[str, str]) -> Iterator[str]:
    """`face compare`."""
    yield WORDING.line(
        "{band}: similarity {similarity:.3f}; at this threshold one in {strangers:.0f} strangers would pass",
        band=term(document["band"]), similarity=document["similarity"], strangers=1 / document["fmr_at_similarity"],
    )  # fmt: skip
    for file, one in zip(files, document["quality"], strict=True):
        yield WORDING.line("{file}: {faces} face(s) {flags}", file=file, faces=one["faces"], flags=terms(one["flags"])).rstrip()  # fmt: skip


def evaluation(document: Document) -> Iterator[str]:
    """`face evaluate`: counts, error rates, groups, and what was left out."""
    counts = {"people": document["identities"], "pictures": document["images"], "without": document["failed_to_detect"]}
    yield WORDING.line("{people} people, {pictures} pictures ({without} without a face)", **counts)
    pairs = {name: document[name] for name in ("genuine", "impostor", "engine")}
    yield WORDING.line("{genuine} genuine and {impostor} impostor pairs, engine {engine}", **pairs)
    low, high = document["eer_ci"]
    yield WORDING.line("EER {rate:.4f} (95 %: {low:.4f} to {high:.4f})", rate=document["eer"], low=low, high=high)
    yield from (_rate(document, level) for level in document["fnmr_at_fmr"])
    if document["groups"]:
        yield WORDING.line("within groups, threshold {threshold:.4f}:", threshold=document["groups_threshold"])
    for group in document["groups"]:
        rates = ", ".join(f"{key.upper()} " + ("–" if group[key] is None else f"{group[key]:.4f}") for key in ("fmr", "fnmr"))  # fmt: skip
        yield "  " + WORDING.line("{group}: {genuine} genuine, {impostor} impostor, {rates}", group=group["name"], genuine=group["genuine"], impostor=group["impostor"], rates=rates)  # fmt: skip
    for code, count in document["refused"].items():
        yield WORDING.line("left out: {count} file(s), {code}", count=count, code=term(code))
    for files in document["same_picture_twice"]:
        yield WORDING.line("the same picture under several people: {files}", files=", ".join(files))
    yield from document["notes"]


def _rate(document: Document, level: str) -> str:
    rate = document["fnmr_at_fmr"][level]
    if rate is None:
        return WORDING.line("FNMR at FMR {level}: not stated, {reason}", level=level, reason=document["reason"][level])
    low, high = document["fnmr_ci"][level]
    return WORDING.line(
        "FNMR at FMR {level}: {rate:.4f} (95 %: {low:.4f} to {high:.4f}), threshold {threshold:.4f}",
        level=level, rate=rate, low=low, high=high, threshold=document["threshold_at_fmr"][level],
    )  # fmt: skip


def liveness(document: Document) -> Iterator[str]:
    """`face liveness`: the verdict and each step."""
    yield WORDING.line(
        "{verdict} ({frames} frames, {seconds:.1f} s) {flags}",
        verdict=term(document["verdict"]), frames=document["frames"], seconds=document["seconds"],
        flags=terms(document["flags"]),
    ).rstrip()  # fmt: skip
    for step in document["steps"]:
        values = {"prompt": term(step["prompt"]), "result": term(step["result"])}
        if step["seconds"] is None:
            yield "  " + WORDING.line("{prompt}: {result}", **values)
        else:
            yield "  " + WORDING.line("{prompt}: {result} after {seconds:.1f} s", **values, seconds=step["seconds"])
