"""QTI items and packages into the bank: every item of the package, listed in its manifest or not."""

from __future__ import annotations

import posixpath
import unicodedata
from urllib.parse import unquote

from khaothi.wording import without_frames
from question_bank.bank.item import Metadata
from question_bank.errors import FileDamaged, FormatUnknown
from question_bank.formats.opening import LIMITS, Element, Package, kind_of, parse_xml
from question_bank.formats.qti.flow import ItemFlow, objects_of
from question_bank.formats.qti.item import ItemReader
from question_bank.formats.qti.model import attribute, children, name_of, text_of
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue
from question_bank.formats.resources import ResourceCollector

MANIFEST = "imsmanifest.xml"


def read(raw: bytes) -> Imported:
    """The items of a package or of one XML file.

    Raises:
        FileRefused: damaged or hostile; a single bad item inside a package is an issue instead.
    """
    return _Reading(raw).imported()


class _Reading:
    def __init__(self, raw: bytes) -> None:
        self._package = Package(raw) if kind_of(raw) == "zip" else None
        self._raw = raw
        self._issues: list[Issue] = []
        self._roots: dict[str, Element | None] = {}
        self._stimuli: list[str] = []
        self._collector = ResourceCollector()
        self._flow = ItemFlow(self._collector, self._member)
        self._reader = ItemReader(self._flow, self._root)

    def imported(self) -> Imported:
        items = self._package_items() if self._package else self._single()
        if not items:
            self._issues.append(Issue("no_items", "tệp"))
        self._unused_stimuli()
        accounted = Accounted(text=self._flow.consumed, quoted=self._flow.quoted)
        passages = tuple(self._reader.passages.values())
        return Imported("qti", tuple(items), passages, self._collector.resources, tuple(self._issues), accounted)

    def _single(self) -> list[ImportedItem]:
        root = parse_xml(self._raw, "tệp")
        if name_of(root) != "assessmentitem":
            raise FileDamaged("a {kind} alone holds no questions: import the whole package (.zip)", kind=name_of(root))
        return [self._reader.read(root, "", 1, Metadata())]

    def _member(self, name: str) -> bytes | None:
        if self._package is None or self._package.size(name) < 0:
            return None
        if self._package.size(name) > LIMITS.member:
            self._issues.append(Issue("picture_too_large", name, (f"{self._package.size(name) >> 20} MB",)))
            return None
        return self._package.read(name)

    def _root(self, name: str) -> Element | None:
        """A member as XML, read once; damaged ones are issues."""
        if name not in self._roots:
            raw = self._member(name)
            try:
                self._roots[name] = None if raw is None else parse_xml(raw, name)
            except FileDamaged as error:
                self._roots[name] = None
                self._issues.append(Issue("item_unreadable", name, (name, without_frames(error))))
        return self._roots[name]

    def _package_items(self) -> list[ImportedItem]:
        assert self._package is not None
        base, described = self._manifest()
        order = [*described, *(name for name in self._package.names() if name not in described and _may_be_item(name))]
        items: list[ImportedItem] = []
        for name in order:
            if self._package.size(name) < 0:
                self._issues.append(Issue("file_missing", base or MANIFEST, (name,)))
                continue
            root = self._root(name)
            if root is None:
                continue
            if name_of(root) == "assessmentitem":
                items.append(self._reader.read(root, name, len(items) + 1, described.get(name, Metadata())))
            elif name_of(root) in {"assessmenttest", "assessmentsection"}:
                self._issues.append(Issue("part_of_package", name, (f"{name_of(root)} “{attribute(root, 'title')}”",)))
                self._instructions(root, name)
            elif name_of(root) == "assessmentstimulus":
                self._stimuli.append(name)
            elif name_of(root) == "questestinterop":
                raise FormatUnknown("{name}: QTI 1.2, which is older: export it as QTI 2.1 or newer", name=name)
        return items

    def _unused_stimuli(self) -> None:
        """Shared texts to which no item refers are quoted, not dropped."""
        for name in self._stimuli:
            root = self._roots.get(name)
            if root is not None and name not in self._reader.used:
                text = " ".join(text_of(body) for body in children(root, "stimulusbody"))
                self._flow.quoted.update(objects_of(root))
                self._issues.append(Issue("passage_unused", name, (text,), covers=text))

    def _instructions(self, root: Element, name: str) -> None:
        """Texts of a test that candidates or scorers read are quoted: a form is assembled anew here."""
        for node in root.iter():
            if name_of(node) in {"rubricblock", "testfeedback"} and (text := text_of(node)):
                self._flow.quoted.update(objects_of(node))
                self._issues.append(Issue("text_outside_items", name, (text,), covers=text))

    def _manifest(self) -> tuple[str, dict[str, Metadata]]:
        """Paths of the items that the manifest lists, with what it says of them."""
        assert self._package is not None
        place = min(
            (name for name in self._package.names() if posixpath.basename(name) == MANIFEST), key=len, default=""
        )
        root = self._root(place) if place else None
        if root is None:
            return "", {}
        folder = posixpath.dirname(place)
        described = {}
        for resource in root.iter():
            if name_of(resource) == "resource" and "item" in resource.get("type", "").lower() and resource.get("href"):
                path = posixpath.normpath(posixpath.join(folder, unquote(resource.get("href", ""))))
                described[path] = _metadata(resource)
        return place, described


def _may_be_item(name: str) -> bool:
    return name.lower().endswith((".xml", ".qti")) and posixpath.basename(name) != MANIFEST


def _metadata(resource: Element) -> Metadata:
    """Keywords as tags, the first taxon path as topic, from the LOM of a resource."""
    tags: set[str] = set()
    topic = ""
    for node in resource.iter():
        if name_of(node) == "keyword":
            tags |= {unicodedata.normalize("NFC", text_of(part)) for part in (list(node) or [node]) if text_of(part)}
        elif name_of(node) == "taxonpath" and not topic:
            steps = [text_of(entry) for taxon in children(node, "taxon") for entry in children(taxon, "entry")]
            topic = unicodedata.normalize("NFC", " / ".join(step for step in steps if step))
    return Metadata(topic=topic, tags=tuple(sorted(tags)))
