"""What a log may say of a fault."""

from __future__ import annotations

from exam_engine.errors import RecordBroken, places

NAME = "Trần Thị Bịa"


def broken(text):
    raise ValueError(text)


def test_a_fault_is_told_by_kind_and_place_without_its_words():
    try:
        broken(NAME)
    except ValueError as error:
        told = places(error)
    assert told.startswith("ValueError at test_errors.py:")
    assert "broken < test_errors.py:" in told
    assert NAME not in told


def test_an_error_of_ours_is_told_by_its_code():
    assert places(RecordBroken("fork", NAME)) == "record_broken at "
