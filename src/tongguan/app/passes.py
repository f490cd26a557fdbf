"""Passes: one for each person and leg, issued when first shown, signed whenever they are shown."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tongguan.app.authorities import Authority
from tongguan.app.holder_keys import holder_key_of
from tongguan.app.ledger_port import Journey, JourneyState, Place
from tongguan.app.ports import Transaction
from tongguan.app.schemes import delete_after, text_by_digest
from tongguan.app.status_places import status_place
from tongguan.app.stores import Application, AuditEntry, PassRecord
from tongguan.core.calendar import Interval, end_of_day, whole_second
from tongguan.core.credentials.holder import holder_period, holder_tag
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.health.tests import SamplingWindow, sampling_windows
from tongguan.core.identifiers import JourneyId, PassId
from tongguan.core.passes.claims import PassClaims, name_on_pass, pass_version_digest
from tongguan.core.passes.code import encode_pass
from tongguan.core.people import Person
from tongguan.core.scheme.model import ExemptFrom, Leg, Phase, Version
from tongguan.core.scheme.slots import slot_of

STATUS_LIST = "pass"
"""The kind of code, as the names of its status lists begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPass:
    """A pass as its holder sees it."""

    record: PassRecord
    claims: PassClaims = field(repr=False)
    text: str = field(repr=False)
    """``TG1:`` and what follows; the content of the QR code."""
    place: Place
    person: Person = field(repr=False)
    tests: tuple[SamplingWindow, ...] = ()
    """For each test that this person must show: from when on one will do."""


def show_passes(authority: Authority, journey: JourneyId) -> tuple[ShownPass, ...]:
    """The live passes of a booked journey, signed now; none of any other journey.

    What was not issued yet is issued now. What is signed says when it was signed, so a key made
    since then may sign it.
    """
    with authority.database.transaction() as transaction:
        # Locked, the journey is neither given back nor moved meanwhile, nor shown twice at once:
        # whoever revokes its passes has ended or moved it before, and finds all that were issued.
        kept = transaction.ledger.lock(journey)
        if kept is None or kept.state is not JourneyState.BOOKED:
            return ()
        application = transaction.applications.get(kept.application)
        if application is None:
            return ()
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor="traveller",
                action="pass.show",
                subject=str(journey),
                outcome="shown",
            )
        )
        _issue_missing(transaction, kept)
        return _shown(authority, transaction, application, kept)


def _issue_missing(transaction: Transaction, journey: Journey) -> None:
    """Keep a pass for each place that has none and is not over; the journey is locked.

    Issued again, for places that were moved, they are other passes than those before.
    """
    version, phase = text_by_digest(transaction, journey.version, journey.phase)
    issued = transaction.passes.of_journey(journey.id)
    live = {(each.person_number, each.leg) for each in issued if each.revoked_at is None}
    missing = [
        (place, expires_at)
        for place in journey.places
        if (place.person_number, place.leg) not in live
        and (expires_at := _expiry(version, phase, place)) > transaction.now
    ]
    if not missing:
        return
    before = Counter((each.person_number, each.leg) for each in issued)
    indexes = transaction.passes.next_status_indexes(len(missing))
    records = [
        PassRecord(
            id=_pass_id(place, before[(place.person_number, place.leg)]),
            journey=journey.id,
            application=journey.application,
            version=journey.version,
            phase=journey.phase,
            person_number=place.person_number,
            leg=place.leg,
            status_index=index,
            issued_at=whole_second(transaction.now),
            expires_at=expires_at,
            revoked_at=None,
        )
        for (place, expires_at), index in zip(missing, indexes, strict=True)
    ]
    last_day = max(place.day for place in journey.places)
    transaction.passes.add(records, delete_after(version, last_day))


def _shown(
    authority: Authority, transaction: Transaction, application: Application, journey: Journey
) -> tuple[ShownPass, ...]:
    now = whole_second(transaction.now)
    key = authority.keys.signing_key(KeyUse.PASS, now)
    version, phase = text_by_digest(transaction, journey.version, journey.phase)
    places = {(each.person_number, each.leg): each for each in journey.places}
    shown = []
    for record in transaction.passes.of_journey(journey.id):
        place = places.get((record.person_number, record.leg))
        if place is None or record.revoked_at is not None or record.expires_at <= now:
            continue
        person = application.people[record.person_number]
        period = holder_period(place.day)
        tag = holder_tag(
            holder_key_of(authority, transaction, version, period),
            document_type=person.document.type,
            document_number=person.document.number,
            issuing_country=person.document.issuer,
        )
        interval = _interval(version, phase, place)
        status = status_place(STATUS_LIST, record.status_index)
        claims = PassClaims(
            pass_id=record.id,
            issuer=authority.id,
            scheme_id=version.scheme,
            version_digest=pass_version_digest(record.version),
            direction=place.direction,
            leg=place.leg,
            category=place.category,
            service_day=place.day,
            slot_start=interval.start,
            slot_end=interval.end,
            control_point=place.control_point,
            name=name_on_pass(person.name),
            holder_tag=tag,
            home_day=_home_day(journey.places, place),
            status_list=status.list_id,
            status_index=status.index,
            issued_at=now,
            expires_at=record.expires_at,
        )
        shown.append(
            ShownPass(
                record=record,
                claims=claims,
                text=encode_pass(claims, key),
                place=place,
                person=person,
                tests=_tests(version, phase, place, person),
            )
        )
    return tuple(shown)


def _home_day(places: Sequence[Place], of: Place) -> date | None:
    """On the way out, the day for which the same person holds a place home."""
    if of.leg is Leg.HOME:
        return None
    return next(
        (
            each.day
            for each in places
            if each.leg is Leg.HOME and each.person_number == of.person_number
        ),
        None,
    )


def _pass_id(place: Place, issued_before: int) -> PassId:
    """Sixteen bytes that follow from journey, person, leg and how often a pass was issued for it.

    The journey's id is random, so the pass id can be guessed only by who knows it.
    """
    again = f"/{issued_before}" if issued_before else ""
    what = f"{place.person_number}/{place.leg.value}{again}".encode()
    return PassId(hashlib.sha256(UUID(place.journey).bytes + what).digest()[:16])


def _interval(version: Version, phase: Phase, place: Place) -> Interval:
    return slot_of(phase, place.direction, place.slot).on(place.day, version.zone)


def _expiry(version: Version, phase: Phase, place: Place) -> datetime:
    """The end of the service day, or of the slot and its minutes of grace where that is later."""
    found = slot_of(phase, place.direction, place.slot)
    lateness = found.direction.lateness
    grace = timedelta(minutes=0 if lateness is None else lateness.grace_minutes)
    ends = found.on(place.day, version.zone).end + grace
    return max(ends, end_of_day(place.day, version.zone))


def _tests(
    version: Version, phase: Phase, place: Place, person: Person
) -> tuple[SamplingWindow, ...]:
    """What a gate will ask of this person's tests on this place, none where they are exempt."""
    exempt = phase.is_exempt(person.document.type, place.direction, ExemptFrom.TEST)
    if phase.health is None or exempt:
        return ()
    required = (each for each in phase.health.tests if place.direction in each.directions)
    return sampling_windows(required, _interval(version, phase, place), version.zone)
