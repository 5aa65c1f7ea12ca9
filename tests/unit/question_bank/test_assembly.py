"""Forms out of a bank: what the blueprint asks for, disjoint and of equal difficulty; and in words why not."""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from question_bank import blueprint as blueprints
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.adapters.picture_size import measure
from question_bank.assembly.assemble import Assembler, Infeasible
from question_bank.bank.item import Draft, Key
from question_bank.blueprint import Information
from question_bank.errors import BlueprintMalformed

SPEC = importlib.util.spec_from_file_location("invented_bank", Path(__file__).with_name("invented_bank.py"))
bank = importlib.util.module_from_spec(SPEC)
sys.modules["invented_bank"] = bank
SPEC.loader.exec_module(bank)
SOURCE = (files("question_bank") / "blueprints" / "toan_12_2025.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def renderer():
    return MathJaxRenderer()


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A bank made once, nine items for every cell: drafts with statistics."""
    path = tmp_path_factory.mktemp("full") / "bank.sqlite"
    opened = SqlBankStore(str(path))
    bank.fill(opened, 9, approve=False)
    opened.close()
    return path


@pytest.fixture
def rich(full, tmp_path):
    shutil.copy(full, tmp_path / "rich.sqlite")
    opened = SqlBankStore(str(tmp_path / "rich.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path):
    opened = SqlBankStore(str(tmp_path / "bank.sqlite"))
    yield opened
    opened.close()


def with_rules(**changes):
    """The example blueprint that takes drafts, unless told otherwise."""
    changes.setdefault("states", ("draft", "approved"))
    plan = blueprints.decode(SOURCE)
    return msgspec.structs.replace(plan, rules=msgspec.structs.replace(plan.rules, **changes))


def assemble(store, renderer, plan, codes=("0101",), seed=7):
    assembler = Assembler(store, renderer, measure, bank.TODAY)
    return assembler.assemble(plan, list(codes), seed, random.Random(seed))


def test_every_cell_has_its_items_and_the_mean_mark_is_as_wished(rich, renderer):
    plan = with_rules()
    (original,) = assemble(rich, renderer, plan).originals
    assert [len(part.items) for part in original.form.parts] == [12, 4, 6]
    levels = [item.level for part in original.form.parts for item in part.items]
    assert {level: levels.count(level) for level in ("NB", "TH", "VD")} == {"NB": 9, "TH": 7, "VD": 6}
    assert abs(original.expected - plan.rules.target) <= plan.rules.tolerance
    assert set(original.key.right) == set(original.sources)


def test_four_parallel_forms_share_no_item_and_are_equally_hard(rich, renderer):
    plan = with_rules(target=None, tolerance=0.02)
    made = assemble(rich, renderer, plan, ("0101", "0102", "0103", "0104")).originals
    used = [source for original in made for source, _ in original.sources.values()]
    assert len(used) == len(set(used)) == 88
    marks = [original.expected for original in made]
    assert max(marks) - min(marks) <= 2 * plan.rules.tolerance


def test_the_same_seed_gives_the_same_form_and_another_seed_another(rich, renderer):
    plan = with_rules()
    one, again, other = (assemble(rich, renderer, plan, seed=seed).originals[0].sources for seed in (7, 7, 8))
    assert one == again
    assert one != other


def test_a_lacking_cell_is_named_with_its_number(store, renderer):
    identifiers = bank.fill(store, 2)
    for identifier in identifiers:
        stored = store.version(identifier)
        if stored.item.kind == "short_answer" and stored.item.metadata.topic == "Xác suất":
            store.review(identifier, 1, "retired", "Tổ trưởng C", bank.TODAY)
    with pytest.raises(Infeasible) as refused:
        assemble(store, renderer, blueprints.decode(SOURCE))
    (short,) = refused.value.shortages
    assert (short.cell.topic, short.cell.kind, short.wanted, short.there, short.lacking) == ("Xác suất", "short_answer", 1, 0, 1)  # fmt: skip
    assert short.text_vi.startswith("Ô “Xác suất – Trả lời ngắn – Vận dụng” cần 1 câu, ngân hàng chỉ có 0 câu")
    assert "2 câu chưa duyệt" in short.text_vi


def test_two_cells_that_draw_on_the_same_items_are_told_apart(store, renderer):
    """`Hàm số` and `Hàm số / Đơn điệu và cực trị` both fit the same items: each alone would be filled."""
    made = [item for item in bank.drafts(1) if item.item.metadata.topic != "Hàm số / Tiệm cận"]
    store.add(made, (), {}, "Tác giả A", bank.TODAY)
    with pytest.raises(Infeasible) as refused:
        assemble(store, renderer, with_rules(states=("draft",), target=None))
    lacking = {
        (short.cell.topic, short.cell.kind, short.cell.level): short.lacking for short in refused.value.shortages
    }
    assert lacking["Hàm số / Đơn điệu và cực trị", "single_choice", "NB"] == 1
    assert lacking["Hình học không gian", "single_choice", "NB"] == 1


def test_items_used_lately_rest(store, renderer):
    identifiers = bank.fill(store, 2, approve=False)
    store.use([(name, 1) for name in identifiers], "KS-0", "0001", bank.TODAY - timedelta(days=90), 200)
    with pytest.raises(Infeasible) as refused:
        assemble(store, renderer, with_rules())
    assert "đã dùng trong 12 tháng" in refused.value.shortages[0].text_vi
    assert assemble(store, renderer, with_rules(unused_months=2, target=None)).originals


def test_items_that_too_many_have_seen_are_left_out(store, renderer):
    identifiers = bank.fill(store, 2, approve=False)
    long_ago = bank.TODAY - timedelta(days=2000)
    store.use([(name, 1) for name in identifiers], "KS-0", "0001", long_ago, 30_000)
    with pytest.raises(Infeasible) as refused:
        assemble(store, renderer, with_rules())
    assert "quá nhiều thí sinh" in refused.value.shortages[0].text_vi


def test_enemies_never_stand_together(rich, renderer):
    identifiers = [item.id for item in rich.pool("")]
    single = [i for i in identifiers if rich.version(i).item.kind == "single_choice"]
    nb = [i for i in single if rich.version(i).item.metadata.topic == "Nguyên hàm và tích phân" and rich.version(i).item.metadata.level == "NB"]  # fmt: skip
    rich.set_enemies(nb[0], nb[1])
    for seed in range(6):
        sources = assemble(rich, renderer, with_rules(target=None), seed=seed).originals[0].sources.values()
        assert len({nb[0], nb[1]} & {name for name, _ in sources}) <= 1


def test_a_difficulty_out_of_reach_is_said_so(rich, renderer):
    with pytest.raises(Infeasible) as refused:
        assemble(rich, renderer, with_rules(target=0.95))
    assert refused.value.shortages == ()
    assert "điểm trung bình dự kiến" in refused.value.reasons[0][0]


def test_information_is_met_or_said_to_be_out_of_reach(rich, renderer):
    assert assemble(rich, renderer, with_rules(information=(Information(0.0, 4.0),))).originals
    with pytest.raises(Infeasible) as refused:
        assemble(rich, renderer, with_rules(information=(Information(0.0, 40.0),)))
    assert "lượng thông tin" in refused.value.reasons[0][0]


def test_an_item_whose_key_does_not_fit_the_cells_is_left_out_and_named(rich, renderer):
    identifiers = [item.id for item in rich.pool("")]
    for identifier in identifiers:
        richd = rich.version(identifier)
        if richd.item.kind == "short_answer" and richd.item.metadata.topic == "Xác suất":
            rich.change_key(identifier, 1, Key(("-12,55",)), "Tổ trưởng C", bank.TODAY, "thử")
            break
    for seed in range(4):
        made = assemble(rich, renderer, with_rules(target=None), seed=seed)
        assert identifier not in {name for name, _ in made.originals[0].sources.values()}
        if made.unfit:
            assert "4 cells" in made.unfit[identifier]


def test_twins_do_not_stand_in_one_form(rich, renderer):
    chance = random.Random(3)
    item = bank.draft("single_choice", "Xác suất", "NB", 900, chance)
    twin = Draft(msgspec.structs.replace(item.item, metadata=msgspec.structs.replace(item.item.metadata, topic="Mũ và lôgarit")), item.key)  # fmt: skip
    added = rich.add([item, twin], (), {}, "Tác giả A", bank.TODAY)
    for seed in range(8):
        sources = assemble(rich, renderer, with_rules(target=None), seed=seed).originals[0].sources.values()
        assert len({entry.id for entry in added} & {name for name, _ in sources}) <= 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('total = "10"', 'total = "9"', "add up to 10"),
        ('points = "0.25"', 'points = "a quarter"', "decimal"),
        ('id = "II"', 'id = "I"', "same id"),
        ("NB = 2, TH = 1 }", "NB = -2, TH = 1 }", "negative"),
        ('kind = "short_answer"', 'kind = "essay"', "essay"),
        ("minutes = 45", "minutes = ", "."),
        ("minutes = 45", "minutes = 45\nhours = 1", "hours"),
    ],
)
def test_a_blueprint_that_does_not_add_up_is_refused(old, new, told):
    with pytest.raises(BlueprintMalformed, match=told):
        blueprints.decode(SOURCE.replace(old, new, 1))
