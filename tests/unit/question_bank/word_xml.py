"""Makes Word papers for tests from WordprocessingML where python-docx has no words for it, and papers with merged key tables."""

from __future__ import annotations

import io
import zipfile

import docx

from tests.unit.question_bank.papers import paper

OPENXML = "http://schemas.openxmlformats.org"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": f"{OPENXML}/wordprocessingml/2006/main", "m": f"{OPENXML}/officeDocument/2006/math",
        "r": f"{OPENXML}/officeDocument/2006/relationships", "mc": f"{OPENXML}/markup-compatibility/2006",
        "wp": f"{OPENXML}/drawingml/2006/wordprocessingDrawing", "a": f"{OPENXML}/drawingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape", "v": "urn:schemas-microsoft-com:vml",
    }.items()
)  # fmt: skip
UNDERLINED = '<w:u w:val="single"/>'


def text(words, properties=""):
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(*runs, properties=""):
    """A paragraph of runs; what is no markup becomes a run."""
    made = "".join(run if run.startswith("<") else text(run) for run in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{made}</w:p>"


OPTIONS = paragraph("A. một") + paragraph(text("B.", UNDERLINED), " hai") + paragraph("C. ba") + paragraph("D. bốn")


def word(*body, numbering=""):
    """The bytes of a .docx with this body."""
    made = io.BytesIO()
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document {NAMESPACES}><w:body>{"".join(body)}</w:body></w:document>'
    )
    with zipfile.ZipFile(io.BytesIO(paper("x"))) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in {"word/document.xml", "word/numbering.xml"}:
                new.writestr(info, old.read(info))
        new.writestr("word/document.xml", document)
        new.writestr("word/numbering.xml", f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>")
    return made.getvalue()


def box(*inner):
    """A text box as Word writes it: the new form, and the old one for older programs."""
    shape = f"<wps:wsp><wps:txbx><w:txbxContent>{''.join(inner)}</w:txbxContent></wps:txbx></wps:wsp>"
    drawn = f'<w:drawing><wp:inline><a:graphic><a:graphicData uri="wps">{shape}</a:graphicData></a:graphic></wp:inline></w:drawing>'
    old = f"<w:pict><v:shape><v:textbox><w:txbxContent>{''.join(inner)}</w:txbxContent></v:textbox></v:shape></w:pict>"
    return f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>'


def field(instruction):
    """A field without a result, as Word writes EQ and SYMBOL."""
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f"<w:instrText>{instruction}</w:instrText>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(f"<w:r>{part}</w:r>" for part in parts)


def numbered(list_id, level=0):
    """Paragraph properties of an automatic number."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def lists(*levels):
    """One list definition for each tuple of (format, text) levels, numbered from 1."""
    made = ""
    for identifier, own in enumerate(levels, 1):
        inner = "".join(f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{shape}"/></w:lvl>' for at, (kind, shape) in enumerate(own))  # fmt: skip
        made += f'<w:abstractNum w:abstractNumId="{identifier}">{inner}</w:abstractNum>'
    return made + "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(1, len(levels) + 1)
    )


def with_key_table(lines, rows, *merges):
    """A paper with a key table at its end; a merge is (first row, first column, last row, last column)."""
    document = docx.Document(io.BytesIO(paper(*lines)))
    table = document.add_table(len(rows), max(map(len, rows)))
    for row, cells in enumerate(rows):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    for top, left, bottom, right in merges:
        kept = table.cell(top, left).text
        merged = table.cell(top, left).merge(table.cell(bottom, right))
        merged.text = kept
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
