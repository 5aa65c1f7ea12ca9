"""Item analysis on the node's pages: after publication, by school and class, never of a few, never by name."""

from __future__ import annotations

import json

import pytest

from exam_engine import events as e
from exam_engine.commands import ItemFacts
from proctor_node import teaching_root
from proctor_node.teaching.analysis_desk import Wanted, _cell, _entry, _may_show
from proctor_node.web import teaching
from proctor_node.web.app import create_app
from tests.unit.proctor_node.conftest import add_people
from tests.unit.proctor_node.test_web import Web

ANSWERS = ("AAAA", "AAAB", "ABAA", "AACB", "BAAA", "CDBB", "ABBB", "BBAA", "DABC", "AAAA", "ACAD")


@pytest.fixture
def school(make, tmp_path):
    """Three schools with eleven papers each of the first shift; made-up answers."""
    bench = make(seats=12)
    bench.enrol_all()
    add_people(bench.node)
    bench.node.add_account("giao", "teacher", "mat khau cua giao")
    bench.node.add_account("truong", "teacher", "mat khau cua truong", "LTT")
    digest = bench.give_signal()
    sitting = [station for station in bench.stations.values() if station.attempt]
    for number, station in enumerate(sitting):
        letters = ANSWERS[number % len(ANSWERS)]
        answered = [e.Answered(f"I.{place}", letter) for place, letter in enumerate(letters, 1)]
        station.say(*bench.check_in(station=station.name), *bench.started(digest), *answered, e.Submitted(4))
    with teaching_root.opened(bench.node, tmp_path) as desks:
        yield bench, desks, digest


def ask(bench, desks, name, path):
    web = Web(create_app(bench.node, teaching.routes(desks)))
    web.log_in(name)
    return web.ask("GET", path)


def code_of(answer):
    return answer.json()["error"]["code"]


def test_nothing_is_told_before_publication_for_another_shift_may_still_sit_the_paper(school):
    bench, desks, _ = school
    assert code_of(ask(bench, desks, "giao", "/v1/analysis")) == "results_not_published"
    assert code_of(ask(bench, desks, "giao", "/v1/analysis/report")) == "results_not_published"


def test_a_teacher_sees_the_paper_with_its_questions_and_nobody_in_it(school):
    bench, desks, digest = school
    bench.node.publish("quan")
    told = ask(bench, desks, "giao", "/v1/analysis").json()
    assert [(paper["paper"], paper["n"]) for paper in told["papers"]] == [(digest, 33)]
    assert [(site["site"], site["n"]) for site in told["papers"][0]["sites"]] == [("LTT", 11), ("MK", 11), ("TS", 11)]
    document = ask(bench, desks, "giao", "/v1/analysis/report").json()
    assert (document["test"]["n"], document["test"]["items"]) == (33, 4)
    right = sum(letters[0] == "A" for letters in ANSWERS) / len(ANSWERS)
    assert document["items"][0]["p"] == pytest.approx(right)
    assert document["texts"]["I.1"]["stem"] == [{"k": "text", "text": "Câu 1", "marks": []}]
    whole = json.dumps(document, ensure_ascii=False)
    people = bench.node.plan.candidates
    assert not [p.sbd for p in people if p.sbd in whole or p.name in whole or p.personal_number in whole]
    assert "NaN" not in whole


def test_a_school_is_shown_to_its_own_and_to_the_centre(school):
    bench, desks, _ = school
    bench.node.publish("quan")
    own = ask(bench, desks, "truong", "/v1/analysis").json()["papers"][0]
    assert (own["n"], [site["site"] for site in own["sites"]]) == (11, ["LTT"])
    assert code_of(ask(bench, desks, "truong", "/v1/analysis/report?site=TS")) == "group_too_small"
    assert ask(bench, desks, "giao", "/v1/analysis/report?site=TS").json()["test"]["n"] == 11


def test_neither_a_small_group_nor_what_it_would_leave_is_shown(make, tmp_path):
    bench = make(seats=5)  # 4 papers a school, 12 in all
    bench.enrol_all()
    bench.node.add_account("giao", "teacher", "mat khau cua giao")
    digest = bench.give_signal()
    for station in bench.stations.values():
        if station.attempt:
            station.say(
                *bench.check_in(station=station.name), *bench.started(digest), e.Answered("I.1", "A"), e.Submitted(1)
            )
    bench.node.publish("quan")
    with teaching_root.opened(bench.node, tmp_path) as desks:
        paper = ask(bench, desks, "giao", "/v1/analysis").json()["papers"][0]
        assert (paper["n"], paper["sites"], paper["classes"]) == (12, [], [])
        assert code_of(ask(bench, desks, "giao", "/v1/analysis/report?site=LTT")) == "group_too_small"
        assert ask(bench, desks, "giao", "/v1/analysis/report").json()["test"]["n"] == 12


def test_a_class_of_thirty_is_not_shown_where_it_would_bare_the_other_four():
    assert _may_show(30, 60)
    assert _may_show(30, 30)
    assert not _may_show(30, 34)
    assert not _may_show(9, 60)


def test_who_does_not_teach_sees_nothing_of_it(school):
    bench, desks, _ = school
    bench.node.publish("quan")
    for name in ("hoa", "thanh"):
        assert code_of(ask(bench, desks, name, "/v1/analysis/report")) == "role_may_not_teach"
    assert code_of(ask(bench, desks, "quan", "/v1/analysis/report?paper=" + "0" * 64)) == "unknown_form"


def test_a_report_is_printed_and_a_workbook_given(school):
    bench, desks, _ = school
    bench.node.publish("quan")
    pdf = ask(bench, desks, "giao", "/v1/analysis/report.pdf?language=en")
    assert (pdf.content[:5], pdf.headers["content-type"]) == (b"%PDF-", "application/pdf")
    assert ask(bench, desks, "giao", "/v1/analysis/report.xlsx").content[:2] == b"PK"
    assert code_of(ask(bench, desks, "giao", "/v1/analysis/report.pdf?language=fr")) == "not_understood"


def test_codes_of_one_paper_are_analysed_together_and_a_corrected_key_apart(school):
    bench, desks, digest = school
    bench.node.publish("quan")
    account = next(a for a in bench.store.accounts() if a.name == "giao")
    assert desks.analysis.report(account, Wanted(paper=digest))["key_version"] == 1
    change = bench.node.propose_key(digest, "I.2", "B", "quan", "đáp án in nhầm")
    bench.node.approve_key(change.number, "lan")
    again = desks.analysis.report(account, Wanted())
    assert again["key_version"] == 2
    assert again["items"][1]["key"] == ["B"]


def test_a_cluster_is_read_statement_by_statement():
    facts = ItemFacts("II.1", "II", 1, "true_false_cluster", ("a", "b", "c", "d"))
    assert _cell(facts, "a=true,c=false") == "D-S-"
    assert _cell(facts, "") == ""
    assert _entry(facts, "a=true,b=false,c=false,d=true").right == ("DSSD",)
