"""Makes Word papers for tests from lines: `_x_` underlined, `*x*` bold, `!x!` red, `~x~` bold and underlined, `$x$` a formula of OMML, tab for a tab."""

from __future__ import annotations

import io
import re

import docx
from docx.oxml import parse_xml
from docx.shared import RGBColor

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
TOKEN = re.compile(r"_([^_]+)_|\*\*([^*]+)\*\*|!([^!]+)!|\$([^$]+)\$|~([^~]+)~")


def omml(text):
    """A fraction for `a/b`, else a run."""
    if "/" in text:
        top, bottom = text.split("/")
        return parse_xml(f'<m:oMath xmlns:m="{M}"><m:f><m:num><m:r><m:t>{top}</m:t></m:r></m:num><m:den><m:r><m:t>{bottom}</m:t></m:r></m:den></m:f></m:oMath>')  # fmt: skip
    return parse_xml(f'<m:oMath xmlns:m="{M}"><m:r><m:t>{text}</m:t></m:r></m:oMath>')


def fill(paragraph, line):
    """Write one line into a paragraph."""
    position = 0
    for found in TOKEN.finditer(line):
        paragraph.add_run(line[position : found.start()])
        position = found.end()
        if found[1]:
            paragraph.add_run(found[1]).underline = True
        elif found[2]:
            paragraph.add_run(found[2]).bold = True
        elif found[3]:
            paragraph.add_run(found[3]).font.color.rgb = RGBColor(0xFF, 0, 0)
        elif found[5]:
            run = paragraph.add_run(found[5])
            run.bold = run.underline = True
        else:
            paragraph._p.append(omml(found[4]))
    paragraph.add_run(line[position:])


def paper(*lines):
    """The bytes of a .docx; a list of lists is a table."""
    document = docx.Document()
    for line in lines:
        if isinstance(line, str):
            fill(document.add_paragraph(), line)
            continue
        table = document.add_table(len(line), len(line[0]))
        for row, cells in enumerate(line):
            for column, text in enumerate(cells):
                parts = text.split("\n")
                fill(table.cell(row, column).paragraphs[0], parts[0])
                for part in parts[1:]:
                    fill(table.cell(row, column).add_paragraph(), part)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
