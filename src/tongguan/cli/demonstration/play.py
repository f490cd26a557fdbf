"""The days of the demonstration, moment by moment, with eight clients at work in each."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final, Protocol

from tongguan.cli.demonstration.population import SUSPENDED_SLOT, SUSPENSION_DAY, Party
from tongguan.cli.demonstration.travellers import Journeying, Traveller
from tongguan.cli.demonstration.visits import Act, Gates, Moment, Visits, When, slot_moment
from tongguan.core.calendar import instant_of, slot_interval
from tongguan.core.scheme.model import Leg

CLIENTS: Final = 8
_AT: Final = {
    Moment.APPLYING: time(7, 30),
    Moment.BOOKING: time(7, 50),
    Moment.CANCELLING: time(7, 55),
    Moment.HEALTH: time(9, 0),
}
_AFTER_CLOSING: Final = timedelta(minutes=30)
_BEFORE_OPENING: Final = timedelta(minutes=25)
_JUST_OPEN: Final = timedelta(minutes=5)
BUNDLE_DAY: Final = 1
"""The last day on which the gate that is cut off had its link."""


class Course(Protocol):
    """What happens around the people: time passes, the authorities act."""

    def set_time(self, instant: datetime) -> None:
        """Let it be this instant at both authorities."""

    def synchronise(self) -> None:
        """Let both authorities fetch what the other published."""

    def suspend(self) -> None:
        """Suspend crossing at once."""

    def resume(self) -> None:
        """Lift the suspension."""

    def equip_cut_off_gate(self) -> None:
        """Hand the gate that will be cut off its last bundle."""


@dataclass(slots=True)
class Play:
    """One run: parties, what they share, and the queue of what they will do."""

    common: Journeying
    gates: Gates
    course: Course
    advance: Callable[[], None]
    """Told of each party's step, for the progress bar."""
    _acts: dict[When, dict[int, list[Act]]] = field(default_factory=dict, init=False)
    """What each party does at a moment: in order, and by one client."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def run(self, parties: Sequence[Party]) -> None:
        """Play every day to its end."""
        frame = self.common.frame
        for party in parties:
            traveller = Traveller(party=party, common=self.common)
            applies = When(party.applies_on, Moment.APPLYING)
            self._plan(traveller, applies, partial(self._apply, traveller))
        with ThreadPoolExecutor(max_workers=CLIENTS) as clients:
            for day in range(frame.days):
                for moment, instant in self._moments(day):
                    self.course.set_time(instant)
                    self._before(day, moment)
                    self._perform(clients, When(day, moment))
                    self._after(day, moment)
                self.advance()

    def _moments(self, day: int) -> list[tuple[int, datetime]]:
        """The moments of a day with their instants, in order."""
        frame, zone = self.common.frame, self.common.zone
        today = frame.day(day)
        slots = [
            slot_interval(today, slot, zone) for slot in self.common.directions[Leg.OUT].slots or ()
        ]
        middles = [each.start + (each.end - each.start) / 2 for each in slots]
        return [
            *((moment, instant_of(today, at, zone)) for moment, at in _AT.items()),
            (Moment.BEFORE_OPENING, slots[0].start - _BEFORE_OPENING),
            (Moment.OPENING, slots[0].start + _JUST_OPEN),
            *((slot_moment(number), middle) for number, middle in enumerate(middles)),
            (Moment.CLOSED, slots[-1].end + _AFTER_CLOSING),
        ]

    def _before(self, day: int, moment: int) -> None:
        if moment == Moment.FIRST_SLOT or (day > 0 and moment == Moment.APPLYING):
            # On the first day, whoever comes before finds gates without the other side's lists.
            self.course.synchronise()
        if moment == Moment.BOOKING:
            self.common.services.decide_waiting()
        if (day, moment) == (BUNDLE_DAY, Moment.APPLYING):
            self.course.equip_cut_off_gate()
        if (day, moment) == (SUSPENSION_DAY, slot_moment(SUSPENDED_SLOT)):
            self.course.suspend()

    def _after(self, day: int, moment: int) -> None:
        if (day, moment) == (SUSPENSION_DAY, slot_moment(SUSPENDED_SLOT)):
            self.course.resume()

    def _perform(self, clients: ThreadPoolExecutor, when: When) -> None:
        """Let the clients do all that is planned for a moment; what fails ends the run."""
        planned = self._acts.pop(when, {})
        for done in [clients.submit(_in_order, acts) for acts in planned.values()]:
            done.result()

    def _apply(self, traveller: Traveller) -> None:
        traveller.apply()
        self._plan_booking(traveller)

    def _plan_booking(self, traveller: Traveller) -> None:
        asks = When(traveller.asks_on, Moment.BOOKING)
        self._plan(traveller, asks, partial(self._book, traveller))

    def _book(self, traveller: Traveller) -> None:
        asked_on = traveller.asks_on
        if traveller.book():
            for when, act in Visits(traveller, self.gates).planned():
                self._plan(traveller, when, act)
        elif traveller.asks_on > asked_on and traveller.wish.home_day < self.common.frame.days:
            self._plan_booking(traveller)

    def _plan(self, traveller: Traveller, when: When, act: Act) -> None:
        with self._lock:
            acts = self._acts.setdefault(self._clamped(when), {})
            acts.setdefault(traveller.party.number, []).append(act)

    def _clamped(self, when: When) -> When:
        """A slot after the last one is the evening."""
        last = slot_moment(self.common.frame.slots - 1)
        late = last < when.moment < Moment.CLOSED
        return When(when.day, Moment.CLOSED) if late else when


def _in_order(acts: Sequence[Act]) -> None:
    for act in acts:
        act()
