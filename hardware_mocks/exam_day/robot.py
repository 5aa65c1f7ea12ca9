"""A robot that sits the test through the same views and intents as a person (docs/adr/0009)."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hardware_mocks.exam_day.answers import Act
from station.journey import intents, views


@dataclass(slots=True)
class Behaviour:
    """What one robot does. `number` is what the invigilator types when the listed number does not open the chip."""

    read_chip: bool = True
    compare_face: bool = True
    number: str = ""
    acts: list[Act] = field(default_factory=list)
    minutes: int = 45
    satisfaction: int = 2


class Scheduler:
    """One thread that does things at an exam time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now, self._heap = now_ms, list[tuple[int, int, Callable[[], None]]]()
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="robots", daemon=True).start()

    def at(self, when_ms: int, action: Callable[[], None]) -> None:
        """Do it then, or at once if that has passed."""
        with self._lock:
            heapq.heappush(self._heap, (when_ms, next(self._order), action))

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            now = self._now()
            while True:
                with self._lock:
                    due = heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None
                if due is None:
                    break
                due()


def _ready(view: views.View) -> bool:
    """Whether a person could act on it: while the paper is being opened the button sleeps."""
    return bool(view.stem) if isinstance(view, views.Paper) else not getattr(view, "opening", False)


class Robot:
    """Reacts to the screens of one station.

    The station shows its screens whether somebody sits there or not: who sits down later sees the one that stands. A station
    that starts again after a kill has found the attempt before the director says who sits there.
    """

    def __init__(
        self, post: Callable[[intents.Intent], None], scheduler: Scheduler, tell: Callable[[str], None]
    ) -> None:
        self._post, self._scheduler, self._tell = post, scheduler, tell
        self.behaviour: Behaviour | None = None
        self._shown: views.View | None = None
        self._last: tuple[str, bool] = ("", False)
        self._sitting = False
        # Views come from the station's thread, candidates from the one that hears the director.
        self._lock = threading.RLock()
        self.reaction_ms = 0

    def begin(self, behaviour: Behaviour) -> None:
        """A new candidate sits down and sees what the station shows."""
        with self._lock:
            self.behaviour, self._last, self._sitting = behaviour, ("", False), False
            if self._shown is not None:
                self._look(self._shown)

    def see(self, view: views.View) -> None:
        """A new view; called from the station's own thread."""
        with self._lock:
            self._shown = view
            self._look(view)

    def _look(self, view: views.View) -> None:
        screen, ready = f"{view.SCREEN}:{getattr(view, 'code', '')}", _ready(view)
        if (screen, ready) == self._last or self.behaviour is None:
            return
        self._last = (screen, ready)
        self._tell(screen)
        if not ready:
            return
        if isinstance(view, views.Paper):
            self._sit(view)
            return
        intent = self._reaction(view, self.behaviour)
        if intent is not None:
            self._later(intent)

    def _later(self, intent: intents.Intent) -> None:
        if self.reaction_ms:
            threading.Timer(self.reaction_ms / 1000, self._post, (intent,)).start()
        else:
            self._post(intent)

    def _reaction(self, view: views.View, behaviour: Behaviour) -> intents.Intent | None:
        if isinstance(view, views.WaitForInvigilator) and view.code == "T202" and behaviour.number:
            return intents.TypeCardNumber(behaviour.number)
        simple: dict[type[views.View], intents.Intent] = {
            views.Consent: intents.Agree(behaviour.read_chip, behaviour.compare_face),
            views.CheckDetails: intents.ConfirmDetails(),
            views.Rules: intents.AcceptRules(),
            views.Recovered: intents.ContinueAttempt(),
            views.MovedIn: intents.ContinueAttempt(),
            views.Receipt: intents.FinishReceipt(),
            views.Survey: intents.AnswerSurvey(behaviour.satisfaction),
        }
        return simple.get(type(view))

    def _sit(self, view: views.Paper) -> None:
        """Plan the rest of the test from here; what should have been answered by now is made up for first."""
        if self._sitting or self.behaviour is None:
            return
        self._sitting = True
        total = self.behaviour.minutes * 60_000
        start = view.deadline - total
        now = view.frame.node_time
        due = [(start + int(act.at * total), act) for act in self.behaviour.acts]
        missed = {act.item: act for when, act in due if when <= now}
        for act in missed.values():
            self._do(act)
        for when, act in due:
            if when > now:
                self._scheduler.at(when, partial(self._do, act))

    def _do(self, act: Act) -> None:
        self._post(intents.GoTo(act.item))
        self._post(intents.Respond(act.item, act.response))
        if act.flag:
            self._post(intents.Flag(act.item, on=True))
