"""No-shows: the place home of who never set out is given back, and they are told."""

from datetime import date, timedelta
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.ledger_port import Journey
from tongguan.app.no_show_port import NoShow, SlotOfText
from tongguan.app.notices import add_notice
from tongguan.app.ports import Transaction
from tongguan.app.schemes import adopted_texts
from tongguan.app.stores import AuditEntry
from tongguan.core.booking.no_shows import TOLD_PERCENT_MIN, days_judged, slots_waited_for
from tongguan.core.calendar import local_day
from tongguan.core.identifiers import JourneyId
from tongguan.core.notices import NoticeCode
from tongguan.core.scheme.model import Leg

_JOURNEYS_AT_ONCE_MAX: Final = 500
"""Of one round; the next one finds the others."""


def release_no_shows(authority: Authority) -> int:
    """Give back the places home of who never came, where the scheme says so; their number.

    Any number at once, and again after a failure: each place is given back once. What counts is
    whether a person has crossed by a pass of the journey, as far as the gates of this authority
    have told by now; where they have told of fewer than half of a slot, nobody of it is judged.
    """
    with authority.database.transaction() as transaction:
        found = _found(transaction)
    # The ledger gives back one journey a transaction: that is its law of locking.
    return sum(_released(authority, each.journey) for each in found)


def _found(transaction: Transaction) -> tuple[NoShow, ...]:
    slots = _slots(transaction)
    if not slots:
        return ()
    return transaction.no_shows.find(
        slots,
        out_from=_first_day_judged(transaction),
        home_from=min(_todays(transaction)),
        told_percent_min=TOLD_PERCENT_MIN,
        limit=_JOURNEYS_AT_ONCE_MAX,
    )


def _first_day_judged(transaction: Transaction) -> date:
    """The earliest day of a way out by which anybody is judged."""
    judged = days_judged(adopted_texts(transaction).values())
    return max(_todays(transaction)) - timedelta(days=judged)


def _todays(transaction: Transaction) -> tuple[date, ...]:
    """The day it is by each text."""
    texts = adopted_texts(transaction).values()
    return tuple(local_day(transaction.now, each.zone) for each in texts)


def _slots(transaction: Transaction) -> tuple[SlotOfText, ...]:
    """The slots that were waited for long enough, of every text a journey may stand under."""
    return tuple(
        SlotOfText(scheme=version.scheme, version=digest, phase=phase.id, waited_for=slot)
        for digest, version in adopted_texts(transaction).items()
        for phase in version.phases
        for slot in slots_waited_for(version, phase, transaction.now)
    )


def _released(authority: Authority, journey: JourneyId) -> int:
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        # Anything may have come between: a crossing told, a journey moved or given back.
        kept = transaction.ledger.lock_places(journey)
        found = transaction.no_shows.of_journey(
            _slots(transaction),
            journey,
            out_from=_first_day_judged(transaction),
            told_percent_min=TOLD_PERCENT_MIN,
        )
        if found is None or kept is None:
            return 0
        days = _days_home(kept, found)
        transaction.ledger.release(journey, Leg.HOME, found.person_numbers, transaction.now)
        transaction.passes.revoke_places(journey, Leg.HOME, found.person_numbers, transaction.now)
        add_notice(
            transaction,
            found.application,
            NoticeCode.PLACE_HOME_GIVEN_BACK,
            journey=journey,
            facts={"days": days, "persons": str(len(found.person_numbers))},
        )
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=f"authority {authority.id}",
                action="journey.release",
                subject=journey,
                outcome="no_show",
            )
        )
        return len(found.person_numbers)


def _days_home(journey: Journey, found: NoShow) -> str:
    days = {
        place.day.isoformat()
        for place in journey.places
        if place.leg is Leg.HOME and place.person_number in found.person_numbers
    }
    return ", ".join(sorted(days))
