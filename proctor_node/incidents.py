"""Matters of the live board that people took on: new, taken, at work, done, each step with a name and a time (UX.md section 3).

An alarm is what the model sees; an incident is what people do about it. It is found again by its key (which seat, what kind) and by
its mark (which silence, which request), so that what was closed stays closed until something new happens. Closing one writes a
line of the incident log, from which minutes are printed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from proctor_node.acts import ActLine, Acts
from proctor_node.errors import Refused
from proctor_node.live_board import Alarm, Handling
from proctor_node.people import Account
from proctor_node.rights import check_site, in_scope

State = Literal["taken", "working", "done"]
# What a person at the seat can say of a silent PC; the node alone only knows silence (UX.md, decision 3).
CONFIRMATIONS = {"still_working": "offline", "broken": "broken"}
SILENT = {"lost_contact", "room_lost"}
LONGEST_OUTCOME = 500


class Step(msgspec.Struct, frozen=True):
    """One thing that somebody did about it."""

    at: int
    who: str
    what: str


class Incident(msgspec.Struct, frozen=True):
    """One matter. `act` is the number of its line in the incident log once it is done."""

    number: int
    key: str
    mark: str
    kind: str
    site: str
    room: str
    seat: int
    attempt: str
    detail: str
    opened_at: int
    state: State
    owner: str
    steps: tuple[Step, ...]
    outcome: str = ""
    act: int = 0


class Incidents(Acts):
    """Taking, passing on and closing what the board shows."""

    def _read_incidents(self) -> None:
        """What is open, and what was closed, from the store: a restart forgets neither."""
        self._incidents: dict[str, Incident] = {}
        self._closed: dict[str, str] = {}
        # When each alarm was first seen, in node time, so that waiting counts and the order is stable.
        self._since: dict[str, tuple[str, int]] = {}
        for found in reversed(self.store.incidents("", Incident)):
            if found.state == "done":
                self._closed[found.key] = found.mark
                self._incidents.pop(found.key, None)
            else:
                self._incidents[found.key] = found

    def _handled(self, alarms: list[Alarm], site: str) -> tuple[Alarm, ...]:
        """Alarms with who handles them and since when, in the order of attention."""
        there = {alarm.key for alarm in alarms}
        for key in [key for key in self._since if key not in there and in_site(key, site)]:
            # It went by itself: the next one of this kind at this seat is a new matter.
            del self._since[key]
        told = []
        for alarm in alarms:
            mark, since = self._since.get(alarm.key, ("", 0))
            if mark != alarm.mark:
                since = self.now()
                self._since[alarm.key] = (alarm.mark, since)
            incident = self._incidents.get(alarm.key)
            handling = Handling() if incident is None else Handling(incident.number, incident.state, incident.owner)
            told.append(msgspec.structs.replace(alarm, since=since, handling=handling))
        return tuple(sorted(told, key=lambda alarm: (alarm.level, alarm.since, alarm.site, alarm.room, alarm.seat)))

    def _alarm(self, account: Account, key: str) -> Alarm:
        """The alarm as it stands now.

        Raises:
            Refused: there is none such (any more), also for a site that this person may not see.
        """
        found = next((alarm for alarm in self._alarms_now(account.site) if alarm.key == key), None)
        if found is None:
            raise Refused("alarm_gone")
        check_site(account, found.site)
        return found

    def _alarms_now(self, site: str) -> tuple[Alarm, ...]:
        raise NotImplementedError

    # -- the life of a matter

    def take_alarm(self, account: Account, key: str, to: str = "") -> Incident:
        """Take it on (Nhận việc), or give it to another person of the same site.

        Raises:
            Refused: the alarm is gone, or that person is not on duty here.
        """
        with self._lock:
            alarm, who = self._alarm(account, key), to or account.name
            other = self.people.accounts.get(who)
            if other is None or other.role not in {"administrator", "site_head", "invigilator"}:
                raise Refused("not_on_duty")
            if not in_scope(other, alarm.site):
                raise Refused("another_site")
            known = self._incidents.get(key)
            step = Step(self.now(), account.name, "take" if who == account.name else f"assign {who}")
            if known is None:
                return self._keep_incident(
                    Incident(
                        self.store.next_incident(), key, alarm.mark, alarm.kind, alarm.site, alarm.room, alarm.seat,
                        alarm.attempt, alarm.detail, self._since.get(key, ("", self.now()))[1], "taken", who, (step,),
                    )
                )  # fmt: skip
            return self._keep_incident(msgspec.structs.replace(known, owner=who, steps=(*known.steps, step)))

    def work_alarm(self, account: Account, key: str) -> Incident:
        """Say that somebody is at it (Đang xử lý).

        Raises:
            Refused: nobody has taken it, or another site.
        """
        with self._lock:
            known = self._incident(account, key)
            step = Step(self.now(), account.name, "work")
            return self._keep_incident(msgspec.structs.replace(known, state="working", steps=(*known.steps, step)))

    def close_alarm(self, account: Account, key: str, outcome: str, confirmed: str = "") -> Incident:
        """Close it; how it ended is required and goes into the incident log. `confirmed` is said of a silent PC by who looked.

        Raises:
            Refused: no outcome, the alarm is gone and nobody had taken it, or another site.
        """
        with self._lock:
            if not outcome.strip() or len(outcome) > LONGEST_OUTCOME:
                raise Refused("outcome_missing")
            if confirmed not in {"", *CONFIRMATIONS}:
                raise Refused("outcome_unknown")
            known = self._incidents.get(key) or self.take_alarm(account, key)
            check_site(account, known.site)
            now = next((alarm for alarm in self._alarms_now(account.site) if alarm.key == key), None)
            if confirmed and known.kind in SILENT:
                self._confirm(known, CONFIRMATIONS[confirmed])
            line = ActLine(
                self.store.next_act(), self.now(), "incident", known.attempt, known.site, known.room, known.seat,
                "ky_thuat", known.kind, outcome.strip(), tuple(dict.fromkeys((known.owner, account.name))),
            )  # fmt: skip
            self.store.add_act(line.number, line.site, line)
            mark = known.mark if now is None else now.mark
            self._closed[key] = mark
            step = Step(self.now(), account.name, "close")
            return self._keep_incident(
                msgspec.structs.replace(
                    known, state="done", mark=mark, outcome=outcome.strip(), act=line.number, steps=(*known.steps, step)
                )
            )

    def _confirm(self, incident: Incident, state: str) -> None:
        """Note at the PCs meant that somebody looked; it holds until they are heard again."""
        for name, station in self._stations.items():
            seat, contact = station.seat, self._contacts[name]
            here = (seat.site, seat.room) == (incident.site, incident.room) and incident.seat in {0, seat.number}
            if here and contact.seen is not None and (incident.seat or self._silent_long(name)):
                contact.confirmed = state

    def _silent_long(self, station: str) -> bool:
        raise NotImplementedError

    def _incident(self, account: Account, key: str) -> Incident:
        known = self._incidents.get(key)
        if known is None:
            raise Refused("alarm_not_taken")
        check_site(account, known.site)
        return known

    def _keep_incident(self, incident: Incident) -> Incident:
        self.store.put_incident(incident.number, incident.site, incident.state != "done", incident)
        if incident.state == "done":
            self._incidents.pop(incident.key, None)
        else:
            self._incidents[incident.key] = incident
        return incident

    def incident_lines(self, account: Account) -> list[Incident]:
        """Every matter that this person may see, the newest first."""
        return self.store.incidents(account.site, Incident)


def in_site(key: str, site: str) -> bool:
    """Whether an alarm's key is of a site, or of any if none is named. Keys begin with the site."""
    return not site or key.startswith(f"{site}/")
