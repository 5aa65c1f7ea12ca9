"""The inspection against an emulated chip that shares no code with it."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime

import pytest

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.issuing_state import CardHolder, IssuingState, stranger_key
from reader import inspection
from reader.access_key import Can, MrzKey
from reader.errors import AccessNotSupported, CardRemoved, LimitExceeded, OtherCard, WrongKey
from reader.evidence import Result, chip_verdict, data_verdict
from reader.file_system import Limits
from reader.trust import TrustStore

HOLDER = CardHolder("042308123456", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "2033-03-15")
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
CAN = Can.from_card_number(HOLDER.personal_number)
MRZ = MrzKey.from_roster(HOLDER.personal_number, HOLDER.birth_date, HOLDER.expiry_date)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def state():
    return IssuingState(NOW)


@pytest.fixture(scope="module")
def card(state):
    return state.issue(HOLDER, JPEG)


def inspect(chip, state, keys=(CAN,), wait=lambda: None, **options):
    return inspection.inspect(
        chip,
        keys,
        TrustStore.from_der([state.anchor_der()]),
        inspection.Options(date(2026, 11, 24), **options),
        random=os.urandom,
        clock=time.perf_counter,
        wait_for_card=wait,
    )


def verdicts(done):
    data = data_verdict(done.evidence.findings)
    return data, chip_verdict(done.evidence.findings, data)


@pytest.mark.parametrize(
    ("key", "access", "protocol"), [(CAN, "auto", "PACE"), (MRZ, "auto", "PACE"), (MRZ, "bac", "BAC")]
)
def test_a_good_card_is_authentic_and_genuine(card, state, key, access, protocol):
    done = inspect(Chip(card, os.urandom), state, (key,), access=access, read_details=True)
    assert verdicts(done) == ("authentic", "genuine")
    assert done.access.protocol == protocol
    assert done.portrait == JPEG
    assert done.evidence.holder.name == HOLDER.name
    assert done.evidence.holder.personal_number == HOLDER.personal_number


def test_a_chip_with_short_reads_only_is_read_all_the_same(card, state):
    done = inspect(Chip(card, os.urandom, extended=256), state)
    assert verdicts(done) == ("authentic", "genuine")


def test_a_wrong_can_is_a_wrong_key(card, state):
    with pytest.raises(WrongKey):
        inspect(Chip(card, os.urandom), state, (Can("000000"),))


def test_pace_is_never_silently_given_up_for_bac(card, state):
    with pytest.raises(WrongKey):
        inspect(Chip(card, os.urandom), state, (Can("000000"), MrzKey("X" * 24)))


def test_a_chip_without_pace_says_so_when_pace_is_wanted(card, state):
    from dataclasses import replace

    with pytest.raises(AccessNotSupported):
        inspect(Chip(replace(card, pace=False), os.urandom), state, (MRZ,), access="pace")


@pytest.mark.parametrize("group", ["DG1", "DG2", "DG15"])
def test_one_altered_bit_names_its_data_group(card, state, group):
    offset = -5 if group == "DG15" else -100 if group == "DG2" else -3
    done = inspect(Chip(card.with_altered_byte(group, offset), os.urandom), state)
    finding = done.evidence.finding(f"passive_authentication.hash.{group}")
    assert (finding.result, finding.code) == (Result.FAILED, "data_group_altered")
    assert verdicts(done)[0] == "not_authentic"


def test_the_portrait_of_an_altered_group_is_not_given_out(card, state):
    assert inspect(Chip(card.with_altered_byte("DG2"), os.urandom), state).portrait is None


def test_an_unknown_state_is_inconclusive_and_no_forgery(card):
    done = inspect(Chip(card, os.urandom), IssuingState(NOW, organisation="Somebody else"))
    finding = done.evidence.finding("passive_authentication.chain")
    assert (finding.result, finding.code) == (Result.INCONCLUSIVE, "no_trust_anchor")
    assert verdicts(done) == ("inconclusive", "inconclusive")


def test_an_impostor_of_the_same_name_is_not_the_anchor(card):
    done = inspect(Chip(card, os.urandom), IssuingState(NOW))
    assert done.evidence.finding("passive_authentication.chain").result is Result.INCONCLUSIVE


def test_a_clone_cannot_sign_our_challenge(card, state):
    done = inspect(Chip(card.without_private_key(stranger_key()), os.urandom), state)
    assert verdicts(done) == ("authentic", "not_genuine")


def test_a_key_that_is_signed_and_not_given_is_a_failure(card, state):
    from dataclasses import replace

    files = {number: content for number, content in card.files.items() if number != 0x010F}
    done = inspect(Chip(replace(card, files=files), os.urandom), state)
    assert done.evidence.finding("consistency.promised_keys").result is Result.FAILED
    assert verdicts(done)[1] == "not_genuine"


def test_a_country_that_is_not_the_signers_fails(state):
    stranger = IssuingState(NOW, state="VNM")
    done = inspect(Chip(stranger.issue(HOLDER, None), os.urandom), stranger)
    assert done.evidence.finding("passive_authentication.country").result is Result.FAILED


def test_without_consent_to_the_portrait_dg2_is_not_read(card, state):
    done = inspect(Chip(card, os.urandom), state, read_portrait=False)
    assert {file.name for file in done.files} == {"EF_COM", "EF_SOD", "DG1", "DG14", "DG15"}


def test_a_hostile_length_is_stopped_by_a_named_limit(card, state):
    from dataclasses import replace

    huge = b"\x75\x83\x0f\xff\xff" + bytes(100)
    hostile = replace(card, files={**card.files, 0x0102: huge})
    with pytest.raises(LimitExceeded):
        inspect(Chip(hostile, os.urandom), state, limits=Limits(largest_file=64 * 1024))


class Tearing:
    """A chip that leaves the field at one command."""

    def __init__(self, chip, at):
        self.chip, self.left = chip, at

    def transmit(self, apdu):
        self.left -= 1
        if self.left == 0:
            self.chip.reset()
            raise CardRemoved("gone")
        return self.chip.transmit(apdu)


@pytest.mark.parametrize("at", [1, 3, 9, 12, 14, 16, 19])
def test_a_card_pulled_out_and_put_back_is_read_on(card, state, at):
    chip = Chip(card, os.urandom)
    done = inspect(Tearing(chip, at), state, wait=lambda: chip)
    assert done.resumed == 1
    assert verdicts(done) == ("authentic", "genuine")


def test_a_card_that_stays_away_ends_the_reading(card, state):
    with pytest.raises(CardRemoved):
        inspect(Tearing(Chip(card, os.urandom), 14), state, wait=lambda: None)


def test_another_card_put_back_is_noticed(card, state):
    other = state.issue(CardHolder("042308123456", "Lê Văn Khác", "2008-03-15", "M", "2033-03-15"), JPEG)
    with pytest.raises(OtherCard):
        inspect(Tearing(Chip(card, os.urandom), 20), state, wait=lambda: Chip(other, os.urandom))


def test_the_given_challenge_is_what_the_chip_signs(card, state):
    done = inspect(Chip(card, os.urandom), state, challenge=lambda _: b"12345678")
    assert done.evidence.files.active_authentication_nonce == b"12345678"
