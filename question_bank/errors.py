"""Errors of the question bank. Each leaf has a stable `code`."""

from __future__ import annotations

from typing import ClassVar

from khaothi.wording import Worded


class QuestionBankError(Worded):
    """Root of everything that this package raises on purpose."""

    code: ClassVar[str] = "question_bank_error"


class FormulaRefused(QuestionBankError):
    """A formula that cannot be drawn faithfully; the message quotes it."""

    code: ClassVar[str] = "formula_refused"


class SourceMalformed(QuestionBankError):
    """A form source that cannot be read; the message names item and place."""

    code: ClassVar[str] = "form_source_malformed"


class FormMalformed(QuestionBankError):
    """Bytes that are no form, or not the form that was announced."""

    code: ClassVar[str] = "form_malformed"


class SealBroken(QuestionBankError):
    """A sealed form that does not open: wrong key, or changed."""

    code: ClassVar[str] = "seal_broken"


class OfficersUnusable(QuestionBankError):
    """Not the public files of three different officers."""

    code: ClassVar[str] = "officers_unusable"


class OrderInvalid(QuestionBankError):
    """A start order without two valid signatures of different officers, or for something else."""

    code: ClassVar[str] = "release_order_invalid"


class ShareMistyped(QuestionBankError):
    """A half-code whose checksum does not hold."""

    code: ClassVar[str] = "half_code_mistyped"


class EngineMissing(QuestionBankError):
    """The formula bundle has not been built; scripts/bootstrap does."""

    code: ClassVar[str] = "formula_engine_missing"


class ReviewRefused(QuestionBankError):
    """A step of review that is not allowed: no such transition, or no second person."""

    code: ClassVar[str] = "review_refused"


class BankUnavailable(QuestionBankError):
    """The bank's database cannot be opened, read or written."""

    code: ClassVar[str] = "bank_unavailable"


class ItemUnknown(QuestionBankError):
    """No such item or version in the bank."""

    code: ClassVar[str] = "item_unknown"


class RowRefused(QuestionBankError):
    """A row of a table that holds no question."""

    code: ClassVar[str] = "row_refused"


class FormulaUnreadable(QuestionBankError):
    """A formula in a foreign format that cannot be read; its source picture is kept."""

    code: ClassVar[str] = "formula_unreadable"


class FileRefused(QuestionBankError):
    """A file that is not imported at all; the message names the place."""

    code: ClassVar[str] = "import_refused"


class FileDamaged(FileRefused):
    """Not what it says it is, or cut off."""

    code: ClassVar[str] = "import_file_damaged"


class FileHostile(FileRefused):
    """Made to do harm, or beyond the limits: a zip bomb, XML entities, names that leave the package."""

    code: ClassVar[str] = "import_file_hostile"


class FormatUnknown(FileRefused):
    """Nothing that is known, or a format that takes another step first (.doc, .pdf)."""

    code: ClassVar[str] = "import_format_unknown"


class CodesUnfit(QuestionBankError):
    """Names of form codes that cannot be given as asked."""

    code: ClassVar[str] = "codes_unfit"


class BlueprintMalformed(QuestionBankError):
    """A blueprint that cannot be read or does not add up; the message names the place."""

    code: ClassVar[str] = "blueprint_malformed"


class BlueprintInfeasible(QuestionBankError):
    """The bank cannot fill the blueprint; the message says in words which cell lacks how many items."""

    code: ClassVar[str] = "blueprint_infeasible"


class ItemUnfit(QuestionBankError):
    """An item that cannot stand in a form: no usable key, or content that cannot be set faithfully.

    `reason` is a stable code for pages that say it in their own words, `value` what it is about.
    """

    code: ClassVar[str] = "item_unfit"

    def __init__(self, sentence: str, page_code: str, value: str = "", /, **values: object) -> None:
        super().__init__(sentence, **values)
        self.reason, self.value = page_code, value


class MarkupMalformed(QuestionBankError):
    """Text of the editor that cannot be read; the message names the line."""

    code: ClassVar[str] = "markup_malformed"


class DocumentFailed(QuestionBankError):
    """A Word file or PDF that cannot be made."""

    code: ClassVar[str] = "bank_document_failed"
