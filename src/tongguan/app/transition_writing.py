"""What a drafted transition writes: places, passes, grants, and who is told what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from tongguan.app.change_stores import Grant, Notice
from tongguan.app.ledger_port import Journey, Place, Restatement
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding
from tongguan.app.transition_drafts import Draft
from tongguan.core.change.plan import REVOKED, Fate, PlannedJourney
from tongguan.core.eligibility.decide import category_of
from tongguan.core.identifiers import JourneyId
from tongguan.core.notices import NoticeCode
from tongguan.core.quota.windows import cell_week
from tongguan.core.scheme.model import Leg
from tongguan.core.scheme.slots import find_slot

_CODES = {
    Fate.HONOURED: NoticeCode.PLACE_HONOURED,
    Fate.WAY_HOME_HONOURED: NoticeCode.WAY_HOME_HONOURED,
    Fate.MOVED: NoticeCode.JOURNEY_MOVED,
    Fate.REVOKED: NoticeCode.JOURNEY_REVOKED,
    Fate.REVOKED_PHASE_ENDS: NoticeCode.JOURNEY_REVOKED_PHASE_ENDS,
}


def write_journeys(transaction: Transaction, draft: Draft) -> None:
    """Restate every journey; the passes of those moved or revoked are void."""
    target = draft.target
    transaction.ledger.restate(
        target.version.scheme,
        draft.from_week,
        [_restatement(draft, journey, planned) for journey, planned in draft.journeys],
        transaction.now,
    )
    touched = [
        journey.id
        for journey, planned in draft.journeys
        if planned.fate in REVOKED or planned.fate is Fate.MOVED
    ]
    if touched:
        transaction.passes.revoke_journeys(touched, transaction.now)


def write_grants(transaction: Transaction, draft: Draft) -> None:
    """Let the grants lapse that the target does not keep."""
    lapsed = [each.application for each in draft.grants_lapsed]
    if lapsed:
        transaction.grants.lapse(lapsed, transaction.now)


def notices_due(transaction: Transaction, draft: Draft) -> tuple[Notice, ...]:
    """What the holders touched are to be told; nobody is told the same of a journey twice."""
    return (
        *_journey_notices(transaction, draft),
        *_grant_notices(transaction, draft, draft.grants_lapsed, NoticeCode.GRANT_LAPSED),
        *_grant_notices(transaction, draft, _of_gone_categories(draft), NoticeCode.GRANT_KEPT),
    )


def _restatement(draft: Draft, journey: Journey, planned: PlannedJourney) -> Restatement:
    if planned.fate in REVOKED:
        return Restatement(journey=journey.id, places=(), counted=())
    places = _places(draft, journey, planned)
    is_moved = planned.fate is Fate.MOVED
    return Restatement(
        journey=journey.id,
        places=places,
        counted=planned.counted,
        live_until=_live_until(draft.target, places) if is_moved else None,
        moved_under=(draft.target.digest, draft.target.phase.id) if is_moved else None,
    )


def _places(draft: Draft, journey: Journey, planned: PlannedJourney) -> tuple[Place, ...]:
    """Its places in the weeks that are rewritten, on their days and in the target's weeks."""
    days = {each.leg: planned.moved_to.get(each.leg, each.day) for each in journey.places}
    return tuple(
        replace(
            each,
            day=days[each.leg],
            cell_week=cell_week(draft.target.version, days[each.leg]),
        )
        for each in journey.places
        if each.cell_week >= draft.from_week
    )


def _live_until(target: Holding, places: Sequence[Place]) -> datetime:
    zone = target.version.zone
    found = (find_slot(target.phase, place.direction, place.slot) for place in places)
    return max(
        slot.on(place.day, zone).end
        for place, slot in zip(places, found, strict=True)
        if slot is not None
    )


def _journey_notices(transaction: Transaction, draft: Draft) -> Iterator[Notice]:
    due = [
        Notice(
            application=journey.application,
            journey=journey.id,
            code=_CODES[planned.fate],
            facts=_facts(draft, journey, planned),
            at=transaction.now,
        )
        for journey, planned in draft.journeys
        if planned.fate in _CODES
    ]
    applications = list(dict.fromkeys(each.application for each in due))
    told = {_what(each) for each in transaction.notices.of_applications(applications)}
    yield from (each for each in due if _what(each) not in told)


def _what(notice: Notice) -> tuple[JourneyId | None, NoticeCode, frozenset[tuple[str, str]]]:
    """What a notice says, whenever it was said."""
    return notice.journey, notice.code, frozenset(notice.facts.items())


def _facts(draft: Draft, journey: Journey, planned: PlannedJourney) -> Mapping[str, str]:
    days = _days(journey)
    match planned.fate:
        case Fate.HONOURED | Fate.REVOKED:
            return {"days": _listed(days)}
        case Fate.REVOKED_PHASE_ENDS:
            last_day = draft.target.phase.ends
            return {"days": _listed(days), "last_day": last_day.isoformat() if last_day else ""}
        case Fate.MOVED:
            moves = (
                f"{day.isoformat()} → {planned.moved_to[leg].isoformat()}"
                for leg, day in days.items()
                if planned.moved_to[leg] != day
            )
            return {"moves": ", ".join(moves)}
    return {}


def _days(journey: Journey) -> Mapping[Leg, date]:
    return {each.leg: each.day for each in sorted(journey.places, key=lambda place: place.day)}


def _listed(days: Mapping[Leg, date]) -> str:
    return ", ".join(dict.fromkeys(day.isoformat() for day in days.values()))


def _grant_notices(
    transaction: Transaction, draft: Draft, grants: Sequence[Grant], code: NoticeCode
) -> Iterator[Notice]:
    for grant in grants:
        yield Notice(
            application=grant.application,
            journey=None,
            code=code,
            facts={"category": grant.category, "version": draft.target.version.id},
            at=transaction.now,
        )


def _of_gone_categories(draft: Draft) -> tuple[Grant, ...]:
    """Kept grants whose holders would look for their category in vain."""
    return tuple(
        each for each in draft.grants_kept if category_of(draft.target.phase, each.category) is None
    )
