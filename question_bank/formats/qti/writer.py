"""QTI 3.0 packages out.

The official table of the 2025 true/false clusters goes along as a match table; what QTI has no place for (level, outcome, the kind in our words) stands in `data-` attributes of the item body.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import escape

from question_bank.bank.content import Content
from question_bank.bank.item import BankItem, Key, Passage, item_id
from question_bank.formats.html_writer import HtmlWriter
from question_bank.formats.selection import Selection

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Right statements to the share of the mark, for four statements (vietnam.md section 2.1).
CLUSTER_TABLE = ((0, "0"), (1, "0.1"), (2, "0.25"), (3, "0.5"), (4, "1"))
# No clock in a package: the same items give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)
GAP = "<qti-gap-here/>"
NOISE = re.compile(r'\s(?:data-[a-z-]+)="[^"]*"')


def write(selection: Selection) -> bytes:
    """The bytes of a package."""
    made = io.BytesIO()
    writer = _Writer(selection)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in writer.files():
            package.writestr(zipfile.ZipInfo(name, DATE), content)
    return made.getvalue()


class _Writer:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._html = HtmlWriter(lambda sha256: f"../resources/{selection.address(sha256)}", self._mathml)

    def files(self) -> list[tuple[str, bytes]]:
        """Every file of the package, the manifest first."""
        items: dict[str, bytes] = {}
        for index, draft in enumerate(self._selection.drafts):
            identifier = self._selection.identifiers[index] if self._selection.identifiers else item_id(draft.item)
            while f"items/{identifier}.xml" in items:
                identifier += "x"
            items[f"items/{identifier}.xml"] = self._item(identifier, draft.item, draft.key).encode()
        passages = {
            f"stimuli/{name}.xml": self._stimulus(passage).encode()
            for name, passage in self._selection.passages.items()
        }
        files = {
            f"resources/{self._selection.address(name)}": self._selection.resources[name].content
            for name in self._selection.named()
        }
        manifest = self._manifest(list(items), list(passages), list(files)).encode()
        return [("imsmanifest.xml", manifest), *items.items(), *passages.items(), *files.items()]

    def _mathml(self, latex: str, display: bool) -> str:
        drawn = self._selection.mathml(latex, display) if self._selection.mathml else f"<mtext>{escape(latex)}</mtext>"
        return f"<mrow>{NOISE.sub('', drawn)}</mrow>"

    def _manifest(self, items: list[str], passages: list[str], files: list[str]) -> str:
        rows = [
            f'<resource identifier="r{n}" type="imsqti_item_xmlv3p0" href="{name}"><file href="{name}"/></resource>'
            for n, name in enumerate(items)
        ]
        rows += [
            f'<resource identifier="p{n}" type="imsqti_stimulus_xmlv3p0" href="{name}"><file href="{name}"/></resource>'
            for n, name in enumerate(passages)
        ]
        rows += [
            f'<resource identifier="f{n}" type="webcontent" href="{name}"><file href="{name}"/></resource>'
            for n, name in enumerate(files)
        ]
        head = "<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata><organizations/>"
        return f'{HEAD}<manifest xmlns="{PACKAGE}" identifier="khaothi-bank">{head}<resources>{"".join(rows)}</resources></manifest>'

    def _stimulus(self, passage: Passage) -> str:
        body = f"<qti-stimulus-body>{self._html.content(passage.content)}</qti-stimulus-body>"
        return f'{HEAD}<qti-assessment-stimulus xmlns="{NAMESPACE}" identifier="{passage.id}" title="{passage.id}">{body}</qti-assessment-stimulus>'

    def _item(self, identifier: str, item: BankItem, key: Key) -> str:
        if item.unsupported.lstrip().startswith("<"):
            return HEAD + item.unsupported
        declared, interaction, processing = self._response(item, key)
        table = _table() if processing == _LOOKUP else ""
        outcome = f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float">{table}</qti-outcome-declaration>'
        reference = (
            f'<qti-assessment-stimulus-ref identifier="{item.passage}" href="../stimuli/{item.passage}.xml"/>'
            if item.passage in self._selection.passages
            else ""
        )
        title = escape(item.metadata.title or identifier)
        stem = self._stem(item)
        body = stem.replace(GAP, interaction, 1).replace(GAP, "____") if GAP in stem else stem + interaction
        solution = self._rubric(item.solution)
        return (
            f'{HEAD}<qti-assessment-item xmlns="{NAMESPACE}" identifier="{identifier}" title="{title}" adaptive="false" time-dependent="false" xml:lang="vi">'
            f"{declared}{outcome}{reference}<qti-item-body{self._told(item, key)}>{body}{solution}</qti-item-body>{processing}</qti-assessment-item>"
        )

    def _stem(self, item: BankItem) -> str:
        gap = GAP if item.kind == "short_answer" else ""
        writer = HtmlWriter(
            self._html.address,
            self._html.mathml,
            lambda identifier: gap or f'<span class="khaothi-gap">{escape(identifier)}</span>',
        )
        return writer.content(item.stem)

    def _rubric(self, solution: Content) -> str:
        return (
            f'<qti-rubric-block use="scoring" view="scorer">{self._html.content(solution)}</qti-rubric-block>'
            if solution
            else ""
        )

    def _told(self, item: BankItem, key: Key) -> str:
        known = item.metadata
        told = {
            "kind": item.kind, "subject": known.subject, "topic": known.topic, "outcome": known.outcome, "level": known.level,
            "author": known.author, "source": known.source, "title": known.title, "tolerance": key.tolerance,
            "shuffle": "" if item.shuffle is None else str(item.shuffle).lower(),
            "tags": json.dumps(list(known.tags), ensure_ascii=False) if known.tags else "",
        }  # fmt: skip
        return "".join(f' data-khaothi-{name}="{_attribute(value)}"' for name, value in told.items() if value)

    def _response(self, item: BankItem, key: Key) -> tuple[str, str, str]:
        match item.kind:
            case "single_choice" | "multiple_choice":
                return self._choice(item, key)
            case "true_false_cluster":
                return self._cluster(item, key)
            case "short_answer":
                return self._short(item, key)
            case _:
                declared = '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>'
                return declared, '<qti-extended-text-interaction response-identifier="RESPONSE"/>', ""

    def _choice(self, item: BankItem, key: Key) -> tuple[str, str, str]:
        single = item.kind == "single_choice"
        cardinality = "single" if single else "multiple"
        mapping = _mapping(key.weights) if key.weights else ""
        declared = _declaration(cardinality, "identifier", key.right, mapping)
        choices = "".join(
            f'<qti-simple-choice identifier="{option.identifier}"{_fixed(fixed=option.fixed)}>{self._html.content(option.content)}</qti-simple-choice>'
            for option in item.options
        )
        shuffle = str(bool(item.shuffle)).lower()
        interaction = f'<qti-choice-interaction response-identifier="RESPONSE" shuffle="{shuffle}" max-choices="{int(single)}">{choices}</qti-choice-interaction>'
        return declared, interaction, _template("map_response" if key.weights else "match_correct")

    def _cluster(self, item: BankItem, key: Key) -> tuple[str, str, str]:
        pairs = tuple(
            f"{option.identifier} {verdict}" for option, verdict in zip(item.options, key.right, strict=False)
        )
        declared = _declaration("multiple", "directedPair", pairs, _mapping(tuple((pair, "1") for pair in pairs)))
        rows = "".join(
            f'<qti-simple-associable-choice identifier="{option.identifier}" match-max="1"{_fixed(fixed=option.fixed)}>{self._html.content(option.content)}</qti-simple-associable-choice>'
            for option in item.options
        )
        count = len(item.options)
        columns = "".join(
            f'<qti-simple-associable-choice identifier="{name}" match-max="{count}">{text}</qti-simple-associable-choice>'
            for name, text in (("true", "Đúng"), ("false", "Sai"))
        )
        sets = (
            f"<qti-simple-match-set>{rows}</qti-simple-match-set><qti-simple-match-set>{columns}</qti-simple-match-set>"
        )
        shuffle = str(bool(item.shuffle)).lower()
        interaction = f'<qti-match-interaction class="qti-match-tabular" response-identifier="RESPONSE" shuffle="{shuffle}" max-associations="{count}">{sets}</qti-match-interaction>'
        if count != len(CLUSTER_TABLE) - 1:
            return declared, interaction, _template("map_response")
        return (
            f'{declared}<qti-outcome-declaration identifier="RIGHT" cardinality="single" base-type="integer"/>',
            interaction,
            _LOOKUP,
        )

    def _short(self, item: BankItem, key: Key) -> tuple[str, str, str]:
        sensitive = "true" if key.case_sensitive else "false"
        entries = "".join(
            f'<qti-map-entry map-key="{_attribute(value)}" mapped-value="1" case-sensitive="{sensitive}"/>'
            for value in key.right
        )
        mapping = f'<qti-mapping default-value="0">{entries}</qti-mapping>' if entries else ""
        declared = _declaration("single", "string", key.right[:1], mapping)
        entry = '<qti-text-entry-interaction response-identifier="RESPONSE" expected-length="4"/>'
        return (
            declared,
            entry if GAP in self._stem(item) else f'<div class="khaothi-response">{entry}</div>',
            _template("map_response"),
        )


_LOOKUP = (
    '<qti-response-processing><qti-set-outcome-value identifier="RIGHT"><qti-map-response identifier="RESPONSE"/></qti-set-outcome-value>'
    '<qti-lookup-outcome-value identifier="SCORE"><qti-variable identifier="RIGHT"/></qti-lookup-outcome-value></qti-response-processing>'
)


def _table() -> str:
    """The match table of SCORE: `lookup-outcome-value` reads the table of the outcome that it sets."""
    entries = "".join(
        f'<qti-match-table-entry source-value="{count}" target-value="{share}"/>' for count, share in CLUSTER_TABLE
    )
    return f'<qti-match-table default-value="0">{entries}</qti-match-table>'


def _declaration(cardinality: str, base_type: str, right: tuple[str, ...], mapping: str) -> str:
    values = "".join(f"<qti-value>{escape(value)}</qti-value>" for value in right)
    correct = f"<qti-correct-response>{values}</qti-correct-response>" if values else ""
    return f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}">{correct}{mapping}</qti-response-declaration>'


def _mapping(weights: tuple[tuple[str, str], ...]) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{_attribute(name)}" mapped-value="{value}"/>' for name, value in weights
    )
    return f'<qti-mapping default-value="0">{entries}</qti-mapping>' if entries else ""


def _template(name: str) -> str:
    return f'<qti-response-processing template="{TEMPLATES}/{name}.xml"/>'


def _fixed(*, fixed: bool) -> str:
    return ' fixed="true"' if fixed else ""


def _attribute(value: str) -> str:
    return escape(value).replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")
