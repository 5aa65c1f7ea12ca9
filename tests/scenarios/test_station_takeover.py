"""An attempt goes on at another PC with the node out of reach, and what may go wrong with that."""

from __future__ import annotations

import itertools
import os

import pytest

from exam_engine import events as e
from exam_engine import takeover
from exam_engine.attempt import Phase
from exam_engine.plan import Seat
from hardware_mocks.lone_station import ATTEMPT, EXAM, MINUTE, SEAT, LoneStation, prove_both, provision_for
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.journey import inputs, intents

FREE = Seat("TS", "03", 24)
THIRD = Seat("TS", "03", 23)
OFFICIALS = ("Lê Thị Hạnh", "Phạm Văn Đức")
ROOM = takeover.room_name(EXAM.id, SEAT)


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


@pytest.fixture(scope="module")
def halves():
    return takeover.create(OFFICIALS, ROOM, os.urandom)


class Two:
    """The PC at which somebody sits, free ones in the same room, and one stick that is carried between them."""

    def __init__(self, folder, form, recovery):
        self.folder, self.form, self.recovery, self.made = folder, form, recovery, []
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.old = self.pc("TS-03-17", SEAT)
        self.old.begin()

    def pc(self, name, seat):
        clock = self.made[0].clock if self.made else None
        plan = provision_for(seat=seat, recovery=self.recovery)
        made = LoneStation(self.folder / name, self.form, plan, clock, name=name, mirror=self.stick)
        self.made.append(made)
        return made

    def free(self, name="TS-03-24", seat=FREE, *, knows_time=True):
        made = self.pc(name, seat)
        made.exchange()
        if not knows_time:
            made.clock.reboot(1000)
            made.restart()
        made.node.cut = True
        return made

    def cut(self):
        for pc in self.made:
            pc.node.cut = True
            pc.exchange()


@pytest.fixture
def two(tmp_path, form, halves):
    made = Two(tmp_path, form, halves[0])
    yield made
    for pc in made.made:
        pc.journal.close()


def page(pc, codes, station="TS-03-17"):
    """F12 on the free PC, the old one chosen, both slips typed."""
    pc.do(intents.OpenAtSeat())
    pc.do(intents.ChooseMirror(station), *(intents.GiveHalf(code) for code in codes))
    return pc.station.view


def seat_down(pc):
    """The candidate checks in at the new PC; two officials know them by their papers."""
    pc.do(intents.NoCard(), *prove_both())
    return pc.do(intents.DecideAtSeat("admit", "đã đối chiếu giấy tờ"))


def go_on(pc):
    seat_down(pc)
    pc.tick()
    return pc.do(intents.ContinueAttempt())


def test_the_attempt_goes_on_at_another_pc_without_the_node(two, halves):
    two.old.do(intents.Respond("I.1", "A"), intents.GoTo("I.2"), intents.Respond("I.2", "B"))
    two.cut()
    two.old.do(intents.GoTo("I.3"), intents.Respond("I.3", "C"))
    new = two.free()
    new.clock.advance(3 * MINUTE)
    view = page(new, halves[1].values())
    assert (view.SCREEN, view.given, view.error) == ("S24b", tuple(sorted(OFFICIALS)), "")
    view = new.do(intents.TakeOver(give_back=False))
    assert (view.SCREEN, view.moving, view.frame.sbd) == ("S01", True, "30004527")
    view = seat_down(new)
    assert (view.SCREEN, view.answered) == ("S24", 3)
    new.tick()
    view = new.do(intents.ContinueAttempt())
    assert (view.SCREEN, view.remaining) == ("S12", 42 * MINUTE)
    new.do(intents.GoTo("I.4"))
    assert new.do(intents.Respond("I.4", "D")).save in {"saved_here", "waiting"}
    assert new.station.journey.attempt.responses == {"I.1": "A", "I.2": "B", "I.3": "C", "I.4": "D"}
    first, second = (entry.event for entry in new.events(2)[:2])
    assert isinstance(first, e.TakenOver)
    takeover.verify(ATTEMPT, first, two.recovery)
    assert (second.gap_at_least, second.uncertain) == (3 * MINUTE, False)


def test_lost_time_is_given_back_in_the_names_of_the_two_who_hold_the_halves(two, halves):
    two.cut()
    new = two.free()
    new.clock.advance(4 * MINUTE)
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=True))
    assert go_on(new).remaining == 45 * MINUTE
    given = next(entry.event for entry in new.events(2) if isinstance(entry.event, e.TimeExtended))
    assert (given.milliseconds, given.by) == (4 * MINUTE, tuple(sorted(OFFICIALS)))


def test_a_paused_clock_runs_on_from_the_takeover(two, halves):
    from exam_engine import exchange as x

    two.old.node.tell(x.Pause("mất điện"))
    two.old.exchange()
    two.cut()
    new = two.free()
    new.clock.advance(6 * MINUTE)
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=False))
    assert go_on(new).remaining == 45 * MINUTE


def test_a_pc_that_does_not_know_the_time_goes_on_from_the_last_beat_and_says_so(two, halves):
    two.old.pass_time(10 * MINUTE, step=5_000)
    two.cut()
    new = two.free(knows_time=False)
    assert new.station.clock is None
    new.clock.advance(2 * MINUTE)
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=True))
    assert go_on(new).remaining == 35 * MINUTE
    assert new.station.journey.attempt.uncertain_time


def test_the_new_pc_restarts_in_the_middle(two, halves):
    two.old.do(intents.Respond("I.1", "A"))
    two.cut()
    new = two.free()
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=False))
    new.restart()
    assert (new.station.view.SCREEN, new.station.view.moving) == ("S01", True)
    new.do(intents.NoCard())
    new.restart()
    assert new.station.view.SCREEN == "S09", "who was not let in yet is not let in by a restart"
    new.do(*prove_both())
    new.do(intents.DecideAtSeat("admit", "đã đối chiếu"))
    new.tick()
    new.do(intents.ContinueAttempt(), intents.GoTo("I.2"), intents.Respond("I.2", "C"))
    new.restart()
    new.tick()
    view = new.do(intents.ContinueAttempt())
    assert view.SCREEN == "S12"
    assert new.station.journey.attempt.responses == {"I.1": "A", "I.2": "C"}


def test_a_card_taken_away_too_early_does_not_lose_the_moved_attempt(two, halves):
    two.cut()
    new = two.free()
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=False))
    new.do(inputs.CardSensed(), inputs.CardGone())
    assert (new.station.view.SCREEN, new.station.view.moving) == ("S01", True)


def test_it_goes_on_at_a_third_pc_when_the_second_dies_too(two, halves):
    two.old.do(intents.Respond("I.1", "A"))
    two.cut()
    second = two.free()
    page(second, halves[1].values())
    second.do(intents.TakeOver(give_back=False))
    go_on(second)
    second.do(intents.GoTo("I.2"), intents.Respond("I.2", "B"))
    third = two.free("TS-03-23", THIRD)
    page(third, halves[1].values(), "TS-03-24")
    third.do(intents.TakeOver(give_back=False))
    go_on(third)
    assert third.station.journey.attempt.responses == {"I.1": "A", "I.2": "B"}
    assert third.station.journey.attempt.epoch == 3
    assert [batch.epoch for batch in third.station.takeovers.relays()][-1] == 2


# -- the mirror


def test_a_stick_pulled_out_never_stops_an_answer_and_is_written_anew_when_it_is_back(two, halves):
    two.old.do(intents.Respond("I.1", "A"))
    away = two.folder / "pocket"
    two.stick.rename(away)
    assert two.old.do(intents.GoTo("I.2"), intents.Respond("I.2", "B")).save == "saved_here"
    assert two.old.station.mirroring.state == "failing"
    away.rename(two.stick)
    two.old.do(intents.GoTo("I.3"), intents.Respond("I.3", "C"))
    assert two.old.station.mirroring.state == "ok"
    two.cut()
    new = two.free()
    page(new, halves[1].values())
    new.do(intents.TakeOver(give_back=False))
    assert seat_down(new).answered == 3


def test_a_restart_leaves_one_mirror_of_a_pc(two):
    two.old.restart()
    two.old.tick()
    assert len([path for path in two.stick.iterdir() if path.name.startswith("TS-03-17")]) == 1


def test_nothing_of_the_candidate_stands_readable_on_the_stick(two):
    two.old.do(intents.Respond("I.1", "A"))
    raw = b"".join(path.read_bytes() for path in two.stick.iterdir())
    for word in (b"30004527", "Ẩn".encode(), b"answered", b"042308123456"):
        assert word not in raw


# -- hostile


def mirror(two):
    return next(path for path in two.stick.iterdir() if path.name.startswith("TS-03-17"))


def refused(two, halves, codes=None):
    new = two.free()
    page(new, halves[1].values() if codes is None else codes)
    return new.do(intents.TakeOver(give_back=False))


def frames(raw):
    start = raw.index(b"\n", raw.index(b"\n") + 1) + 1
    found, at = [], start
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4])
        found.append((at, at + 4 + length))
        at += 4 + length
    return found


def test_an_altered_mirror_is_refused(two, halves):
    for item in ("I.1", "I.2", "I.3"):
        two.old.do(intents.GoTo(item), intents.Respond(item, "A"))
    two.cut()
    path = mirror(two)
    raw = bytearray(path.read_bytes())
    begin, end = frames(bytes(raw))[-2]
    raw[(begin + end) // 2] ^= 1
    path.write_bytes(raw)
    view = refused(two, halves)
    assert (view.SCREEN, view.error) == ("S24b", "altered")


def test_frames_in_another_order_are_refused(two, halves):
    for item in ("I.1", "I.2", "I.3"):
        two.old.do(intents.GoTo(item), intents.Respond(item, "A"))
    two.cut()
    path = mirror(two)
    raw = path.read_bytes()
    (a, b), (c, d) = frames(raw)[-3:-1]
    path.write_bytes(raw[:a] + raw[c:d] + raw[a:b] + raw[d:])
    assert refused(two, halves).error == "altered"


def test_every_prefix_of_a_mirror_is_a_torn_end_and_never_a_wrong_answer(two, halves):
    two.old.do(intents.Respond("I.1", "A"), intents.Respond("I.1", "B"))
    two.cut()
    raw = mirror(two).read_bytes()
    ends = frames(raw)
    from station import mirror_file

    key = takeover.room_key((takeover.parse_half_code(code) for code in halves[1].values()), ROOM)
    node = two.old.node.signing.public_key().public_bytes_raw()
    whole = mirror_file.read(raw, node, key)[1]
    for cut in (*range(ends[0][0], len(raw), 997), *(end - 1 for _, end in ends), len(raw) - 1):
        _, parts = mirror_file.read(raw[:cut], node, key)
        assert parts == whole[: len(parts)]
    garbage = raw + os.urandom(300)
    assert mirror_file.read(garbage, node, key)[1] == whole


def test_a_mirror_that_another_pc_made_up_is_not_seen(two, halves, form):
    """A PC that the node never enrolled writes a mirror in this station's name, sealed to the room as anybody can."""
    two.cut()
    mirror(two).unlink()
    forger = LoneStation(two.folder / "forger", form, provision_for(recovery=two.recovery), two.old.clock, name="forger", mirror=two.stick)  # fmt: skip
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    forger.node.signing = Ed25519PrivateKey.generate()
    forger.station = forger._compose()
    forger.station.journey.station = "TS-03-17"
    forger.begin()
    assert list(two.stick.iterdir())
    new = two.free()
    assert new.do(intents.OpenAtSeat()).mirrors == ()
    forger.journal.close()


def test_a_half_of_another_room_is_named(two, halves):
    other = takeover.create(OFFICIALS, "K/TS/04", os.urandom)[1]
    new = two.free()
    view = page(new, [next(iter(other.values()))])
    assert (view.given, view.error) == ((), "half_of_another_room")


def test_one_half_twice_is_one_half(two, halves):
    code = next(iter(halves[1].values()))
    view = refused(two, halves, [code, code.lower().replace("-", " ")])
    assert (view.SCREEN, len(view.given)) == ("S24b", 1)


@pytest.mark.parametrize("wrong", ["", "ABCD", "ZZZZ-" * 7, "0000-0000-0000-0000-0000-0000-0001", "é" * 28])
def test_a_mistyped_half_says_so(two, wrong):
    new = two.free()
    new.do(intents.OpenAtSeat())
    assert new.do(intents.GiveHalf(wrong)).error == "half_mistyped"


def test_the_mirror_of_another_room_is_not_offered(two, halves, tmp_path, form):
    two.cut()
    elsewhere = provision_for(seat=Seat("TS", "04", 2), candidates=(), recovery=takeover.create(OFFICIALS, "K/TS/04", os.urandom)[0])  # fmt: skip
    other = LoneStation(tmp_path / "other", form, elsewhere, two.old.clock, name="TS-04-02", mirror=two.stick)
    other.exchange()
    assert other.do(intents.OpenAtSeat()).mirrors == ()
    other.journal.close()


def test_the_halves_are_forgotten_when_the_page_locks(two, halves):
    new = two.free()
    page(new, halves[1].values())
    new.pass_time(3 * MINUTE, step=5_000)
    assert new.station.view.SCREEN == "S01"
    assert new.station.journey.page.halves == {}


def test_a_pc_with_a_candidate_of_its_own_takes_nobody_over(two, halves):
    view = page(two.old, [])
    assert view.SCREEN == "S12"
    new = two.pc("TS-03-17b", SEAT)
    new.exchange()
    page(new, halves[1].values())
    view = new.do(intents.TakeOver(give_back=False))
    assert (view.SCREEN, view.error) == ("S24b", "seat_not_free")


def test_before_the_paper_is_open_there_is_nothing_to_take_over(tmp_path, form, halves):
    two = Two.__new__(Two)
    two.folder, two.form, two.recovery, two.made, two.stick = tmp_path, form, halves[0], [], tmp_path / "stick"
    two.stick.mkdir()
    two.old = two.pc("TS-03-17", SEAT)
    two.old.admit()
    two.cut()
    assert refused(two, halves).error == "nothing"
    for pc in two.made:
        pc.journal.close()


def test_taken_twice_gives_two_records_that_both_name_who_ordered_them(two, halves):
    two.cut()
    heirs = [two.free("TS-03-24", FREE), two.free("TS-03-23", THIRD)]
    for pc in heirs:
        page(pc, halves[1].values())
        pc.do(intents.TakeOver(give_back=False))
        assert go_on(pc).SCREEN == "S12"
    for one, other in itertools.permutations(heirs):
        first = one.events(2)[0].event
        assert first.to_station == one.name != other.name
        takeover.verify(ATTEMPT, first, two.recovery)
    assert heirs[0].station.journey.attempt.phase is Phase.WORKING
