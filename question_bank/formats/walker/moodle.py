"""Counts Moodle XML: texts of questions, answers, subquestions and feedback."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from question_bank.formats.walker import markup
from question_bank.formats.walker.census import Census
from question_bank.formats.xml_text import readable

FIELDS = ("questiontext", "generalfeedback", "answer", "subquestion", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint", "feedback", "dragbox", "selectoption", "drag", "drop", "optiontext", "responsetext", "responsetemplate", "graderinfo", "feedbacktext")  # fmt: skip


def count(raw: bytes) -> Census:
    """What the questions of a file hold."""
    census = Census()
    for question in ET.fromstring(readable(raw)).iter("question"):  # noqa: S314 - entities were refused before
        if question.get("type") == "category":
            continue
        for node in question.iter():
            if node.tag in FIELDS:
                text = node.find("text")
                if text is not None and text.text:
                    plain = node.get("format") in {"plain_text", "markdown"} or (
                        node.tag == "answer" and not node.get("format")
                    )
                    (markup.plain_text if plain else markup.html)(text.text, census)
    return census
