"""What the command line says of errors, in Vietnamese or English (docs/adr/0021).

An error is raised with an English sentence and, apart from it, the values in it: a path, a row, a number. Each package keeps
one table of Vietnamese sentences and one table by stable code; the language is chosen here and nowhere else.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar, NamedTuple, TypeVar

from khaothi import library_sentences

PLACE = re.compile(r"\{[^{}]*\}")


def vietnamese(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to speak Vietnamese: `KHAOTHI_LANGUAGE`, else the language of the session (POSIX.1-2017 section 8.2)."""
    if (asked := _ASKED.get()) is not None:
        return asked
    chosen = (environment.get(name, "") for name in ("KHAOTHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((language for language in chosen if language), "").lower().startswith("vi")


_ASKED: ContextVar[bool | None] = ContextVar("_ASKED", default=None)


@contextmanager
def speaking(*, in_vietnamese: bool) -> Iterator[None]:
    """Speak one language inside, whatever the session's: for documents that carry both side by side."""
    token = _ASKED.set(in_vietnamese)
    try:
        yield
    finally:
        _ASKED.reset(token)


class Words(NamedTuple):
    """What a code stands for, and what to do about it; `{name}` is filled in."""

    vi: str
    en: str
    advice_vi: str = ""
    advice_en: str = ""


class Said(NamedTuple):
    """What is told of one error, in the language chosen."""

    code: str
    message: str
    advice: str


class Terms(tuple[str, ...]):
    """English words as one value of a sentence; each has its own Vietnamese among the sentences."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Worded(Exception):
    """An error whose words can be told in another language.

    Args:
        sentence: English, with `{name}` for each value; "" leaves the words to the code.
        advice: as `sentence`: what to do, where this one place knows better than the code.
        values: what stands in both. An error or `Terms` among them are told in the same language.
    """

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str = "", advice: str = "", /, **values: object) -> None:
        super().__init__(filled(sentence, values))
        self.sentence, self.advice, self.values = sentence, advice, values


Kept = TypeVar("Kept", bound=Exception)


def without_frames(error: Kept) -> Kept:
    """An error without the frames that it came through: kept for a report, they would hold whole files in memory."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    return error


def filled(template: str, values: Mapping[str, object]) -> str:
    """A template with its values in place; without values it is a plain text, braces and all."""
    return template.format_map(values) if values else template


class Wording:
    """The words of one package, and of those below it.

    Args:
        codes: words by stable code.
        sentences: Vietnamese by English sentence, both with the same `{name}`s.
        below: the words of packages that this one imports.
    """

    def __init__(self, codes: Mapping[str, Words], sentences: Mapping[str, str], *below: Wording) -> None:
        self.codes: dict[str, Words] = {}
        self.sentences: dict[str, str] = {}
        for wording in below:
            self.codes |= wording.codes
            self.sentences |= wording.sentences
        self.codes |= codes
        self.sentences |= sentences

    def of_code(self, code: str, /, **values: object) -> Said:
        """What is told where a command itself refuses."""
        words = self.codes[code]
        if vietnamese():
            return Said(code, filled(words.vi, values), filled(words.advice_vi, values))
        return Said(code, filled(words.en, values), filled(words.advice_en, values))

    def of_error(self, error: Exception, code: str) -> Said:
        """What is told of an error: its own sentence, else that of the code."""
        words = self.codes.get(code)
        template, values = self._words_of(error, code)
        if isinstance(error, Worded) and error.advice:
            advice = self._in_language(error.advice)
        else:
            advice = "" if words is None else words.advice_vi if vietnamese() else words.advice_en
        return Said(code, self._filled(finished(template), values), self._filled(advice, values))

    def sentence(self, error: Exception) -> str:
        """The error as a part of another sentence."""
        template, values = self._words_of(error, str(getattr(error, "code", "")))
        return self._filled(template, values)

    def line(self, sentence: str, /, **values: object) -> str:
        """A line of a command's output; in Vietnamese by its English sentence."""
        return self._filled(self._in_language(sentence), values)

    def value(self, value: object) -> str:
        """One value as it stands in a sentence."""
        return str(self._value(value))

    def _words_of(self, error: Exception, code: str) -> tuple[str, Mapping[str, object]]:
        words = self.codes.get(code)
        if isinstance(error, OSError):
            return _machine_words(error)
        if not isinstance(error, Worded):
            return library_sentences.in_vietnamese(str(error)) if vietnamese() else str(error), {}
        if error.sentence in {"", code}:
            general = error.sentence if words is None else words.vi if vietnamese() else words.en
            return general.removesuffix("."), error.values
        if vietnamese() and words is not None and has_words(error.sentence) and error.sentence not in self.sentences:
            # What is said is better understood than left out, even where it is not in this language.
            return words.vi.removesuffix(".") + " ({english})", {"english": error}
        return self._in_language(error.sentence), error.values

    def _in_language(self, sentence: str) -> str:
        return self.sentences.get(sentence, sentence) if vietnamese() else sentence

    def _filled(self, template: str, values: Mapping[str, object]) -> str:
        return filled(template, {name: v if name == "english" else self._value(v) for name, v in values.items()})

    def _value(self, value: object) -> object:
        if isinstance(value, Terms):
            return Terms(map(self._in_language, value))
        return self.sentence(value) if isinstance(value, Exception) else value


def finished(sentence: str) -> str:
    """A sentence on a line of its own: a capital, unless it begins with a name or an option, and a full stop."""
    ended = sentence if sentence.endswith((".", "!", "?", "/", "…")) or not sentence else f"{sentence}."
    return ended[:1].upper() + ended[1:]


def has_words(template: str) -> bool:
    """Whether there is anything to translate: `{file}: {problem}` alone passes another error on."""
    return any(sign.isalpha() for sign in PLACE.sub("", template))


# -- what the machine refuses

MACHINE = {
    errno.ENOENT: Words("không có tệp hay thư mục này", "no such file or folder"),
    errno.EACCES: Words("không có quyền truy cập", "no permission"),
    errno.EPERM: Words("hệ điều hành không cho phép", "the operating system does not allow it"),
    errno.EROFS: Words("ổ đĩa chỉ cho đọc", "the disk is read-only"),
    errno.ENOSPC: Words("đĩa đã đầy", "the disk is full"),
    errno.EDQUOT: Words("đã hết hạn mức đĩa", "the disk quota is used up"),
    errno.EIO: Words("lỗi đọc ghi đĩa", "the disk cannot be read or written"),
    errno.EISDIR: Words("đây là thư mục, không phải tệp", "this is a folder, not a file"),
    errno.ENOTDIR: Words("đây là tệp, không phải thư mục", "this is a file, not a folder"),
    errno.EEXIST: Words("đã có sẵn", "it exists already"),
    errno.ENAMETOOLONG: Words("tên quá dài", "the name is too long"),
    errno.EMFILE: Words("mở quá nhiều tệp cùng lúc", "too many files are open"),
    errno.EADDRINUSE: Words("cổng này đang có chương trình khác dùng", "another program uses this port"),
    errno.EADDRNOTAVAIL: Words("máy này không có địa chỉ đó", "this PC does not have that address"),
    errno.ECONNREFUSED: Words("máy đích từ chối kết nối", "the other side refuses the connection"),
    errno.EHOSTUNREACH: Words("không tới được máy đích", "the other PC cannot be reached"),
    errno.ENETUNREACH: Words("không có mạng", "there is no network"),
    errno.ETIMEDOUT: Words("quá thời gian chờ", "it took too long"),
}


def of_the_machine(error: OSError) -> str:
    """A refusal of disk, permission or network, with the file that it is about."""
    return filled(*_machine_words(error))


def _machine_words(error: OSError) -> tuple[str, Mapping[str, object]]:
    known = MACHINE.get(error.errno or 0)
    reason = (error.strerror or str(error)) if known is None else known.vi if vietnamese() else known.en
    return ("{file}: {reason}", {"file": error.filename, "reason": reason}) if error.filename else (reason, {})
