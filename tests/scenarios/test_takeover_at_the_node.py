"""After a takeover without the node, the product's own node hears of it: what it believes, what it keeps apart, who decides."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import profile as profiles
from exam_engine.attempt import Phase
from exam_engine.plan import Seat
from hardware_mocks.lone_station import ATTEMPT, EXAM, MINUTE, PEOPLE, ROW, START, HandClock, LoneStation, prove_both
from hardware_mocks.near_node import NearNode
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.errors import Refused
from proctor_node.node import Clocks, Node
from question_bank import form as forms
from question_bank import samples, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.journey import intents
from station.journey.paper import index_of

OFFICIALS = ("Lê Thị Hạnh", "Phạm Văn Đức")


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


class Room:
    """One room of a real node: PC 17 with its candidate, PCs 23 and 24 free, one stick."""

    def __init__(self, folder, form):
        self.folder, self.form, self.clock, self.pcs = folder, form, HandClock(), {}
        self.store, self.signing = SqlNodeStore(f"sqlite:///{folder / 'node.db'}"), Ed25519PrivateKey.generate()
        self.node = self._node()
        self.node.set_plan(EXAM, (ROW,), profiles.shipped(), ())
        for name, role in (("thanh", "invigilator"), ("hoa", "site_head")):
            self.node.add_account(name, role, f"mat khau cua {name}", "TS")
        for name, role, pin in PEOPLE:
            self.node.add_account(name, role, "mat khau dai", "TS")
            self.node.set_pin(name, pin)
        self.officers = tuple(sealed_form.Officer.create(name) for name in ("an", "binh", "chi"))
        public = tuple(officer.public for officer in self.officers)
        package = sealed_form.seal(forms.encode(form), form.code, form.subject, public, lambda n: bytes(range(n)))
        self.node.add_officers(public)
        self.digest = self.node.add_form(sealed_form.encode(package), samples.sample_key(), index_of(form))
        self.codes = self.node.make_room_key("TS", "03", OFFICIALS, "console")
        self.stick = folder / "stick"
        self.stick.mkdir()

    def _node(self):
        clocks = Clocks(lambda: self.clock.node, lambda: self.clock.node / 1000)
        return Node(self.store, self.signing, clocks, purpose="demonstration")

    def restart_node(self):
        self.node = self._node()
        for pc in self.pcs.values():
            pc.node.near = self.node

    def pc(self, number):
        seat = Seat("TS", "03", number)
        name = f"TS-03-{number}"
        made = LoneStation(
            self.folder / name, self.form, None, self.clock, name=name, mirror=self.stick,
            join=lambda *keys: NearNode(self.node, self.signing, self.clock, seat, keys),
        )  # fmt: skip
        self.pcs[number] = made
        made.exchange()
        return made

    def release(self):
        self.clock.advance(max(0, START - self.clock.node))
        package = sealed_form.decode(self.node.form_package(self.digest))
        for one, other in (self.officers[:2], self.officers[1::-1]):
            order = self.node.propose(self.digest, 0)
            self.node.sign_release(self.digest, one.name, one.sign(order), one.open_share(package, other.name))

    def begin(self):
        pc = self.pc(17)
        pc.do(intents.NoCard())
        pc.exchange()
        self.node.decide(ATTEMPT, ("thanh", "hoa"), "admit", "giấy tờ")
        pc.exchange()
        pc.do(intents.AcceptRules())
        pc.exchange()
        self.release()
        pc.exchange()
        pc.tick()
        assert pc.station.view.SCREEN == "S12"
        return pc

    def cut(self, *, cut=True):
        for pc in self.pcs.values():
            pc.node.cut = cut

    def talk(self, *numbers, times=3):
        for _ in range(times):
            for number in numbers:
                self.pcs[number].exchange()
                self.pcs[number].tick()

    def take(self, number, old="TS-03-17"):
        pc = self.pcs[number]
        pc.do(intents.OpenAtSeat(), intents.ChooseMirror(old), *(intents.GiveHalf(c) for c in self.codes.values()))
        view = pc.do(intents.TakeOver(give_back=False))
        assert view.SCREEN == "S01", view
        pc.do(intents.NoCard(), *prove_both())
        pc.do(intents.DecideAtSeat("admit", "giấy tờ"))
        pc.tick()
        pc.do(intents.ContinueAttempt())
        assert pc.station.view.SCREEN == "S12"
        return pc

    @property
    def attempt(self):
        return self.node.intake.attempt(ATTEMPT)


@pytest.fixture
def room(tmp_path, form):
    made = Room(tmp_path, form)
    yield made
    for pc in made.pcs.values():
        pc.journal.close()
    made.store.close()


def answer(pc, item, response):
    pc.do(intents.GoTo(item), intents.Respond(item, response))


def test_the_node_takes_the_takeover_and_what_the_dead_pc_never_sent(room):
    old, new = room.begin(), room.pc(24)
    answer(old, "I.1", "A")
    old.exchange()
    room.cut()
    answer(old, "I.2", "B")
    answer(old, "I.3", "C")
    room.clock.advance(2 * MINUTE)
    room.take(24)
    answer(new, "I.4", "D")
    new.node.cut = False
    room.talk(24)
    record = room.node.intake.records[ATTEMPT]
    assert room.attempt.responses == {"I.1": "A", "I.2": "B", "I.3": "C", "I.4": "D"}
    assert (room.attempt.epoch, room.attempt.station, record.oddities) == (2, "TS-03-24", [])
    assert record.epochs[1].station == "TS-03-17", "handed on, but in the name of who wrote it"
    assert new.station.view.save == "saved_centre"
    assert new.station.takeovers.relays() == ()
    assert new.journal.unsent(10) == []
    assert room.node.candidate_of(ATTEMPT).seat == 24
    assert room.node.store.attachments(ATTEMPT), "the evidence of the new check-in is there too"
    room.restart_node()
    assert room.attempt.responses == {"I.1": "A", "I.2": "B", "I.3": "C", "I.4": "D"}


def test_the_old_pc_locks_when_it_comes_back(room):
    old, _new = room.begin(), room.pc(24)
    room.cut()
    room.take(24)
    room.cut(cut=False)
    room.talk(24)
    room.talk(17)
    assert old.station.view.SCREEN == "S24a"
    new = room.pcs[24]
    new.restart()
    new.exchange()
    new.tick()
    assert new.station.view.SCREEN == "S23"


def test_both_go_on_and_both_are_kept_until_two_persons_decide(room):
    old, new = room.begin(), room.pc(24)
    answer(old, "I.1", "A")
    room.cut()
    room.take(24)
    answer(new, "I.2", "B")
    room.clock.advance(MINUTE)
    answer(old, "I.2", "C")
    answer(old, "I.3", "C")
    room.cut(cut=False)
    room.talk(24)
    room.talk(17)
    record = room.node.intake.records[ATTEMPT]
    assert "branch_after_takeover" in record.oddities
    assert room.attempt.responses == {"I.1": "A", "I.2": "B"}
    found = {branch.station: branch for branch in room.node.branches(ATTEMPT)}
    assert found["TS-03-17"].answered == 3
    assert (found["TS-03-24"].counts, found["TS-03-17"].counts) == (True, False)
    assert [branch.proposed for branch in room.node.branches(ATTEMPT)].count(True) == 1
    assert [line.outcome for line in room.node.marks("1")] == ["needs_decision"]
    with pytest.raises(Refused):
        room.node.choose_branch(ATTEMPT, "TS-03-17", ("thanh", "thanh"), "máy mới hỏng")
    with pytest.raises(Refused):
        room.node.choose_branch(ATTEMPT, "TS-03-99", ("thanh", "hoa"), "máy mới hỏng")
    room.node.choose_branch(ATTEMPT, "TS-03-17", ("thanh", "hoa"), "máy mới hỏng")
    assert room.attempt.responses == {"I.1": "A", "I.2": "C", "I.3": "C"}
    room.restart_node()
    assert room.attempt.responses == {"I.1": "A", "I.2": "C", "I.3": "C"}
    room.node.choose_branch(ATTEMPT, "TS-03-24", ("thanh", "hoa"), "xem lại")
    assert room.attempt.responses == {"I.1": "A", "I.2": "B"}


def test_a_stale_mirror_gives_a_branch_and_nothing_is_lost(room):
    old, new = room.begin(), room.pc(24)
    answer(old, "I.1", "A")
    pocket = room.folder / "pocket"
    room.stick.rename(pocket)
    answer(old, "I.2", "B")
    old.exchange()
    pocket.rename(room.stick)
    room.cut()
    room.take(24)
    answer(new, "I.3", "C")
    room.cut(cut=False)
    room.talk(24)
    assert room.attempt.responses == {"I.1": "A", "I.3": "C"}
    assert "branch_after_takeover" in room.node.intake.records[ATTEMPT].oddities
    assert {b.station: b.answered for b in room.node.branches(ATTEMPT)} == {"TS-03-17": 2, "TS-03-24": 2}
    room.restart_node()
    assert room.attempt.responses == {"I.1": "A", "I.3": "C"}


def test_taken_twice_both_records_are_kept_and_receipted(room):
    old, one, two = room.begin(), room.pc(24), room.pc(23)
    answer(old, "I.1", "A")
    room.cut()
    room.take(24)
    room.take(23)
    answer(one, "I.2", "B")
    answer(two, "I.2", "C")
    answer(two, "I.3", "C")
    room.cut(cut=False)
    room.talk(24)
    room.talk(23)
    assert "taken_over_twice" in room.node.intake.records[ATTEMPT].oddities
    assert room.attempt.responses == {"I.1": "A", "I.2": "B"}
    assert two.journal.unsent(10) == []
    assert {b.station: b.answered for b in room.node.branches(ATTEMPT)} == {"TS-03-24": 2, "TS-03-23": 3}
    room.restart_node()
    assert {b.station: b.answered for b in room.node.branches(ATTEMPT)} == {"TS-03-24": 2, "TS-03-23": 3}
    room.node.choose_branch(ATTEMPT, "TS-03-23", ("thanh", "hoa"), "thí sinh ngồi máy 23")
    assert room.attempt.responses == {"I.1": "A", "I.2": "C", "I.3": "C"}
    answer(two, "I.4", "A")
    room.talk(23)
    assert room.attempt.responses["I.4"] == "A", "what is written at the end that counts goes on counting"


def test_a_lost_answer_of_the_node_only_makes_the_new_pc_say_it_again(room):
    old, new = room.begin(), room.pc(24)
    answer(old, "I.1", "A")
    room.cut()
    room.take(24)
    new.node.cut, new.node.lose_answers = False, True
    room.talk(24)
    new.node.lose_answers = False
    room.talk(24)
    assert room.attempt.responses == {"I.1": "A"}
    assert room.node.intake.records[ATTEMPT].oddities == []
    made, different = room.store.count_events()
    assert made == different


def test_a_takeover_that_no_holder_ordered_is_not_believed(room):
    old, new = room.begin(), room.pc(24)
    room.cut()
    room.take(24)
    room.node.make_room_key("TS", "03", OFFICIALS, "console")
    new.node.cut = False
    room.talk(24)
    assert room.attempt.epoch == 1, "signed with halves that no longer count"
    assert old.station.view.SCREEN == "S12"
    assert room.attempt.phase is Phase.WORKING
