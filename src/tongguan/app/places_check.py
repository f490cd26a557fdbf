"""Whether all records of places say the same, and putting right what counting alone can tell."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.places_check_port import Difference, DifferenceKind, Extent
from tongguan.app.ports import Transaction
from tongguan.app.schemes import adopted_texts, text_by_digest, what_holds
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.identifiers import JourneyId, SchemeId
from tongguan.core.scheme.model import Weekday
from tongguan.core.scheme.slots import slot_of

Told = Callable[[Difference], None]


class LedgerChangedError(Exception):
    """What would be put right is not what was shown; nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What a check found."""

    extent: Extent
    counts: Mapping[DifferenceKind, int]
    """How many differences there are of each kind."""
    repairable: int
    shown: bytes
    """A digest of what can be put right, by which ``repair_places`` knows it again."""


@dataclass(slots=True)
class _Tally:
    """Differences as they are found, one after another; none of them is kept."""

    told: Told
    counts: Counter[DifferenceKind] = field(default_factory=Counter)
    repairable: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def note(self, difference: Difference) -> None:
        self.counts[difference.kind] += 1
        if difference.is_repairable:
            self.repairable += 1
            self.digest.update(repr(difference.identity).encode())
        self.told(difference)


def check_places(authority: Authority, told: Told) -> Checked:
    """Compare all records of places at one moment; every difference is told as it is found."""
    with authority.database.transaction() as transaction:
        transaction.places_check.look_at_one_moment()
        transaction.places_check.take_time()
        tally = _Tally(told=told)
        for difference in transaction.places_check.differences(*_known(transaction)):
            tally.note(difference)
        return Checked(
            extent=transaction.places_check.extent(),
            counts=tally.counts,
            repairable=tally.repairable,
            shown=tally.digest.digest(),
        )


def repair_places(authority: Authority, shown: bytes, *, officer: str, told: Told) -> int:
    """Put right what was shown, all of it or nothing, while nobody books; how many there were.

    Raises ``LedgerChangedError`` where the differences are not those that were shown.
    """
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        transaction.places_check.take_time()
        tally = _Tally(told=told)
        for difference in transaction.places_check.differences(*_known(transaction)):
            if difference.is_repairable:
                tally.note(difference)
                _repair(transaction, difference, officer)
        if tally.digest.digest() != shown:
            raise LedgerChangedError
        return tally.repairable


def _known(transaction: Transaction) -> tuple[dict[SchemeId, tuple[int, ...]], date]:
    """On which days weeks begin in each scheme, and the day that is today."""
    week_starts: dict[SchemeId, set[int]] = {}
    for version in adopted_texts(transaction).values():
        begins = week_starts.setdefault(version.scheme, set())
        if version.week_starts_on is not None:
            begins.add(list(Weekday).index(version.week_starts_on) + 1)
    holding = what_holds(transaction)
    zone = "UTC" if holding is None else holding.version.zone
    days = {scheme: tuple(sorted(begins)) for scheme, begins in week_starts.items()}
    return days, local_day(transaction.now.astimezone(UTC), zone)


def _repair(transaction: Transaction, difference: Difference, officer: str) -> None:
    live_until = None
    if difference.kind is DifferenceKind.LIVE_MISSING and difference.journey is not None:
        live_until = _live_until(transaction, difference.journey)
    try:
        transaction.places_check.repair(difference, live_until)
    except LookupError as gone:
        raise LedgerChangedError from gone
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=officer,
            action="places.repair",
            subject=difference.journey or _named(difference),
            outcome=f"{difference.says} -> {difference.should}"
            if difference.should is not None
            else "repaired",
            codes=(difference.kind.value,),
        )
    )


def _named(difference: Difference) -> str:
    """The window, without the person that it is for."""
    if difference.window is None:
        return difference.scheme
    scheme, week, quota, starts, dimensions = difference.window
    shown = (f"{name}={value}" for name, value in dimensions if name != "person")
    return " ".join((scheme, week.isoformat(), quota, starts.isoformat(), *shown))


def _live_until(transaction: Transaction, journey_id: JourneyId) -> datetime:
    """The end of a journey's last slot, by the text that its places are under."""
    journey = transaction.ledger.journey(journey_id)
    if journey is None:
        raise LedgerChangedError
    last = max(place.day for place in journey.places)
    try:
        version, phase = text_by_digest(transaction, journey.version, journey.phase)
    except KeyError:
        # Of no text that was adopted here: a day too long is no wrong to anybody.
        return instant_of(last + timedelta(days=2), time(0), "UTC")
    return max(
        slot_of(phase, place.direction, place.slot).on(place.day, version.zone).end
        for place in journey.places
    )
