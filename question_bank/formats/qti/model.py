"""What QTI 2.x and 3.0 share under different spellings: names without `qti-`, attributes in either case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from question_bank.formats.opening import Element

INTERACTIONS = frozenset(
    [
        "choice",
        "textentry",
        "inlinechoice",
        "match",
        "extendedtext",
        "order",
        "associate",
        "hotspot",
        "selectpoint",
        "graphicorder",
        "graphicassociate",
        "graphicgapmatch",
        "gapmatch",
        "hottext",
        "slider",
        "media",
        "drawing",
        "upload",
        "custom",
        "portablecustom",
        "positionobject",
        "endattempt",
    ]
)
CUSTOM = "custom response processing"
# Children of an item that are read, or that only declare and style.
READ = frozenset(["responsedeclaration", "outcomedeclaration", "templatedeclaration", "contextdeclaration", "templateprocessing", "stylesheet", "itembody", "responseprocessing", "modalfeedback", "assessmentstimulusref"])  # fmt: skip
RESPONSE_TEMPLATES = (
    "match_correct",
    "map_response",
    "map_response_point",
    "cc2_match_basic",
    "cc2_map_response",
    "cc2_match",
)


def name_of(node: Element) -> str:
    """`simpleChoice` and `qti-simple-choice` are both `simplechoice`; empty for comments."""
    if not isinstance(node.tag, str):
        return ""
    return node.tag.rpartition("}")[2].removeprefix("qti-").replace("-", "").lower()


def attribute(node: Element, name: str, default: str = "") -> str:
    """An attribute by its QTI 3.0 name (`response-identifier`), also in the spelling of 2.x."""
    head, *rest = name.split("-")
    return node.get(name) or node.get(head + "".join(part.capitalize() for part in rest)) or default


def interaction_of(node: Element) -> str:
    """The kind of an interaction; empty for anything else."""
    name = name_of(node)
    return (
        name.removesuffix("interaction")
        if name.endswith("interaction")
        else "positionobject"
        if name == "positionobjectstage"
        else ""
    )


def children(node: Element, *names: str) -> Iterator[Element]:
    """Children by their common names."""
    return (child for child in node if name_of(child) in names)


def text_of(node: Element) -> str:
    """The text of a node, spaces collapsed."""
    return " ".join("".join(node.itertext()).split())


@dataclass(frozen=True, slots=True)
class Declaration:
    """A response declaration."""

    identifier: str
    cardinality: str
    base_type: str
    correct: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    case_sensitive: bool = False
    areas: bool = False

    @classmethod
    def of(cls, node: Element) -> Declaration:
        """Read one."""
        correct = tuple(
            text_of(value) for given in children(node, "correctresponse") for value in children(given, "value")
        )
        entries = [entry for mapping in children(node, "mapping") for entry in children(mapping, "mapentry")]
        return cls(
            attribute(node, "identifier"),
            attribute(node, "cardinality", "single"),
            attribute(node, "base-type", "identifier"),
            correct,
            tuple((attribute(entry, "map-key"), attribute(entry, "mapped-value", "0")) for entry in entries),
            any(attribute(entry, "case-sensitive") == "true" for entry in entries),
            any(True for _ in children(node, "areamapping")),
        )


@dataclass(slots=True)
class ItemParts:
    """An assessment item taken apart."""

    root: Element
    body: Element | None
    declarations: dict[str, Declaration] = field(default_factory=dict)
    interactions: list[tuple[str, Element]] = field(default_factory=list)
    templates: bool = False
    processing: Element | None = None
    stimuli: list[str] = field(default_factory=list)
    feedback: list[Element] = field(default_factory=list)
    aside: list[Element] = field(default_factory=list)

    @classmethod
    def of(cls, root: Element) -> ItemParts:
        """Take an item apart."""
        body = next(children(root, "itembody"), None)
        parts = cls(root, body)
        for node in children(root, "responsedeclaration"):
            declaration = Declaration.of(node)
            parts.declarations[declaration.identifier] = declaration
        parts.templates = any(True for _ in children(root, "templateprocessing"))
        parts.processing = next(children(root, "responseprocessing"), None)
        parts.stimuli = [attribute(node, "href") for node in children(root, "assessmentstimulusref")]
        parts.feedback = list(children(root, "modalfeedback"))
        parts.aside = [node for node in root if name_of(node) and name_of(node) not in READ]
        if body is not None:
            parts.interactions = [
                (kind, node) for node in body.iter() if (kind := interaction_of(node)) and kind != "endattempt"
            ]
        return parts

    def declaration(self, interaction: Element) -> Declaration:
        """The declaration of an interaction's response."""
        identifier = attribute(interaction, "response-identifier")
        return self.declarations.get(identifier) or Declaration(identifier, "single", "identifier")

    def custom_processing(self) -> str:
        """What is special about the scoring; empty for the standard templates."""
        if self.templates:
            return "template processing"
        if self.processing is None:
            return ""
        template = attribute(self.processing, "template").rsplit("/", 1)[-1].removesuffix(".xml").lower()
        if len(self.processing) == 0 and template in RESPONSE_TEMPLATES:
            return ""
        if len(self.processing) == 0 and not template:
            return ""
        return template or CUSTOM
