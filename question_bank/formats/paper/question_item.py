"""A question that was read, as an item: its kind, key, options and metadata, and what is wrong with it."""

from __future__ import annotations

from question_bank.bank.content import Content, Formula, Picture, Text, inlines, plain
from question_bank.bank.item import BankItem, Draft, Key, Kind, Level, Metadata, Option, letter
from question_bank.formats.lines import Line, common_marks, content, without_marks
from question_bank.formats.paper import labels, lower_case
from question_bank.formats.paper.question import Question
from question_bank.formats.paper.question_key import key_of
from question_bank.formats.report import ImportedItem


def item_of(question: Question, *, paper_has_marks: bool) -> ImportedItem:
    """The item that was read, with its issues."""
    _settle_small_letters(question)
    kind = _kind(question)
    key = key_of(question, kind, paper_has_marks=paper_has_marks)
    made = _options(question, kind)
    stem = content(question.stem)
    metadata = Metadata(level=_level(question), outcome=_outcome(question), topic=question.fields.get("topic", ""), author=question.fields.get("author", ""), source=_source(question))  # fmt: skip
    item = BankItem(kind, stem, made, content(question.solution), question.passage, None, metadata)
    _judge(question, item)
    return ImportedItem(
        question.number, Draft(item, Key(key)), tuple(question.issues), question.part.heading, question.where
    )


def _settle_small_letters(question: Question) -> None:
    """Choices that were read as statements become options where the paper means options."""
    if not question.statements:
        return
    texts = tuple(plain(content(choice.with_verdict_as_text().lines)) for choice in question.statements)
    signs = lower_case.Signs(
        question.part.kind, plain(content(question.stem)), texts, len(question.marked()[0] or question.strongly_marked()),
        len({letter for found in question.letter_sets() for letter in found}), bool(question.verdict_rows()),
    )  # fmt: skip
    found = lower_case.reading(signs)
    question.sure = found.sure
    if not found.sure:
        code = "small_letters_as_options" if found.options else "small_letters_as_statements"
        question.told(code, str(signs.marked))
    if found.options:
        question.options, question.statements = [choice.with_verdict_as_text() for choice in question.statements], []
        question.small_options = True


def _kind(question: Question) -> Kind:
    text = plain(content(question.stem))
    if question.statements or (question.options and not question.small_options and _judges_each(question, text)):
        return "true_false_cluster"
    if question.options:
        several = labels.SEVERAL.search(text) is not None
        return "multiple_choice" if several else "single_choice"
    if question.part.kind == "essay":
        question.told("essay")
        return "other"
    if question.part.kind == "short" or question.answers:
        return "short_answer"
    question.told("no_options", str(question.number))
    return "other"


def _judges_each(question: Question, stem: str) -> bool:
    """Whether capitals label statements: the part says so, or the stem does and nothing names one of them."""
    asked = labels.TRUE_FALSE.search(stem) is not None and len(question.marked()[0]) != 1
    return question.part.kind == "cluster" or (asked and not question.letter_sets())


def _options(question: Question, kind: Kind) -> tuple[Option, ...]:
    choices = question.choices()
    # Formatting that served as the key, or that every option has, is not content: it would show the answer.
    made = []
    for index, choice in enumerate(choices):
        worn = common_marks(choice.atoms()) & {"underline", "bold"}
        lines = [Line(without_marks(line.atoms, worn), line.where, line.table) for line in choice.lines]
        fixed = choice.star[:1] == "#" or question.fixed
        made.append(Option(letter(index, statement=kind == "true_false_cluster"), content(lines), fixed=fixed))
    return tuple(made)


def _level(question: Question) -> Level:
    for tag in (*question.tags, question.fields.get("level", "")):
        if level := labels.level_of(tag) or labels.code_level(tag):
            return level
    if question.fields.get("level"):
        question.told("level_unknown", question.fields["level"])
    return ""


def _outcome(question: Question) -> str:
    named = [tag.replace(" ", "") for tag in question.tags if labels.OUTCOME.match(tag.strip())]
    return question.fields.get("outcome") or ", ".join(named)


def _source(question: Question) -> str:
    codes = [tag.strip() for tag in question.tags if labels.CODE.fullmatch(tag.strip())]
    return "; ".join(filter(None, (question.fields.get("source", ""), *codes)))


def _judge(question: Question, item: BankItem) -> None:
    if not item.stem and not item.passage:
        question.told("stem_empty")
    empty = [option.identifier for option in item.options if not option.content]
    if empty:
        question.told("option_empty", ", ".join(empty))
    if len(item.options) == 1:
        question.told("too_few_options", "1")
    if len(item.options) > 8:
        question.told("too_many_options", str(len(item.options)))
    texts = [_comparable(option.content) for option in item.options if option.content]
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        question.told("options_repeated", "; ".join(twice))


def _comparable(value: Content) -> str:
    pieces = []
    for inline in inlines(value):
        match inline:
            case Formula():
                pieces.append(f"${inline.latex}$")
            case Picture():
                pieces.append(inline.sha256)
            case Text():
                pieces.append(f"{inline.text}{','.join(m for m in inline.marks if m in {'sub', 'sup', 'underline'})}")
            case _:
                pieces.append("")
    return " ".join("".join(pieces).split()).rstrip(".")
