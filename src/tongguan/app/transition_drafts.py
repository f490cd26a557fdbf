"""What a transition would do: the fate of every journey and grant, with nothing written yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from tongguan.app.change_stores import AppliedText, Grant
from tongguan.app.ledger_port import Journey, Place
from tongguan.app.ports import Transaction
from tongguan.app.reckoning import reckoning_of
from tongguan.app.schemes import Holding, version_by_digest
from tongguan.core.booking.legs import LegWanted
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.change.held import HeldJourney, HeldLeg, WindowBefore
from tongguan.core.change.plan import (
    Plan,
    PlannedJourney,
    WindowChange,
    crossings_considered,
    plan_transition,
)
from tongguan.core.identifiers import JourneyId, PhaseId, VersionDigest
from tongguan.core.quota.uncounted import has_places_for
from tongguan.core.quota.windows import WindowKey, cell_week
from tongguan.core.scheme.model import GrantRule, Holders, Leg, Version
from tongguan.core.scheme.slots import find_slot
from tongguan.core.scheme.state import find_phase

_LEGS = (Leg.OUT, Leg.HOME)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A transition worked out: from what is applied to what is to hold."""

    before: AppliedText | None
    target: Holding
    from_week: date
    """The first quota week that is rewritten: the one in which the transition happens."""
    journeys: tuple[tuple[Journey, PlannedJourney], ...]
    windows: tuple[WindowChange, ...]
    grants_kept: tuple[Grant, ...]
    grants_lapsed: tuple[Grant, ...]


def draft_transition(transaction: Transaction, target: Holding) -> Draft:
    """What bringing everything under the target would do at this moment."""
    before = transaction.transitions.applied()
    from_week = _first_week(transaction, target, before)
    journeys = transaction.ledger.live_journeys(target.version.scheme, from_week)
    plan = _plan(transaction, target, before, journeys, from_week)
    kept, lapsed = _grants(transaction, target, before)
    return Draft(
        before=before,
        target=target,
        from_week=from_week,
        journeys=tuple(zip(journeys, plan.journeys, strict=True)),
        windows=plan.windows,
        grants_kept=kept,
        grants_lapsed=lapsed,
    )


def _is_same_text(target: Holding, before: AppliedText | None) -> bool:
    return before is not None and (before.digest, before.phase) == (target.digest, target.phase.id)


def _first_week(transaction: Transaction, target: Holding, before: AppliedText | None) -> date:
    """The quota week of now; from the earlier beginning where the texts count weeks apart.

    Every week of the text before that reaches into it is rewritten as a whole: who crossed in the
    first days of this week counts in it, in whatever week it was.
    """
    week = cell_week(target.version, local_day(transaction.now, target.version.zone))
    if before is None or before.scheme != target.version.scheme:
        return week
    reaches_in = cell_week(version_by_digest(transaction, before.digest), week)
    return cell_week(target.version, reaches_in)


def _plan(
    transaction: Transaction,
    target: Holding,
    before: AppliedText | None,
    journeys: Sequence[Journey],
    from_week: date,
) -> Plan:
    # A last day alone takes nothing away but what lies after it.
    holders = None if _is_same_text(target, before) else target.phase.holders
    windows = transaction.ledger.held_windows(target.version.scheme, from_week)
    counted: defaultdict[JourneyId, dict[WindowKey, int]] = defaultdict(dict)
    for each in windows:
        counted[each.journey][each.count.window.key] = each.persons
    held = _held_journeys(transaction, target, journeys, counted, from_week)
    crossings = crossings_considered(target.phase, holders, held)
    return plan_transition(
        reckoning_of(transaction, target, crossings),
        holders,
        held,
        {
            each.count.window.key: WindowBefore(
                capacity=each.count.capacity, honoured=each.count.honoured
            )
            for each in windows
        },
        transaction.ledger.forgotten(target.version.scheme, from_week),
    )


def _held_journeys(
    transaction: Transaction,
    target: Holding,
    journeys: Sequence[Journey],
    counted: Mapping[JourneyId, Mapping[WindowKey, int]],
    from_week: date,
) -> list[HeldJourney]:
    gone_out = transaction.passes.gone_out()
    held = []
    for journey in journeys:
        # A text only as it would hold is not adopted yet.
        known = target.version if journey.version == target.digest else None
        version = known or version_by_digest(transaction, journey.version)
        legs = ((leg, [each for each in journey.places if each.leg is leg]) for leg in _LEGS)
        held.append(
            HeldJourney(
                id=journey.id,
                legs=tuple(
                    _held_leg(version, journey.phase, leg, places, from_week)
                    for leg, places in legs
                    if places
                ),
                gone_out=journey.id in gone_out,
                counted=counted.get(journey.id, {}),
            )
        )
    return held


def _held_leg(
    version: Version, phase: PhaseId, leg: Leg, places: Sequence[Place], from_week: date
) -> HeldLeg:
    first = places[0]
    return HeldLeg(
        leg=leg,
        wanted=LegWanted(
            direction=first.direction,
            day=first.day,
            slot=first.slot,
            control_point=first.control_point,
        ),
        crossings=tuple(each.crossing for each in places),
        starts=_starts(version, phase, first),
        is_rewritten=first.cell_week >= from_week,
    )


def _starts(version: Version, phase_id: PhaseId, place: Place) -> datetime:
    """When its slot begins by this text; with its day, where the text does not say."""
    phase = find_phase(version, phase_id)
    found = None if phase is None else find_slot(phase, place.direction, place.slot)
    if found is None:
        return instant_of(place.day, time(0), version.zone)
    return found.on(place.day, version.zone).start


def _grants(
    transaction: Transaction, target: Holding, before: AppliedText | None
) -> tuple[tuple[Grant, ...], tuple[Grant, ...]]:
    """Those kept and those that lapse, of the grants of other texts or phases without places."""
    if _is_same_text(target, before):
        return (), ()
    own = (target.digest, target.phase.id)
    grants = tuple(
        each
        for each in transaction.grants.without_places()
        if (each.version, each.phase) != own
        and _scheme_of(transaction, each.version) == target.version.scheme
    )
    holders: Holders | None = target.phase.holders
    # Nothing was promised to a grant of another phase where the text does not say so, and none is
    # worth anything where its category is gone and every cap is for another one.
    keeps = holders is not None and holders.grants is GrantRule.KEEP
    categories = {each.category for each in grants} if keeps else set()
    counted = {each for each in categories if has_places_for(target.phase, each)}
    return (
        tuple(each for each in grants if each.category in counted),
        tuple(each for each in grants if each.category not in counted),
    )


def _scheme_of(transaction: Transaction, digest: VersionDigest) -> str:
    return version_by_digest(transaction, digest).scheme
