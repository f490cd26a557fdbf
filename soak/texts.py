"""The texts of the run: a first one with small days, later ones that raise or cut its limits."""

from dataclasses import replace
from datetime import date, datetime, time

from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import (
    ClaimId,
    ControlPointId,
    PhaseId,
    QuotaId,
    SchemeId,
    VersionId,
)
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import (
    Basis,
    Booking,
    Deadline,
    Direction,
    GrantRule,
    Holders,
    OrderOfUse,
    Phase,
    Quota,
    QuotaKind,
    Remedy,
    Reserve,
    Version,
)

START = datetime.fromisoformat("2021-12-13T09:00:00+08:00")
"""When the domain clock of a run starts: a Monday, the first day of its phase."""
PHASE = PhaseId("pilot")
SCHEME = "soak"
CONTROL_POINTS = ("SZB", "LMC")
SLOTS = ("morning", "midday", "evening")
HOLD_MINUTES = 60
LIVE_JOURNEYS_MAX = 2
_CITED = Basis(claims=(ClaimId("F8"),))
_ENDS = date(2028, 12, 31)
_DATA_END = date(2029, 12, 31)
_KEPT_DAYS = 3000
_REMEDIES = {
    "honour": (Remedy.HONOUR,),
    "move": (Remedy.MOVE, Remedy.HONOUR),
    "revoke": (Remedy.REVOKE,),
}
REMEDIES = tuple(_REMEDIES)


def first_text(limits: dict[str, int]) -> Version:
    """The text that the run begins with."""
    assumed = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = assumed.phases[0]
    assert pilot.entry is not None
    assert pilot.entry.control_points is not None
    point = pilot.entry.control_points[0]
    points = tuple(replace(point, id=ControlPointId(each)) for each in CONTROL_POINTS)
    phase = replace(
        pilot,
        ends=_ENDS,
        entry=replace(pilot.entry, control_points=points),
        quotas=tuple(_limited(each, limits) for each in (*pilot.quotas, _kept(pilot))),
        directions=tuple(_bookable(each) for each in pilot.directions),
        holders=_holders("honour"),
    )
    return replace(
        assumed,
        id=VersionId(f"{SCHEME}-1"),
        scheme=SchemeId(SCHEME),
        number=1,
        follows=None,
        milestones=(),
        phases=(phase,),
        data=replace(assumed.data, ends=_DATA_END, retention_days=_KEPT_DAYS),
    )


def later_text(before: Version, limits: dict[str, int], remedy: str) -> Version:
    """The text that follows another one with other limits."""
    phase = before.phases[0]
    changed = replace(
        phase,
        quotas=tuple(_limited(each, limits) for each in phase.quotas),
        holders=_holders(remedy),
    )
    number = before.number + 1
    return replace(
        before,
        id=VersionId(f"{SCHEME}-{number}"),
        number=number,
        follows=before.id,
        phases=(changed,),
    )


def canonical(version: Version) -> bytes:
    """What is signed."""
    return canonical_text(version)


def _kept(pilot: Phase) -> Quota:
    """Places of the day that are kept for families until noon of the day before."""
    day = next(each for each in pilot.quotas if each.id == "all-day")
    return replace(
        day,
        id=QuotaId("family-day"),
        kind=QuotaKind.RESERVE,
        counts={"direction": "HK-GD", "category": "family"},
        reserve=Reserve(
            inside=day.id,
            order_of_use=OrderOfUse.RESERVE_FIRST,
            released=Deadline(days_before=1, at=time(12)),
        ),
        basis=_CITED,
    )


def _limited(quota: Quota, limits: dict[str, int]) -> Quota:
    return replace(quota, limit=limits[quota.id])


def _bookable(direction: Direction) -> Direction:
    booking = direction.booking
    assert booking is not None
    return replace(direction, booking=_with_holds(booking))


def _with_holds(booking: Booking) -> Booking:
    return replace(
        booking, live_journeys_per_person_max=LIVE_JOURNEYS_MAX, hold_minutes=HOLD_MINUTES
    )


def _holders(remedy: str) -> Holders:
    places = _REMEDIES[remedy]
    return Holders(
        places=places,
        move_days_max=3 if Remedy.MOVE in places else None,
        grants=GrantRule.KEEP,
        basis=_CITED,
    )
