"""What a chip and a reader take, learned, kept and used again."""

from __future__ import annotations

import json

import pytest

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.recipes import NARROW, VIETNAM
from reader.access_key import Can
from reader.adapters.capability_store import FILE, CapabilityStore
from reader.capabilities import Capabilities
from reader.inspection import Options, inspect

from .conftest import NOW, Counted, Direct
from .test_fault_table import card_of, store_of

ATR = bytes.fromhex("3B888001E1F35E11738100F0")


@pytest.fixture
def memory(tmp_path) -> CapabilityStore:
    return CapabilityStore(tmp_path, "Reader 1", ATR)


def read(recipe, memory):
    card = card_of(recipe)
    connection = Direct(Chip(card, Counted(7)))
    return inspect(
        connection, (Can(card.can),), store_of(recipe), Options(NOW.date()), random=Counted(), clock=lambda: 0.0, memory=memory
    )  # fmt: skip


def test_what_was_learned_is_not_learned_again(memory):
    first, second = read(NARROW, memory), read(NARROW, memory)
    assert second.apdus < first.apdus
    assert second.capabilities.chunk == 192
    assert memory.known() == second.capabilities


def test_another_reader_or_kind_of_card_starts_afresh(memory, tmp_path):
    read(NARROW, memory)
    assert CapabilityStore(tmp_path, "Reader 2", ATR).known() == Capabilities()
    assert CapabilityStore(tmp_path, "Reader 1", ATR + b"\x01").known() == Capabilities()


def test_a_chip_of_another_kind_under_the_same_atr_is_not_held_to_what_the_first_one_taught(memory):
    alone = read(VIETNAM, None)
    read(NARROW, memory)
    after = read(VIETNAM, memory)
    assert after.capabilities == alone.capabilities
    assert after.apdus <= alone.apdus + 4
    assert read(VIETNAM, memory).apdus <= alone.apdus


def test_a_short_reader_stays_short_whatever_chip_comes(tmp_path):
    memory = CapabilityStore(tmp_path, "Reader 1", ATR, largest_apdu=0)
    read(NARROW, memory)
    assert not read(VIETNAM, memory).capabilities.extended
    assert "reader_takes" not in (tmp_path / FILE).read_text()


def test_an_atr_that_any_chip_may_have_teaches_nothing(tmp_path):
    anonymous = CapabilityStore(tmp_path, "Reader 1", bytes.fromhex("3B80800101"))
    read(NARROW, anonymous)
    assert anonymous.known() == Capabilities()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"Reader 1": 5}', "\x00"])
def test_a_damaged_memory_is_as_good_as_none(memory, tmp_path, content):
    (tmp_path / FILE).write_text(content)
    assert memory.known() == Capabilities()
    read(VIETNAM, memory)
    assert json.loads((tmp_path / FILE).read_text())


def test_members_of_another_type_are_left_at_their_start():
    assert Capabilities.from_plain(
        {"chunk": "many", "extended": 1, "short_identifiers": False, "new": 3}
    ) == Capabilities(short_identifiers=False)


def test_a_disk_that_refuses_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    CapabilityStore(blocked, "Reader 1", ATR).remember(Capabilities(chunk=100))


def test_a_reader_that_takes_short_commands_only_is_never_asked_for_more(tmp_path):
    done = read(VIETNAM, CapabilityStore(tmp_path, "Reader 1", ATR, largest_apdu=0))
    assert not done.capabilities.extended
    assert done.apdus > 80


def test_the_buffer_sizes_of_the_chip_bound_the_chunk():
    known = Capabilities()
    known.learn_buffers(bytes.fromhex("7F660A0203000100") + bytes.fromhex("02030003E8"))
    assert (known.response, known.extended, known.reader_takes) == (1000, True, -1)
    known.learn_buffers(bytes.fromhex("7F66080202010002020100"))
    assert not known.extended


def test_capability_bytes_without_extended_length_are_believed():
    known = Capabilities()
    known.learn_buffers(bytes.fromhex("470380F180"))
    assert not known.extended


@pytest.mark.parametrize("raw", [b"", b"\x7f", b"\x7f\x66\x82\xff\xff", bytes(50), b"\x47\x01\x00"])
def test_an_ef_atr_info_of_any_content_is_harmless(raw):
    known = Capabilities()
    known.learn_buffers(raw)
    assert known == Capabilities()
