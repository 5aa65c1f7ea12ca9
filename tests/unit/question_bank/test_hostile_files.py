"""Files made to do harm, through the command line: a typed refusal with its place, status 1, nothing written, memory bounded."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from itertools import pairwise

import pytest

from question_bank import bank_cli
from tests.unit.question_bank.papers import paper
from tests.unit.question_bank.word_xml import OPTIONS, paragraph, word

MEGABYTE = 1 << 20
# What an import may take in all: the interpreter, the formula engine and one file.
MOST_MEMORY = 3 * 1024 * MEGABYTE


def package(members, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in members:
            file.writestr(name, content)
    return made.getvalue()


def swapped(raw, name, content):
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        return package(
            [*((info.filename, old.read(info)) for info in old.infolist() if info.filename != name), (name, content)]
        )


def laughs(levels=9):
    names = [f"l{n}" for n in range(levels + 1)]
    rows = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    return f'<!DOCTYPE q [<!ENTITY l0 "lol">{rows}]><quiz>&{names[-1]};</quiz>'


SIMPLE = paper("Câu 1: x?", "_A._ một", "B. hai", "C. ba", "D. bốn")
SECRET = '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DEEP = "<a>" * 100_000 + "</a>" * 100_000
MATH = "<math>" + "<msup><mi>x</mi>" * 2000 + "<mi>y</mi>" + "</msup>" * 2000 + "</math>"
HOSTILE, DAMAGED = "import_file_hostile", "import_file_damaged"
FILES = {
    "zip bomb": ("de.docx", swapped(SIMPLE, "word/document.xml", bytes(60 * MEGABYTE)), HOSTILE),
    "zip bomb beyond every limit": ("de.docx", swapped(SIMPLE, "word/document.xml", bytes(100 * MEGABYTE)), HOSTILE),
    "twenty-five thousand members": ("goi.zip", package((f"i{n}.xml", "") for n in range(25_000)), HOSTILE),
    "a member that leaves the package": ("goi.zip", package([("imsmanifest.xml", "<manifest/>"), ("../../ngoai.xml", "x")]), HOSTILE),
    "an absolute member": ("goi.zip", package([("/etc/cron.d/x.xml", "x")]), HOSTILE),
    "a member with a drive": ("goi.zip", package([("C:\\x.xml", "x")]), HOSTILE),
    "an entity that names a file": ("q.xml", f"{SECRET}<quiz>&a;</quiz>".encode(), HOSTILE),
    "an entity in a Word file": ("de.docx", swapped(SIMPLE, "word/document.xml", f"{SECRET}<w>&a;</w>"), HOSTILE),
    "an entity in a spreadsheet": ("b.xlsx", package([("xl/workbook.xml", f"{SECRET}<w>&a;</w>"), ("[Content_Types].xml", f"{SECRET}<w>&a;</w>")]), None),
    "an entity in a QTI item": ("i.xml", f"{SECRET}<assessmentItem>&a;</assessmentItem>".encode(), HOSTILE),
    "a parameter entity": ("q.xml", b'<!DOCTYPE q [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><quiz/>', HOSTILE),
    "a billion laughs": ("q.xml", laughs().encode(), DAMAGED),
    "a billion laughs in UTF-16": ("q.xml", laughs().encode("utf-16"), DAMAGED),
    "a hundred thousand elements deep": ("q.xml", f"<quiz>{DEEP}</quiz>".encode(), DAMAGED),
    "deep and long": ("q.xml", f"<quiz><t>{'a' * 11_000_000}</t>{'<a>' * 1000}{'</a>' * 1000}</quiz>".encode(), HOSTILE),
    "a formula two thousand deep": ("q.xml", f'<quiz><question type="essay"><questiontext format="html"><text><![CDATA[{MATH}]]></text></questiontext></question></quiz>'.encode(), HOSTILE),
    "an encoding that hides signs": ("q.xml", b'<?xml version="1.0" encoding="UTF-7"?><quiz>+ADw-</quiz>', DAMAGED),
    "one line of a million signs": ("q.txt", b"C\xc3\xa2u 1: " + b"x " * 500_000 + b"\nA. a\nB. b\nANSWER: A\n", HOSTILE),
    "two hundred thousand answers": ("q.gift", b"x {" + b"=a ~b " * 100_000 + b"}", HOSTILE),
    "cut off": ("de.docx", SIMPLE[: len(SIMPLE) // 2], DAMAGED),
    "another file under the name": ("de.docx", b"\x7fELF" + bytes(4000), "import_format_unknown"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KHAOTHI_LANGUAGE", "vi")
    return tmp_path


@pytest.mark.parametrize(("name", "raw", "code"), FILES.values(), ids=FILES)
def test_what_is_hostile_is_refused_with_its_code_and_nothing_is_written(home, capsys, name, raw, code):
    good, bad = home / "tot.docx", home / name
    good.write_bytes(SIMPLE)
    bad.write_bytes(raw)
    status = bank_cli.bank(["import", str(good), str(bad), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert status == 1
    assert (document["written"], document["new"]) == (False, 0)
    assert document["error"]["code"] == (code or document["error"]["code"])
    assert document["error"]["code"].startswith("import_")
    assert name in str(document["files"][1]["issues"][0]["where"])
    assert "passwd" not in str(document["files"][0])
    assert "root:" not in str(document)


def test_a_bomb_takes_no_more_memory_than_a_file(home):
    bombs = []
    for name in ("zip bomb beyond every limit", "a billion laughs", "deep and long"):
        (home / name).write_bytes(FILES[name][1])
        bombs.append(str(home / name))
    code = "import sys; from question_bank.bank_cli import bank; sys.exit(bank(sys.argv[1:]))"
    run = subprocess.run(
        [sys.executable, "-c", code, "import", *bombs, "--json"], capture_output=True, timeout=240, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY)),
    )  # fmt: skip
    assert run.returncode == 1, run.stderr.decode()
    assert {issue["code"] for file in json.loads(run.stdout)["files"] for issue in file["issues"]} <= {HOSTILE, DAMAGED}


DEEP_BUT_READ = {
    "tables in tables": ("<table><tr><td>" * 40 + "sâu" + "</td></tr></table>" * 40),
    "lists in lists": ("<ul><li>" * 40 + "sâu" + "</li></ul>" * 40),
    "divisions": ("<div>" * 200 + "sâu" + "</div>" * 200),
    "raised signs": ("<sup>" * 200 + "sâu" + "</sup>" * 200),
}


@pytest.mark.parametrize("html", DEEP_BUT_READ.values(), ids=DEEP_BUT_READ)
def test_what_is_nested_too_deeply_keeps_its_words_and_is_told(home, capsys, html):
    path = home / "q.xml"
    path.write_text(f'<quiz><question type="essay"><questiontext format="html"><text><![CDATA[{html}]]></text></questiontext></question></quiz>', "utf-8")  # fmt: skip
    assert bank_cli.bank(["import", str(path), "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["files"][0]["items"]
    assert "sâu" in item["stem"]
    assert "nested_too_deeply" in [issue["code"] for issue in item["issues"]]


def test_tables_of_a_word_file_that_nest_too_deeply_keep_their_words_and_are_told(home, capsys):
    path = home / "de.docx"
    path.write_bytes(word(paragraph("Câu 1. x"), "<w:tbl><w:tr><w:tc>" * 60 + paragraph("sâu") + "</w:tc></w:tr></w:tbl>" * 60, OPTIONS))  # fmt: skip
    assert bank_cli.bank(["import", str(path), "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["files"][0]["items"]
    assert "nested_too_deeply" in [issue["code"] for issue in item["issues"]]
