"""Flow content of a QTI item: what stands around and inside its interactions, feedback and supports beside the body."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from question_bank.bank.content import Block, Gap, Inline, Listing, Paragraph, Text
from question_bank.formats.html_reader import HtmlReader
from question_bank.formats.opening import Element
from question_bank.formats.qti.model import (
    attribute,
    children,
    interaction_of,
    name_of,
    text_of,
)
from question_bank.formats.report import Issue
from question_bank.formats.resources import ResourceCollector, of_data_url

FEEDBACK = {"feedbackblock", "feedbackinline", "modalfeedback"}


@dataclass(slots=True)
class ItemFlow:
    """Reads content of the item at hand. `fetch` gives a member by its path, or None; `quoted` counts what feedback held."""

    collector: ResourceCollector
    fetch: Callable[[str], bytes | None]
    quoted: Counter[str] = field(default_factory=Counter)
    consumed: list[str] = field(default_factory=list)
    folder: str = ""
    where: str = ""
    issues: list[Issue] = field(default_factory=list)

    def begin(self, path: str, where: str) -> None:
        """Turn to the item at a path."""
        self.folder, self.where, self.issues = posixpath.dirname(path), where, []

    def told(self, code: str, *values: str, covers: str = "") -> None:
        """Add an issue."""
        self.issues.append(Issue(code, self.where, values, covers))

    def html(self, *, inside: bool = False) -> HtmlReader:
        """A reader of XHTML with the elements of QTI in it; `inside` a choice there are no interactions."""
        reader = HtmlReader(self.collector, self.where, self._member, tex_in_text=False, issues=self.issues)
        reader.special = self._special_inside if inside else self._special
        return reader

    def _member(self, href: str) -> bytes | None:
        if href.startswith("data:"):
            return of_data_url(href)
        if re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", href, re.IGNORECASE):
            return None
        return self.fetch(posixpath.normpath(posixpath.join(self.folder, unquote(href.partition("#")[0]))))

    def _special(self, node: Element) -> list[Inline | Block] | None:
        """Elements of QTI inside flow content."""
        kind, name = interaction_of(node), name_of(node)
        if node.get("class") == "khaothi-response":
            return []
        if kind in {"choice", "match"}:
            # Its choices are options; only the prompt belongs to the stem.
            return self._prompt(node)
        if kind in {"textentry", "inlinechoice"}:
            return [Gap(attribute(node, "response-identifier", "RESPONSE"))]
        if kind == "extendedtext":
            return self._prompt(node)
        return self._special_inside(node) if not kind or name == "positionobjectstage" else self._whole(node)

    def _special_inside(self, node: Element) -> list[Inline | Block] | None:
        name = name_of(node)
        if name in FEEDBACK:
            self.feedback(node)
            return []
        if name == "rubricblock":
            return self._rubric(node)
        if name in {"printedvariable", "mathvariable"}:
            return [Text(f"{{{attribute(node, 'identifier')}}}")]
        if name in {"positionobjectstage", "positionobjectinteraction"}:
            return list(self.html(inside=True).content(node))
        if name in {"templateblock", "templateinline", "contentbody", "prompt", "gap", "hottext", "gaptext", "gapimg", "simplechoice", "simpleassociablechoice", "simplematchset", "associablehotspot", "hotspotchoice", "inlinechoice", "infocontrol", "stimulusbody"}:  # fmt: skip
            return self._inside(node, name)
        if name in {"endattemptinteraction", "interactionmarkup", "interactionmodules", "companionmaterialsinfo"}:
            text = text_of(node)
            if text or name == "endattemptinteraction":
                self.told("unsupported_interaction", name, covers=text + attribute(node, "title"))
            return []
        return None

    def _inside(self, node: Element, name: str) -> list[Inline | Block]:
        reader = self.html(inside=True)
        if name in {"gap", "hotspotchoice", "associablehotspot"} and not text_of(node):
            return [Gap(attribute(node, "identifier"))]
        inner = reader.content(node)
        inline = name in {"hottext", "gaptext", "templateinline", "inlinechoice"}
        if inline and len(inner) == 1 and isinstance(inner[0], Paragraph):
            return [Text(" "), *inner[0].inlines, Text(" ")]
        return list(inner)

    def _rubric(self, node: Element) -> list[Inline | Block]:
        if "candidate" in attribute(node, "view", "candidate").split():
            return list(self.html().content(node))
        return []

    def _prompt(self, node: Element) -> list[Inline | Block]:
        made: list[Inline | Block] = []
        for prompt in children(node, "prompt"):
            made += self.html().content(prompt)
        return made

    def _whole(self, node: Element) -> list[Inline | Block]:
        """An interaction that cannot be delivered: all of its content, choices as a list."""
        made: list[Inline | Block] = []
        choices = []
        reader = self.html(inside=True)
        for child in node:
            if name_of(child) in {"simplechoice", "simpleassociablechoice", "gaptext", "gapimg", "hottext"}:
                choices.append(reader.content(child))
            elif name_of(child) == "simplematchset":
                choices += [reader.content(choice) for choice in children(child, "simpleassociablechoice")]
            elif isinstance(child.tag, str):
                holder = etree.Element("div")
                holder.append(_copied(child))
                made += reader.content(holder)
        kept = tuple(choice for choice in choices if choice)
        return [*made, Listing(kept)] if kept else made

    def feedback(self, node: Element) -> None:
        """Feedback is quoted in an issue; what stands in it besides text is counted."""
        found = objects_of(node)
        text = " ".join([text_of(node), *(attribute(part, "alt") for part in node.iter() if name_of(part) == "img")]).strip()  # fmt: skip
        if text or found:
            self.quoted.update(found)
            self.told("feedback_ignored", text or ", ".join(sorted(found)), covers=text)

    def aside(self, node: Element) -> None:
        """Catalogues and other supports beside the body."""
        text = text_of(node)
        if text:
            self.told("support_ignored", name_of(node), text, covers=text)

    def special_whole(self, node: Element) -> list[Inline | Block] | None:
        """Inside items that are kept as source: every choice is content."""
        kind = interaction_of(node)
        if kind == "textentry":
            return [Gap(attribute(node, "response-identifier", "RESPONSE"))]
        if kind == "inlinechoice":
            texts = [text_of(choice) for choice in children(node, "inlinechoice")]
            return [Gap(attribute(node, "response-identifier", "RESPONSE")), Text(f" ({' / '.join(texts)}) ")]
        if kind and name_of(node) not in {"positionobjectstage", "endattemptinteraction"}:
            return self._whole(node)
        return self._special_inside(node)


def objects_of(node: Element) -> Counter[str]:
    """Formulas, pictures and tables inside a node."""
    found: Counter[str] = Counter()
    for part in node.iter():
        name = name_of(part)
        kind = "formula" if name == "math" else "table" if name == "table" else "picture" if name in {"img", "svg"} or (name == "object" and part.get("data")) else ""  # fmt: skip
        if kind:
            found[kind] += 1
    return found


def _copied(node: Element) -> Element:
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    assert copy is not None
    return copy
