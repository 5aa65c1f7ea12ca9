"""What a teacher edits comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.bank import markup
from question_bank.bank.content import Break, Cell, Formula, Gap, Paragraph, Picture, Table, Text
from question_bank.errors import MarkupMalformed

PICTURE = Picture("ab" * 32, "image/png", "đồ thị [a] *b*", 30, 20)
WORD = st.text(st.sampled_from("aắ Đ$*[]!\\^_{}(x)1"), min_size=1, max_size=12)
INLINE = st.one_of(
    st.builds(Text, WORD, st.sampled_from([(), ("bold",), ("italic",), ("bold", "italic"), ("underline",)])),
    st.builds(Formula, st.sampled_from(["x^2", r"\frac{a}{b}", r"\$5", "a$b", ""]), display=st.booleans()),
    st.builds(Formula, st.just("x"), st.just("ích"), preview=st.just("cd" * 32)),
    st.just(PICTURE),
    st.just(Break()),
    st.just(Gap("RESPONSE")),
)
CONTENT = st.lists(
    st.one_of(
        st.builds(Paragraph, st.lists(INLINE, max_size=5).map(tuple)),
        st.just(Table(((Cell((Paragraph((Text("a"),)),)),),))),
    ),
    max_size=4,
).map(tuple)


def tidy(content):
    """Neighbouring texts of the same marks are one."""
    found = []
    for block in content:
        if isinstance(block, Paragraph):
            block = Paragraph(tuple(markup._joined(block.inlines)))  # noqa: PLW2901
        found.append(block)
    return tuple(found)


def blank(content):
    return any(
        isinstance(b, Paragraph) and b.inlines and all(isinstance(i, Text) and not i.text.strip() for i in b.inlines)
        for b in content
    )


@given(CONTENT.filter(lambda content: not blank(content)))
def test_what_is_not_touched_comes_back_the_same(content):
    content = tidy(content)
    text, kept = markup.write(content)
    assert markup.read(text, kept, lambda name: PICTURE if PICTURE.sha256.startswith(name) else None) == content


def test_signs_are_read():
    read = markup.read("Cho **hàm số** $y=x^2$\n\nTính *giá trị* \\$5", (), lambda _: PICTURE)
    assert read == (
        Paragraph((Text("Cho "), Text("hàm số", ("bold",)), Text(" "), Formula("y=x^2"))),
        Paragraph((Text("Tính "), Text("giá trị", ("italic",)), Text(" $5"))),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("một\n$x", "line 2: \\$ is not closed"), ("**đậm", "line 1: \\*\\* is not closed"),
        ("[[3]]", "nothing under"), ("a [b", "line 1: \\["),
    ],
)  # fmt: skip
def test_what_is_not_closed_is_named_by_line(text, told):
    with pytest.raises(MarkupMalformed, match=told):
        markup.read(text, (), lambda _: PICTURE)
