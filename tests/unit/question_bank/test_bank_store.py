"""The bank in a real SQLite file: versions, review by two persons, keys apart, search, near-duplicates, exposure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from question_bank.adapters.bank_store import SqlBankStore
from question_bank.bank.content import Formula, Paragraph, Picture, Text, of_text
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, item_id, letter
from question_bank.bank.similarity import NEAR
from question_bank.errors import BankUnavailable, ItemUnknown, ReviewRefused
from question_bank.ports import ItemStatistics, Resource, Search

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def bank(tmp_path):
    store = SqlBankStore(f"sqlite:///{tmp_path / 'bank.sqlite'}")
    yield store
    store.close()


def choice(stem, *options, key="A", level="NB", topic="Hàm số", **known):
    made = tuple(Option(letter(index), of_text(option)) for index, option in enumerate(options or ("1", "2", "3", "4")))
    item = BankItem("single_choice", of_text(stem), made, metadata=Metadata(level=level, topic=topic, **known))
    return Draft(item, Key((key,)))


def add(bank, *drafts, person="Lan"):
    return [added.id for added in bank.add(drafts, (), {}, person, NOW)]


def test_the_same_content_is_the_same_item_and_is_stored_once(bank):
    draft = choice("Đường tròn là gì?")
    first, again = (bank.add([draft], (), {}, "Lan", NOW)[0] for _ in range(2))
    assert (first.id, first.version, first.fresh) == (item_id(draft.item), 1, True)
    assert (again.id, again.fresh) == (first.id, False)
    assert bank.count(Search()) == 1


def test_a_version_is_never_changed_and_a_new_one_is_a_draft_again(bank, tmp_path):
    (one,) = add(bank, choice("Đề cũ"))
    bank.review(one, 1, "reviewed", "Minh", NOW)
    assert bank.add_version(one, choice("Đề mới"), {}, "Lan", NOW) == 2
    assert [(v.version, v.state) for v in bank.versions(one)] == [(1, "reviewed"), (2, "draft")]
    assert bank.version(one).item.stem == of_text("Đề mới")
    assert bank.search(Search(text="cũ")) == []
    other_hand = create_engine(f"sqlite:///{tmp_path / 'bank.sqlite'}")
    with pytest.raises(DatabaseError, match="only ever added"), other_hand.begin() as connection:
        connection.execute(text("UPDATE versions SET author = 'x'"))


def test_two_persons_review_and_approve_and_the_author_is_neither(bank):
    (one,) = add(bank, choice("Câu"), person="Lan")
    with pytest.raises(ReviewRefused, match="author"):
        bank.review(one, 1, "reviewed", "lan", NOW)
    with pytest.raises(ReviewRefused, match="cannot become"):
        bank.review(one, 1, "approved", "Minh", NOW)
    bank.review(one, 1, "reviewed", "Minh", NOW)
    with pytest.raises(ReviewRefused, match="reviewer"):
        bank.review(one, 1, "approved", "Minh", NOW)
    bank.review(one, 1, "approved", "Hoa", NOW, "được")
    bank.review(one, 1, "locked", "Hoa", NOW)
    assert [step.person for step in bank.steps(one, 1)] == ["Minh", "Hoa", "Hoa"]
    assert bank.version(one).state == "locked" == bank.search(Search())[0].state


def test_a_key_is_apart_and_every_change_is_kept(bank):
    (one,) = add(bank, choice("Câu", key="A"))
    assert bank.change_key(one, 1, Key(("C",)), "Hoa", NOW, "đáp án in nhầm") == 2
    stored = bank.key(one, 1)
    assert (stored.key.right, stored.number, stored.person, stored.reason) == (("C",), 2, "Hoa", "đáp án in nhầm")
    with pytest.raises(ItemUnknown):
        bank.key(one, 9)


def test_all_drafts_of_a_call_are_stored_or_none(bank):
    with pytest.raises(AttributeError):
        bank.add([choice("Một"), None], (), {}, "Lan", NOW)
    assert bank.count(Search()) == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("duong tron", {"Đường tròn ngoại tiếp", "Dương trọn vẹn"}),
        ("đường", {"Đường tròn ngoại tiếp"}),
        ("ĐƯỜNG TRÒN", {"Đường tròn ngoại tiếp"}),
        ("hoà", {"Trung hòa axit"}),
        ("trung ho", {"Trung hòa axit"}),
        ("khong co", set()),
        ('"(*', {"Đường tròn ngoại tiếp", "Dương trọn vẹn", "Trung hòa axit"}),
    ],
)
def test_search_with_and_without_marks(bank, typed, found):
    add(bank, choice("Đường tròn ngoại tiếp"), choice("Dương trọn vẹn"), choice("Trung hòa axit"))
    assert {hit.excerpt for hit in bank.search(Search(text=typed))} == found
    assert bank.count(Search(text=typed)) == len(found)


def test_filters_by_cell_topic_path_and_tag(bank):
    wanted, *_ = add(
        bank,
        choice("a", topic="Hàm số / Cực trị", level="TH", tags=("ôn tập",)),
        choice("b", topic="Hàm số bậc hai", level="TH"),
        choice("c", topic="Hàm số", level="VD"),
    )
    assert [hit.id for hit in bank.search(Search(topic="Hàm số", levels=("TH",), kinds=("single_choice",)))] == [wanted]
    assert [hit.id for hit in bank.search(Search(tag="ôn tập"))] == [wanted]
    assert bank.search(Search(states=("approved",))) == []


def test_near_duplicates_are_found_whatever_the_order_of_options(bank):
    stem = "Cho hàm số bậc ba có đồ thị như hình vẽ, số điểm cực trị của hàm số đã cho trên tập số thực bằng bao nhiêu"
    one, _ = add(bank, choice(stem, "hai", "ba", "bốn"), choice("Trái đất quay quanh mặt trời hết bao nhiêu ngày?"))
    near = bank.near(choice(stem + "?", "ba", "hai", "bốn").item, NEAR)
    assert [identifier for identifier, _ in near] == [one]
    assert near[0][1] > NEAR


def test_resources_passages_exposure_statistics_and_enemies(bank):
    raw = b"\x89PNG..."
    sha256 = hashlib.sha256(raw).hexdigest()
    passage = Passage((Paragraph((Text("Đọc đoạn văn"), Picture(sha256, "image/png", "bản đồ"))),))
    item = BankItem("short_answer", (Paragraph((Formula("x^2"),)),), passage=passage.id)
    (added,) = bank.add([Draft(item, Key(("1,5",)))], [passage], {sha256: Resource("image/png", raw)}, "Lan", NOW)
    assert bank.passage(passage.id) == passage
    assert bank.resource(sha256).content == raw
    for form, seen in (("101", 24), ("102", 23), ("101", 20)):
        bank.use([(added.id, 1)], "HK1", form, NOW, seen)
    assert [(use.form, use.candidates) for use in bank.usage(added.id)] == [("101", 20), ("102", 23)]
    assert bank.search(Search())[0].exposure == 43
    bank.add_statistics({added.id: ItemStatistics(exam="HK1", version=1, at=NOW, n=43, p=0.6)})
    assert bank.statistics(added.id)[0].p == 0.6
    bank.set_enemies("q-2", "q-1")
    assert bank.enemies() == {("q-1", "q-2")}
    bank.set_enemies("q-1", "q-2", enemies=False)
    assert bank.enemies() == set()
    for unknown in (lambda: bank.version("q-9"), lambda: bank.passage("p-9"), lambda: bank.resource("0" * 64)):
        with pytest.raises(ItemUnknown):
            unknown()


def test_what_is_no_bank_is_refused(tmp_path):
    (tmp_path / "bank.sqlite").write_bytes(b"not a database, surely not one at all" * 30)
    for url in (f"sqlite:///{tmp_path / 'bank.sqlite'}", "mysql://somewhere/bank"):
        with pytest.raises(BankUnavailable):
            SqlBankStore(url)
