"""The whole inspection against a chip in the same process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from hardware_mocks.chip.image import CARD_ACCESS, COM, GROUP, SOD, CardImage
from hardware_mocks.issuing_state import CardHolder, stranger_key
from reader.access_key import Can, MrzKey
from reader.errors import (
    AccessDenied,
    AccessNotSupported,
    CardRemoved,
    LimitExceeded,
    Malformed,
    NotAnIdentityCard,
    OtherCard,
    UnexpectedStatus,
    WrongKey,
)
from reader.evidence import Result, chip_verdict, data_verdict
from reader.inspection import Inspection, Options, Progress, inspect
from reader.trust import TrustStore

from .conftest import HOLDER, NOW, PORTRAIT, Counted, Direct, put_on

TODAY = NOW.date()
# What a hostile chip may end in; anything else would be a crash.
NAMED = (AccessDenied, Malformed, LimitExceeded, UnexpectedStatus, NotAnIdentityCard)


class Steps:
    """Steady seconds that go on by one at each look."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 1.0
        return self._now


@pytest.fixture(scope="module")
def trust(state) -> TrustStore:
    return TrustStore.from_der([state.anchor_der()])


def run(card: CardImage, trust: TrustStore, key=None, connection=None, options=None, **more) -> Inspection:
    options = options or Options(TODAY)
    keys = (key or Can(card.can),)
    return inspect(connection or put_on(card), keys, trust, options, random=Counted(3), clock=Steps(), **more)


def verdicts(done: Inspection) -> tuple[str, str]:
    data = data_verdict(done.evidence.findings)
    return data, chip_verdict(done.evidence.findings, data)


def test_a_true_card_opens_by_its_access_number_and_is_genuine(card, trust):
    done = run(card, trust)
    assert verdicts(done) == ("authentic", "genuine")
    assert (done.access.protocol, done.access.password, done.access.parameter_id) == ("PACE", "CAN", 13)
    assert done.portrait == PORTRAIT
    assert set(done.hashes_checked) == {"DG1", "DG2", "DG14", "DG15"}
    assert done.evidence.holder.personal_number == HOLDER.personal_number
    assert done.evidence.holder.birth_date == "1999-02-03"


def test_the_mrz_opens_it_by_pace_and_where_asked_by_bac(card, trust):
    key = MrzKey(card.mrz_information)
    assert run(card, trust, key).access.protocol == "PACE"
    done = run(card, trust, key, options=Options(TODAY, access="bac"))
    assert (done.access.protocol, done.access.cipher) == ("BAC", "3DES")
    assert verdicts(done) == ("authentic", "genuine")


def test_groups_named_one_by_one_are_told_of_though_the_card_has_none(card, trust):
    done = run(card, trust, options=Options(TODAY, groups=("DG1", "DG2", "DG7", "DG13", "DG16")))
    for group in ("DG7", "DG16"):
        found = done.evidence.finding(f"structure.{group}")
        assert (found.result, found.code) == (Result.NOT_SUPPORTED, "data_group_not_on_card")
    assert done.evidence.finding("structure.DG1").result is Result.PASSED
    assert verdicts(done) == ("authentic", "genuine")


def test_a_chip_without_pace_is_opened_by_bac(card, trust):
    done = run(replace(card, pace=False), trust, MrzKey(card.mrz_information))
    assert done.access.protocol == "BAC"


def test_a_chip_whose_signed_files_list_pace_that_it_does_not_offer_is_a_downgrade(card, trust):
    done = run(replace(card, pace=False), trust, MrzKey(card.mrz_information))
    assert done.evidence.finding("access.downgrade").code == "pace_withheld"
    assert run(card, trust).evidence.finding("access.downgrade").result is Result.PASSED
    asked = run(card, trust, MrzKey(card.mrz_information), options=Options(TODAY, access="bac"))
    assert asked.evidence.finding("access.downgrade").code == "bac_requested"


def test_a_wrong_access_number_leaves_the_chip_closed(card, trust):
    with pytest.raises(WrongKey):
        run(card, trust, Can("999999"))


def test_a_refused_key_is_never_tried_again_by_bac(card, trust):
    connection = put_on(card)
    with pytest.raises(WrongKey):
        run(card, trust, MrzKey(MrzKey.from_fields("123456789", "990203", "340203").information), connection)
    assert not any(command[1] in {0x84, 0x82} for command in connection.commands)


def test_an_access_number_does_not_open_a_chip_that_has_only_bac(card, trust):
    with pytest.raises(AccessDenied):
        run(replace(card, pace=False), trust)
    with pytest.raises(AccessNotSupported):
        run(replace(card, pace=False), trust, options=Options(TODAY, access="pace"))


def test_a_second_key_is_tried_after_the_first(card, trust):
    keys = (Can("999999"), Can(card.can))
    done = inspect(put_on(card), keys, trust, Options(TODAY), random=Counted(), clock=Steps())
    assert verdicts(done)[0] == "authentic"


def test_without_consent_the_portrait_is_never_selected(card, trust):
    done = run(card, trust, MrzKey(card.mrz_information), options=Options(TODAY, read_portrait=False))
    assert done.portrait is None
    assert "DG2" not in {file.name for file in done.files}
    assert done.evidence.files.dg2_sha256 == ""


def test_personal_details_are_read_only_when_asked_for(card, trust):
    assert "DG13" not in {file.name for file in run(card, trust).files}
    done = run(card, trust, options=Options(TODAY, read_details=True))
    assert done.evidence.holder.name == HOLDER.name
    assert done.evidence.finding("consistency.dg1_dg13").result is Result.PASSED


def test_details_of_another_person_are_found(state, trust, card):
    other = state.issue(CardHolder("001200054321", "Trần Văn Khác", "2000-01-01", "M", "2035-01-01"), PORTRAIT)
    mixed = replace(card, files={**card.files, GROUP["DG13"]: other.files[GROUP["DG13"]]})
    done = run(mixed, trust, options=Options(TODAY, read_details=True))
    assert done.evidence.finding("consistency.dg1_dg13").code == "dg13_differs"
    assert verdicts(done)[0] == "not_authentic"


def test_an_altered_portrait_is_not_handed_out(card, trust):
    done = run(card.with_altered_byte("DG2"), trust)
    assert done.portrait is None
    assert done.evidence.finding("passive_authentication.hash.DG2").code == "data_group_altered"


def test_a_clone_with_all_files_and_another_key_is_not_genuine(card, trust):
    done = run(card.without_private_key(stranger_key()), trust)
    assert verdicts(done) == ("authentic", "not_genuine")
    assert done.evidence.finding("active_authentication").code == "chip_signature_invalid"


def test_a_clone_that_refuses_to_sign_is_not_merely_unsupported(card, trust):
    done = run(replace(card, authentication_key=None), trust)
    assert verdicts(done)[1] == "not_genuine"


def test_a_key_group_that_was_signed_and_is_withheld_is_a_failure(card, trust):
    files = {number: content for number, content in card.files.items() if number != GROUP["DG15"]}
    done = run(replace(card, files=files), trust)
    assert done.evidence.finding("consistency.promised_keys").code == "promised_key_missing"
    assert verdicts(done)[1] == "not_genuine"


def test_a_list_of_groups_that_differs_from_the_signed_one_is_found(card, trust):
    com = card.files[COM].replace(b"\x61", b"\x6b")
    done = run(replace(card, files={**card.files, COM: com}), trust)
    assert done.evidence.finding("consistency.com_sod").code == "com_sod_differ"


def test_the_challenge_is_the_callers_and_its_proof_is_kept(card, trust):
    seen: list[bytes] = []

    def challenge(sod: bytes) -> bytes:
        seen.append(sod)
        return b"\x11" * 8

    kept = run(card, trust, options=Options(TODAY, challenge=challenge)).evidence.files
    assert seen == [card.files[SOD]]
    assert kept.active_authentication_nonce == b"\x11" * 8
    assert kept.active_authentication_signature


@pytest.mark.parametrize("tear_at", range(1, 31))
def test_a_card_torn_away_at_any_command_is_read_on_or_told(card, trust, tear_at):
    options = Options(TODAY, extended=False)
    connection = put_on(card, tear_at=tear_at)
    try:
        done = run(card, trust, connection=connection, options=options, wait_for_card=lambda: put_on(card))
    except CardRemoved:
        # Before the first file there is nothing to go on with: the caller starts anew.
        assert tear_at <= 10
        return
    assert verdicts(done) == ("authentic", "genuine")
    assert done.portrait == PORTRAIT
    assert done.resumed == 1


def test_reading_goes_on_at_the_byte_where_it_stopped(card, trust):
    second: list[Direct] = []

    def back() -> Direct:
        second.append(put_on(card))
        return second[0]

    whole = run(card, trust, options=Options(TODAY, extended=False))
    torn = put_on(card, tear_at=whole.apdus - 4)
    done = run(card, trust, connection=torn, options=Options(TODAY, extended=False), wait_for_card=back)
    assert done.resumed == 1
    assert second[0].count < whole.apdus // 2


def test_progress_never_goes_back_after_the_card_was_put_back(card, trust):
    seen: list[Progress] = []
    options = Options(TODAY, extended=False)
    run(card, trust, connection=put_on(card, tear_at=60), options=options, wait_for_card=lambda: put_on(card), on_progress=seen.append)  # fmt: skip
    portrait = [progress.done for progress in seen if progress.step == "portrait"]
    assert portrait == sorted(portrait)
    assert len(portrait) > 10


def test_another_card_put_back_is_refused(state, card, trust):
    other = state.issue(CardHolder("001200054321", "Trần Văn Khác", "2000-01-01", "M", "2035-01-01"), PORTRAIT)
    with pytest.raises(OtherCard):
        run(card, trust, connection=put_on(card, tear_at=25), options=Options(TODAY, extended=False), wait_for_card=lambda: put_on(other))  # fmt: skip


def test_a_second_card_of_the_same_person_put_back_is_refused(state, card, trust):
    twin = state.issue(HOLDER, PORTRAIT)
    with pytest.raises(OtherCard):
        run(card, trust, connection=put_on(card, tear_at=25), options=Options(TODAY, extended=False), wait_for_card=lambda: put_on(twin))  # fmt: skip


def test_a_card_that_does_not_come_back_ends_the_reading(card, trust):
    with pytest.raises(CardRemoved):
        run(card, trust, connection=put_on(card, tear_at=15))


def test_a_card_that_is_lost_again_and_again_is_given_up(card, trust):
    with pytest.raises(CardRemoved):
        run(card, trust, connection=put_on(card, tear_at=25), options=Options(TODAY, extended=False), wait_for_card=lambda: put_on(card, tear_at=20))  # fmt: skip


@pytest.mark.parametrize("extended", [256, 300, 1000, 2048])
def test_chips_of_any_length_of_read_give_the_same_bytes(card, trust, extended):
    done = run(card, trust, connection=put_on(card, extended=extended))
    assert verdicts(done) == ("authentic", "genuine")


def test_a_card_of_another_application_is_said_so(trust, card):
    class Bank:
        def transmit(self, _: bytes) -> bytes:
            return bytes.fromhex("6A82")

    with pytest.raises(NotAnIdentityCard):
        run(card, trust, MrzKey(card.mrz_information), connection=Bank())


@pytest.mark.parametrize("group", ["DG1", "DG2", "DG13", "DG14", "DG15"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\x61\x00", b"\x75\x84\x7f\xff\xff\xff", b"\x6e\x82\x00\x05" + b"\x30" * 5]
)
def test_hostile_contents_end_in_a_finding_or_a_named_error(card, trust, group, content):
    hostile = replace(card, files={**card.files, GROUP[group]: content})
    try:
        done = run(hostile, trust, options=Options(TODAY, read_details=True))
    except NAMED:
        return
    assert verdicts(done) != ("authentic", "genuine")


@pytest.mark.parametrize("content", [b"", b"\x31\x00", b"\x31\x03\x30\x01\x06", b"\xff" * 20])
def test_a_strange_ef_card_access_ends_in_bac_or_a_named_error(card, trust, content):
    hostile = replace(card, files={**card.files, CARD_ACCESS: content})
    try:
        done = run(hostile, trust, MrzKey(card.mrz_information))
    except NAMED:
        return
    assert done.access.protocol == "BAC"


def test_what_passed_the_wire_is_counted(card, trust):
    connection = put_on(card)
    done = run(card, trust, connection=connection)
    assert done.apdus == connection.count
    assert done.bytes_sent == sum(len(command) for command in connection.commands)
    assert done.bytes_received > sum(len(file.content) for file in done.files)
    assert all(seconds > 0 for seconds in done.seconds.values())


@dataclass
class Noisy:
    """A chip behind a line that spoils one answer."""

    inner: Direct
    at: int
    spoil: Callable[[bytes], bytes]

    def transmit(self, apdu: bytes) -> bytes:
        answer = self.inner.transmit(apdu)
        return self.spoil(answer) if self.inner.count == self.at else answer


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda answer: answer[: len(answer) // 2],
    "one bit": lambda answer: answer[:4] + bytes([answer[4] ^ 1]) + answer[5:],
    "naked status": lambda _: bytes.fromhex("6988"),
}


@pytest.mark.parametrize("spoil", SPOILED)
def test_an_answer_spoiled_in_the_middle_of_the_portrait_is_read_again(card, trust, spoil):
    connection = Noisy(put_on(card), 50, SPOILED[spoil])
    done = run(card, trust, connection=connection, options=Options(TODAY, extended=False))
    assert verdicts(done) == ("authentic", "genuine")
    assert done.resumed == 1
    assert done.portrait == PORTRAIT
