"""From the record to a final result: two graders, penalties, appeals, corrections of keys, slips, files."""

from __future__ import annotations

import io
import json
import zipfile
from xml.etree.ElementTree import fromstring

import msgspec
import openpyxl
import pytest

from exam_engine import events as e
from proctor_node.adapters import exports, pdf
from proctor_node.documents import lists, page
from proctor_node.errors import DocumentRefused, GradersDiffer, Refused


@pytest.fixture
def graded(bench):
    """Three at work in one room: all right, half right, and one who never handed in; everybody else absent."""
    digest = bench.give_signal()
    bench.digest = digest
    for name, answers, end in (
        ("LTT-01-01", "AAAA", e.Submitted(4)),
        ("LTT-01-02", "AABB", e.ClosedByTime(4)),
        ("LTT-01-03", "A", None),
    ):
        station = bench.stations[name]
        given = [e.Answered(f"I.{n}", letter) for n, letter in enumerate(answers, 1)]
        station.say(*bench.check_in(station=name), *bench.started(digest), *given, *([end] if end else []))
    return bench


def lines(node):
    return {(r.candidate.site, r.candidate.room, r.candidate.seat): r for r in node.marks("1")}


def name_of(bench, seat):
    return bench.stations[f"LTT-01-{seat:02d}"].attempt


def test_absent_and_missing_papers_have_no_mark(graded):
    found = lines(graded.node)
    assert [str(found["LTT", "01", seat].net) for seat in (1, 2)] == ["1.00", "0.50"]
    assert (found["LTT", "01", 3].outcome, found["LTT", "01", 3].net) == ("needs_decision", None)
    assert (found["TS", "01", 1].outcome, found["TS", "01", 1].net) == ("absent", None)
    row = exports.row(found["TS", "01", 1])
    assert (row[6], row[7], row[9]) == ("Vắng thi", "", "")


def test_a_penalty_takes_its_share_of_the_mark_and_the_gravest_counts(graded):
    attempt = name_of(graded, 1)
    graded.node.penalise(attempt, "khien_trach", ("thanh",), "nhìn bài", 1)
    assert str(lines(graded.node)["LTT", "01", 1].net) == "0.75"
    graded.node.penalise(attempt, "canh_cao", ("thanh",), "tái phạm", 2)
    found = lines(graded.node)["LTT", "01", 1]
    assert (str(found.score), str(found.penalty), str(found.net)) == ("1.00", "0.50", "0.50")
    with pytest.raises(Refused, match="unknown_penalty"):
        graded.node.penalise(attempt, "danh_don", ("thanh",), "x")
    with pytest.raises(Refused, match="reason_missing"):
        graded.node.penalise(attempt, "dinh_chi", ("hoa",), " ")


def test_results_go_from_provisional_over_appeals_to_final(graded):
    node, attempt = graded.node, name_of(graded, 2)
    with pytest.raises(Refused, match="results_not_published"):
        node.appeal(attempt, "thanh", "xem lại câu 3")
    assert node.publish("quan").state == "provisional"
    with pytest.raises(Refused, match="paper_needs_decision"):
        node.finalise(("quan", "hoa"))

    graded.stations["LTT-01-03"].say(e.ClosedByForce("mất điện", "hoa", 1))
    appeal = node.appeal(attempt, "thanh", "xem lại câu 3")
    assert node.book.state == "challenged"
    with pytest.raises(Refused, match="appeal_open"):
        node.finalise(("quan", "hoa"))
    with pytest.raises(Refused, match="second_person_must_differ"):
        node.decide_appeal(appeal.number, ("thanh", "hoa"), "")
    decided = node.decide_appeal(appeal.number, ("quan", "hoa"), "giữ nguyên")
    assert (decided.before, decided.after) == ("0.50", "0.50")

    with pytest.raises(Refused, match="second_person_must_differ"):
        node.finalise(("quan", "quan"))
    assert node.finalise(("quan", "hoa")).state == "final"
    with pytest.raises(Refused, match="results_final"):
        node.publish("quan")
    with pytest.raises(Refused, match="results_final"):
        node.penalise(attempt, "canh_cao", ("hoa",), "muộn")


def test_a_key_is_corrected_by_two_persons_after_a_look_at_who_gains_and_loses(graded):
    node, digest = graded.node, graded.digest
    preview = node.preview_key(digest, "I.3", "B")
    assert (preview.gain, preview.lose, preview.unchanged) == (1, 1, 0)
    assert node.marks("1") == node.marks("1")
    change = node.propose_key(digest, "I.3", "B", "quan", "in sai đáp án")
    assert str(lines(node)["LTT", "01", 2].net) == "0.50"
    with pytest.raises(Refused, match="second_person_must_differ"):
        node.approve_key(change.number, "quan")
    assert node.approve_key(change.number, "hoa").version == 2
    assert str(lines(node)["LTT", "01", 2].net) == "0.75"
    assert lines(node)["LTT", "01", 2].key_version == 2
    with pytest.raises(Refused, match="no_such_key_change"):
        node.approve_key(change.number, "hoa")
    with pytest.raises(Refused, match="key_not_enterable"):
        node.preview_key(digest, "I.3", "Z")


def test_a_difference_between_the_graders_stops_publication(graded):
    form = graded.node._forms[graded.digest]
    # Facts and profile disagree with what the first grader believed: as if one program had been changed and not the other.
    record = graded.node.intake.records[name_of(graded, 1)]
    texts = record.epochs[1].texts
    texts[-2] = texts[-2].replace('"response":"A"', '"response":"B"')
    assert form.key.right["I.4"] == "A"
    with pytest.raises(GradersDiffer, match=r"I\.4"):
        graded.node.publish("quan")
    assert graded.node.book.state == "open"


def test_the_code_of_a_slip_holds_for_its_mark_alone(graded):
    node, attempt = graded.node, name_of(graded, 1)
    node.publish("quan")
    code = node.slip_code(attempt)
    assert node.slip_says(attempt, "1,00", code.lower().replace("-", " "))
    assert not node.slip_says(attempt, "2.00", code)
    assert not node.slip_says(name_of(graded, 2), "1.00", code)


def test_files_carry_no_card_number_and_no_formula(graded, tmp_path):
    node = graded.node
    book, found = node.book, node.marks()
    exports.to_csv(tmp_path / "a.csv", found)
    exports.to_xlsx(tmp_path / "a.xlsx", found)
    exports.to_qti(tmp_path / "a.zip", "KS12", found, book)
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert len(text.splitlines()) == len(found) + 1
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    told = text + " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    for html in (lists.score_table(node.plan.exam, found, book), lists.absences(node.plan.exam, found, book)):
        told += html
    assert not [c.personal_number for c in node.plan.candidates if c.personal_number in told]
    assert exports.safe("=1+1") == "'=1+1"

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert len(archive.namelist()) == 2
        root = fromstring(archive.read(archive.namelist()[0]))
    space = {"q": exports.QTI}
    outcomes = {
        v.get("identifier"): v.findtext("q:value", "", space)
        for v in root.findall("q:testResult/q:outcomeVariable", space)
    }
    assert (outcomes["SCORE"], outcomes["STATE"]) == ("1.00", "open")
    assert len(root.findall("q:itemResult", space)) == 4


def test_a_document_becomes_a_pdf_in_the_programs_own_font(graded, caplog):
    html = lists.score_table(graded.node.plan.exam, graded.node.marks("1"), graded.node.book, "1", "LTT")
    raw = pdf.render(html)
    assert raw.startswith(b"%PDF")
    # WeasyPrint warns when a font cannot be loaded and falls back to one of the system, or to boxes.
    assert caplog.records == []


def test_a_name_cannot_make_the_printer_fetch_anything():
    hostile = page.page("t", '<img src="file:///etc/passwd">', page.paragraph('<img src="http://x/">'))
    assert "<img" not in hostile
    assert pdf.render(hostile).startswith(b"%PDF")
    with pytest.raises(DocumentRefused):
        pdf._fetch("file:///etc/passwd")


def test_decisions_survive_a_restart(graded):
    graded.node.publish("quan")
    again = graded.restart()
    assert again.book == graded.node.book
    assert [r.net for r in again.marks()] == [r.net for r in graded.node.marks()]


def test_the_book_is_kept_as_plain_json(graded):
    raw = msgspec.json.encode(graded.node.publish("quan"))
    assert json.load(io.BytesIO(raw))["state"] == "provisional"
