"""Namespaces of Open XML besides those of text and formulas, and its unit of length."""

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that the format uses
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
EMU_PER_PIXEL = 9525
