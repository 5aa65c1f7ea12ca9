"""A form (mã đề): parts of items in one order, with every formula and picture in it as bytes. It holds no keys."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import msgspec

from question_bank import canonical
from question_bank.errors import FormMalformed
from question_bank.item import Content, Formula, Item, Picture, pieces

FORMAT = "khaothi/form/1"
LARGEST = 32 * 1024 * 1024


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part with its heading, word for word as on paper."""

    id: str
    heading_vi: str
    heading_en: str
    items: tuple[Item, ...]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form. `resources` maps the SHA-256 of a file to its bytes (SVG or PNG); `passages` are texts that items share."""

    format: str
    code: str
    subject: str
    minutes: int
    parts: tuple[Part, ...]
    resources: dict[str, bytes]
    passages: dict[str, Content] = {}

    def each_item(self) -> Iterator[tuple[Part, Item]]:
        """Every item with its part, in order."""
        for part in self.parts:
            for item in part.items:
                yield part, item


# At import, by one thread: threads that meet at a type's first use end the process.
msgspec.json.Decoder(Form)


def encode(form: Form) -> bytes:
    """The canonical bytes of a form; resources in base64."""
    plain = msgspec.to_builtins(form, builtin_types=(bytes,))
    plain["resources"] = {digest: base64.b64encode(raw).decode() for digest, raw in form.resources.items()}
    return canonical.encode(plain)


def digest(raw: bytes) -> str:
    """SHA-256 of a form's canonical bytes, as plans and orders name it."""
    return hashlib.sha256(raw).hexdigest()


def decode(raw: bytes) -> Form:
    """The form of its bytes, checked: every resource is what its digest says, and every one that is named is there.

    Raises:
        FormMalformed: anything else.
    """
    if len(raw) > LARGEST:
        raise FormMalformed("{bytes} bytes are too many", bytes=len(raw))
    try:
        form = msgspec.convert(canonical.decode(raw), Form)
    except (canonical.NotCanonical, msgspec.ValidationError) as error:
        raise FormMalformed("no form: {problem}", problem=error) from error
    if form.format != FORMAT:
        raise FormMalformed("format {format!r} is not known", format=form.format)
    for name, resource in form.resources.items():
        if hashlib.sha256(resource).hexdigest() != name:
            raise FormMalformed("resource {digest} was changed", digest=name[:12])
    missing = set(_named(form)) - set(form.resources)
    if missing:
        raise FormMalformed("resource {digest} is missing", digest=min(missing)[:12])
    identifiers = [item.id for _, item in form.each_item()]
    if len(set(identifiers)) != len(identifiers):
        raise FormMalformed("an item stands twice")
    for _, item in form.each_item():
        if item.passage and item.passage not in form.passages:
            raise FormMalformed("{item}: its passage is missing", item=item.id)
    return form


def _named(form: Form) -> Iterator[str]:
    contents = list(form.passages.values())
    for _, item in form.each_item():
        contents += [item.stem, *(option.content for option in item.options)]
    for content in contents:
        for piece in pieces(content):
            if isinstance(piece, Formula | Picture):
                yield piece.sha256
