"""The formula inside an OLE object, and what kind of object it is."""

from __future__ import annotations

import io

import olefile

from question_bank.errors import FormulaUnreadable
from question_bank.formats.mathtype.latex import Writer
from question_bank.formats.mathtype.records import parse

STREAM = "Equation Native"
LARGEST = 8 * 1024 * 1024


def latex_of(raw: bytes) -> tuple[str, list[str]]:
    """The LaTeX of an embedded MathType or Equation Editor object, and what is doubtful about it.

    Raises:
        FormulaUnreadable: no OLE file, no formula in it, or records that are not understood.
    """
    if len(raw) > LARGEST or not olefile.isOleFile(io.BytesIO(raw)):
        raise FormulaUnreadable("not an OLE object")
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            if not ole.exists(STREAM):
                raise FormulaUnreadable("the object holds no formula")
            stream = ole.openstream(STREAM).read()
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise FormulaUnreadable("damaged OLE object: {problem}", problem=error) from error
    writer = Writer()
    latex = writer.equation(parse(stream))
    if not latex:
        raise FormulaUnreadable("the formula is empty")
    return latex, writer.doubts
