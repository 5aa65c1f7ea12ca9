"""Opening what comes from outside: kinds by content, packages within limits, XML without entities, text in any encoding."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from question_bank.errors import FileDamaged, FileHostile
from question_bank.formats import xml_text

Element = etree._Element  # noqa: SLF001 - lxml's public name for it
FileKind = Literal["zip", "xml", "ole", "pdf", "text", "empty", "unknown"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted from outside, in bytes and counts."""

    file: int = 256 * 1024 * 1024
    member: int = 64 * 1024 * 1024
    unpacked: int = 512 * 1024 * 1024
    members: int = 20_000
    # A Word file packs to about 1:15; bombs start at 1:1000.
    ratio: int = 400
    xml: int = 48 * 1024 * 1024
    text: int = 32 * 1024 * 1024
    # Elements inside one another, as libxml2 has it.
    depth: int = 256
    # Signs of one paragraph or line, and answers of one question: beyond it, no person wrote it.
    line: int = 20_000
    answers: int = 200


LIMITS = Limits()
# What libxml2 says of a text of more than 10 MB.
TOO_LONG = ("too long", "too big")


def kind_of(raw: bytes) -> FileKind:
    """What the bytes are, whatever the file is called."""
    if not raw.strip():
        return "empty"
    if raw[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return "zip"
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if raw.startswith(b"%PDF"):
        return "pdf"
    head = raw[:400].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").replace(b"\x00", b"")
    if head.startswith(b"<") and not head[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "xml" if head[1:2].isalpha() or head[1:2] in b"?!" else "text"
    if b"\x00" in raw[:4000] and raw[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return "unknown"
    return "text"


class Package:
    """A ZIP package whose members are read one at a time, within `Limits`."""

    def __init__(self, raw: bytes, limits: Limits = LIMITS) -> None:
        if len(raw) > limits.file:
            raise FileHostile(
                "the file has {size} MB; {limit} MB are the limit", size=len(raw) >> 20, limit=limits.file >> 20
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise FileDamaged("the package is damaged: {problem}", problem=error) from error
        self._limits, self._unpacked = limits, 0
        members = self._zip.infolist()
        if len(members) > limits.members:
            raise FileHostile(
                "the package holds {count} files; {limit} are the limit", count=len(members), limit=limits.members
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            name = _inside(member.filename)
            if name in self._members:
                raise FileHostile("the package holds two files of one name: {name!r}", name=name)
            if not member.is_dir():
                self._members[name] = member

    def names(self) -> list[str]:
        """All files in it, in their order."""
        return list(self._members)

    def size(self, name: str) -> int:
        """The size that a member claims, unpacked; -1 when there is none."""
        member = self._members.get(name)
        return member.file_size if member else -1

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            KeyError: there is none.
            FileRefused: too large, packed like a bomb, encrypted or damaged; the message names the member.
        """
        member, limits = self._members[name], self._limits
        if member.flag_bits & 1:
            raise FileDamaged("{name}: encrypted", name=name)
        if member.file_size > limits.member:
            raise FileHostile(
                "{name}: {size} MB unpacked; {limit} MB are the limit",
                name=name,
                size=member.file_size >> 20,
                limit=limits.member >> 20,
            )
        if member.file_size > (1 << 20) and member.file_size > limits.ratio * max(1, member.compress_size):
            raise FileHostile(
                "{name}: packed {times} to 1, like a zip bomb",
                name=name,
                times=member.file_size // max(1, member.compress_size),
            )
        try:
            with self._zip.open(member) as stream:
                raw = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # fmt: skip
            raise FileDamaged("{name}: damaged: {problem}", name=name, problem=error) from error
        if len(raw) > member.file_size:
            raise FileHostile("{name}: larger than it says", name=name)
        self._unpacked += len(raw)
        if self._unpacked > limits.unpacked:
            raise FileHostile("the package unpacks to more than {limit} MB", limit=limits.unpacked >> 20)
        return raw

    def xml(self, name: str) -> Element:
        """A member as XML.

        Raises:
            KeyError: there is none.
            FileRefused: as `read`, or no XML.
        """
        return parse_xml(self.read(name), name)


def _inside(name: str) -> str:
    """A member's name; one that would leave the package is refused."""
    name = name.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
        raise FileHostile("the package holds a file that would leave it: {name!r}", name=name)
    return name


def parse_xml(raw: bytes, name: str) -> Element:
    """The root of an XML document. Entities and external DTDs are refused, never fetched.

    Raises:
        FileRefused: too large, declares entities, or not well-formed; the message names the file and line.
    """
    if len(raw) > LIMITS.xml:
        raise FileHostile("{name}: {size} MB of XML are too many", name=name, size=len(raw) >> 20)
    raw = xml_text.readable(raw)
    try:
        root = etree.fromstring(raw, _parser(huge=False))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if not any(text in str(error) for text in TOO_LONG) or not xml_text.declares_nothing(raw):
            raise FileDamaged("{name}: not well-formed XML: {problem}", name=name, problem=error) from error
        root = _with_long_texts(raw, name)
    document = root.getroottree().docinfo
    if document.internalDTD is not None and any(True for _ in document.internalDTD.iterentities()):
        raise FileHostile("{name}: declares XML entities, which are not accepted", name=name)
    return root


def _parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge, remove_comments=True, remove_pis=True)  # fmt: skip


def _with_long_texts(raw: bytes, name: str) -> Element:
    """A document with a text beyond libxml2's 10 MB, such as a picture in Base64; nested no deeper than any other."""
    try:
        root = etree.fromstring(raw, _parser(huge=True))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise FileDamaged("{name}: not well-formed XML: {problem}", name=name, problem=error) from error
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > LIMITS.depth:
            raise FileHostile("{name}: nested too deeply", name=name)
    return root
