"""Item analysis of the node's own papers, for teachers: a whole paper, a school, a class or a form code; nobody by name.

Papers are analysed only once results are published: before that another shift may still have the same paper before it, and
what an analysis shows gives its key away. No group of fewer than `FEWEST` is shown, nor one that would leave fewer behind:
the difference of two reports would then be theirs (psychometrics.md section 5).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exam_engine.commands import ItemFacts
from exam_engine.profile import PartRule
from proctor_node.errors import Refused
from proctor_node.item_analysis import analysis
from proctor_node.item_analysis.coding import Reading
from proctor_node.item_analysis.key import KeyEntry, Kind
from proctor_node.item_analysis.table import ResponseTable
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.results import Result
from proctor_node.rights import in_scope
from proctor_node.state import GradingForm
from proctor_node.teaching import shown
from question_bank import form as forms
from question_bank import sealed_form

FEWEST = 10
# Abilities need more papers than percentages do; below this no map of abilities is drawn (psychometrics.md section 2).
FEWEST_FOR_ABILITIES = 200
KINDS: dict[str, Kind] = {
    "single_choice": "choice",
    "multiple_choice": "choice",
    "true_false_cluster": "cluster",
    "short_numeric": "short",
}
LETTERS = {"true": "D", "false": "S"}
# Half a unit of ability a bar.
BARS = tuple(step / 2 for step in range(-8, 9))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which papers: the digest of one form of the paper, and, where given, one code of it, one site, one class."""

    paper: str = ""
    code: str = ""
    site: str = ""
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """Forms that hold the same items with the same key under several codes; the first stands for all."""

    digests: tuple[str, ...]
    form: GradingForm
    lines: tuple[Result, ...]


class AnalysisDesk:
    """Everything that the analysis page asks for. `write` makes a file (.pdf, .xlsx) of a document in a language."""

    def __init__(self, node: Node, write: Callable[[Mapping[str, Any], str, str], bytes]) -> None:
        self._node, self._write = node, write

    def choices(self, account: Account) -> dict[str, Any]:
        """The papers, and which of their codes, schools and classes can be shown.

        Raises:
            Refused: `results_not_published`.
        """
        sites = {site.id: site.name for site in self._node.plan.exam.sites}
        return {"papers": [_choices(paper, sites) for paper in self._papers(account)], "fewest": FEWEST}

    def report(self, account: Account, wanted: Wanted) -> dict[str, Any]:
        """The document of `khaothi analyse` for these papers, with each question's text and, in place of persons, a map.

        Raises:
            Refused: `results_not_published`, `unknown_form`, `group_too_small`.
            AnalysisError: nothing can be said, and why.
        """
        paper, chosen = self._chosen(account, wanted)
        # In an order that tells nothing of names, rooms or seats.
        chosen.sort(key=lambda line: hashlib.sha256(self._node.attempt_name(line.candidate).encode()).digest())
        document = _analysed(paper.form, chosen, self._node.rules.scoring.parts)
        document["texts"] = self._texts(paper)
        document["numbers"] = {facts.item: facts.number for facts in paper.form.index.values()}
        document["key_version"] = paper.form.key.version
        self._node.viewed(
            account, f"item analysis {paper.form.key.form_code} {wanted.site} {wanted.class_name}".strip()
        )
        return document

    def file(self, account: Account, wanted: Wanted, ending: str, language: str) -> bytes:
        """The same as a printed report or a workbook.

        Raises:
            Refused: as `report`, or `not_understood`: another kind of file or language.
        """
        if ending not in {".pdf", ".xlsx"} or language not in {"vi", "en"}:
            raise Refused("not_understood")
        return self._write(self.report(account, wanted), ending, language)

    # -- which papers

    def _papers(self, account: Account) -> list[Paper]:
        """Papers with their finished attempts, the largest first."""
        if self._node.book.state == "open":
            raise Refused("results_not_published")
        lines = [
            line for line in self._node.marks() if line.marks is not None and in_scope(account, line.candidate.site)
        ]
        found: list[Paper] = []
        for digest in sorted({line.attempt.form_digest for line in lines}):
            form = self._node.grading_form(digest)
            own = tuple(line for line in lines if line.attempt.form_digest == digest)
            same = next((p for p in found if (p.form.index, p.form.key.right) == (form.index, form.key.right)), None)
            if same is None:
                found.append(Paper((digest,), form, own))
            else:
                found[found.index(same)] = Paper((*same.digests, digest), same.form, same.lines + own)
        return sorted(found, key=lambda paper: -len(paper.lines))

    def _chosen(self, account: Account, wanted: Wanted) -> tuple[Paper, list[Result]]:
        papers = self._papers(account)
        paper = next((p for p in papers if not wanted.paper or wanted.paper in p.digests), None)
        if paper is None:
            raise Refused("unknown_form")
        chosen = [line for line in paper.lines if _fits(line, wanted)]
        wholes = [len(paper.lines)]
        if wanted.class_name:
            wholes.append(sum(line.candidate.site == wanted.site for line in paper.lines))
        if not all(_may_show(len(chosen), whole) for whole in wholes):
            raise Refused("group_too_small")
        return paper, chosen

    def _texts(self, paper: Paper) -> dict[str, Any]:
        """Stem and options as candidates saw them, from the form that the officers opened; none before that."""
        for digest in paper.digests:
            opened = self._node.opened_form(digest)
            if opened is not None:
                package = sealed_form.decode(self._node.form_package(digest))
                form = forms.decode(sealed_form.open_form(package, opened.key))
                return {
                    item.id: shown.item(item, form.resources, form.passages.get(item.passage, ()))
                    for _, item in form.each_item()
                }
        return {}


def _fits(line: Result, wanted: Wanted) -> bool:
    candidate, attempt = line.candidate, line.attempt
    return (
        wanted.code in {"", attempt.form_code}
        and wanted.site in {"", candidate.site}
        and wanted.class_name in {"", candidate.class_name}
    )


def _may_show(chosen: int, whole: int) -> bool:
    """Enough papers, and enough or none left behind."""
    return chosen >= FEWEST and (whole == chosen or whole - chosen >= FEWEST)


def _choices(paper: Paper, sites: Mapping[str, str]) -> dict[str, Any]:
    total = len(paper.lines)
    by_site = Counter(line.candidate.site for line in paper.lines)
    classes = Counter((line.candidate.site, line.candidate.class_name) for line in paper.lines)
    codes = Counter(line.attempt.form_code for line in paper.lines)

    return {
        "paper": paper.digests[0],
        "n": total,
        "codes": [{"code": code, "n": n} for code, n in sorted(codes.items()) if _may_show(n, total)],
        "sites": [{"site": site, "name": sites.get(site, site), "n": n} for site, n in sorted(by_site.items()) if _may_show(n, total)],
        "classes": [
            {"site": site, "class": name, "n": n}
            for (site, name), n in sorted(classes.items())
            if name and _may_show(n, by_site[site]) and _may_show(n, total)
        ],
    }  # fmt: skip


# -- from records to a table -----------------------------------------------------------------------------------------


def _analysed(form: GradingForm, lines: Iterable[Result], rules: Mapping[str, PartRule]) -> dict[str, Any]:
    ordered = sorted(form.index.values(), key=lambda facts: (facts.part, facts.number))
    rows = [[_cell(facts, line.attempt.responses.get(facts.item, "")) for facts in ordered] for line in lines]
    table = ResponseTable.from_rows(form.key.form_code, [facts.item for facts in ordered], rows)
    key = [_entry(facts, form.key.right[facts.item]) for facts in ordered]
    maximum = {facts.item: _maximum(rules[facts.part]) for facts in ordered}
    enough = len(rows) >= FEWEST_FOR_ABILITIES
    request = analysis.Request(model="pcm" if enough else None)
    document = analysis.run(table, Reading(key=key, maximum_marks=maximum, identifier="#"), request)
    document["wright"] = _wright(document["irt"]) if document["irt"] else None
    # What is left of persons is the map: how many stand where.
    document["irt"] = None
    return document


def _cell(facts: ItemFacts, response: str) -> str:
    if facts.kind != "true_false_cluster":
        return response
    judged = _judged(response)
    letters = "".join(LETTERS.get(judged.get(option, ""), "-") for option in facts.options)
    return letters if judged else ""


def _judged(response: str) -> dict[str, str]:
    return dict(pair.partition("=")[::2] for pair in response.split(",") if pair)


def _entry(facts: ItemFacts, right: str) -> KeyEntry:
    if facts.kind == "true_false_cluster":
        return KeyEntry(facts.item, (_cell(facts, right),), "cluster", facts.part)
    options = facts.options if KINDS[facts.kind] == "choice" else ()
    return KeyEntry(facts.item, tuple(right.split("|")), KINDS[facts.kind], facts.part, options)


def _maximum(rule: PartRule) -> float:
    return float(rule.table[-1] if rule.table else rule.mark)


def _wright(irt: Mapping[str, Any]) -> dict[str, Any]:
    """Abilities counted in bars, beside the difficulty of each item, on one scale."""
    abilities = [person["theta"] for person in irt["persons"] if person["theta"] is not None]
    counts = Counter(min(BARS, key=lambda bar: abs(bar - ability)) for ability in abilities)
    items = [{"id": item["id"], "b": item["b"]} for item in irt["items"] if item["b"] is not None]
    return {"bars": [{"at": bar, "n": counts[bar]} for bar in BARS], "items": items}
