"""The station at work: one thread that owns the journey, one for the exchange, one at the card reader.

Everything enters through `post`, from whatever thread; the loop thread alone touches the journey, carries out its effects
in order (journal first, screen after), and tells the new view. Nothing here names Qt, PC/SC or a network library.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exam_engine import profile as profiles
from exam_engine import timing
from exam_engine.errors import places
from exam_engine.exchange import Instruction, MoveIn, Release, decode
from exam_engine.plan import Provision
from exam_engine.record import Entry, decode_entry, encode_entry
from exam_engine.timing import NodeClock
from question_bank import form as forms
from question_bank import sealed_form
from question_bank.errors import QuestionBankError
from reader.face.errors import CameraUnavailable
from station.card_desk import CardDesk
from station.erasure import Erasure, prefix_of
from station.errors import StationError, StoreDamaged, StoreFailed
from station.exchange_loop import ExchangeLoop
from station.face_desk import FaceDesk
from station.journey import effects as fx
from station.journey import inputs, intents, node_acts, recovery
from station.journey.clocks import SITS
from station.journey.journey import receive
from station.journey.state import Journey, Stage
from station.journey.viewing import view
from station.journey.views import Frame as ScreenFrame
from station.journey.views import OutOfService, View
from station.mirror_file import Opened
from station.mirroring import Mirroring
from station.officials import Officials
from station.ports import StationPorts
from station.qr_desk import QrDesk
from station.referral_pictures import ReferralPictures
from station.takeover_desk import TakeoverDesk
from station.time_watch import TimeWatch

LOG = logging.getLogger(__name__)
# A restart without the node goes on from a moment at most this old (DESIGN.md section 4.5).
BEAT_MS = 5_000
UNKNOWN_GAP_MS = 24 * 60 * timing.MINUTE
# What counts before there is a plan.
ALWAYS = inputs.Told | inputs.Exchanged | inputs.ReaderMissing
# What a device says once and nobody will say again: tried again when the journal did not take what followed from it.
ONCE_ONLY = inputs.CardInspected | inputs.FaceCompared | inputs.CameraFailed | inputs.FormOpened


class Station:
    """One station. `station_id` and keys come from its enrolment."""

    def __init__(
        self,
        station_id: str,
        signing: Ed25519PrivateKey,
        sealing: X25519PrivateKey,
        node_key: bytes,
        ports: StationPorts,
    ) -> None:
        self.ports, self._sealing = ports, sealing
        self.journey = Journey(station_id)
        self.officials = Officials(ports.journal, node_key)
        self._queue: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._stopping = threading.Event()
        self._clock: NodeClock | None = None
        self._view: View = OutOfService(frame=_no_frame())
        self._watch, self.last_beat = TimeWatch(), 0
        self.opened: Opened | None = None
        self.takeovers = TakeoverDesk(self, sealing, node_key)
        self.erasure = Erasure(self)
        self.mirroring = Mirroring(self, signing, node_key, ports.mirror)
        self._applying, self._due = 0, list[Instruction]()
        self._again: inputs.Happening | None = None
        self.on_view: Callable[[View], None] = lambda _: None
        self.resources: dict[str, bytes] = {}
        self.pictures = ReferralPictures()
        self.exchange = ExchangeLoop(self, signing, node_key)
        self._cards = CardDesk(ports, self.post, station_id, self.now)
        self._face = FaceDesk(ports, self.post, station_id)
        self._qr = QrDesk(ports, self.post, station_id)
        self._threads = [
            threading.Thread(target=target, name=f"{station_id} {name}", daemon=True)
            for name, target in (
                ("loop", self._loop),
                ("exchange", self.exchange.run),
                ("card", self._cards.run),
                ("mirror", self.mirroring.run),
            )
        ]

    # -- life

    def start(self) -> None:
        """Recover what the journal holds, then begin."""
        self.recover()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all threads; the journal keeps everything."""
        self._stopping.set()
        self._cards.stop()
        self.exchange.wake()
        self.mirroring.wake()
        self._queue.put(None)
        for thread in self._threads:
            thread.join(5)
        self._qr.give_up()
        self._face.close()
        self.ports.camera.close()

    @property
    def stopping(self) -> bool:
        """Whether the station is on its way out."""
        return self._stopping.is_set()

    @property
    def view(self) -> View:
        """What is on screen."""
        return self._view

    # -- time

    def now(self) -> int:
        """Node time in milliseconds, as well as this station knows it."""
        steady = self.ports.steady()
        return steady if self._clock is None else self._clock.now(steady)

    @property
    def clock(self) -> NodeClock | None:
        """The estimate of node time; None before the first contact."""
        return self._clock

    def knows_time(self, last: int) -> bool:
        """Whether node time is known; if not, it goes on from the last moment that a mirror knows of."""
        if self._clock is not None:
            return True
        self._clock = NodeClock(self.ports.steady(), last, UNKNOWN_GAP_MS)
        return False

    def anchor(self, clock: NodeClock) -> None:
        """A surer estimate."""
        self._clock = clock

    # -- the loop

    def post(self, item: intents.Intent | inputs.Happening) -> None:
        """Tell the station something; returns at once."""
        self._queue.put(lambda: self._receive(item))

    def call(self, action: Callable[[], None]) -> None:
        """Run something in the loop thread."""
        self._queue.put(action)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                action = self._queue.get(timeout=self.ports.tick_seconds)
            except queue.Empty:
                action = self._tick
            if action is None:
                return
            try:
                self._perform(action)
            except Exception as error:  # noqa: BLE001
                # Whatever it was: a station that still draws and saves is worth more than one that stands still.
                LOG.error("the loop goes on after a fault: %s", places(error))  # noqa: TRY400 - no words of the fault

    def settle(self) -> None:
        """Do now, in the caller's thread, all that the station was told; for a bench that turns the clock by hand."""
        while not self._queue.empty():
            action = self._queue.get_nowait()
            if action is not None:
                self._perform(action)

    def _perform(self, action: Callable[[], None]) -> None:
        try:
            action()
        except StationError as error:
            LOG.error("station: %s", error.code)  # noqa: TRY400 - no trace: it could name a person
        self._show()

    def _tick(self) -> None:
        if self._due:
            self._obey_all()
        ports = self.ports
        for happening in self._watch.read(int(ports.seconds() * 1000), ports.wall(), ports.suspended()):
            self._receive(happening)
        self._receive(inputs.Tick())
        if self._again is not None:
            self._receive(self._again)
        self._beat()

    def tick(self) -> None:
        """Time has passed: what the loop does by itself four times a second."""
        self.call(self._tick)

    def _beat(self) -> None:
        """Note the time every few seconds while somebody works, so that a restart without the node knows where it was."""
        now = self.now()
        if self.journey.attempt.phase in SITS and now - self.last_beat >= BEAT_MS:
            self.last_beat = now
            self.mirroring.wake()
            with contextlib.suppress(StoreFailed):
                self.ports.journal.keep("beat", msgspec.json.encode((now, self.ports.wall())))

    def _receive(self, item: intents.Intent | inputs.Happening) -> None:
        """What follows from an input happens as a whole or, if the journal does not take it, not at all."""
        if self.journey.provision is None and not isinstance(item, ALWAYS):
            return
        before = self.journey.checkpoint()
        try:
            self._carry_out(receive(self.journey, item, self.now()))
        except StoreFailed as error:
            self._not_kept(error, before)
            if isinstance(item, ONCE_ONLY):
                self._again = item
        except Exception:
            self.journey.go_back(before)
            raise
        else:
            if item is self._again:
                self._again = None

    def _not_kept(self, error: StoreFailed, before: Journey) -> None:
        if not before.store_failed:
            LOG.error("journal: %s", error.code)
        self.journey.go_back(before)
        self.journey.not_saved()

    def _show(self) -> None:
        shown = view(self.journey, self.now())
        if shown != self._view:
            self._view = shown
            self.on_view(shown)

    def _carry_out(self, effects: Iterable[fx.Effect]) -> None:
        """Do what an input asks for.

        Raises:
            StoreFailed: the journal took nothing of it.
        """
        for effect in _in_one_piece(effects):
            self._effects[type(effect)](self, effect)

    # -- effects

    def _append(self, effect: fx.Append) -> None:
        now, journal = self.now(), self.ports.journal
        first = journal.next_sequence(effect.attempt, effect.epoch)
        events = self.officials.signed(effect.attempt, effect.epoch, first, effect.events)
        entries = tuple(Entry(first + index, now, event) for index, event in enumerate(events))
        texts = tuple(encode_entry(entry) for entry in entries)
        journal.append(effect.attempt, effect.epoch, texts, effect.previous_head, applied=self._applying)
        self._applying = 0
        self.journey.saved(effect.attempt, entries)
        self.exchange.wake()
        self.mirroring.wake()

    def _attach(self, effect: fx.Attach) -> None:
        with contextlib.suppress(StoreFailed):
            self.ports.journal.attach(effect.attempt, effect.sha256, effect.body)

    def _show_referral(self, effect: fx.ShowReferral) -> None:
        self.pictures.hold(effect, self.now())
        self.exchange.wake()

    def _read_card(self, effect: fx.ReadCard) -> None:
        self._cards.read(effect)

    def _start_camera(self, _: fx.StartCamera) -> None:
        with contextlib.suppress(CameraUnavailable):
            self.ports.camera.open()
        self._face.warm()

    def _stop_camera(self, _: fx.StopCamera) -> None:
        self._face.give_up()
        self._qr.give_up()
        self.ports.camera.close()

    def _compare(self, effect: fx.CompareFace) -> None:
        self._face.compare(effect.portrait, effect.refused)

    def _scan_qr(self, _: fx.ScanQr) -> None:
        self._qr.look()

    def _open_form(self, effect: fx.OpenForm) -> None:
        self.post(self._opened(effect.release))

    def _prove(self, effect: fx.Prove) -> None:
        accepted, left, role = self.officials.prove(effect.official, effect.pin)
        self.post(inputs.ProofGiven(effect.official, accepted, left, role))

    def _lock_officials(self, _: fx.LockOfficials) -> None:
        self.officials.lock()

    def _look_for_mirrors(self, _: fx.LookForMirrors) -> None:
        self.takeovers.look()

    def _open_mirror(self, effect: fx.OpenMirror) -> None:
        self.takeovers.take(effect)

    def _wipe(self, _: fx.Wipe) -> None:
        self.resources = {}
        self.officials.lock()

    def _reprovision(self, _: fx.Reprovision) -> None:
        self.exchange.want_provision()

    def _close_shift(self, effect: fx.CloseShift) -> None:
        self.erasure.mark(prefix_of(effect.exam, effect.shift) if effect.closed else "")
        self.exchange.want_provision()

    def _survey(self, effect: fx.Survey) -> None:
        body = msgspec.json.encode({"answer": effect.value})
        salted = hashlib.sha256(self.ports.random(16) + body).hexdigest()
        with contextlib.suppress(StoreFailed):
            self.ports.journal.attach("survey", salted, body)

    _effects: ClassVar[dict[type, Callable[..., None]]] = {
        fx.Append: _append,
        fx.Attach: _attach,
        fx.ShowReferral: _show_referral,
        fx.ReadCard: _read_card,
        fx.StartCamera: _start_camera,
        fx.StopCamera: _stop_camera,
        fx.CompareFace: _compare,
        fx.ScanQr: _scan_qr,
        fx.OpenForm: _open_form,
        fx.Prove: _prove,
        fx.LockOfficials: _lock_officials,
        fx.LookForMirrors: _look_for_mirrors,
        fx.OpenMirror: _open_mirror,
        fx.Wipe: _wipe,
        fx.Reprovision: _reprovision,
        fx.Survey: _survey,
        fx.CloseShift: _close_shift,
    }

    # -- the form

    def _opened(self, release: Release) -> inputs.FormOpened | inputs.FormFailed:
        """Open the sealed form: two officers' signatures, the right form, not before its time."""
        provision = self.journey.provision
        raw = self.ports.journal.kept(f"form/{release.form_digest}")
        if provision is None or raw is None:
            return inputs.FormFailed("form_not_here")
        try:
            package = sealed_form.decode(raw)
            signatures = {signature.officer: signature.signature for signature in release.signatures}
            order = sealed_form.verify_order(
                release.order, signatures, provision.officers, release.form_digest, self.now() + self._doubt()
            )
            # An attempt that was moved here carries the order under which it began, maybe in another room.
            moved = self.journey.attempt.epoch > 1 or self.journey.stage is Stage.MOVED_IN
            if not moved and not sealed_form.in_scope(order.scope, provision.seat.site, provision.seat.room):
                return inputs.FormFailed("order_invalid")
            key = sealed_form.open_key(release.sealed_key, self._sealing, release.form_digest)
            content = forms.decode(sealed_form.open_form(package, key))
        except QuestionBankError as error:
            return inputs.FormFailed(error.code)
        self.resources = dict(content.resources)
        self.opened = Opened(release.order, release.signatures, release.starts_at, release.form_digest, key)
        self.mirroring.wake()
        return inputs.FormOpened(content)

    def _doubt(self) -> int:
        return 0 if self._clock is None else self._clock.uncertainty_at(self.ports.steady())

    # -- the node

    def provide(self, provision: Provision) -> None:
        """A provision has arrived (or was found in the journal)."""
        profile = profiles.load(provision.profile)
        self._cards.provide(provision.trust_anchors, provision.authentication_nonces)
        self.journey.officials = self.officials.provide(provision)
        self.journey.provide(self.takeovers.seated(provision), profile, self.now())

    def close_room(self) -> None:
        """The shift has closed: the screen says so, and nothing of the room is in memory any more."""
        self.opened = None
        self._cards.forget_nonces()
        self._carry_out(self.journey.close(self.now()))

    def reseat(self) -> None:
        """The candidate of a takeover sits here now."""
        if self.journey.provision is not None:
            self.provide(self.journey.provision)

    def tell(self, instruction: Instruction) -> None:
        """An instruction has arrived and is kept; it counts once, whatever happens in between."""
        self.call(lambda: self._obey(instruction))

    def _obey(self, instruction: Instruction) -> None:
        self._due.append(instruction)
        self._obey_all()

    def _obey_all(self) -> None:
        """Carry out what is due, in order; what the disk does not take now stays due."""
        journal = self.ports.journal
        while self._due:
            self._applying = self._due[0].number
            if self._applying > journal.applied():
                self._receive(inputs.Told(self._due[0]))
                if self._applying and self.journey.store_failed:
                    return
                if self._applying:
                    journal.mark_applied(self._applying)
            self._applying = 0
            self._due.pop(0)

    # -- recovery

    def recover(self) -> None:
        """What the journal holds is the state to go on from."""
        journal = self.ports.journal
        kept = journal.kept("provision")
        if kept is None:
            return
        provision = decode(kept, Provision)
        self._clock = self.exchange.kept_clock()
        self.takeovers.recover()
        if self.erasure.is_closed(provision):
            # It was closed, but the node did not have everything yet, or power went first.
            self.close_room()
            self._show()
            return
        self.provide(provision)
        taken = self.takeovers.of_shift(provision)
        if taken is not None:
            self._carry_out(receive(self.journey, inputs.MirrorTaken(taken), self.now()))
        for instruction in self.exchange.kept_instructions():
            if isinstance(instruction.act, Release | MoveIn):
                self._carry_out(receive(self.journey, inputs.Told(instruction), self.now()))
        prefix = f"{provision.exam.id}/{provision.shift}/"
        ours = [(attempt, epoch) for attempt, epoch in journal.epochs() if attempt.startswith(prefix)]
        if ours:
            self._resume(*ours[-1])
        for instruction in self.exchange.kept_instructions():
            node_acts.remembered(self.journey, instruction)
        for instruction in self.exchange.kept_instructions():
            if instruction.number > journal.applied():
                self.tell(instruction)
        self._show()

    def _resume(self, attempt: str, epoch: int) -> None:
        try:
            raw, torn = self.ports.journal.entries(attempt, epoch), False
        except StoreDamaged as error:
            LOG.error("the end of the journal is damaged: %s", places(error))  # noqa: TRY400 - no words of the fault
            try:
                raw, torn = self.ports.journal.salvage(attempt, epoch), True
            except StoreDamaged as error:
                LOG.error("journal: %s", places(error))  # noqa: TRY400 - no words of the fault
                self.journey.out_of_service("B301", self.now())
                return
        entries = [decode_entry(each) for each in raw]
        if not entries:
            return
        last, longest = self._last_moment(entries[-1].at)
        uncertain = self._clock is None
        if uncertain:
            # Without node time the test goes on from the last moment noted. The estimate may be late by all of the gap,
            # so the first exchange with the node replaces it.
            self._clock = NodeClock(self.ports.steady(), last, longest)
        gap = timing.gap_after_restart(last, None if uncertain else self.now(), longest)
        try:
            self._carry_out(recovery.resume(self.journey, attempt, entries, self.now(), gap=gap, torn=torn))
        except StoreFailed as error:
            LOG.error("journal: %s", error.code)  # noqa: TRY400 - no trace: it could name a person
            self.journey.not_saved()

    def _last_moment(self, last_entry: int) -> tuple[int, int]:
        """The last node time noted before the restart, and how long ago that was at most.

        The bound comes from the wall clock, which decides nothing: it only says how unsure the time is. If it runs
        backwards it says nothing, and a whole day is allowed for.
        """
        raw = self.ports.journal.kept("beat")
        if raw is None:
            return last_entry, UNKNOWN_GAP_MS
        at, wall = msgspec.json.decode(raw, type=tuple[int, int])
        passed = self.ports.wall() - wall
        return max(at, last_entry), passed if passed >= 0 else UNKNOWN_GAP_MS


def _in_one_piece(effects: Iterable[fx.Effect]) -> list[fx.Effect]:
    """Effects with the appends to one record put together, so that the journal takes all of them or none."""
    joined: list[fx.Effect] = []
    for effect in effects:
        at = next((place for place, other in enumerate(joined) if isinstance(other, fx.Append)), None)
        first = None if at is None else joined[at]
        if at is None or not isinstance(effect, fx.Append) or not isinstance(first, fx.Append):
            joined.append(effect)
        elif (first.attempt, first.epoch) == (effect.attempt, effect.epoch):
            joined[at] = replace(first, events=(*first.events, *effect.events))
        else:
            joined.append(effect)
    return joined


def _no_frame() -> ScreenFrame:
    return ScreenFrame("", "", "", "", 0, "")
