"""Moodle XML as sites of today and of long ago export it: every question type, files, links, feedback. Own content."""

from __future__ import annotations

import base64

import pytest

from question_bank.bank.content import Attachment, Picture, inlines, plain
from question_bank.formats import importing

PNG = base64.b64encode(bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")).decode()  # fmt: skip
TEX = r"\(x^2\)"


def question(kind, stem, body, files=""):
    return f'<!-- question: 17  --><question type="{kind}"><name><text>Câu thử</text></name><questiontext format="html"><text><![CDATA[{stem}]]></text>{files}</questiontext><generalfeedback format="html"><text></text></generalfeedback><defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber></idnumber>{body}</question>'  # fmt: skip


def answer(fraction, text, feedback=""):
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text><feedback format="html"><text><![CDATA[{feedback}]]></text></feedback></answer>'  # fmt: skip


def file(name, content=PNG, path="/"):
    return f'<file name="{name}" path="{path}" encoding="base64">{content}</file>'


TWO = "<single>true</single>" + answer(100, "đúng") + answer(0, "sai")


def one(body):
    made, lost, _ = importing.read(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{body}</quiz>'.encode(), "x.xml", None, None
    )
    assert lost == 0
    (item,) = made.items
    return item


def codes(item):
    return [issue.code for issue in item.issues]


KEYS = {
    "single": (question("multichoice", "<p>Hỏi</p>", TWO), "single_choice", ("A",), []),
    "single with points off": (question("multichoice", "x", "<single>true</single>" + answer(100, "a") + answer("-33.33333", "b")), "single_choice", ("A",), ["weights_kept"]),
    "three of four in thirds": (question("multichoice", "x", "<single>false</single>" + answer("33.33333", "a") + answer("33.33333", "b") + answer(0, "c") + answer("33.33333", "d")), "multiple_choice", ("A", "B", "D"), []),
    "all or nothing": (question("multichoiceset", "x", answer(100, "a") + answer(0, "b") + answer(100, "c")), "multiple_choice", ("A", "C"), ["scoring_needs_review"]),
    "true or false": (question("truefalse", "2 chẵn", answer(0, "true") + answer(100, "false")), "single_choice", ("B",), []),
    "number": (question("numerical", "x", '<answer fraction="100"><text>2.5</text><tolerance>0.1</tolerance></answer>'), "short_answer", ("2,5",), []),
    "no right answer": (question("multichoice", "x", "<single>true</single>" + answer(0, "a") + answer(0, "b")), "single_choice", (), ["no_key"]),
    "two right answers": (question("multichoice", "x", "<single>true</single>" + answer(100, "a") + answer(100, "b")), "single_choice", ("A", "B"), ["weights_kept", "two_keys"]),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "key", "told"), KEYS.values(), ids=KEYS)
def test_keys(body, kind, key, told):
    made = one(body)
    assert (made.draft.item.kind, made.draft.key.right) == (kind, key)
    assert [code for code in codes(made) if code in told] == told


def columns(*names):
    return "".join(
        f'<column number="{n}"><responsetext><text>{name}</text></responsetext></column>'
        for n, name in enumerate(names, 1)
    )


ROWS = "".join(f'<row number="{n}"><optiontext format="html"><text>{text}</text></optiontext><feedbacktext format="html"><text>vì thế</text></feedbacktext></row>' for n, text in ((1, "Ý một"), (2, f"Ý hai {TEX}")))  # fmt: skip
WEIGHTS = "".join(f'<weight rownumber="{row}" columnnumber="{column}"><value>{value}</value></weight>' for row, column, value in ((1, 1, 0), (1, 2, 1), (2, 1, "1.000"), (2, 2, 0)))  # fmt: skip


@pytest.mark.parametrize("kind", ["kprime", "mtf"])
def test_rows_of_true_and_false_are_a_cluster(kind):
    made = one(question(kind, "Xét", columns("Đúng", "Sai") + ROWS + WEIGHTS))
    assert (made.draft.item.kind, made.draft.key.right) == ("true_false_cluster", ("false", "true"))
    assert codes(made) == ["feedback_ignored", "feedback_ignored", "scoring_needs_review"]
    other = one(question(kind, "Xét", columns("Nóng", "Lạnh") + ROWS.replace("vì thế", "") + WEIGHTS))
    assert other.draft.item.kind == "other"
    assert "Lạnh" in plain(other.draft.item.stem)


KEPT = {
    "description": "", "essay": "<graderinfo format='html'><text>Thang điểm</text></graderinfo><responsetemplate format='html'><text>Kính gửi</text></responsetemplate>",
    "matching": f'<subquestion format="html"><text><![CDATA[Lan {TEX}]]></text><answer><text>tím</text></answer></subquestion><subquestion><text></text><answer><text>đỏ</text></answer></subquestion>',
    "cloze": "", "calculated": '<answer fraction="100"><text>{a}+1</text><tolerance>0.01</tolerance></answer><dataset_definitions><dataset_definition><name><text>a</text></name></dataset_definition></dataset_definitions>',
    "calculatedmulti": answer(100, "{={a}*2}"), "ordering": answer("1.0", "một") + answer("2.0", "hai"), "ddwtos": f"<dragbox><text>mưa {TEX}</text><group>1</group></dragbox>",
    "gapselect": "<selectoption><text>nắng</text><group>1</group></selectoption>",
    "ddimageortext": file("nền.png") + "<drag><no>1</no><text>tim</text></drag><drop><text>chỗ tim</text><no>1</no><xleft>5</xleft></drop>",
    "ddmarker": file("nền.png") + "<drag><no>1</no><text>đích</text></drag><drop><no>1</no><shape>circle</shape><coords>1,1;2</coords></drop>",
    "randomsamatch": "<choose>4</choose>", "stack": "<questionvariables><text>a:rand(3);</text></questionvariables><input><name>ans1</name></input>", "coderunner": "<answer>print(1)</answer>",
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_a_type_that_cannot_be_delivered_is_kept_with_all_that_is_seen_and_its_source(kind):
    made = one(question(kind, f"Hỏi {TEX}", KEPT[kind]))
    assert made.draft.item.kind == "other"
    assert [code for code in codes(made) if code != "file_unused"] == ["essay" if kind == "essay" else "unsupported_interaction"]  # fmt: skip
    assert f'type="{kind}"' in made.draft.item.unsupported
    assert sum(isinstance(inline, Picture) for inline in inlines(made.draft.item.stem)) == KEPT[kind].count("<file")


def test_files_are_found_under_any_name_and_those_left_over_are_named():
    made = one(question("multichoice", '<img src="@@PLUGINFILE@@/thu%20muc/h%C3%ACnh%201.png" alt="h"><a href="@@PLUGINFILE@@/b.pdf">tệp</a>', TWO, file("hình 1.png", path="/thu muc/") + file("b.pdf", "JVBERg==") + file("thừa.png")))  # fmt: skip
    stem = list(inlines(made.draft.item.stem))
    assert [type(part) for part in stem if isinstance(part, Picture | Attachment)] == [Picture, Attachment]
    assert [(issue.code, issue.values) for issue in made.issues] == [("embedded_object", ("b.pdf",)), ("file_unused", ("thừa.png",))]  # fmt: skip


def test_the_one_picture_of_the_old_format():
    made = one(question("multichoice", "x", f"<image>a.png</image><image_base64>{PNG}</image_base64>{TWO}"))
    assert sum(isinstance(part, Picture) for part in inlines(made.draft.item.stem)) == 1
    assert codes(one(question("multichoice", "x", f"<image>a.png</image>{TWO}"))) == ["picture_lost"]


def test_pictures_as_data_urls_and_links_to_the_outside():
    svg = "data:image/svg+xml;charset=utf8,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%2F%3E"
    made = one(question("multichoice", f'<img src="data:image/png;base64,{PNG}" alt="a"><img src="{svg}" alt="x bình"> <a href="https://example.org">xem</a>', TWO))  # fmt: skip
    assert [part.media_type for part in inlines(made.draft.item.stem) if isinstance(part, Picture)] == ["image/png", "image/svg+xml"]  # fmt: skip
    assert codes(made) == ["link_ignored"]


def test_feedback_with_formulas_and_pictures_is_quoted():
    hint = f'<hint format="html"><text><![CDATA[Gợi ý {TEX} <img src="@@PLUGINFILE@@/k.png">]]></text></hint>'
    made = one(question("multichoice", "x", "<single>true</single>" + answer(100, "a", f"Giỏi {TEX}") + answer(0, "b") + hint))  # fmt: skip
    assert codes(made) == ["feedback_ignored", "feedback_ignored"]
    assert made.state == "draft"


def test_text_formats():
    text = '<question type="multichoice"><name><text>t</text></name><questiontext format="{}"><text>{}</text></questiontext>{}</question>'  # fmt: skip
    assert plain(one(text.format("moodle_auto_format", "a &lt; 3\nb", TWO)).draft.item.stem) == "a < 3\nb"
    assert plain(one(text.format("plain_text", "a &lt; b\nc", TWO)).draft.item.stem) == "a < b\nc"
    assert plain(one(text.format("html", r"&lt;p&gt;\(x&amp;lt;y\)&lt;/p&gt;", TWO)).draft.item.stem) == "$x<y$"
    assert codes(one(text.format("markdown", "**a**", TWO))) == ["markdown_raw"]


def test_a_source_that_is_too_long_loses_its_files_first():
    made = one(question("ddmarker", "x", file("nền.bin", "QUJD" * 60_000) + "<drag><no>1</no><text>đích</text></drag>"))
    assert 0 < len(made.draft.item.unsupported) < 2000
    assert "embedded_object" in codes(made)


CLOZE = {
    "short answer": ("{1:SHORTANSWER:=Paris}", "short_answer", ("Paris",), (), ["key_not_enterable"]),
    "short answer with shares and feedback": ("{1:SA:=7#Tốt~%50%8}", "short_answer", ("7",), (), ["feedback_ignored", "weights_kept"]),
    "number": ("{:NUMERICAL:=-1.5:0.1}", "short_answer", ("-1,5",), (), []),
    "choice": ("{1:MC:=Hà Nội~Huế~Vinh}", "single_choice", ("A",), ("Hà Nội", "Huế", "Vinh"), []),
    "choice with points off": (r"{2:MULTICHOICE_V:~%-25%a\}b~=y\~z#đúng}", "single_choice", ("B",), ("a}b", "y~z"), ["feedback_ignored", "weights_kept"]),
    "several": ("{1:MULTIRESPONSE:%50%a~%50%b~c}", "multiple_choice", ("A", "B"), ("a", "b", "c"), []),
}  # fmt: skip


@pytest.mark.parametrize(("gap", "kind", "key", "options", "told"), CLOZE.values(), ids=CLOZE)
def test_a_cloze_with_one_gap_is_a_question_of_its_kind(gap, kind, key, options, told):
    made = one(question("cloze", f"Thủ đô {TEX} là {gap} nhé", ""))
    assert (made.draft.item.kind, made.draft.key.right) == (kind, key)
    assert tuple(plain(option.content) for option in made.draft.item.options) == options
    assert codes(made) == told
    assert [type(part).__name__ for part in inlines(made.draft.item.stem)] == ["Text", "Formula", "Text", "Gap", "Text"]


@pytest.mark.parametrize("text", ["{1:SA:=a} và {1:SA:=b}", "{1:UNKNOWN:=a}", "không có ô"])
def test_a_cloze_with_other_gaps_is_kept_whole(text):
    made = one(question("cloze", text, ""))
    assert (made.draft.item.kind, codes(made)) == ("other", ["unsupported_interaction"])


def test_entities_of_html_outside_cdata_are_read_and_those_inside_stay():
    raw = question("multichoice", "&le; trong", TWO).replace(
        "<![CDATA[&le; trong]]>", "a&nbsp;b &eacute; <![CDATA[&le; c]]> &amp;lt;"
    )
    assert plain(one(raw).draft.item.stem) == "a\u00a0b é ≤ c <"


@pytest.mark.parametrize("how", ["file", "data URL"])
def test_pictures_beyond_ten_megabytes_of_base64_are_read(how):
    raw = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + bytes(8 << 20)
    encoded = base64.b64encode(raw).decode()
    stem, files = (f'<img src="data:image/png;base64,{encoded}">', "") if how == "data URL" else ('<img src="@@PLUGINFILE@@/a.png">', file("a.png", encoded))  # fmt: skip
    made = one(question("multichoice", f"Nhìn {stem}", TWO, files))
    assert [type(part).__name__ for part in inlines(made.draft.item.stem)] == ["Text", "Picture"]
