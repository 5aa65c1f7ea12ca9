"""XML as programs really write it: entities of HTML that XML does not know, and files of many megabytes inside a text.

Both are only looked at where no document type is declared, so that nothing in the file can say what an entity means.
"""

from __future__ import annotations

import re
from html.entities import html5

# What XML itself defines stays.
OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
OUTSIDE_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# In these, the signs of mark-up are the bytes of ASCII; in others a declaration could hide.
PLAIN_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "windows-1258"})


def declares_nothing(raw: bytes) -> bool:
    """Whether it is certain that the document has no document type, and so no entities of its own."""
    head = raw[:1024].lstrip(b"\xef\xbb\xbf")
    found = DECLARED.match(head)
    encoding = found[1].decode().lower() if found else "utf-8"
    return b"\x00" not in head and encoding in PLAIN_ENCODINGS and b"<!DOCTYPE" not in raw


def readable(raw: bytes) -> bytes:
    """The document with `&nbsp;` and other entities of HTML as numbers; as it is where it declares a document type."""
    if not REFERENCE.search(raw) or not declares_nothing(raw):
        return raw
    parts = OUTSIDE_CDATA.split(raw)
    return b"".join(part if index % 2 else REFERENCE.sub(_numbered, part) for index, part in enumerate(parts))


def _numbered(found: re.Match[bytes]) -> bytes:
    name = found[1].decode("ascii")
    if name in OWN or f"{name};" not in html5:
        return found[0]
    return "".join(f"&#{ord(sign)};" for sign in html5[f"{name};"]).encode("ascii")
