"""Whether a data group has the structure that the standard gives it; its authenticity is another matter."""

from __future__ import annotations

from collections.abc import Callable

from reader.errors import NotSupported, ReaderError
from reader.evidence import Finding, Result
from reader.lds import dg1, dg2, dg7, dg11, dg12, dg14, dg15, dg16, security_infos

# DG13 is a state's own affair, DG3 and DG4 are never read.
PARSERS: dict[str, Callable[[bytes], object]] = {
    "DG1": dg1.parse,
    "DG2": dg2.image,
    "DG7": dg7.images,
    "DG11": dg11.parse,
    "DG12": dg12.parse,
    "DG14": lambda raw: security_infos.protocols(dg14.infos(raw)),
    "DG15": dg15.parse,
    "DG16": dg16.parse,
}


def check(name: str, raw: bytes) -> Finding:
    """A finding `structure.DGn`: malformed is inconclusive, since what was signed may be odd and true."""
    try:
        PARSERS[name](raw)
    except NotSupported as error:
        return Finding(f"structure.{name}", Result.NOT_SUPPORTED, error.code, str(error))
    except ReaderError as error:
        return Finding(f"structure.{name}", Result.INCONCLUSIVE, error.code, str(error))
    return Finding(f"structure.{name}", Result.PASSED)
