"""`khaothi face` as a newcomer and a script would call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reader.face_cli import face

CHIP, LIVE, SMILE = "dg2_240x320_neutral.jp2", "live_640x480_neutral.jpg", "live_640x480_smile.jpg"


@pytest.fixture
def run(capsys):
    def call(*arguments):
        capsys.readouterr()
        status = face([*map(str, arguments), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


def test_the_same_person_is_accepted_and_another_is_not(run, faces):
    status, same = run("compare", faces / "001" / CHIP, faces / "001" / SMILE)
    assert (status, same["band"]) == (0, "accept")
    assert same["quality"] == [{"faces": 1, "flags": []}, {"faces": 1, "flags": []}]
    assert 0 < same["fmr_at_similarity"] < 0.001
    status, other = run("compare", faces / "001" / CHIP, faces / "004" / LIVE)
    assert (status, other["band"]) == (1, "retry")
    assert other["similarity"] < same["similarity"]
    assert other["fmr_at_similarity"] > same["fmr_at_similarity"]


def test_the_second_engine_agrees(run, faces):
    status, same = run("compare", faces / "001" / CHIP, faces / "001" / LIVE, "--engine", "dlib")
    assert (status, same["band"], same["engine"]) == (0, "accept", "dlib")
    status, other = run("compare", faces / "001" / CHIP, faces / "004" / LIVE, "--engine", "dlib")
    assert status == 1
    assert other["similarity"] < same["similarity"]


TRANSFORMS = {
    "grey.png": lambda im: im.convert("L"),
    "deep.png": lambda im: Image.fromarray(np.asarray(im.convert("L")).astype(np.uint16) * 257),
    "on_its_side.jpg": lambda im: im.rotate(90, expand=True),
    "upside_down.jpg": lambda im: im.rotate(180),
    "tight_crop.png": lambda im: im.crop((235, 130, 405, 330)),
    "thumbnail.png": lambda im: im.resize((160, 120)),
    "huge.jpg": lambda im: im.resize((5120, 3840)),
    "see_through.png": lambda im: im.convert("RGBA"),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_picture_is_recognised_however_it_was_stored(run, faces, tmp_path, name):
    with Image.open(faces / "001" / LIVE) as image:
        TRANSFORMS[name](image).save(tmp_path / name)
    status, document = run("compare", faces / "001" / CHIP, tmp_path / name)
    assert (status, document.get("band")) == (0, "accept"), document


def test_two_people_in_one_picture_are_a_persons_business(run, faces, tmp_path):
    with Image.open(faces / "001" / LIVE) as one, Image.open(faces / "004" / LIVE) as other:
        both = Image.fromarray(np.hstack((np.asarray(one), np.asarray(other))))
    both.save(tmp_path / "both.png")
    status, document = run("compare", faces / "001" / CHIP, tmp_path / "both.png")
    assert status == 1
    assert document["band"] in {"refer", "retry"}
    assert document["quality"][1]["faces"] == 2
    assert "several_faces" in document["quality"][1]["flags"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_an_image"), (b"words", "not_an_image"), (b"\x75\x03abc", "image_refused"), (None, "face_not_found")],
)
def test_a_file_without_a_face_is_refused_by_name(run, faces, tmp_path, content, code):
    path = tmp_path / "file.png"
    if content is None:
        Image.new("RGB", (300, 300), "grey").save(path)
    else:
        path.write_bytes(content)
    status, document = run("compare", faces / "001" / CHIP, path)
    assert status == 1
    assert set(document) == {"error"}
    assert document["error"]["code"] == code
    assert "file.png" in document["error"]["message"]


@pytest.mark.parametrize(
    "arguments",
    [("compare",), ("compare", "/nowhere/a.jpg", "/nowhere/b.jpg"), ("compare", "/tmp", "/tmp"), ("evaluate", "/nowhere"), ("evaluate", "/tmp", "--reference", "a*"), ("evaluate", "/tmp", "--plot", "curve.txt"), ("evaluate", "/tmp", "--plot", "/nowhere/curve.svg"), ("compare", "a", "b", "--engine", "other"), ("admire",)],
)  # fmt: skip
def test_wrong_use_is_told_as_such(run, arguments):
    status, document = run(*arguments)
    assert status == 2
    assert document["error"]["code"] == "wrong_use"


@pytest.fixture(scope="module")
def some(faces, tmp_path_factory):
    """Eight people, and everything that lies about in real folders."""
    root = tmp_path_factory.mktemp("people")
    for person in ("001", "002", "004", "006", "007", "009", "011", "012"):
        shutil.copytree(faces / person, root / person, copy_function=shutil.copyfile)
        (root / person).chmod(0o755)
    shutil.copyfile(faces / "meta.json", root / "meta.json")
    (root / "001" / "notes.txt").write_text("no picture")
    (root / "001" / "broken.jpg").write_bytes((root / "001" / LIVE).read_bytes()[:4000])
    (root / "002" / "EF_SOD.bin").write_bytes(b"\x77\x03abc")
    (root / "002" / ".hidden.jpg").write_bytes(b"x")
    Image.new("RGB", (300, 300), "grey").save(root / "004" / "wall.png")
    shutil.copyfile(root / "006" / LIVE, root / "007" / "copy.jpg")
    (root / "empty").mkdir()
    return root


def test_a_folder_with_everything_in_it_is_measured(run, some, tmp_path):
    status, document = run("evaluate", some, "--plot", tmp_path / "det.svg")
    assert status == 0
    assert document["identities"] == 8
    assert (document["images"], document["failed_to_detect"]) == (26, 1)
    assert document["refused"] == {"image_damaged": 1}
    assert document["same_picture_twice"] == [[f"006/{LIVE}", "007/copy.jpg"]]
    assert document["genuine"] == 7 * 3 + 6
    assert document["impostor"] == 25 * 24 // 2 - document["genuine"]
    assert set(document["fnmr_at_fmr"].values()) == {None}
    assert set(document["reason"]) == {"0.01", "0.001", "0.0001"}
    lo, hi = document["eer_ci"]
    assert 0 <= lo <= document["eer"] <= hi <= 1
    assert {"female", "male", "female white"} <= {group["name"] for group in document["groups"]}
    assert (tmp_path / "det.svg").read_text().startswith("<?xml")


def test_chip_against_live_pairs_only_those(run, some, tmp_path):
    status, document = run(
        "evaluate", some, "--reference", "dg2_*", "--probe", "*/live_*", "--plot", tmp_path / "d.png"
    )
    assert status == 0
    assert (document["genuine"], document["impostor"]) == (8 * 2, 8 * 7 * 2)
    assert (tmp_path / "d.png").read_bytes()[:4] == b"\x89PNG"


def test_a_folder_without_pairs_says_so(run, tmp_path, faces):
    assert run("evaluate", tmp_path)[1]["error"]["code"] == "no_pairs"
    for person in ("001", "002"):
        (tmp_path / person).mkdir()
        shutil.copyfile(faces / person / LIVE, tmp_path / person / "a.jpg")
    status, document = run("evaluate", tmp_path)
    assert (status, document["error"]["code"]) == (1, "no_pairs")
    assert "genuine" in document["error"]["message"]


def test_what_a_folder_is_lacking_or_may_mean_otherwise_is_said(run, tmp_path, faces):
    (tmp_path / "meta.json").write_text("{}")
    message = run("evaluate", tmp_path)[1]["error"]["message"]
    assert "no sub-folder" in message
    for person in ("Nguyễn Văn Á", "two words"):
        for number, place in enumerate(("", "2025", "2026")):
            (tmp_path / person / place).mkdir(parents=True, exist_ok=True)
            kind = ("dg2_240x320_neutral.jp2", "live_640x480_neutral.jpg", "live_640x480_smile.jpg")[number]
            raw = (faces / ("001" if person == "two words" else "002") / kind).read_bytes()
            (tmp_path / person / place / f"ảnh {number}{Path(kind).suffix.upper()}").write_bytes(raw)
    assert "--probe" in run("evaluate", tmp_path, "--reference", "zz*", "--probe", "yy*")[1]["error"]["message"]
    status, document = run("evaluate", tmp_path)
    assert (status, document["identities"], document["genuine"], document["impostor"]) == (0, 2, 6, 9)
    assert document["notes"] == [f"{name}: pictures in 2 sub-folders count as one person" for name in ("Nguyễn Văn Á", "two words")]  # fmt: skip


def test_people_read_the_same_in_words(capsys, some):
    assert face(["evaluate", str(some)]) == 0
    told = capsys.readouterr().out
    assert "8 people" in told
    assert "not stated" in told
    assert "the same picture under several people" in told
