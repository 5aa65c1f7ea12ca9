"""QTI as other programs write it: every interaction, feedback, templates, packages in odd shapes. Own content, shapes of the standard's examples."""

from __future__ import annotations

import io
import zipfile

import pytest

from question_bank.bank.content import Picture, inlines, plain
from question_bank.errors import FileHostile, FormatUnknown
from question_bank.formats import importing

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")  # fmt: skip
NS = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" xmlns:m="http://www.w3.org/1998/Math/MathML"'
TEMPLATE = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}"/>'
MATCH_CORRECT = TEMPLATE.format("match_correct")
MATH = "<m:math><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup></m:math>"


def declared(*right, name="RESPONSE", cardinality="single", base="identifier", mapping=""):
    values = "".join(f"<value>{value}</value>" for value in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    return f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">{correct}{mapping}</responseDeclaration>'  # fmt: skip


def item(declarations, body, processing=MATCH_CORRECT, after="", before=""):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem {NS} identifier="i" title="Thử" adaptive="false" timeDependent="false">{declarations}<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>{before}<itemBody>{body}</itemBody>{processing}{after}</assessmentItem>'  # fmt: skip


def choices(*texts, tag="simpleChoice"):
    return "".join(f'<{tag} identifier="x{n}">{text}</{tag}>' for n, text in enumerate(texts, 1))


RIVERS = f'<p>Sông nào dài hơn?</p><choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1"><prompt>Chọn một.</prompt>{choices("Hồng", "Cửu Long", "Hương")}</choiceInteraction>'  # fmt: skip


def imported(raw, name="x.xml"):
    made, lost, _ = importing.read(raw if isinstance(raw, bytes) else raw.encode(), name, None, None)
    assert lost == 0
    return made


def one(raw):
    (made,) = imported(raw).items
    return made


def codes(made):
    return [issue.code for issue in made.issues]


def condition(test, reward, otherwise="", outcome="SCORE"):
    other = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{reward}</responseIf>{other}</responseCondition>"


def score(value):
    return f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{value}</baseValue></setOutcomeValue>'


CORRECT = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
MAPPED = '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
TOLD = '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
NOTHING = '<isNull><variable identifier="RESPONSE"/></isNull>'
ENTRIES = '<mapping defaultValue="0"><mapEntry mapKey="x2" mappedValue="1"/></mapping>'
STANDARD = {
    "match_correct": condition(CORRECT, score(1), score(0)),
    "match_correct worth two marks": condition(CORRECT, score("2.0")),
    "match_correct with feedback beside it": condition(CORRECT, TOLD + score(1)) + TOLD,
    "match_correct added to the score": score(0)
    + condition(
        CORRECT,
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue></sum></setOutcomeValue>',
    ),
    "map_response": condition(NOTHING, score("0.0"), MAPPED),
    "map_response alone": MAPPED,
    "map_response where something was answered": condition(f"<not>{NOTHING}</not>", MAPPED),
    "map_response added to the score": '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><mapResponse identifier="RESPONSE"/></sum></setOutcomeValue>',
}


@pytest.mark.parametrize("rules", STANDARD.values(), ids=STANDARD)
def test_rules_that_write_out_a_standard_template_need_no_review(rules):
    made = one(item(declared("x2", mapping=ENTRIES), RIVERS, f"<responseProcessing>{rules}</responseProcessing>"))
    assert (codes(made), made.state, made.draft.key.right) == ([], "draft", ("B",))


OTHER = {
    "two rewards": condition(CORRECT, score(1)) + condition(NOTHING, score(1)),
    "points taken off": condition(CORRECT, score(1), score(-1)),
    "a random score": '<setOutcomeValue identifier="SCORE"><randomFloat min="0" max="1"/></setOutcomeValue>',
    "a tolerance": condition(
        CORRECT.replace("match>", "equal>").replace("<equal>", '<equal toleranceMode="relative" tolerance="1 1">'),
        score(1),
    ),
    "another response": condition(CORRECT.replace('<correct identifier="RESPONSE"', '<correct identifier="R2"'), score(1)),
    "an early exit": condition(NOTHING, "<exitResponse/>") + condition(CORRECT, score(1)),
}  # fmt: skip


@pytest.mark.parametrize("rules", OTHER.values(), ids=OTHER)
def test_scoring_of_ones_own_is_marked_for_review(rules):
    made = one(item(declared("x2"), RIVERS, f"<responseProcessing>{rules}</responseProcessing>"))
    assert codes(made) == ["scoring_needs_review"]
    assert made.draft.key.right == ("B",)


def test_a_key_that_stands_only_in_the_rules_is_found_and_still_reviewed():
    test = '<match><variable identifier="RESPONSE"/><baseValue baseType="identifier">x3</baseValue></match>'
    made = one(
        item(declared(), RIVERS, f"<responseProcessing>{condition(test, score(1), score(0))}</responseProcessing>")
    )
    assert (made.draft.key.right, codes(made)) == (("C",), ["scoring_needs_review"])


def test_feedback_is_quoted_with_all_that_stands_in_it():
    modal = f'<modalFeedback outcomeIdentifier="FEEDBACK" showHide="show" identifier="x1">Chưa đúng: {MATH} <img src="a.png" alt="bản đồ"/><table><tr><td>dài</td></tr></table></modalFeedback>'
    inline = f'<feedbackInline outcomeIdentifier="F" identifier="x2" showHide="show">Tốt {MATH}</feedbackInline>'
    made = one(item(declared("x2"), RIVERS.replace("Cửu Long", f"Cửu Long{inline}"), after=modal))
    assert set(codes(made)) == {"feedback_ignored"}
    assert "bản đồ" in " ".join(issue.covers for issue in made.issues)
    assert plain(made.draft.item.options[1].content) == "Cửu Long"


def test_lesser_answers_of_a_short_answer_are_told():
    mapping = '<mapping defaultValue="0"><mapEntry mapKey="12" mappedValue="1"/><mapEntry mapKey="12,0" mappedValue="0.5"/></mapping>'
    body = '<p>3 · 4 = <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    made = one(item(declared("12", base="string", mapping=mapping), body, TEMPLATE.format("map_response")))
    assert (made.draft.key.right, codes(made)) == (("12",), ["scoring_needs_review"])


PAIRED = "<simpleMatchSet>{}</simpleMatchSet><simpleMatchSet>{}</simpleMatchSet>".format(choices("Lan", "Mai", tag="simpleAssociableChoice"), choices("Tím", "Vàng", tag="simpleAssociableChoice").replace("x", "y"))  # fmt: skip
STAGE = '<object data="i/m.png" type="image/png" width="9" height="9">Bản đồ</object>'
KEPT = {
    "order": f'<orderInteraction responseIdentifier="RESPONSE"><prompt>Xếp</prompt>{choices("một", "ba", f"hai {MATH}")}</orderInteraction>',
    "associate": f'<associateInteraction responseIdentifier="RESPONSE" maxAssociations="1">{choices("An", "Bình", tag="simpleAssociableChoice")}</associateInteraction>',
    "match": f'<matchInteraction responseIdentifier="RESPONSE" maxAssociations="2"><prompt>Ghép</prompt>{PAIRED}</matchInteraction>',
    "gapmatch": '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="W" matchMax="1">mùa đông</gapText><blockquote><p>Bây giờ là <gap identifier="G"/> lạnh</p></blockquote></gapMatchInteraction>',
    "hottext": '<hottextInteraction responseIdentifier="RESPONSE"><p>Trời <hottext identifier="A">mưa</hottext> nên <hottext identifier="B">khô</hottext>.</p></hottextInteraction>',
    "slider": '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="9"><prompt>Kéo</prompt></sliderInteraction>',
    "upload": '<uploadInteraction responseIdentifier="RESPONSE"><prompt>Nộp</prompt></uploadInteraction>',
    "drawing": f'<drawingInteraction responseIdentifier="RESPONSE"><prompt>Vẽ</prompt>{STAGE}</drawingInteraction>',
    "hotspot": f'<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1">{STAGE}<hotspotChoice shape="circle" coords="7,5,8" identifier="A"/></hotspotInteraction>',
    "graphicgapmatch": f'<graphicGapMatchInteraction responseIdentifier="RESPONSE">{STAGE}<gapImg identifier="C" matchMax="1"><object type="image/png" data="i/c.png">nhãn</object></gapImg><associableHotspot identifier="A" matchMax="1" shape="rect" coords="1,1,3,1"/></graphicGapMatchInteraction>',
    "graphicorder": f'<graphicOrderInteraction responseIdentifier="RESPONSE">{STAGE}<hotspotChoice shape="circle" coords="7,5,8" identifier="A"/></graphicOrderInteraction>',
    "selectpoint": f'<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Chỉ</prompt>{STAGE}</selectPointInteraction>',
    "positionobject": f'<positionObjectStage>{STAGE}<positionObjectInteraction responseIdentifier="RESPONSE"><object data="i/c.png" type="image/png">Máy bay</object></positionObjectInteraction></positionObjectStage>',
    "custom": '<customInteraction responseIdentifier="RESPONSE"><p>Của riêng</p></customInteraction>',
    "choice": RIVERS + RIVERS.replace("RESPONSE", "R2"),
    "textentry": '<p>X <textEntryInteraction responseIdentifier="RESPONSE"/> Y <textEntryInteraction responseIdentifier="R2"/></p>',
}


@pytest.mark.parametrize("kind", KEPT)
def test_an_interaction_that_cannot_be_delivered_is_kept_whole_with_its_source(kind):
    files = {"items/a.xml": item(declared(), KEPT[kind]), "items/i/m.png": PNG, "items/i/c.png": PNG}
    (made,) = imported(package(files)).items
    assert (made.draft.item.kind, codes(made)) == ("other", ["unsupported_interaction"]) or "picture_without_alt" in codes(made)  # fmt: skip
    assert made.issues[0].values == (kind,)
    assert "assessmentItem" in made.draft.item.unsupported
    shown = sum(isinstance(inline, Picture) for content in made.draft.item.each_content() for inline in inlines(content))  # fmt: skip
    assert shown == KEPT[kind].count("<object")


def test_an_adaptive_item_with_templates_keeps_every_branch():
    hidden = f'<feedbackBlock outcomeIdentifier="S" showHide="show" identifier="b"><p>Bước hai {MATH}</p>{RIVERS.replace("RESPONSE", "R2")}</feedbackBlock>'
    template = '<templateDeclaration identifier="N" cardinality="single" baseType="integer"/><templateProcessing><setTemplateValue identifier="N"><randomInteger min="1" max="9"/></setTemplateValue></templateProcessing>'
    body = f'<p>Có <printedVariable identifier="N"/> cửa.</p>{RIVERS}{hidden}<p><endAttemptInteraction responseIdentifier="HINT" title="Gợi ý"/></p>'
    made = one(item(declared("x1") + declared("x2", name="R2"), body, before=template))
    assert made.draft.item.kind == "other"
    assert {"scoring_needs_review", "feedback_ignored", "unsupported_interaction"} == set(codes(made))
    assert "Bước hai" in made.draft.item.unsupported


SHAPES = {
    "prefixed names": lambda raw: raw.replace("<", "<q:").replace("<q:/", "</q:").replace("<q:?", "<?").replace("<q:m:", "<m:").replace("</q:m:", "</m:").replace("xmlns=", "xmlns:q="),
    "no namespace": lambda raw: raw.replace(NS, ""),
    "a doctype without entities": lambda raw: raw.replace("<assessmentItem", '<!DOCTYPE assessmentItem SYSTEM "x.dtd">\n<assessmentItem'),
    "UTF-16": lambda raw: raw.replace("UTF-8", "UTF-16").encode("utf-16"),
    "a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw.encode(),
    "version 2.2": lambda raw: raw.replace("v2p1", "v2p2"),
    "version 2.0": lambda raw: raw.replace("v2p1", "v2p0"),
}  # fmt: skip


@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES)
def test_the_same_item_in_another_dress(change):
    made = one(change(item(declared("x2"), RIVERS)))
    assert (made.draft.item.kind, made.draft.key.right, made.state) == ("single_choice", ("B",), "draft")


def package(files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def manifest(*items):
    rows = "".join(f'<imscp:resource identifier="r{n}" type="imsqti_item_xmlv2p1" href="{name}"><imscp:file href="{name}"/><imscp:dependency identifierref="d"/></imscp:resource>' for n, name in enumerate(items))  # fmt: skip
    return f'<imscp:manifest xmlns:imscp="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><imscp:metadata/><imscp:organizations/><imscp:resources>{rows}<imscp:resource identifier="t" type="imsqti_test_xmlv2p1" href="test.xml"><imscp:file href="test.xml"/></imscp:resource></imscp:resources></imscp:manifest>'  # fmt: skip


TEST = f'<assessmentTest {NS} identifier="t" title="Đề"><testPart identifier="p" navigationMode="linear" submissionMode="individual"><assessmentSection identifier="s" title="Phần một" visible="true"><rubricBlock view="candidate"><p>Đọc kĩ đề. {MATH}</p></rubricBlock><assessmentItemRef identifier="a" href="items/one.xml"/></assessmentSection></testPart></assessmentTest>'


def test_a_package_in_a_folder_with_a_test_a_picture_and_an_item_outside_its_manifest():
    body = '<p>Nhìn hình <img src="../media/h%C3%ACnh%201.png" alt="Một điểm"/></p>' + RIVERS
    files = {
        "gói/imsmanifest.xml": manifest("items/one.xml"), "gói/test.xml": TEST, "gói/media/hình 1.png": PNG,
        "gói/items/one.xml": item(declared("x2"), body), "gói/extra/two.xml": item(declared("x1"), RIVERS),
    }  # fmt: skip
    made = imported(package(files), "x.zip")
    assert [one.draft.key.right for one in made.items] == [("B",), ("A",)]
    assert sum(isinstance(part, Picture) for part in inlines(made.items[0].draft.item.stem)) == 1
    assert [issue.code for issue in made.issues] == ["part_of_package", "text_outside_items"]
    assert "Đọc kĩ đề" in made.issues[1].covers


def test_one_bad_item_of_a_package_is_named_and_the_others_come_in():
    files = {"a.xml": item(declared("x2"), RIVERS), "b.xml": "<assessmentItem><p></assessmentItem>", "imsmanifest.xml": manifest("a.xml", "b.xml", "c.xml")}  # fmt: skip
    made = imported(package(files), "x.zip")
    assert len(made.items) == 1
    assert [(issue.code, issue.values[0]) for issue in made.issues] == [("item_unreadable", "b.xml"), ("file_missing", "c.xml")] or {issue.code for issue in made.issues} == {"item_unreadable", "file_missing"}  # fmt: skip


def test_a_stimulus_that_no_item_uses_is_quoted():
    stimulus = f'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" xmlns:m="http://www.w3.org/1998/Math/MathML" identifier="s"><qti-stimulus-body><p>Bài đọc {MATH}</p></qti-stimulus-body></qti-assessment-stimulus>'
    made = imported(package({"a.xml": item(declared("x2"), RIVERS), "s.xml": stimulus}), "x.zip")
    assert [(issue.code, issue.where) for issue in made.issues] == [("passage_unused", "s.xml")]


def test_supports_beside_the_body_are_named():
    catalogue = "<qti-catalog-info><qti-catalog id='c'><qti-card support='glossary'><p>Giải nghĩa</p></qti-card></qti-catalog></qti-catalog-info>"
    made = one(item(declared("x2"), RIVERS, after=catalogue))
    assert [(issue.code, issue.values) for issue in made.issues] == [("support_ignored", ("cataloginfo", "Giải nghĩa"))]  # fmt: skip
    assert made.state == "draft"


def test_a_package_of_the_older_version_is_refused_with_advice():
    with pytest.raises(FormatUnknown, match=r"QTI 1\.2.*export it as QTI 2\.1"):
        imported(package({"q.xml": "<questestinterop><item/></questestinterop>"}), "x.zip")


NEWER = '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t"><qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response><qti-value>b</qti-value></qti-correct-response></qti-response-declaration><qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Hỏi?</qti-prompt><qti-simple-choice identifier="a">một</qti-simple-choice><qti-simple-choice identifier="b">hai</qti-simple-choice></qti-choice-interaction></qti-item-body></qti-assessment-item>'  # fmt: skip
OLDER = item(declared("x2"), RIVERS)


@pytest.mark.parametrize("more", [{}, {"imsmanifest.xml": "<manifest><resources/></manifest>"}, {"imsmanifest.xml": "<manifest><resources>"}])  # fmt: skip
def test_items_of_three_versions_come_in_without_an_entry_in_a_manifest(more):
    files = {"a/x.xml": OLDER, "b/y.XML": OLDER.replace("v2p1", "v2p2").replace("nào dài", "nào ngắn"), "z.qti": NEWER}
    made, _, _ = importing.read(package({**files, **more}), "x.zip", None, None)
    assert [one.draft.key.right for one in made.items] == [("B",), ("B",), ("B",)]
    assert [issue.code for issue in made.issues] == (
        ["item_unreadable"] if "<manifest><resources>" in more.values() else []
    )


def test_a_manifest_that_points_outside_fetches_nothing():
    rows = '<resource type="imsqti_item_xmlv2p1" href="../../etc/passwd"/><resource type="imsqti_item_xmlv2p1" href="https://example.org/i.xml"/>'
    made = imported(package({"imsmanifest.xml": f"<manifest><resources>{rows}</resources></manifest>", "i.xml": OLDER}), "x.zip")  # fmt: skip
    assert len(made.items) == 1
    assert [issue.code for issue in made.issues] == ["file_missing", "file_missing"]


def test_two_options_of_one_identifier_give_no_key():
    made = one(OLDER.replace('identifier="x1"', 'identifier="x2"'))
    assert made.draft.key.right == ()
    assert codes(made)[:1] == ["identifier_repeated"]


def test_two_files_of_one_name_are_refused():
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as file:
        file.writestr("i.xml", OLDER)
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("i.xml", OLDER.replace("Sông", "Núi"))
    with pytest.raises(FileHostile, match="two files of one name"):
        importing.read(raw.getvalue(), "x.zip", None, None)
