"""Why a table of responses cannot be analysed. Every message says what was found, every `advice` what to do."""

from __future__ import annotations

from typing import ClassVar

from proctor_node.errors import NodeError


class AnalysisError(NodeError):
    """Root of what item analysis refuses."""

    code: ClassVar[str] = "analysis_error"
    wrong_use: ClassVar[bool] = False


class TableUnreadable(AnalysisError):
    """The file is damaged, or not the kind of table its name says."""

    code: ClassVar[str] = "table_unreadable"


class TableEmpty(AnalysisError):
    """No rows, no items, or not one answer."""

    code: ClassVar[str] = "table_empty"


class KeyUnreadable(AnalysisError):
    """The key (or the table of maximum marks) cannot be understood."""

    code: ClassVar[str] = "key_unreadable"


class ItemsDoNotMatch(AnalysisError):
    """The key names items that the responses do not have (A501)."""

    code: ClassVar[str] = "items_do_not_match"


class KeyDoesNotFit(AnalysisError):
    """Not one answer in the table is right by this key: it names other options than the cells hold."""

    code: ClassVar[str] = "key_does_not_fit"


class KeyNeeded(AnalysisError):
    """Cells are letters, and nothing says which of them is right."""

    code: ClassVar[str] = "key_needed"


class MarkNotUsable(AnalysisError):
    """A cell that should be a mark is none, or lies outside zero and the maximum."""

    code: ClassVar[str] = "mark_not_usable"


class DuplicateIdentifier(AnalysisError):
    """Two rows carry the same identifier."""

    code: ClassVar[str] = "duplicate_identifier"


class DuplicateColumn(AnalysisError):
    """Two columns carry the same name."""

    code: ClassVar[str] = "duplicate_column"


class NoSuchColumn(AnalysisError):
    """A column named on the command line does not exist."""

    code: ClassVar[str] = "no_such_column"
    wrong_use: ClassVar[bool] = True


class GroupUnusable(AnalysisError):
    """The group column does not split the candidates in two."""

    code: ClassVar[str] = "group_unusable"


class ModelUnusable(AnalysisError):
    """The model asked for cannot be fitted to these responses at all."""

    code: ClassVar[str] = "model_unusable"


class TooManyPairs(AnalysisError):
    """More candidates than an all-pairs comparison can hold in memory."""

    code: ClassVar[str] = "too_many_pairs"
