"""The ways across: calendar, slots, and when and how places may be taken."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from tongguan.core.identifiers import AuthorityId, DirectionId, SlotId
from tongguan.core.scheme.model.sources import Basis, DateInterval, Weekday


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time of day to cross, end excluded; at or before the start it lies on the next day."""

    id: SlotId
    starts: time
    ends: time


class Leg(StrEnum):
    """Which way a traveller of the participating side goes."""

    OUT = "out"
    HOME = "home"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A moment before a crossing: minutes before its slot, or a time on a day before its day.

    Exactly one of the two ways is stated: ``minutes_before``, or ``days_before`` with ``at``.
    """

    minutes_before: int | None = None
    days_before: int | None = None
    """Calendar days before the service day; 0 is the day itself."""
    at: time | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseOnce:
    """On one day, all at once: the places of the service days named."""

    on: date
    at: time
    days: DateInterval


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekTime:
    """A weekday and a time on it."""

    weekday: Weekday
    at: time


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseWeekly:
    """Each week at a weekday and time: the places of a whole quota week ahead."""

    weekday: Weekday
    at: time
    weeks_ahead: int
    """1 is the quota week after the one in which they are released."""
    closes: WeekTime | None
    """When the booking window shuts again, next after the release; ``None`` = it stays open."""
    first: date | None
    """First day on which this rule releases; ``None`` = from the beginning."""
    last: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseDaily:
    """Each day at a time: the places of the day so many days ahead."""

    days_ahead: int
    at: time
    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One way in which places come up for booking; exactly one of the three is stated.

    A service day may be booked from the earliest moment at which any release of its direction
    opens it, until that release's window shuts.
    """

    once: ReleaseOnce | None = None
    weekly: ReleaseWeekly | None = None
    daily: ReleaseDaily | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingHours:
    """Times of day within which places may be taken; 00:00 at the end is the end of the day."""

    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyRule:
    """Who may travel together under one application."""

    size_max: int
    """Persons, the head included."""
    head_age_min: int | None = None
    """Years on the day of the crossing; the head is the first person. ``None`` = not stated."""
    together: bool | None = None
    """Whether all must cross together; ``None`` = not stated, and then nobody has to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexBounds:
    """What the annex of the authority that keeps these places may lay down, and within what.

    Where a bound is ``None`` the annex must leave the agreement's rule as it is.
    """

    days_ahead_min: int | None
    """An annex offers at least so many days ahead."""
    days_ahead_max: int | None
    """An annex offers no place further ahead."""
    open_minutes_a_day_min: int | None
    """An annex's booking hours are at least so long."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """When and how places may be taken."""

    releases: tuple[Release, ...]
    hours: BookingHours | None
    """``None`` = round the clock."""
    closes: Deadline
    """The last moment to take a place."""
    cancel_until: Deadline
    party: PartyRule
    live_journeys_per_person_max: int
    basis: Basis
    annex: AnnexBounds | None = None
    hold_minutes: int | None = None
    """How long places are held for who has yet to confirm them; ``None`` = none are held."""
    no_show_hours: int | None = None
    """On the way out: hours after the end of its slot until the place home of who has not crossed
    is given back; ``None`` = never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lateness:
    """How late one may come without an officer having to decide."""

    grace_minutes: int
    """After the end of the slot; later than that an officer decides."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """One way across: the calendar and slots on which there are places."""

    id: DirectionId
    origin: AuthorityId
    destination: AuthorityId
    leg: Leg
    weekdays: tuple[Weekday, ...] | None
    closed_days: tuple[date, ...]
    slots: tuple[Slot, ...] | None
    booking: Booking | None
    basis: Basis
    booking_authority: AuthorityId | None = None
    """The party that keeps the places of this direction; ``None`` = the version's own."""
    lateness: Lateness | None = None
    """``None`` = not stated: whoever is late is for an officer to judge."""
