"""Places of high risk: listed and ended by signed batches, public, and never about a person.

Who declared a stay there is judged by the list at their next code. Codes in use are not looked
through: what their holders declared is sealed, and every code is over by the end of its day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import NoHealthRulesError, ring
from tongguan.app.ports import Transaction
from tongguan.core.area.divisions import prefix_of
from tongguan.core.calendar import local_day
from tongguan.core.evidence.batch import SignedBatch
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError
from tongguan.core.evidence.limits import AlarmDue, AlarmKind, source_causer
from tongguan.core.evidence.records import RiskPlace
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ColourRules, HealthRules
from tongguan.core.identifiers import EvidenceSourceId

PLACES: Final = "places"
"""Held by whoever lists places, so that of two lists at once each sees the other."""


def risk_places(authority: Authority) -> tuple[RiskPlace, ...]:
    """Every place that is or was listed."""
    with authority.database.transaction() as transaction:
        return transaction.evidence_sources.risk_places()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceShown:
    """A listed place, with what the source that listed it is called."""

    place: RiskPlace
    source_name: str


def places_that_count(authority: Authority) -> tuple[PlaceShown, ...]:
    """Listed places in which a stay may still count today: those without an end first.

    Raises ``NoHealthRulesError`` where the authority runs no health code.
    """
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    with authority.database.transaction() as transaction:
        now = transaction.now
        names = {each.id: each.name for each in transaction.evidence_sources.all()}
        listed = transaction.evidence_sources.risk_places()
    counting = _counting(listed, authority.health_rules.colours, now)
    counting.sort(key=lambda each: (each.last_on is not None, each.division, each.first_on))
    return tuple(
        PlaceShown(place=each, source_name=names.get(EvidenceSourceId(each.source), each.source))
        for each in counting
    )


def _counting(listed: Iterable[RiskPlace], rules: ColourRules, now: datetime) -> list[RiskPlace]:
    """Those in which a stay may count today; none where the rules have no such ground."""
    days = [each.days for each in rules.rules if each.reason is HealthReason.HIGH_RISK_STAY]
    today = local_day(now, rules.zone)
    return [each for each in listed if days and _may_count(each, days[0], today)]


def _may_count(place: RiskPlace, days: int | None, today: date) -> bool:
    """Whether somebody who was there on the last day of the listing has a finding for it today."""
    return days is None or place.last_on is None or (today - place.last_on).days < days


def take_places(transaction: Transaction, signed: SignedBatch, rules: HealthRules) -> None:
    """List and end the places of a batch; whatever it lists anew raises an alarm at once.

    ``BatchFaultError`` for an end of what this source has not listed, as a source ends its own
    alone, and for more places than may count at once. The caller holds ``PLACES``.
    """
    store, source = transaction.evidence_sources, signed.source.id
    listed_anew = sum(
        store.list_risk_place(
            RiskPlace(
                division=listed.division,
                first_on=listed.first_on,
                last_on=listed.last_on,
                source=source,
                listed_at=transaction.now,
            )
        )
        for listed in signed.batch.listed
    )
    for number, ended in enumerate(signed.batch.ended):
        if not store.end_risk_place(ended.division, ended.last_on, source):
            raise BatchFaultError(BatchFault.NOT_ITS_OWN, f"risk_places/ended/{number}")
    if not listed_anew:
        return
    counting = _counting(store.risk_places(), rules.colours, transaction.now)
    if len({prefix_of(each.division) for each in counting}) > rules.controls.places_open_max:
        raise BatchFaultError(BatchFault.TOO_MANY_PLACES, "risk_places/listed")
    due = AlarmDue(kind=AlarmKind.PLACES, subject=source_causer(source), acts=listed_anew)
    ring(transaction, due, at=transaction.now)
