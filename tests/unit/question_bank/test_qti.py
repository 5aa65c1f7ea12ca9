"""QTI 2.1, 2.2 and 3.0: what is supported becomes items, what is not is kept whole and marked, nothing is lost."""

from __future__ import annotations

import io
import zipfile

import pytest

from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import Formula, Gap, Picture, Table, inlines, plain
from question_bank.errors import FileHostile
from question_bank.formats import importing

RENDERER = MathJaxRenderer()
NS2 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
NS3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATCH2 = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
MATCH3 = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
MAP3 = MATCH3.replace("match_correct", "map_response")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")  # fmt: skip


def item2(declared, body, processing=MATCH2):
    return f'<assessmentItem xmlns="{NS2}" identifier="x" title="Thử" adaptive="false" timeDependent="false">{declared}<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><itemBody>{body}</itemBody>{processing}</assessmentItem>'.encode()  # fmt: skip


def item3(declared, body, processing=MATCH3, before=""):
    return f'<?xml version="1.0"?><qti-assessment-item xmlns="{NS3}" identifier="x" title="Thử" adaptive="false" time-dependent="false">{declared}{before}<qti-item-body>{body}</qti-item-body>{processing}</qti-assessment-item>'.encode()  # fmt: skip


def declared3(right, cardinality="single", base="identifier", mapping=""):
    values = "".join(f"<qti-value>{value}</qti-value>" for value in right)
    return f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base}"><qti-correct-response>{values}</qti-correct-response>{mapping}</qti-response-declaration>'  # fmt: skip


def read(raw, name="x.xml"):
    imported, lost, _ = importing.read(raw, name, None, RENDERER)
    assert lost == 0
    return imported


def one(raw):
    (item,) = read(raw).items
    return item


def codes(item):
    return [issue.code for issue in item.issues]


CHOICE2 = '<p>Chọn <em>một</em>:</p><choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1"><prompt>Thủ đô?</prompt><simpleChoice identifier="ChoiceX">Huế</simpleChoice><simpleChoice identifier="ChoiceY" fixed="true">Hà Nội<feedbackInline outcomeIdentifier="F" identifier="Y">Đúng rồi</feedbackInline></simpleChoice></choiceInteraction>'  # fmt: skip
DECLARED2 = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>ChoiceY</value></correctResponse></responseDeclaration>'  # fmt: skip


def test_a_choice_of_version_2_with_shuffle_and_fixed():
    made = one(item2(DECLARED2, CHOICE2))
    item = made.draft.item
    assert (item.kind, made.draft.key.right, item.shuffle) == ("single_choice", ("B",), True)
    assert [(option.identifier, plain(option.content), option.fixed) for option in item.options] == [("A", "Huế", False), ("B", "Hà Nội", True)]  # fmt: skip
    assert plain(item.stem) == "Chọn một:\nThủ đô?"
    assert codes(made) == ["feedback_ignored"]
    assert made.state == "draft"


def test_a_multiple_choice_with_mapped_weights():
    mapping = '<qti-mapping lower-bound="0" default-value="-2"><qti-map-entry map-key="H" mapped-value="1"/><qti-map-entry map-key="O" mapped-value="1"/><qti-map-entry map-key="Cl" mapped-value="-1"/></qti-mapping>'  # fmt: skip
    choices = "".join(
        f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in ("H", "He", "Cl", "O")
    )
    body = f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="0"><qti-prompt>Nước gồm?</qti-prompt>{choices}</qti-choice-interaction>'  # fmt: skip
    made = one(item3(declared3(["H", "O"], "multiple", mapping=mapping), body, MAP3))
    assert (made.draft.item.kind, made.draft.key.right) == ("multiple_choice", ("A", "D"))
    assert made.draft.key.weights == (("A", "1"), ("D", "1"), ("C", "-1"))
    assert made.state == "draft"


def test_text_entry_is_a_short_answer_as_typed_in_the_cells():
    body = '<p>Căn bậc hai của 2,25 là <qti-text-entry-interaction response-identifier="RESPONSE"/>.</p>'
    made = one(item3(declared3(["-1.5"], base="float"), body))
    assert (made.draft.item.kind, made.draft.key.right) == ("short_answer", ("-1,5",))
    assert Gap("RESPONSE") in list(inlines(made.draft.item.stem))
    words = one(item3(declared3(["York"], base="string"), body))
    assert codes(words) == ["key_not_enterable"]


def grid(columns, right):
    rows = "".join(
        f'<qti-simple-associable-choice identifier="S{n}" match-max="1">ý {n}</qti-simple-associable-choice>'
        for n in range(1, 5)
    )
    heads = "".join(f'<qti-simple-associable-choice identifier="{name}" match-max="4">{text}</qti-simple-associable-choice>' for name, text in columns)  # fmt: skip
    body = f'<qti-match-interaction response-identifier="RESPONSE" max-associations="4"><qti-prompt>Xét các ý</qti-prompt><qti-simple-match-set>{rows}</qti-simple-match-set><qti-simple-match-set>{heads}</qti-simple-match-set></qti-match-interaction>'  # fmt: skip
    return item3(declared3(right, "multiple", "directedPair"), body)


def test_a_match_of_statements_to_true_and_false_is_a_cluster():
    made = one(grid((("F", "False"), ("T", "True")), ["S1 T", "S2 F", "S3 F", "S4 T"]))
    assert (made.draft.item.kind, made.draft.key.right) == ("true_false_cluster", ("true", "false", "false", "true"))
    assert [option.identifier for option in made.draft.item.options] == list("abcd")


def test_any_other_match_is_kept_whole_for_review():
    made = one(grid((("R", "Romeo"), ("T", "Tempest"), ("M", "Dream")), ["S1 T", "S2 R", "S3 M", "S4 T"]))
    assert (made.draft.item.kind, made.state) == ("other", "needs_review")
    assert "qti-match-interaction" in made.draft.item.unsupported
    assert "Tempest" in plain(made.draft.item.stem)


@pytest.mark.parametrize(
    "body",
    [
        '<qti-extended-text-interaction response-identifier="RESPONSE"><qti-prompt>Viết một lá thư</qti-prompt></qti-extended-text-interaction>',
        '<qti-order-interaction response-identifier="RESPONSE"><qti-prompt>Xếp</qti-prompt><qti-simple-choice identifier="A">một</qti-simple-choice><qti-simple-choice identifier="B">hai</qti-simple-choice></qti-order-interaction>',
        '<qti-hottext-interaction response-identifier="RESPONSE"><p>Câu có <qti-hottext identifier="A">lỗi</qti-hottext> ở đây</p></qti-hottext-interaction>',
        '<qti-gap-match-interaction response-identifier="RESPONSE"><qti-gap-text identifier="W" match-max="1">mùa đông</qti-gap-text><blockquote><p>Nay là <qti-gap identifier="G1"/></p></blockquote></qti-gap-match-interaction>',
        '<qti-hotspot-interaction response-identifier="RESPONSE"><qti-prompt>Chỉ</qti-prompt><img src="map.png" alt="bản đồ"/><qti-hotspot-choice identifier="A" shape="circle" coords="1,1,1"/></qti-hotspot-interaction>',
        '<p><qti-text-entry-interaction response-identifier="R1"/> và <qti-text-entry-interaction response-identifier="R2"/></p>',
        '<qti-slider-interaction response-identifier="RESPONSE" lower-bound="0" upper-bound="10"><qti-prompt>Bao nhiêu?</qti-prompt></qti-slider-interaction>',
        '<qti-portable-custom-interaction response-identifier="RESPONSE"><qti-interaction-markup><div>vẽ</div></qti-interaction-markup></qti-portable-custom-interaction>',
        "<p>Chỉ để đọc.</p>",
        '<p>Chọn <qti-inline-choice-interaction response-identifier="R1"><qti-inline-choice identifier="A">nóng</qti-inline-choice></qti-inline-choice-interaction> hay <qti-text-entry-interaction response-identifier="R2"/></p>',
    ],
)  # fmt: skip
def test_what_cannot_be_delivered_is_never_dropped(body):
    made = one(item3("", body, ""))
    assert (made.draft.item.kind, made.state) == ("other", "needs_review")
    assert body.split(">")[0].split()[0] in made.draft.item.unsupported


def test_custom_scoring_and_templates_are_imported_and_marked():
    custom = "<responseProcessing><setOutcomeValue identifier='SCORE'><mapResponse identifier='RESPONSE'/></setOutcomeValue></responseProcessing>"
    made = one(item2(DECLARED2, CHOICE2, custom))
    assert made.draft.key.right == ("B",)
    assert "scoring_needs_review" in codes(made)
    assert made.state == "needs_review"


def test_mathml_pictures_tables_and_html_become_content():
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mfrac><mn>1</mn><mi>n</mi></mfrac><mo>≥</mo><msqrt><mn>2</mn></msqrt></math>'  # fmt: skip
    body = f'<div>Cho {math} và <table><tr><th>n</th><td colspan="2">1</td></tr></table><img src="img/a.png" alt="hình"/></div><ul><li>một</li></ul>'
    body += '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-simple-choice identifier="a">x</qti-simple-choice><qti-simple-choice identifier="b">y</qti-simple-choice></qti-choice-interaction>'  # fmt: skip
    made = read(package({"items/x.xml": item3(declared3(["a"]), body), "items/img/a.png": PNG}), "x.zip").items[0]
    pieces = list(inlines(made.draft.item.stem))
    assert next(piece.latex for piece in pieces if isinstance(piece, Formula)) == r"x^{2}+\frac{1}{n}\ge\sqrt{2}"
    picture = next(piece for piece in pieces if isinstance(piece, Picture))
    assert (picture.media_type, picture.alt, picture.width) == ("image/png", "hình", 1)
    assert any(isinstance(block, Table) for block in made.draft.item.stem)
    assert made.state == "draft"


def package(files, manifest=True):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        if manifest:
            rows = "".join(f'<resource identifier="r{n}" type="imsqti_item_xmlv3p0" href="{name}"/>' for n, name in enumerate(files) if name.startswith("items/") and name.endswith(".xml"))  # fmt: skip
            new.writestr("imsmanifest.xml", f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{rows}</resources></manifest>')  # fmt: skip
        for name, content in files.items():
            new.writestr(name, content)
    return made.getvalue()


def test_a_package_with_a_stimulus_a_test_a_broken_item_and_one_that_is_not_listed():
    reference = '<qti-assessment-stimulus-ref identifier="s" href="../passages/s.xml"/>'
    body = '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Ai?</qti-prompt><qti-simple-choice identifier="a">x</qti-simple-choice><qti-simple-choice identifier="b">y</qti-simple-choice></qti-choice-interaction>'  # fmt: skip
    item = item3(declared3(["b"]), body, before=reference)
    stimulus = f'<qti-assessment-stimulus xmlns="{NS3}" identifier="s" title="s"><qti-stimulus-body><p>Đoạn văn chung</p></qti-stimulus-body></qti-assessment-stimulus>'  # fmt: skip
    test = f'<qti-assessment-test xmlns="{NS3}" identifier="t" title="Đề"/>'
    imported = read(package({"items/1.xml": item, "items/2.xml": item.replace(b"Ai?", b"Sao?"), "passages/s.xml": stimulus, "test.xml": test, "items/3.xml": b"<a><b>", "more/4.xml": item}), "de.zip")  # fmt: skip
    assert [made.number for made in imported.items] == [1, 2, 3]
    assert {made.draft.item.passage for made in imported.items} == {imported.passages[0].id}
    assert {"item_unreadable", "part_of_package"} <= {issue.code for issue in imported.issues}
    assert "stands_twice" in codes(imported.items[2])


def test_a_reference_to_the_outside_is_named_and_not_fetched():
    made = one(item3("", '<p><img src="https://example.org/a.png" alt="ngoài"/></p>', ""))
    assert "external_reference" in codes(made)


def test_entities_in_a_package_are_refused():
    bad = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><assessmentItem>&a;</assessmentItem>'
    with pytest.raises(FileHostile):
        importing.read(package({"items/1.xml": bad}), "x.zip", None, RENDERER)
