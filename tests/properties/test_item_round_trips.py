"""What the bank writes as QTI, Moodle XML, GIFT and XLSX it reads back as the same items and keys."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank.bank.content import (
    MARKS,
    Break,
    Cell,
    Formula,
    Listing,
    Paragraph,
    Picture,
    Preformatted,
    Table,
    Text,
    resources,
)
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, letter
from question_bank.formats import importing, xlsx
from question_bank.formats.gift import writer as gift
from question_bank.formats.html_content import normalised
from question_bank.formats.moodle import writer as moodle
from question_bank.formats.qti import writer as qti
from question_bank.formats.selection import Selection
from question_bank.formats.walker.census import lost
from question_bank.ports import Resource

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")  # fmt: skip
GIF = b"GIF89a\x02\x00\x03\x00\x00\x00\x00;"
FILES = {hashlib.sha256(raw).hexdigest(): Resource(kind, raw) for raw, kind in ((PNG, "image/png"), (GIF, "image/gif"))}
WRITERS = {"qti": qti.write, "moodle": moodle.write, "gift": gift.write, "xlsx": xlsx.write}

# Every sign that means something to one of the formats, Vietnamese letters, and plain words.
text = st.text(st.sampled_from("aăâbđêơưxyzÁẾộ 0129.,;:!?()[]{}<>&\"'=~#%@*_/\\$|-–−×≤π“”"), min_size=1, max_size=24)
words = st.text(st.sampled_from("abcđêộ XYZ019.-"), max_size=16).map(lambda value: " ".join(value.split()))
latex = st.sampled_from([r"x^{2}", r"\frac{a}{b}", r"a<b", r"\left\{\begin{array}{l}x=1\\y=2\end{array}\right.", r"\vec{n}", r"0{,}5", r"\text{số}\ n", r"\neq", r"a\&b"])  # fmt: skip
marked = st.builds(lambda value, marks: Text(value, tuple(mark for mark in MARKS if mark in marks)), text, st.sets(st.sampled_from(MARKS), max_size=2))  # fmt: skip
formula = st.builds(Formula, latex, words, st.booleans(), st.sampled_from(["", *FILES]))
picture = st.sampled_from([*FILES]).flatmap(
    lambda name: st.builds(lambda alt: Picture(name, FILES[name].media_type, alt, 7, 9), words)
)
paragraph = st.builds(
    lambda inlines: Paragraph(tuple(inlines)),
    st.lists(st.one_of(marked, marked, formula, picture, st.just(Break())), min_size=1, max_size=5),
)
code = st.builds(lambda value: Preformatted("if x:\n    " + value.strip() + "."), text)
simple = st.one_of(paragraph, code)
table = st.builds(
    lambda rows: Table(
        tuple(tuple(Cell((block,), header=head, columns=2 if wide else 1) for block, head, wide in row) for row in rows)
    ),
    st.lists(
        st.lists(st.tuples(paragraph, st.booleans(), st.booleans()), min_size=1, max_size=2), min_size=1, max_size=2
    ),
)
listing = st.builds(lambda entries, ordered: Listing(tuple((entry,) for entry in entries), ordered), st.lists(simple, min_size=1, max_size=3), st.booleans())  # fmt: skip
content = st.lists(st.one_of(simple, simple, table, listing), max_size=3).map(lambda blocks: normalised(tuple(blocks)))
some = st.builds(lambda head, rest: normalised((Paragraph((Text(f"Câu {head}."),)), *rest)), words, content)
metadata = st.builds(
    Metadata,
    subject=words,
    topic=st.sampled_from(["", "Toán / Hàm số", "Đạo hàm"]),
    outcome=words,
    level=st.sampled_from(["", "NB", "TH", "VD", "VDC"]),
    author=words,
    source=words,
    title=words,
    tags=st.sets(words.filter(bool), max_size=2).map(lambda tags: tuple(sorted(tags))),
)
shuffle = st.sampled_from([None, True, False])


@st.composite
def choice(draw):
    count = draw(st.integers(2, 5))
    single = draw(st.booleans())
    names = [letter(index) for index in range(count)]
    options = tuple(Option(name, draw(some), fixed=draw(st.booleans())) for name in names)
    weights = ()
    if single:
        right = (draw(st.sampled_from(names)),)
    else:
        right = tuple(sorted(draw(st.sets(st.sampled_from(names), min_size=1))))
    if draw(st.booleans()) and len(right) < count:
        wrong = next(name for name in names if name not in right)
        weights = (
            *tuple((name, "1" if single else "0.5") for name in right),
            (wrong, draw(st.sampled_from(["-0.25", "-0.5"]))),
        )
        weights = tuple(sorted(weights))
    kind = "single_choice" if single else "multiple_choice"
    return Draft(
        BankItem(kind, draw(some), options, draw(content), "", draw(shuffle), draw(metadata)), Key(right, weights)
    )


@st.composite
def cluster(draw):
    names = [letter(index, statement=True) for index in range(draw(st.sampled_from([2, 4])))]
    options = tuple(Option(name, draw(some), fixed=draw(st.booleans())) for name in names)
    right = tuple(draw(st.sampled_from(["true", "false"])) for _ in names)
    return Draft(
        BankItem("true_false_cluster", draw(some), options, draw(content), "", draw(shuffle), draw(metadata)),
        Key(right),
    )


@st.composite
def short(draw):
    cells = st.sampled_from(["-1,5", "75", "0,25", "2025", "-7", "0"])
    right = draw(st.lists(cells, min_size=1, max_size=2, unique=True))
    key = Key(tuple(right), tolerance=draw(st.sampled_from(["", "0.01"])), case_sensitive=draw(st.booleans()))
    return Draft(BankItem("short_answer", draw(some), (), draw(content), "", None, draw(metadata)), key)


@st.composite
def essay(draw):
    return Draft(BankItem("other", draw(some), (), draw(content), "", None, draw(metadata)), Key())


@st.composite
def selections(draw):
    drafts = draw(st.lists(st.one_of(choice(), cluster(), short(), essay()), min_size=1, max_size=3))
    passages = {}
    if draw(st.booleans()):
        passage = Passage(draw(some))
        passages[passage.id] = passage
        first = drafts[0]
        item = first.item
        with_passage = BankItem(
            item.kind, item.stem, item.options, item.solution, passage.id, item.shuffle, item.metadata
        )
        drafts[0] = Draft(with_passage, first.key)
    named = {name for draft in drafts for name in draft.item.resources()}
    named |= {name for passage in passages.values() for name in resources(passage.content)}
    files = {name: FILES[name] for name in named}
    return Selection(tuple(drafts), passages, files, tuple(f"q{index}" for index in range(len(drafts))))


@pytest.mark.parametrize("form", WRITERS)
@given(selection=selections())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_written_is_read_back(form, selection):
    raw = WRITERS[form](selection)
    imported = importing.READERS[form](raw)
    got = [item.draft for item in imported.items]
    assert [draft.item for draft in got] == [draft.item for draft in selection.drafts]
    assert [draft.key for draft in got] == [draft.key for draft in selection.drafts]
    assert {passage.id: passage for passage in imported.passages} == selection.passages
    assert {name: resource.content for name, resource in imported.resources.items()} == {name: resource.content for name, resource in selection.resources.items()} or form in {"qti", "moodle", "gift", "xlsx"}  # fmt: skip
    assert all(Decimal(weight) for draft in got for _, weight in draft.key.weights)
    assert lost(imported, importing.WALKERS[form](raw)) == 0
