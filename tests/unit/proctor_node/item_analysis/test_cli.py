"""`khaothi analyse` by its contract: files of every kind, hostile ones too, and the shape of the document."""

from __future__ import annotations

import math
import subprocess
import sys

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from tests.unit.proctor_node.item_analysis.samples import choices

TEST_KEYS = {
    "n",
    "items",
    "mean",
    "sd",
    "alpha",
    "alpha_ci",
    "sem",
    "omega",
    "split_half",
    "stratified_alpha",
    "verdict",
}
ITEM_KEYS = {"id", "n", "p", "sd", "r_rest", "r_biserial", "upper_lower_27", "alpha_if_deleted", "discriminative_efficiency",
             "omitted", "not_reached", "options", "flags"}  # fmt: skip


def csv_of(table):
    rows = zip(*(column.cells() for column in table.columns), strict=True)
    return "\n".join(",".join(row) for row in [[column.name for column in table.columns], *rows]) + "\n"


def key_of(entries):
    return "item,key\n" + "".join(f"{entry.item},{'|'.join(entry.right)}\n" for entry in entries)


def numbers(document):
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for inner in document:
            yield from numbers(inner)
    elif isinstance(document, float):
        yield document


def test_the_document_has_the_keys_of_the_contract(run):
    table, key = choices()
    status, document = run(csv_of(table), key=key_of(key))
    assert status == 0
    assert set(document["test"]) >= TEST_KEYS
    assert all(set(item) >= ITEM_KEYS for item in document["items"])
    assert {"option", "n", "p", "r_rest", "by_group"} <= set(document["items"][0]["options"][0])
    assert (document["irt"], document["dif"], document["pairs"]) == (None, [], [])
    assert all(math.isfinite(number) for number in numbers(document))


def test_csv_xlsx_and_parquet_say_the_same(run, tmp_path):
    table, key = choices(persons=60)
    _, expected = run(csv_of(table), key=key_of(key))
    cells = [column.cells() for column in table.columns]
    book = openpyxl.Workbook()
    for row in [[column.name for column in table.columns], *zip(*cells, strict=True)]:
        book.active.append(list(row))
    book.save(tmp_path / "t.xlsx")
    names = [column.name for column in table.columns]
    pyarrow.parquet.write_table(pa.table(dict(zip(names, cells, strict=True))), tmp_path / "t.parquet")
    for name in ("t.xlsx", "t.parquet"):
        assert run(tmp_path / name, key=key_of(key)) == (0, expected)
    semicolons = "\ufeff" + csv_of(table).replace(",", ";")
    assert run(semicolons.encode("utf-16"), key=key_of(key)) == (0, expected)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "table_empty"),
        ("id,a,b\n", "table_empty"),
        ("id,a,b\n1,,\n2,,\n", "table_empty"),
        ("id,a,b\n1,1,0\n2,1\n", "table_unreadable"),
        (b"PK\x03\x04broken", "table_unreadable"),
        (b"PAR1broken", "table_unreadable"),
        (b"\x00\x01\x02\x03", "table_unreadable"),
        ("id,a,a\n1,1,0\n", "duplicate_column"),
        ("id,a\n1,1\n1,0\n", "duplicate_identifier"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(run, content, code):
    status, document = run(content)
    assert (status, document["error"]["code"]) == (1, code)
    assert document["error"]["message"]


@pytest.mark.parametrize(
    "content",
    [
        "id,a,b\n1,1,0\n",
        "id,a,b\n1,1,1\n2,1,1\n3,1,1\n",
        "id,a\n1,1\n2,0\n3,1\n",
        "id,a,b,c\n" + "".join(f"{n},1,0,{n % 2}\n" for n in range(40)),
        "id,a,b\n" + "".join(f"{n},{n % 2},{(n + 1) % 2}\n" for n in range(40)),
        "id,a,b\n" + "".join(f"{n},,{n % 2}\n" for n in range(40)),
    ],
)
def test_poor_tables_give_words_and_no_number_that_is_none(run, content):
    status, document = run(content)
    assert status == 0
    assert document["test"]["verdict"]["text_vi"]
    assert all(math.isfinite(number) for number in numbers(document))


def test_wrong_use_is_status_two(run, tmp_path):
    assert run(tmp_path / "absent.csv")[0] == 2
    assert run("id,a\n1,1\n2,0\n", "--id", "absent")[0] == 2
    assert run("id,a\n1,1\n2,0\n", "--max-marks", "absent.csv")[0] == 2
    assert run("id,a\n1,1\n2,0\n", "--model", "4pl")[0] == 2


def test_the_printed_report_speaks_both_languages(tmp_path, capsys):
    from proctor_node import analyse_cli

    table, key = choices(wrong_key=2)
    (tmp_path / "r.csv").write_text(csv_of(table))
    (tmp_path / "k.csv").write_text(key_of(key))
    for language, word in (("vi", "Xem các câu này trước"), ("en", "Look at these first")):
        assert analyse_cli.analyse([str(tmp_path / "r.csv"), "--key", str(tmp_path / "k.csv"), "--lang", language]) == 0
        assert word in capsys.readouterr().out


def test_importing_the_node_loads_no_table_library():
    code = "import sys, proctor_node, proctor_node.node; print(sorted({'pyarrow', 'scipy', 'matplotlib'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_groups_and_pairs_are_told_by_the_contract(run):
    table, key = choices(persons=120, items=15)
    lines = csv_of(table).splitlines()
    text = "\n".join([f"{lines[0]},sex", *(f"{line},{'FM'[place % 2]}" for place, line in enumerate(lines[1:]))]) + "\n"
    status, document = run(text, "--group", "sex", "--focal", "F", "--pairs", "--model", "rasch", key=key_of(key))
    assert status == 0
    assert {"item", "alpha_mh", "d_dif", "se", "chi2", "p", "class", "uniform_p", "nonuniform_p"} <= set(
        document["dif"][0]
    )
    assert all(
        {"a", "b", "matches", "identical_wrong", "index", "p", "p_adjusted"} <= set(pair) for pair in document["pairs"]
    )
    assert {"model", "loglik", "iterations", "converged", "items", "persons"} <= set(document["irt"])
    assert {"id", "theta", "se", "lz"} <= set(document["irt"]["persons"][0])
    assert all(math.isfinite(number) for number in numbers(document))
    assert run(text, "--group", "sex", "--focal", "X", key=key_of(key))[1]["error"]["code"] == "group_unusable"
    assert run(text, "--group", "none", key=key_of(key))[0] == 2


def test_a_changed_key_says_who_gains_and_who_loses(run):
    text = "id,a,b\n" + "".join(f"{n},{'AB'[n % 2]},A\n" for n in range(40))
    status, document = run(text, "--change-key", "a=B", key="item,key\na,A\nb,A\n")
    change = document["key_change"]
    assert (status, change["gain"], change["lose"], change["unchanged"]) == (0, 20, 20, 0)
    assert len(change["changes"]) == 40
    assert run(text, "--change-key", "a=Z", key="item,key\na,A\nb,A\n")[1]["error"]["code"] == "key_unreadable"
    assert run(text, "--change-key", "nonsense", key="item,key\na,A\nb,A\n")[0] == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_reports_are_written_in_both_languages_and_fetch_nothing(run, tmp_path, language):
    table, key = choices(persons=120, items=8, wrong_key=3)
    text = csv_of(table).replace("Q1,", "=Q1<b>,", 1)
    keys = key_of(key).replace("Q1,", "=Q1<b>,", 1)
    for name in ("r.pdf", "r.html", "r.xlsx"):
        assert run(text, "--report", str(tmp_path / name), "--lang", language, key=keys)[0] == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "=Q1&lt;b&gt;" in page
    assert "NaN" not in page
    assert "http" not in page
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=Q1<b>", "s")
    assert run(text, "--report", str(tmp_path / "r.doc"), key=keys)[0] == 2
