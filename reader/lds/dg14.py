"""DG14: the signed security infos (Doc 9303-10 section 4.7.14, Doc 9303-11 section 9.2)."""

from __future__ import annotations

from reader import ber
from reader.errors import Malformed, parsing

TAG = 0x6E


def infos(raw: bytes) -> bytes:
    """The SecurityInfos as they came, for the functions of `security_infos`.

    Raises:
        Malformed: not a DG14, or no set of sequences in it.
    """
    with parsing("DG14 cannot be parsed"):
        outer = ber.element(raw)
        inner = ber.element(outer.value) if outer.tag == TAG else outer
        if outer.tag != TAG or inner.tag != ber.SET:
            raise Malformed("DG14 without SecurityInfos")
        return inner.raw
