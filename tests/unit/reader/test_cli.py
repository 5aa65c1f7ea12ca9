"""The commands `card` and `trust` as CLI.md promises them."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from hardware_mocks.chip.image import CARD_ACCESS, COM, GROUP, SOD, CardImage
from hardware_mocks.issuing_state import IssuingState
from reader import cli, cli_arguments, cli_errors
from reader.adapters import card_files
from reader.errors import CardRemoved, NoCard, NoReader, PcscUnavailable, ReaderBusy, WrongKey
from reader.face.errors import CameraUnavailable

from .conftest import HOLDER, NOW, PORTRAIT

NAME_OF = {number: name for name, number in GROUP.items()} | {COM: "EF_COM", SOD: "EF_SOD"}
KEYS = {
    "data", "chip", "access", "holder", "hashes_checked", "files", "findings", "apdus", "bytes_sent", "bytes_received",
    "resumed", "seconds", "cpu_seconds",
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def anchors(tmp_path: Path, state: IssuingState) -> Path:
    folder = tmp_path / "anchors"
    folder.mkdir()
    (folder / "csca.der").write_bytes(state.anchor_der())
    return folder


def dump(folder: Path, card: CardImage) -> Path:
    card_files.save(folder, [(NAME_OF[number], raw) for number, raw in card.files.items() if number in NAME_OF])
    return folder


@pytest.fixture
def dumped(tmp_path: Path, card: CardImage) -> Path:
    return dump(tmp_path / "dump", card)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(command, *arguments: object) -> tuple[int, dict]:
        status = command([*map(str, arguments), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


def results(document: dict) -> dict[str, str]:
    return {found["check"]: found["result"] for found in document["findings"]}


def test_dumped_files_of_a_true_card_are_authentic(run, dumped, anchors):
    status, found = run(cli.card, "verify", dumped, "--trust", anchors)
    assert (status, found["data"], found["chip"]) == (0, "authentic", "not_performed")
    assert set(found) - {"details"} == KEYS
    assert set(found["hashes_checked"]) == {"DG1", "DG2", "DG13", "DG14", "DG15"}
    assert found["holder"]["name"] == HOLDER.name
    assert found["holder"]["personal_number"] == HOLDER.personal_number
    assert results(found)["consistency.dg1_dg13"] == "passed"


def test_what_further_groups_say_is_in_the_document(run, tmp_path, card, anchors):
    dg11 = bytes.fromhex("6B0D5C025F0E5F0E06") + b"A<<B<C"
    dg16 = bytes.fromhex("7000")
    dumped = dump(tmp_path / "more", card)
    card_files.save(dumped, [("DG11", dg11), ("DG12", bytes.fromhex("6C0151")), ("DG16", dg16)])
    _, found = run(cli.card, "verify", dumped, "--trust", anchors)
    assert found["details"]["DG11"]["name"] == "A B C"
    assert found["details"]["DG13"]["personal_number"] == HOLDER.personal_number
    assert found["details"]["DG16"] == []
    # What cannot be parsed is left out here and named among the findings; unlisted groups are a failure of their own.
    assert "DG12" not in found["details"]
    assert results(found)["structure.DG12"] == "inconclusive"
    assert found["data"] == "not_authentic"


def test_what_the_chip_offers_is_compared_with_what_is_signed_offline_too(run, dumped, card, anchors):
    card_files.save(dumped, [("EF_CardAccess", card.files[CARD_ACCESS])])
    _, found = run(cli.card, "verify", dumped, "--trust", anchors)
    assert results(found)["consistency.card_access_dg14"] == "passed"
    other = card.files[CARD_ACCESS][:-1] + b"\x0c"
    card_files.save(dumped, [("EF_CardAccess", other)])
    _, found = run(cli.card, "verify", dumped, "--trust", anchors)
    assert results(found)["consistency.card_access_dg14"] == "failed"
    assert found["data"] == "authentic"


def test_groups_that_are_absent_are_not_performed(run, dumped, anchors):
    for name in ("DG2", "DG13", "EF_COM"):
        (dumped / f"{name}.bin").unlink()
    status, found = run(cli.card, "verify", dumped, "--trust", anchors)
    assert (status, found["data"]) == (0, "authentic")
    assert results(found)["passive_authentication.hash.DG2"] == "not_performed"
    assert set(found["hashes_checked"]) == {"DG1", "DG14", "DG15"}


def test_a_security_object_alone_speaks_of_signature_and_chain(run, dumped, anchors):
    status, found = run(cli.card, "verify", dumped / "EF_SOD.bin", "--trust", anchors)
    assert (status, found["data"], found["hashes_checked"]) == (0, "authentic", [])
    status, found = run(cli.card, "verify", dumped / "EF_SOD.bin")
    assert (status, found["data"]) == (1, "inconclusive")


def test_an_altered_file_is_not_authentic(run, tmp_path, card, anchors):
    folder = dump(tmp_path / "altered", card.with_altered_byte("DG2"))
    status, found = run(cli.card, "verify", folder, "--trust", anchors)
    assert (status, found["data"]) == (1, "not_authentic")
    assert "DG2" not in found["hashes_checked"]


def test_a_card_of_another_state_of_the_same_name_is_inconclusive(run, tmp_path, anchors):
    folder = dump(tmp_path / "other", IssuingState(NOW).issue(HOLDER, PORTRAIT))
    status, found = run(cli.card, "verify", folder, "--trust", anchors)
    assert (status, found["data"]) == (1, "inconclusive")


@pytest.mark.parametrize("names", [("EF.SOD", "Datagroup1.bin"), ("011D.bin", "0101.bin"), ("ef_sod.BIN", "DG1.BIN")])
def test_files_are_known_under_the_names_of_other_programs(run, tmp_path, card, anchors, names):
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / names[0]).write_bytes(card.files[SOD] + bytes(20))
    (folder / names[1]).write_bytes(card.files[GROUP["DG1"]])
    status, found = run(cli.card, "verify", folder, "--trust", anchors)
    assert (status, found["hashes_checked"]) == (0, ["DG1"])


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x77\x84\xff\xff\xff\xff", b"\x77\x02\x30\x00"])
def test_a_damaged_security_object_is_refused_in_the_shape_of_an_error(run, tmp_path, raw):
    (tmp_path / "EF_SOD.bin").write_bytes(raw)
    status, found = run(cli.card, "verify", tmp_path / "EF_SOD.bin")
    assert status == 1
    assert set(found["error"]) == {"code", "message", "advice"}


def test_an_enormous_file_is_refused_unread(run, tmp_path):
    with (tmp_path / "EF_SOD.bin").open("wb") as stream:
        stream.truncate(1 << 31)
    status, found = run(cli.card, "verify", tmp_path / "EF_SOD.bin")
    assert (status, found["error"]["code"]) == (1, "limit_exceeded")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["verify", "/does/not/exist"], "wrong_use"),
        (["read"], "access_key_needed"),
        (["read", "--can", "123456", "--id", "001199012345"], "access_key_needed"),
        (["read", "--can", "12345"], "can_malformed"),
        (["read", "--can", "\u0661\u0662\u0663\u0664\u0665\u0666"], "can_malformed"),
        (["read", "--id", "123"], "card_number_malformed"),
        (["read", "--can", "123456", "--access", "bac"], "mrz_needed"),
        (["read", "--can", "123456", "--access", "other"], "wrong_use"),
        (["read", "--can", "123456", "--dg", "3"], "data_group_not_read"),
        (["read", "--can", "123456", "--trust", "/does/not/exist"], "wrong_use"),
        (["read", "--mrz", "TOO SHORT"], "mrz_malformed"),
        (["read", "--mrz-info", "L898902C<369080619406237"], "mrz_check_digit"),
        (["read", "--mrz-info", ""], "mrz_malformed"),
        (["read", "--mrz-info", "L898902C<3"], "mrz_malformed"),
        (["lift"], "wrong_use"),
    ],
)
def test_wrong_use_is_told_with_status_two(run, arguments, code):
    status, found = run(cli.card, *arguments)
    assert (status, found["error"]["code"]) == (2, code)


def test_a_picture_without_a_cards_code_is_read_and_refused(run, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    status, found = run(cli.card, "read", "--qr", tmp_path / "a.png")
    assert (status, found["error"]["code"]) == (1, "qr_not_found")
    assert run(cli.card, "read", "--qr", tmp_path / "a.png", "--id", "001199012345")[0] == 2
    assert run(cli.card, "read", "--qr", tmp_path / "none.png")[0] == 2


def test_a_folder_without_a_security_object_is_wrong_use(run, tmp_path):
    status, found = run(cli.card, "verify", tmp_path)
    assert (status, found["error"]["code"]) == (2, "no_security_object")


@pytest.mark.parametrize(
    ("error", "status"),
    [(PcscUnavailable("x"), 3), (NoReader("x"), 3), (NoCard("x"), 3), (ReaderBusy("x"), 3), (CardRemoved("x"), 3),
     (PermissionError("x"), 3), (WrongKey("x"), 1)],
)  # fmt: skip
def test_errors_of_the_device_are_three_and_of_the_card_one(capsys, error, status):
    assert cli_errors.refused(error, as_json=True) == status
    assert json.loads(capsys.readouterr().out)["error"]["code"]


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        (("--json",), "Cần đúng một trong --id", "Exactly one of --id"),
        (("--json", "--mrz", "I<UTOL898902C<3<<<<<<<<<<<<<<</6908062F9406236UTO<<<<<<<<<<<2/ERIKSSON<<ANNA<MARIA<<<<<<<<<<"), "Số kiểm tra không khớp: ngày sinh.", "Check digit does not fit: birth date."),
        (("--json", "--id", "001199012345", "--dg", "3"), "Không đọc nhóm dữ liệu 3.", "Data group 3 is not read."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["vi", "en"])
def test_wrong_use_is_told_in_the_language_asked_for(monkeypatch, capsys, language, arguments, vi, en):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", language)
    assert cli.card(["read", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["message"].startswith({"vi": vi, "en": en}[language])


def test_a_refused_certificate_is_told_in_vietnamese(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", "vi")
    (tmp_path / "a.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert cli.trust(["check", str(tmp_path / "a.pem"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [entry["reason"] for entry in told["files"][0]["refused"]] == ["không phải chứng thư, danh sách chứng thư hay danh sách thu hồi"]  # fmt: skip
    assert told["error"]["message"] == "Không có chứng thư hay danh sách nào tin được."


def test_an_error_of_the_reader_is_told_alike_by_station_and_node(monkeypatch):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", "vi")
    for package in ("station.wording.refusals", "proctor_node.wording"):
        words = importlib.import_module(package).WORDING
        assert words.sentence(CameraUnavailable("no camera")) == "không có camera"
        assert words.sentence(NoReader("no reader called {name!r}", name="ACR")) == "không có đầu đọc nào tên “ACR”"


@pytest.mark.parametrize(
    ("mrz", "information"),
    [
        ("I<UTOL898902C<3<<<<<<<<<<<<<<</6908061F9406236UTO<<<<<<<<<<<2/ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "L898902C<369080619406236"),
        ("I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<", "D23145890734934071279507122"),
    ],
)  # fmt: skip
def test_the_mrz_and_its_information_give_the_same_key(mrz, information):
    assert cli_arguments.from_mrz(mrz) == cli_arguments.from_information(information)


def test_the_screen_masks_the_number(dumped, anchors, capsys):
    assert cli.card(["verify", str(dumped), "--trust", str(anchors)]) == 0
    shown = capsys.readouterr().out
    assert HOLDER.personal_number not in shown
    assert "*********345" in shown


def test_saved_files_are_for_the_owner_only(dumped):
    assert {path.stat().st_mode & 0o077 for path in [dumped, *dumped.iterdir()]} == {0}


def test_an_imported_anchor_judges_cards_from_then_on(run, anchors, dumped, home):
    assert run(cli.trust, "list")[1]["certificates"] == 0
    status, found = run(cli.trust, "import", anchors / "csca.der")
    assert (status, found["certificates"], found["refused"]) == (0, 1, 0)
    assert [path.name for path in (home / "trust").iterdir()] == ["csca.der"]
    assert run(cli.trust, "list")[1]["certificates"] == 1
    assert run(cli.card, "verify", dumped)[1]["data"] == "authentic"


def test_check_keeps_nothing(run, anchors, home):
    assert run(cli.trust, "check", anchors / "csca.der")[0] == 0
    assert not (home / "trust").exists()


def test_a_refused_certificate_is_named_and_not_kept(run, tmp_path, state, home):
    raw = bytearray(state.anchor_der())
    raw[-1] ^= 1
    (tmp_path / "broken.der").write_bytes(raw)
    status, found = run(cli.trust, "import", tmp_path / "broken.der")
    assert (status, found["refused"]) == (1, 1)
    assert set(found["files"][0]["refused"][0]) == {"subject", "serial", "reason"}
    assert not (home / "trust").exists()


def test_the_master_list_is_counted_and_anchored(run, master_list):
    root = next(master_list.parent.glob("DE_ROOT*.cer"))
    status, found = run(cli.trust, "check", master_list, "--signer", root)
    (source,) = found["files"]
    assert (status, source["signature"], source["certificates"], source["countries"]) == (0, "passed", 588, 112)
    assert (source["self_signed"], source["self_signed_verified"], source["link"]) == (375, 375, 213)
    assert source["refused"] == []


def test_a_path_that_does_not_exist_is_wrong_use_for_trust_too(run):
    assert run(cli.trust, "check", "/does/not/exist")[0] == 2


class Reader:
    """One reader with one card, as the adapter offers it."""

    def names(self) -> list[str]:
        return ["Bench 0", "Bench 1"]

    def card_present(self, name: str) -> bool:
        return name == "Bench 1"


@pytest.mark.parametrize(("wanted", "expected"), [(None, "Bench 1"), ("Bench 0", "Bench 0"), ("1", "Bench 1")])
def test_the_reader_is_chosen_by_name_or_by_its_card(wanted, expected):
    assert cli._reader_name(Reader(), wanted) == expected


def test_a_reader_that_is_not_there_is_said_so():
    with pytest.raises(NoReader):
        cli._reader_name(Reader(), "Other")


def test_a_judgement_without_pace_or_groups_still_has_every_key(run, tmp_path, card, anchors):
    few = replace(card, files={SOD: card.files[SOD], GROUP["DG14"]: card.files[GROUP["DG14"]]})
    status, found = run(cli.card, "verify", dump(tmp_path / "few", few), "--trust", anchors)
    assert (status, set(found), found["hashes_checked"]) == (0, KEYS, ["DG14"])
